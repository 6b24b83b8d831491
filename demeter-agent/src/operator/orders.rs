//! What an operator's owner has ordered.

use std::collections::BTreeSet;

use demeter_core::{Count, Time};
use demeter_tx::market::Declaration;

/// The name of a lease of one operator: by slot and start, so that an order about one lease never hits the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeaseName {
    /// The index of the slot.
    pub slot: Count,
    /// When the lease began.
    pub start: Time,
}

/// What an operator's owner has ordered. An order that is fulfilled, or about nothing that is there, does nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Orders {
    /// Leases to be given up.
    pub resign: BTreeSet<LeaseName>,
    /// What the record is to declare; nothing, where it is to stay as it is.
    pub declare: Option<Declaration>,
    /// Whether to leave the grid: no new offers, and once all slots are idle the record is retired.
    pub retire: bool,
}
