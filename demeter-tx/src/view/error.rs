//! Why a view shows nothing.

use demeter_core::{GridId, ScriptHash, StateKind};

/// A view shows nothing of its grid.
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
}
