//! What can go wrong with a head.

use std::fmt;

use demeter_core::TransactionId;

use super::FanoutError;
use crate::ClockError;
use crate::ledger::LedgerError;

/// A head cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeadError {
    /// There is no connection to it, or it is closed.
    #[error("the head is not reachable: {reason}")]
    Unreachable {
        /// Why.
        reason: String,
    },
    /// It could not store something. Nothing has changed, in memory or on disk: it can be tried again.
    #[error("nothing was stored: {reason}")]
    NotStored {
        /// What the store says.
        reason: String,
    },
    /// It has stopped, because it cannot know what its file holds: it is to be opened anew.
    #[error("the head has stopped, as it cannot know what its file holds: {reason}")]
    Halted {
        /// What the store says.
        reason: String,
    },
    /// It answers something that makes no sense.
    #[error("the head answers nonsense: {reason}")]
    Nonsense {
        /// What.
        reason: String,
    },
    /// It has not told what became of a transaction: it may have been applied, or may still be.
    #[error("it is not known what became of transaction {transaction}")]
    Undecided {
        /// The transaction.
        transaction: TransactionId,
    },
}

/// Why a head finds a transaction invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidReason {
    /// The rule that it breaks, where our own ledger checks.
    Rule(Box<LedgerError>),
    /// What a node reports.
    Reported(String),
}

impl fmt::Display for InvalidReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule(error) => error.fmt(f),
            Self::Reported(reason) => f.write_str(reason),
        }
    }
}

impl From<LedgerError> for InvalidReason {
    fn from(error: LedgerError) -> Self {
        Self::Rule(Box::new(error))
    }
}

/// A transaction cannot be submitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SubmitError {
    /// The head finds it invalid.
    #[error("transaction {transaction} is invalid: {reason}")]
    Invalid {
        /// The transaction.
        transaction: TransactionId,
        /// Why.
        reason: InvalidReason,
    },
    /// It was not submitted, as it would keep the head from being finalised.
    #[error("transaction {transaction} would keep the head from being finalised: {reason}")]
    Unfinalisable {
        /// The transaction.
        transaction: TransactionId,
        /// Why.
        reason: Box<FanoutError>,
    },
    /// The head cannot be asked.
    #[error(transparent)]
    Head(#[from] HeadError),
}

/// Time cannot pass.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AdvanceError {
    /// The head's time follows another clock.
    #[error("time passes by itself in this head")]
    NotVirtual,
    /// The time leaves its range.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// The head cannot be asked, or could not store its time.
    #[error(transparent)]
    Head(#[from] HeadError),
}

/// A transaction is not going to be confirmed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfirmError {
    /// The head finds it invalid.
    #[error("transaction {transaction} is invalid: {reason}")]
    Invalid {
        /// The transaction.
        transaction: TransactionId,
        /// Why.
        reason: InvalidReason,
    },
    /// The head cannot be asked.
    #[error(transparent)]
    Head(#[from] HeadError),
}
