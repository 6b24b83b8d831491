//! A unit of commitment of an operator.

use crate::codec::record;
use crate::{Count, GridId, KeyHash, Leased, Stage};

/// A slot: idle, behind one offer, carrying one lease, or settled. It is also the operator's purse: what a lease
/// leaves due stays in it until it is collected.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Slot {
    /// The grid.
    pub grid: GridId,
    /// The number of the operator in the grid.
    pub operator: Count,
    /// Which of the operator's slots, from 0.
    pub index: Count,
    /// Who acts for it.
    pub owner: KeyHash,
    /// What it is doing.
    pub stage: Stage,
}

record! { 3 Slot as "slot" { grid, operator, index, owner, stage } }

impl Slot {
    /// The lease that it carries, if it does.
    pub const fn lease(&self) -> Option<&Leased> {
        match &self.stage {
            Stage::Leased(lease) => Some(lease),
            Stage::Idle | Stage::Offered(_) | Stage::Settled(_) => None,
        }
    }
}

/// Generates a slot in any stage.
#[cfg(any(test, feature = "test-utils"))]
pub fn any_slot() -> impl proptest::strategy::Strategy<Value = Slot> {
    use crate::integer::any_count;
    use proptest::prelude::*;
    (crate::id::any_grid_id(), any_count(), any_count(), crate::id::any_key_hash(), crate::stage::any_stage())
        .prop_map(|(grid, operator, index, owner, stage)| Slot { grid, operator, index, owner, stage })
}
