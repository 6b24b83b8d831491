//! What becomes of a transaction.

use std::fmt;

use demeter_core::OutputReference;

use crate::head::{InvalidReason, SnapshotNumber};

/// What became of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// It is final.
    Confirmed {
        /// The snapshot that has it, if that was seen.
        snapshot: Option<SnapshotNumber>,
    },
    /// It was not applied, and will not be.
    Rejected(Rejection),
    /// It did not show in time: it may have been applied, or may still be.
    Unknown,
}

/// Why a transaction was not applied.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// The ledger refuses it.
    Invalid(InvalidReason),
    /// Another transaction has spent one of its inputs.
    Conflict {
        /// The input.
        input: OutputReference,
    },
    /// The head is not open.
    HeadNotOpen,
    /// The node could not read it.
    NotUnderstood(String),
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(reason) => reason.fmt(f),
            Self::Conflict { input } => write!(f, "another transaction has spent input {input}"),
            Self::HeadNotOpen => f.write_str("the head is not open"),
            Self::NotUnderstood(reason) => write!(f, "the node cannot read it: {reason}"),
        }
    }
}
