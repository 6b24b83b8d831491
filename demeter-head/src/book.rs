//! What has happened, as clients are told it.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;
use demeter_core::{Time, TransactionId};
use demeter_tx::head::{Event, HeadTime, InvalidReason, NumberedEvent};
use demeter_tx::hydra::{ServerMessage, ServerOutput, TimedOutput, Timestamp};
use demeter_tx::{SignedTransaction, Slot};

use crate::broadcast::Broadcast;
use crate::checkpoint::Checkpoint;
use crate::message::{self, Scribe};
use crate::query::Wants;
use crate::view::{View, addresses};

/// What has happened since the checkpoint, and what the head holds now.
#[derive(Debug)]
pub(crate) struct Book {
    pub(crate) scribe: Arc<Scribe>,
    pub(crate) view: View,
    base: Arc<Checkpoint>,
    entries: VecDeque<Arc<Entry>>,
    /// The head's number of the event that comes next.
    next: u64,
    /// When the last event happened.
    last: HeadTime,
    /// What was submitted here and is not answered yet.
    pub(crate) submitted: Submitted,
}

/// Something that happened.
#[derive(Debug)]
struct Entry {
    sequence: u64,
    time: Time,
    what: What,
}

#[derive(Debug)]
enum What {
    Valid(TransactionId, Option<Arc<SignedTransaction>>),
    Invalid(Arc<SignedTransaction>, InvalidReason),
    Confirmed(u64, Vec<Arc<SignedTransaction>>),
}

/// Transactions submitted here, with how often each was and is not answered yet: events name only their ids.
#[derive(Debug, Default)]
pub(crate) struct Submitted(HashMap<TransactionId, (Arc<SignedTransaction>, usize)>);

impl Submitted {
    pub(crate) fn add(&mut self, transaction: &Arc<SignedTransaction>) {
        let (_, count) = self.0.entry(transaction.id()).or_insert_with(|| (Arc::clone(transaction), 0));
        *count = count.saturating_add(1);
    }

    /// One submission is answered.
    pub(crate) fn take(&mut self, id: &TransactionId) -> Option<Arc<SignedTransaction>> {
        let (transaction, count) = self.0.get_mut(id)?;
        let transaction = Arc::clone(transaction);
        *count = count.saturating_sub(1);
        if *count == 0 {
            self.0.remove(id);
        }
        Some(transaction)
    }
}

impl Book {
    pub(crate) fn new(scribe: Arc<Scribe>, base: Checkpoint) -> Self {
        Self {
            scribe,
            view: base.view.clone(),
            next: base.event,
            last: base.at,
            base: Arc::new(base),
            entries: VecDeque::new(),
            submitted: Submitted::default(),
        }
    }

    /// How many events the history holds.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The head's number of the event that comes next.
    pub(crate) const fn next(&self) -> u64 {
        self.next
    }

    /// Takes up an event, and gives what clients are told of it: with the outputs of a snapshot only where somebody wants
    /// them, since writing all of them takes longer than anything else.
    ///
    /// A transaction found invalid that was not submitted here, or before the server began, is told to nobody: the event
    /// does not hold it.
    pub(crate) fn record(&mut self, event: NumberedEvent, slot: Slot, outputs: bool) -> Option<Broadcast> {
        let NumberedEvent { sequence, time, event } = event;
        if sequence.to_number() < self.next {
            return None;
        }
        self.next = sequence.to_number().saturating_add(1);
        self.last = HeadTime { time, slot };
        let what = match event {
            Event::TxValid { transaction } => What::Valid(transaction, self.submitted.take(&transaction)),
            Event::TxInvalid { transaction, reason } => {
                What::Invalid(self.submitted.take(&transaction)?, reason)
            }
            Event::SnapshotConfirmed { number, transactions } => {
                What::Confirmed(number.to_number(), transactions)
            }
            _ => return None,
        };
        let entry = Arc::new(Entry { sequence: message::sequence(sequence.to_number()), time, what });
        entry.apply_to(&mut self.view);
        let message = entry.message(&self.scribe, &self.view, outputs);
        self.entries.push_back(entry);
        Some(message)
    }

