//! Short constructors of small values, which panic where the value is out of range.

use demeter_core::{
    Amount, Asset, AssetName, BidName, Count, GridId, KeyHash, Label, Labels, Merit, Need, OutputReference,
    Ppm, Quantity, ResourceName, Resources, ScriptHash, Span, Time, TransactionId, WorkloadHash,
};

macro_rules! integers {
    ($($(#[$doc:meta])* $name:ident $type:ident $from:ident;)*) => {
        $($(#[$doc])*
        ///
        /// # Panics
        /// It is `2^63` or more.
        pub fn $name(integer: u64) -> $type {
            $type::$from(integer).unwrap()
        })*
    };
}

integers! {
    /// An amount.
    amount Amount from_units;
    /// A quantity of a resource.
    quantity Quantity from_units;
    /// A point in time, in milliseconds.
    time Time from_milliseconds;
    /// A span of time, in milliseconds.
    span Span from_milliseconds;
    /// A ratio in millionths.
    ppm Ppm from_millionths;
    /// A count.
    count Count from_number;
    /// A merit.
    merit Merit from_points;
}

macro_rules! hashes {
    ($($(#[$doc:meta])* $name:ident $type:ident $length:literal;)*) => {
        $($(#[$doc])*
        pub const fn $name(byte: u8) -> $type {
            $type::from_bytes([byte; $length])
        })*
    };
}

hashes! {
    /// The hash of a key, all of one byte.
    key KeyHash 28;
    /// The hash of a script, all of one byte.
    script ScriptHash 28;
    /// The name of a grid, all of one byte.
    grid_id GridId 28;
    /// The name of a bid, all of one byte.
    bid_name BidName 32;
    /// The hash of a manifest, all of one byte.
    workload WorkloadHash 32;
    /// The name of a transaction, all of one byte.
    transaction TransactionId 32;
}

/// An output of the transaction whose name is all of one byte.
pub const fn reference(byte: u8, index: u64) -> OutputReference {
    OutputReference { transaction: transaction(byte), index }
}

/// A token of the policy whose hash is all of one byte.
///
/// # Panics
/// The name has more than 32 bytes.
pub fn token(policy: u8, name: &[u8]) -> Asset {
    Asset::Token { policy: script(policy), name: AssetName::from_bytes(name).unwrap() }
}

/// Labels from pairs of texts.
pub fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(key, value)| Label::new(key, value)).collect()
}

/// Amounts by resource name.
pub fn resources(pairs: &[(&str, u64)]) -> Resources {
    pairs.iter().map(|(name, amount)| (ResourceName::from(*name), quantity(*amount))).collect()
}

/// Quantities of the needs of a bid.
pub fn quantities(amounts: &[u64]) -> Vec<Quantity> {
    amounts.iter().copied().map(quantity).collect()
}

/// A need.
pub fn need(name: &str, required: u64, preferred: u64) -> Need {
    Need { name: name.into(), required: quantity(required), preferred: quantity(preferred) }
}
