//! The record of who runs a cluster.

use crate::codec::{PlutusData, record};
use crate::limits::{MAX_OPERATOR_SIZE, OPERATOR_SIZE_TO_SPARE};
use crate::{Count, GridId, KeyHash, Labels, Reputation, Resources, Text, Time};

/// An operator: what it says of itself, what the entities say, and what it has done.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Operator {
    /// The grid.
    pub grid: GridId,
    /// Its number in the grid, given by the pool.
    pub number: Count,
    /// Who acts for it.
    pub owner: KeyHash,
    /// Where it can be reached.
    pub endpoint: Text,
    /// The most that one slot may carry.
    pub capacity: Resources,
    /// What it says of itself.
    pub labels: Labels,
    /// What the entities vouch for.
    pub endorsed: Labels,
    /// What it has kept and broken.
    pub reputation: Reputation,
    /// How many slots it has, 1 to 16.
    pub slots: Count,
    /// When it last changed what it says of itself; 0 for a newcomer.
    pub updated: Time,
}

record! {
    2 Operator as "operator" {
        grid, number, owner, endpoint, capacity, labels, endorsed, reputation, slots, updated,
    }
}

impl Operator {
    /// The bytes of the record as the ledger writes it.
    pub fn size(&self) -> usize {
        self.encode().len()
    }

    /// The bytes of the record as if it had been neither reported on nor updated: what Admit, Update and Endorse bound.
    pub fn size_when_new(&self) -> usize {
        Self { reputation: Reputation::default(), updated: Time::ZERO, ..self.clone() }.size()
    }

    /// The most bytes of a record, when new, as Admit, Update and Endorse may write it: what comes later still fits.
    pub const MAX_WRITTEN_SIZE: usize = MAX_OPERATOR_SIZE - OPERATOR_SIZE_TO_SPARE;
}

/// Generates an operator.
#[cfg(any(test, feature = "test-utils"))]
pub fn any_operator() -> impl proptest::strategy::Strategy<Value = Operator> {
    use crate::id::{any_grid_id, any_key_hash};
    use crate::integer::{any_count, any_time};
    use crate::label::any_labels;
    use proptest::prelude::*;
    let who = (any_grid_id(), any_count(), any_key_hash(), crate::text::any_text());
    let what = (crate::resource::any_resources(), any_labels(), any_labels());
    let record = (crate::reputation::any_reputation(), 1..=16u64, any_time());
    (who.boxed(), what.boxed(), record.boxed()).prop_map(
        |((grid, number, owner, endpoint), (capacity, labels, endorsed), (reputation, slots, updated))| {
            let slots = Count::from_number(slots).unwrap_or(Count::ZERO);
            Operator { grid, number, owner, endpoint, capacity, labels, endorsed, reputation, slots, updated }
        },
    )
}