    /// Has the history begin here, and gives the new beginning.
    pub(crate) fn rotate(&mut self) -> Arc<Checkpoint> {
        let view = View { confirmed: Vec::new(), ..self.view.clone() };
        self.base = Arc::new(Checkpoint { view, event: self.next, at: self.last });
        self.entries.clear();
        Arc::clone(&self.base)
    }

    /// Things that happen outside the head, as clients are told them now. They are not kept.
    pub(crate) fn aside(&self, outputs: impl IntoIterator<Item = ServerOutput>) -> Vec<ServerMessage> {
        let last = self.next.checked_sub(1).map_or(message::sequence(0).saturating_sub(1), message::sequence);
        let numbered = outputs.into_iter().zip(last.saturating_add(1)..);
        numbered.map(|(output, sequence)| timed(output, sequence, self.last.time)).collect()
    }

    /// All that has happened.
    pub(crate) fn history(&self) -> History {
        let scribe = Arc::clone(&self.scribe);
        let base = &self.base;
        let beginning = if base.is_opening() {
            scribe.opening(base)
        } else {
            // The checkpoint has the number of the last event before it, as in hydra-node.
            vec![(message::sequence(base.event.saturating_sub(1)), scribe.rotated(base))]
        };
        let timed = |(sequence, output)| Broadcast::of_opening(timed(output, sequence, base.at.time));
        let beginning = beginning.into_iter().map(timed).collect();
        History { scribe, view: base.view.clone(), beginning, entries: self.entries.clone() }
    }
}

impl Broadcast {
    /// Of what happens before the first transaction: a snapshot that pays to nobody.
    fn of_opening(message: ServerMessage) -> Self {
        match &message {
            ServerMessage::Output(timed) if matches!(timed.output, ServerOutput::SnapshotConfirmed(_)) => {
                Self::paying(message, std::collections::BTreeSet::new())
            }
            _ => Self::new(message),
        }
    }
}

impl Entry {
    fn apply_to(&self, view: &mut View) {
        if let What::Confirmed(number, transactions) = &self.what {
            view.confirm(*number, transactions);
        }
    }

    /// What clients are told of it, where the head holds this after it.
    fn message(&self, scribe: &Scribe, view: &View, outputs: bool) -> Broadcast {
        let timed = |output| timed(output, self.sequence, self.time);
        match &self.what {
            What::Valid(id, transaction) => Broadcast::new(timed(scribe.valid(*id, transaction.as_deref()))),
            What::Invalid(transaction, reason) => {
                Broadcast::new(timed(scribe.invalid(view, transaction, reason.to_string())))
            }
            What::Confirmed(_, transactions) => {
                Broadcast::paying(timed(scribe.confirmed(view, outputs)), addresses(transactions))
            }
        }
    }
}

fn timed(output: ServerOutput, sequence: u64, time: Time) -> ServerMessage {
    ServerMessage::Output(Box::new(TimedOutput { output, sequence, timestamp: Timestamp::of(time) }))
}

/// All that has happened, told one by one: the outputs of each snapshot follow from those of the one before.
#[derive(Debug)]
pub(crate) struct History {
    scribe: Arc<Scribe>,
    view: View,
    beginning: VecDeque<Broadcast>,
    entries: VecDeque<Arc<Entry>>,
}

impl History {
    /// The next message that a client wants.
    pub(crate) fn next(&mut self, wants: &Wants) -> Option<Utf8Bytes> {
        loop {
            let mut message = match self.beginning.pop_front() {
                Some(message) => message,
                None => {
                    let entry = self.entries.pop_front()?;
                    entry.apply_to(&mut self.view);
                    entry.message(&self.scribe, &self.view, wants.snapshot_utxo)
                }
            };
            if let Some(text) = message.text_for(wants) {
                return Some(text);
            }
        }
    }
}
