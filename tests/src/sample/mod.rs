//! The values of the golden vectors: every constructor, every option both ways, and the edges of every kind of leaf.

mod records;
mod redeemers;
mod refused;
mod states;

pub use records::{leader, leased, terms};
pub use redeemers::{genesis, market_redeemers, registry_redeemers};
pub use refused::{
    refused_genesis, refused_market_redeemers, refused_registry_redeemers, refused_states, refused_terms,
};
pub use states::{all_terms, bids, grids, operators, pools, slots};

/// A value with what is special about it.
#[derive(Clone, Debug)]
pub struct Sample<T> {
    /// One line.
    pub description: String,
    /// The value.
    pub value: T,
}

/// Pairs a value with its line.
pub(crate) fn sample<T>(description: &str, value: impl Into<T>) -> Sample<T> {
    Sample { description: description.to_owned(), value: value.into() }
}
