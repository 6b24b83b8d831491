//! Names of things: hashes of fixed size.
//!
//! Each is a newtype over its bytes, printed and parsed as lowercase hexadecimal. Two names of the same
//! width never mix, because they have different types.

use std::fmt;
use std::str::FromStr;

/// A text or byte string is not the name it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdError {
    /// The byte string has another length.
    #[error("{name} has {expected} bytes, found {found}")]
    Length {
        /// The type that was wanted.
        name: &'static str,
        /// The bytes it has.
        expected: usize,
        /// The bytes found.
        found: usize,
    },
    /// The text is not hexadecimal.
    #[error("{name} is written as hexadecimal digits, found {found:?}")]
    NotHexadecimal {
        /// The type that was wanted.
        name: &'static str,
        /// The text found.
        found: String,
    },
}

macro_rules! fixed_bytes {
    ($(#[$doc:meta])* $name:ident, $length:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        pub struct $name([u8; $length]);

        impl $name {
            /// How many bytes such a name has.
            pub const LENGTH: usize = $length;

            /// Wraps the bytes of the name.
            pub const fn from_bytes(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// The bytes of the name.
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = IdError;

            fn try_from(bytes: &[u8]) -> Result<Self, IdError> {
                bytes.try_into().map(Self).map_err(|_| IdError::Length {
                    name: stringify!($name),
                    expected: $length,
                    found: bytes.len(),
                })
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let bytes = hex::decode(text).map_err(|_| IdError::NotHexadecimal {
                    name: stringify!($name),
                    found: text.to_owned(),
                })?;
                Self::try_from(bytes.as_slice())
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

fixed_bytes! {
    /// The hash of a verification key: blake2b-224 of the Ed25519 public key.
    KeyHash, 28
}
fixed_bytes! {
    /// The hash of a script: blake2b-224 of the language tag and the script's bytes. It is also the policy of
    /// the tokens which that script mints.
    ScriptHash, 28
}
fixed_bytes! {
    /// The name of a grid: `blake2b_224(serialise_data((seed output reference, deadline)))`.
    GridId, 28
}
fixed_bytes! {
    /// The name of a bid: `blake2b_256(serialise_data(terms))`.
    BidName, 32
}
fixed_bytes! {
    /// blake2b-256 of the raw bytes of a workload's manifest.
    WorkloadHash, 32
}
fixed_bytes! {
    /// The name of a transaction: blake2b-256 of its body.
    TransactionId, 32
}

/// Generators: now and then one of a few, so that names meet again.
#[cfg(any(test, feature = "test-utils"))]
mod any {
    use super::*;
    use proptest::array::uniform28;
    use proptest::array::uniform32;
    use proptest::prelude::*;

    macro_rules! generators {
        ($($(#[$doc:meta])* $any:ident $type:ident $uniform:ident;)*) => {
            $($(#[$doc])*
            pub fn $any() -> impl Strategy<Value = $type> {
                prop_oneof![(0..4u8).prop_map(|byte| [byte; $type::LENGTH]), $uniform(any::<u8>())]
                    .prop_map($type::from_bytes)
            })*
        };
    }

    generators! {
        /// Generates the hash of a key.
        any_key_hash KeyHash uniform28;
        /// Generates the hash of a script.
        any_script_hash ScriptHash uniform28;
        /// Generates the name of a grid.
        any_grid_id GridId uniform28;
        /// Generates the name of a bid.
        any_bid_name BidName uniform32;
        /// Generates the hash of a manifest.
        any_workload_hash WorkloadHash uniform32;
        /// Generates the name of a transaction.
        any_transaction_id TransactionId uniform32;
    }
}

#[cfg(any(test, feature = "test-utils"))]
pub use any::{
    any_bid_name, any_grid_id, any_key_hash, any_script_hash, any_transaction_id, any_workload_hash,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_round_trip() {
        let hash = KeyHash::from_bytes([0xab; 28]);
        assert_eq!(hash.to_string().parse::<KeyHash>().unwrap(), hash);
        assert_eq!(format!("{hash:?}"), format!("KeyHash({})", "ab".repeat(28)));
    }

    #[test]
    fn errors_say_what_was_found() {
        assert_eq!("abcd".parse::<GridId>().unwrap_err().to_string(), "GridId has 28 bytes, found 2");
        assert_eq!(
            "xyz".parse::<GridId>().unwrap_err().to_string(),
            "GridId is written as hexadecimal digits, found \"xyz\""
        );
    }
}
