//! What happens in a head.

use std::fmt;
use std::sync::Arc;

use demeter_core::{Time, TransactionId};
use futures_util::stream::BoxStream;

use super::InvalidReason;
use crate::SignedTransaction;

/// The number of a snapshot: one higher for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
#[repr(transparent)]
pub struct SnapshotNumber(u64);

impl SnapshotNumber {
    /// Wraps the number of a snapshot.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The number of the snapshot.
    pub const fn to_number(self) -> u64 {
        self.0
    }

    /// The number of the snapshot after this one.
    pub(crate) const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for SnapshotNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Something that happened, by the names that hydra-node gives.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A transaction was found valid. It is not final yet.
    TxValid {
        /// The transaction.
        transaction: TransactionId,
    },
    /// A transaction was found invalid.
    TxInvalid {
        /// The transaction.
        transaction: TransactionId,
        /// Why.
        reason: InvalidReason,
    },
    /// A snapshot was signed by all parties: its transactions are final.
    SnapshotConfirmed {
        /// The snapshot.
        number: SnapshotNumber,
        /// The transactions that it adds, as they were submitted, in the order in which they were applied. One whose
        /// body cannot be read has an id, but no [`effect`](SignedTransaction::effect).
        transactions: Vec<Arc<SignedTransaction>>,
    },
}

impl Event {
    /// The snapshot, if this is the one that confirms a transaction.
    pub(super) fn confirms(&self, wanted: &TransactionId) -> Option<SnapshotNumber> {
        let Self::SnapshotConfirmed { number, transactions } = self else { return None };
        transactions.iter().any(|transaction| transaction.id() == *wanted).then_some(*number)
    }
}

/// A reader of events fell behind and missed some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{missed} events were missed")]
pub struct Lagged {
    /// How many, as far as that is known: at least one.
    pub missed: u64,
}

/// The events of a head from when it was asked for, in order. It ends when the head does.
pub type EventStream = BoxStream<'static, Result<Event, Lagged>>;

/// The number of an event: the first of a head is 0, each has one more than the one before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
#[repr(transparent)]
pub struct EventSequence(u64);

impl EventSequence {
    /// Wraps the number of an event.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The number of the event.
    pub const fn to_number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for EventSequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An event, with its number and the time in the head when it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberedEvent {
    /// Its number.
    pub sequence: EventSequence,
    /// When it happened.
    pub time: Time,
    /// What happened.
    pub event: Event,
}

/// The events of a head from some point on, in order. It ends when the head does.
pub type NumberedEvents = BoxStream<'static, Result<NumberedEvent, Lagged>>;

/// Events cannot be replayed from where that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// The head no longer keeps them.
    #[error("event {asked} is no longer kept, the oldest is {oldest}")]
    TooOld {
        /// The number asked for.
        asked: EventSequence,
        /// The oldest that is kept.
        oldest: EventSequence,
    },
    /// The head has not come that far: the number is of another head, or of one that lost its last events.
    #[error("event {asked} is further on than the next one, {next}")]
    NotYet {
        /// The number asked for.
        asked: EventSequence,
        /// The number that the next event gets.
        next: EventSequence,
    },
}
