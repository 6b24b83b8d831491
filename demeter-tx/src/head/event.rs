//! What happens in a head.

use std::fmt;

use demeter_core::TransactionId;
use futures_util::stream::BoxStream;

use super::InvalidReason;

/// The number of a snapshot: one higher for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    pub(super) const fn next(self) -> Self {
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
        /// The transactions that it adds.
        transactions: Vec<TransactionId>,
    },
}

/// A reader of events fell behind and missed some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{missed} events were missed")]
pub struct Lagged {
    /// How many.
    pub missed: u64,
}

/// The events of a head from when it was asked for, in order. It ends when the head does.
pub type EventStream = BoxStream<'static, Result<Event, Lagged>>;
