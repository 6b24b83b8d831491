//! Why a view does not answer.

use demeter_core::{Count, GridId, ScriptHash, StateKind};

/// A view does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ViewError {
    /// The Grid is not there, so nothing says that the grid's market is ours.
    #[error("grid {grid} is not there")]
    NoGrid {
        /// Which one.
        grid: GridId,
    },
    /// There are several outputs with a token of which there is one.
    #[error("there is one {state}, found {found}")]
    Several {
        /// Which state.
        state: StateKind,
        /// How many there are.
        found: usize,
    },
    /// The grid's slots and bids are guarded by another script, which may make of them what it likes.
    #[error("the grid's market is {found}, expected {expected}")]
    OtherMarket {
        /// Ours.
        expected: ScriptHash,
        /// The grid's.
        found: ScriptHash,
    },
    /// The grid has no operator of this number.
    #[error("there is no operator {number}")]
    NoOperator {
        /// Which one was asked for.
        number: Count,
    },
}
