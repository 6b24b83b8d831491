//! What a head holds, and how it comes back from what could not be stored.

use std::collections::VecDeque;
use std::sync::Arc;

use demeter_core::{OutputReference, TransactionId};

use super::super::{Event, HeadError, HeadTime, InvalidReason, SnapshotNumber};
use super::confirmed::Confirmed;
use super::reply::{Answer, Reply};
use super::waiting::WaitingRoom;
use crate::ledger::Applied;
use crate::{Output, SignedTransaction, UtxoSet};

/// What a head holds.
///
/// Where the head is on disk this is ahead of the disk by what `pending` holds and the writer is just writing.
#[derive(Debug)]
pub(super) struct State {
    pub(super) utxos: UtxoSet,
    pub(super) now: HeadTime,
    pub(super) snapshot: SnapshotNumber,
    /// The last snapshot that is stored as well.
    pub(super) confirmed_snapshot: SnapshotNumber,
    /// Where the head is in memory; the store knows otherwise.
    pub(super) confirmed: Confirmed,
    pub(super) waiting: WaitingRoom,
    /// What has been done here but not been taken up by the writer, in order.
    pub(super) pending: VecDeque<Entry>,
    /// What is told once the lock is released.
    pub(super) answers: Vec<(Reply, Answer)>,
    /// Why nothing is done any more.
    pub(super) halted: Option<HeadError>,
    /// No handle to the head is left.
    pub(super) closing: bool,
}

/// One thing that was done: what is to be stored, what undoes it, and who waits for it.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) record: Record,
    /// The time in the head when it was done.
    pub(super) now: HeadTime,
    /// The time in the head and its snapshot before that.
    before: (HeadTime, SnapshotNumber),
    pub(super) reply: Reply,
}

/// One thing that is stored.
#[derive(Clone, Debug)]
pub(super) enum Record {
    /// A transaction, confirmed by a snapshot of its own.
    Applied {
        transaction: Arc<SignedTransaction>,
        applied: Arc<Applied>,
        /// What it consumed, to undo it.
        spent: Vec<(OutputReference, Output)>,
        number: SnapshotNumber,
    },
    /// A transaction found invalid, which changes nothing.
    Refused { transaction: TransactionId, reason: InvalidReason },
    /// Time that passed.
    Advanced,
}

impl Record {
    /// What readers are told of it.
    pub(super) fn events(&self) -> Vec<Event> {
        match self {
            Self::Applied { transaction, number, .. } => vec![
                Event::TxValid { transaction: transaction.id() },
                Event::SnapshotConfirmed { number: *number, transactions: vec![Arc::clone(transaction)] },
            ],
            Self::Refused { transaction, reason } => {
                vec![Event::TxInvalid { transaction: *transaction, reason: reason.clone() }]
            }
            Self::Advanced => Vec::new(),
        }
    }
}

impl State {
    pub(super) fn new(utxos: UtxoSet, now: HeadTime, snapshot: SnapshotNumber) -> Self {
        Self {
            utxos,
            now,
            snapshot,
            confirmed_snapshot: snapshot,
            confirmed: Confirmed::default(),
            waiting: WaitingRoom::default(),
            pending: VecDeque::new(),
            answers: Vec::new(),
            halted: None,
            closing: false,
        }
    }

    /// Does what a valid transaction does.
    pub(super) fn apply(
        &mut self,
        transaction: Arc<SignedTransaction>,
        applied: Arc<Applied>,
        reply: Reply,
    ) -> Entry {
        let before = (self.now, self.snapshot);
        let effect = &applied.effect;
        let spent = effect
            .consumed
            .iter()
            .filter_map(|reference| Some((*reference, self.utxos.remove(reference)?)))
            .collect();
        self.utxos.extend(effect.made.iter().cloned());
        self.snapshot = self.snapshot.next();
        let record = Record::Applied { transaction, applied, spent, number: self.snapshot };
        Entry { record, now: self.now, before, reply }
    }

    /// Records that a transaction was found invalid. Who submitted it need not wait for that.
    pub(super) fn refuse(&self, transaction: TransactionId, reason: InvalidReason) -> Entry {
        let before = (self.now, self.snapshot);
        Entry { record: Record::Refused { transaction, reason }, now: self.now, before, reply: Reply::Nobody }
    }

    /// Lets time pass.
    pub(super) fn advance(&mut self, now: HeadTime, reply: Reply) -> Entry {
        let before = (self.now, self.snapshot);
        self.now = now;
        Entry { record: Record::Advanced, now, before, reply }
    }

    /// Has somebody told once the lock is released.
    pub(super) fn answer(&mut self, reply: Reply, answer: Answer) {
        self.answers.push((reply, answer));
    }

    /// Takes back what was done last.
    ///
    /// INVARIANT: entries are undone in the reverse of their order, all after this one before it.
    pub(super) fn undo(&mut self, entry: Entry) -> Reply {
        if let Record::Applied { applied, spent, .. } = entry.record {
            for (reference, _) in &applied.effect.made {
                self.utxos.remove(reference);
            }
            self.utxos.extend(spent);
        }
        (self.now, self.snapshot) = entry.before;
        entry.reply
    }

    /// The next entries to store together, with no more than so many transactions among them.
    pub(super) fn next_batch(&mut self, most: usize) -> Vec<Entry> {
        let is_transaction = |entry: &Entry| matches!(entry.record, Record::Applied { .. });
        let mut count = 0usize;
        let end = self.pending.iter().position(|entry| {
            count = count.saturating_add(usize::from(is_transaction(entry)));
            count > most
        });
        self.pending.drain(..end.unwrap_or(self.pending.len())).collect()
    }
}
