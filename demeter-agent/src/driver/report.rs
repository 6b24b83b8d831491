//! What a driver did.

use std::fmt;

use demeter_core::{KeyHash, OutputReference, Time, TransactionId};
use demeter_tx::SignedTransaction;
use demeter_tx::head::{HeadError, InvalidReason, SnapshotNumber};
use demeter_tx::keys::SignError;
use demeter_tx::market::ComposeError;
use demeter_tx::view::Subject;

use crate::{Decision, OutOfTime, Reason};

/// What was tried, why, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// In the head's time, when.
    pub at: Time,
    /// What it was about.
    pub subject: Subject,
    /// The name of the action: that of its transition, `place` or `tidy`.
    pub action: &'static str,
    /// Why it was tried.
    pub reason: Reason,
    /// What came of it.
    pub outcome: Outcome,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { action, reason, outcome, .. } = self;
        write!(f, "{action} ({reason}): {outcome}")
    }
}

/// What came of an action.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Outcome {
    /// It is final.
    #[error("transaction {transaction} is in snapshot {snapshot}")]
    Confirmed {
        /// The transaction.
        transaction: TransactionId,
        /// The snapshot that it is in.
        snapshot: SnapshotNumber,
    },
    /// It was submitted, and may or may not become final before its validity ends.
    #[error("transaction {transaction} is not final yet, and cannot be from {expires} on")]
    InFlight {
        /// The transaction.
        transaction: TransactionId,
        /// When its validity ends.
        expires: Time,
    },
    /// Another transaction has consumed what it needs. It is decided anew.
    #[error("another transaction has consumed what it needs")]
    Stale {
        /// One of the outputs that are not there any more, where that is known.
        missing: Option<OutputReference>,
    },
    /// The head's time passed its validity before the head took it up, as it does in leaps. It is decided anew.
    #[error("the validity of transaction {transaction} ended before the head took it up")]
    Expired {
        /// The transaction.
        transaction: TransactionId,
    },
    /// Others must sign as well. The transaction carries the signatures at hand.
    #[error("{} more signatures are needed", missing.len())]
    Unsigned {
        /// The transaction.
        transaction: Box<SignedTransaction>,
        /// Whose signatures are missing.
        missing: Vec<KeyHash>,
    },
    /// Its time has not come, or is over.
    #[error(transparent)]
    OutOfTime(#[from] OutOfTime),
    /// The contract refuses it, or there is not enough to pay with.
    #[error(transparent)]
    Refused(Box<ComposeError>),
    /// A signer does not sign.
    #[error(transparent)]
    NotSigned(#[from] SignError),
    /// The head finds it invalid, though all that it needs is there.
    #[error("the head finds transaction {transaction} invalid: {reason}")]
    Rejected {
        /// The transaction.
        transaction: TransactionId,
        /// Why.
        reason: InvalidReason,
    },
    /// The head could not be asked. Whether it has the transaction nobody knows.
    #[error("transaction {transaction} may not have been submitted: {reason}")]
    Unknown {
        /// The transaction.
        transaction: TransactionId,
        /// What went wrong.
        reason: HeadError,
    },
}

impl Outcome {
    /// A stable name of the outcome, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Confirmed { .. } => "confirmed",
            Self::InFlight { .. } => "in_flight",
            Self::Stale { .. } => "stale",
            Self::Expired { .. } => "expired",
            Self::Unsigned { .. } => "unsigned",
            Self::OutOfTime(_) => "out_of_time",
            Self::Refused(_) => "refused",
            Self::NotSigned(_) => "not_signed",
            Self::Rejected { .. } => "rejected",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// Whether it came too late and is to be tried anew at once, from the head as it is now.
    pub const fn is_overtaken(&self) -> bool {
        matches!(self, Self::Stale { .. } | Self::Expired { .. })
    }

    /// Whether it is done.
    pub const fn is_confirmed(&self) -> bool {
        matches!(self, Self::Confirmed { .. })
    }

    /// The transaction, where one came that far.
    pub fn transaction(&self) -> Option<TransactionId> {
        match self {
            Self::Confirmed { transaction, .. }
            | Self::InFlight { transaction, .. }
            | Self::Expired { transaction }
            | Self::Rejected { transaction, .. }
            | Self::Unknown { transaction, .. } => Some(*transaction),
            Self::Unsigned { transaction, .. } => Some(transaction.id()),
            _ => None,
        }
    }
}

/// Why an action was not tried in this round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Deferral {
    /// Something that it needs was consumed in this round: it is decided anew in the next.
    #[error("an action before it consumed what it needs")]
    Overtaken,
    /// A transaction of ours that may still become valid consumes what it needs.
    #[error("a transaction in flight consumes what it needs, until {until} at the latest")]
    InFlight {
        /// When that transaction's validity ends.
        until: Time,
    },
    /// It failed before.
    #[error("it failed and rests until {until}")]
    Rests {
        /// Until when.
        until: Time,
    },
}

/// An action that was not tried in this round, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deferred {
    /// What was decided.
    pub decision: Decision,
    /// Why it was not tried.
    pub deferral: Deferral,
}

/// One round of a driver: what it did and what not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// What was tried, in order.
    pub reports: Vec<Report>,
    /// What was not tried, though it was decided.
    pub deferred: Vec<Deferred>,
    /// What the agent decided not to do, and why.
    pub passed: Vec<Decision>,
    /// When time alone gives the agent something to do.
    pub next_wake: Option<Time>,
}

impl Round {
    /// Whether there may be more to do at once: something became final, or was overtaken.
    pub fn made_progress(&self) -> bool {
        let overtaken = |deferred: &Deferred| deferred.deferral == Deferral::Overtaken;
        let moved = |report: &Report| report.outcome.is_confirmed() || report.outcome.is_overtaken();
        self.reports.iter().any(moved) || self.deferred.iter().any(overtaken)
    }
}
