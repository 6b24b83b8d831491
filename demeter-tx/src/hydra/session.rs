//! A client's session with a node, without a socket: what came goes in, what shall be done comes out.
//!
//! [`Session::handle`] takes one [`Input`] and the time, and says what to do as [`Output`]s; [`Session::wake_at`] says
//! when it wants to be called again though nothing came. The caller opens the connections, keeps the clock and hands
//! the answers in, so that every order of things can be tested.
//!
//! # What becomes of a transaction
//!
//! A node says that a transaction is valid before it is final, may drop it without a word, and calls one that was
//! applied already invalid. So each [`Fate`] here rests on what cannot be otherwise:
//!
//! - *confirmed*: a confirmed snapshot names it, or holds one of its outputs;
//! - *rejected*: a confirmed snapshot names another that consumes one of its inputs; or some of its inputs are unspent and
//!   others, which were, are gone; or the node found it invalid and it was not applied before, as some of its inputs are
//!   unspent or the node's history does not name it;
//! - *unknown*: neither showed in time. It is valid and waits, or what it consumes is not there yet, or all of that is gone
//!   like what it made and the node's history begins later.
//!
//! Where a connection was lost, the outputs of the last confirmed snapshot tell what became of most transactions in the
//! meantime. The history, which is long, is read for those only of which nothing is left. A transaction that was not
//! applied is submitted again, after those that make what it consumes: it can be applied only once. One that is not valid
//! yet is held until the node's time has come, as the node would keep it for half a second only.
//!
//! # What must be so
//!
//! A message that was not answered for [`SessionOptions::answer`], or got lost with its connection and was sent again
//! since, does not reach the node later than that. One that does, of a transaction that was rejected because it came before
//! what it consumes, may still be applied.
//!
//! NOTE: who deposits into a head chooses the references of the outputs. By giving money away, somebody can make an
//! output that looks like one of a transaction that was not applied, or like one that was consumed.

mod exchange;
mod fate;
mod options;
mod pending;
mod recalled;
mod submission;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::time::Duration;

use demeter_core::TransactionId;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use super::client_message::ClientMessage;
use super::greetings::Greetings;
use super::server_output::ServerOutput;
use super::{ClientInput, HeadId, ServerMessage, TimedOutput, UtxoJson, head_event};
use crate::head::{Event, SnapshotNumber};
use crate::{Slot, UtxoSet};

pub use exchange::{Connection, Input, Output};
pub use fate::{Fate, Rejection};
pub use options::SessionOptions;
use pending::Pending;
use recalled::Recalled;
use submission::{Now, Step};

/// A client's session with a node.
#[derive(Debug)]
pub struct Session {
    options: SessionOptions,
    random: Option<ChaCha8Rng>,
    connection: Connection,
    /// How often in a row there was no connection, or a useless one.
    failures: u32,
    head: Option<HeadId>,
    /// The last slot that the node told of, and when it did.
    slot: Option<(Slot, Duration)>,
    /// When it was asked for the time last.
    asked_time: Option<Duration>,
    /// The number of the last output on this connection.
    sequence: Option<u64>,
    snapshot: Option<SnapshotNumber>,
    /// When outputs were asked for that have not come yet.
    asked_utxo: Option<Duration>,
    /// When the history was asked for that has not come yet.
    asked_history: Option<Duration>,
    /// When something came over the connection last.
    heard: Duration,
    pending: Pending,
}

impl Session {
    /// A session that has no connection yet; the first tick asks for one.
    pub fn new(options: SessionOptions) -> Self {
        Self {
            random: options.seed.map(ChaCha8Rng::seed_from_u64),
            options,
            connection: Connection::Waiting { until: Duration::ZERO },
            failures: 0,
            head: None,
            slot: None,
            asked_time: None,
            sequence: None,
            snapshot: None,
            asked_utxo: None,
            asked_history: None,
            heard: Duration::ZERO,
            pending: Pending::default(),
        }
    }

    /// How the connection is.
    pub const fn connection(&self) -> Connection {
        self.connection
    }

    /// The slot that the head is in, as far as the node has told.
    pub fn slot(&self) -> Option<Slot> {
        self.slot.map(|(slot, _)| slot)
    }

    /// How many transactions are under way.
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// Takes what has come, at a time that is told since any fixed moment and never goes back.
    pub fn handle(&mut self, input: Input, now: Duration) -> Vec<Output> {
        let mut outputs = Vec::new();
        match input {
            Input::Tick => {}
            Input::Opened => {
                self.connection = Connection::Opened { since: now };
                self.sequence = None;
                // What is not told twice over one connection may be over two: the node may have begun anew.
                self.snapshot = None;
            }
            Input::Closed => self.lose(now),
            Input::Message(message) => {
                self.heard = now;
                self.take(*message, now, &mut outputs);
            }
            Input::Greetings(greetings) => {
                self.asked_time = None;
                self.learn_slot(greetings.current_slot, now);
            }
            Input::Utxo(utxo) => self.see(utxo, now, &mut outputs),
            // It is asked for again when the time for an answer is over.
            Input::NoUtxo => {}
            Input::History(history) => self.recall(&history, now, &mut outputs),
            Input::NoHistory => self.not_recalled(now),
            Input::Submit(transaction) => self.pending.add(transaction, now),
        }
        self.proceed(now, &mut outputs);
        outputs
    }

    /// When [`Self::handle`] wants a tick, if nothing comes before.
    pub fn wake_at(&self) -> Option<Duration> {
        let connection = match self.connection {
            Connection::Waiting { until } => Some(until),
            Connection::Opened { since } => Some(since.saturating_add(self.options.answer)),
            _ => None,
        };
        let answer = self.asked_utxo.map(|asked| asked.saturating_add(self.options.answer));
        let history = self.asked_history.map(|asked| asked.saturating_add(self.options.fate));
        let (utxo_asked, history_asked) = (self.asked_utxo.is_some(), self.asked_history.is_some());
        // It does not depend on what time it is.
        let now = self.now(Duration::ZERO);
        let submissions =
            self.pending.iter().filter_map(|submission| submission.wake_at(&now, utxo_asked, history_asked));
        submissions.chain(connection).chain(answer).chain(history).min()
    }

    fn now(&self, time: Duration) -> Now<'_> {
        let live = self.connection == Connection::Live;
        Now { options: &self.options, live, slot: self.slot, asked_time: self.asked_time, time }
    }

    /// Does what is due.
    fn proceed(&mut self, now: Duration, outputs: &mut Vec<Output>) {
        match self.connection {
            Connection::Waiting { until } if until <= now => {
                self.connection = Connection::Opening;
                outputs.push(Output::Open);
            }
            Connection::Opened { since } if since.saturating_add(self.options.answer) <= now => {
                outputs.push(Output::Close);
                self.lose(now);
            }
            _ => {}
        }
        // A connection over which nothing comes any more, not even an answer, is none.
        let is_ignored = {
            let now = self.now(now);
            now.live && self.pending.iter().any(|submission| submission.is_ignored_since(self.heard, &now))
        };
        if is_ignored {
            outputs.push(Output::Close);
            self.lose(now);
        }
        if self.asked_utxo.is_some_and(|asked| asked.saturating_add(self.options.answer) <= now) {
            self.ask_utxo(now, outputs);
        }
        if self.asked_history.is_some_and(|asked| asked.saturating_add(self.options.fate) <= now) {
            self.not_recalled(now);
        }
        self.advance(now, outputs);
    }

    /// Does what is due for each transaction.
    fn advance(&mut self, now: Duration, outputs: &mut Vec<Output>) {
        let (mut wants_utxo, mut wants_time, mut wants_history) = (false, false, false);
        let (mut to_be_sent, mut ended) = (BTreeSet::new(), Vec::new());
        for id in self.pending.ids() {
            let is_held = !self.pending.makers(&id).is_disjoint(&to_be_sent);
            let live = self.connection == Connection::Live;
            let (slot, asked_time) = (self.slot, self.asked_time);
            let now = Now { options: &self.options, live, slot, asked_time, time: now };
            let Some(submission) = self.pending.get_mut(&id) else { continue };
            match submission.step(&now, is_held) {
                Step::Nothing => {}
                Step::Send => {
                    let input = ClientInput::submit(submission.transaction());
                    outputs.push(Output::Send(Box::new(input)));
                }
                Step::AskUtxo => wants_utxo = true,
                Step::AskTime => wants_time = true,
                Step::AskHistory => wants_history = true,
                Step::End(fate) => {
                    ended.push((id, fate));
                    continue;
                }
            }
            if submission.is_to_be_sent(slot) {
                to_be_sent.insert(id);
            }
        }
        if wants_utxo && self.asked_utxo.is_none() {
            self.ask_utxo(now, outputs);
        }
        if wants_time {
            self.asked_time = Some(now);
            outputs.push(Output::AskTime);
        }
        if wants_history && self.asked_history.is_none() {
            self.asked_history = Some(now);
            outputs.push(Output::AskHistory);
        }
        for (id, fate) in ended {
            self.end(id, fate, outputs);
        }
    }

    fn ask_utxo(&mut self, now: Duration, outputs: &mut Vec<Output>) {
        if matches!(self.connection, Connection::Rebuilding | Connection::Live) {
            self.asked_utxo = Some(now);
            outputs.push(Output::AskUtxo);
        }
    }

    /// The connection is gone: each time in a row, it is left for twice as long.
    fn lose(&mut self, now: Duration) {
        let pause = self.options.backoff(self.failures);
        let pause = match &mut self.random {
            Some(random) => (pause / 2).saturating_add(pause / 2 * (random.next_u32() >> 16) / 0xffff),
            None => pause,
        };
        self.failures = self.failures.saturating_add(1);
        self.connection = Connection::Waiting { until: now.saturating_add(pause) };
        self.asked_utxo = None;
        for id in self.pending.ids() {
            if let Some(submission) = self.pending.get_mut(&id) {
                submission.lose();
            }
        }
    }

    fn take(&mut self, message: ServerMessage, now: Duration, outputs: &mut Vec<Output>) {
        match message {
            ServerMessage::Greetings(greetings) => self.greet(*greetings, now, outputs),
            ServerMessage::Output(timed) => self.happen(&timed, now, outputs),
            ServerMessage::Client(message) => self.answered(&message, now),
            ServerMessage::InvalidInput(invalid) => {
                let id = ClientInput::from_json(&invalid.input).ok().and_then(|input| submitted(&input));
                if let Some(submission) = id.and_then(|id| self.pending.get_mut(&id)) {
                    submission.not_taken(Rejection::NotUnderstood(invalid.reason));
                }
            }
            ServerMessage::Unknown(_) => {}
        }
    }

    fn greet(&mut self, greetings: Greetings, now: Duration, outputs: &mut Vec<Output>) {
        self.learn_slot(greetings.current_slot, now);
        if self.head != greetings.head_id {
            self.head = greetings.head_id;
            self.snapshot = None;
        }
        self.connection = Connection::Rebuilding;
        match greetings.snapshot_utxo {
            Some(utxo) => self.see(utxo, now, outputs),
            None => self.ask_utxo(now, outputs),
        }
    }

    fn happen(&mut self, timed: &TimedOutput, now: Duration, outputs: &mut Vec<Output>) {
        // A connection that repeats itself, or has not begun with greetings, tells nothing.
        let repeated = self.sequence.is_some_and(|last| timed.sequence <= last);
        if repeated || !matches!(self.connection, Connection::Rebuilding | Connection::Live) {
            return;
        }
        self.sequence = Some(timed.sequence);
        if let ServerOutput::NodeSynced(time) | ServerOutput::NodeUnsynced(time) = &timed.output {
            self.learn_slot(time.slot, now);
        }
        if let ServerOutput::HeadIsOpen(opened) = &timed.output {
            self.head = Some(opened.head_id.clone());
            self.snapshot = None;
        }
        // What cannot be read tells nothing of transactions of ours: those were read when they were submitted.
        let Ok(Some(event)) = head_event(&timed.output) else { return };
        match &event {
            Event::TxValid { transaction } => {
                if let Some(submission) = self.pending.get_mut(transaction) {
                    submission.valid(now);
                }
            }
            Event::TxInvalid { transaction, reason } => {
                let ServerOutput::TxInvalid(invalid) = &timed.output else { return };
                let (local, _) = invalid.utxo.split();
                let makers = self.pending.makers(transaction);
                if let Some(submission) = self.pending.get_mut(transaction) {
                    submission.invalid(&local, &makers, reason.clone(), now);
                }
            }
            Event::SnapshotConfirmed { number, transactions } => {
                if self.snapshot.is_some_and(|last| *number <= last) {
                    return;
                }
                self.snapshot = Some(*number);
                for transaction in transactions {
                    self.end(transaction.id(), Fate::Confirmed { snapshot: Some(*number) }, outputs);
                }
                if self.pending.len() > 0 {
                    let effects = transactions.iter().filter_map(|transaction| transaction.effect().ok());
                    let consumed: Vec<_> = effects.flat_map(|effect| effect.consumed).collect();
                    for (id, input) in self.pending.spenders(consumed.iter()) {
                        self.end(id, Fate::Rejected(Rejection::Conflict { input }), outputs);
                    }
                }
            }
        }
        outputs.push(Output::Event(event));
    }

    /// What the node tells of an input.
    fn answered(&mut self, message: &ClientMessage, now: Duration) {
        let (input, rejection) = match message {
            ClientMessage::SyncedStatusReport(report) => return self.learn_slot(report.slot, now),
            // It was not looked at: it is sent again when the time for an answer is over.
            ClientMessage::CommandFailed(failed) => (&failed.input, Rejection::HeadNotOpen),
            _ => return,
        };
        if let Some(submission) = submitted(input).and_then(|id| self.pending.get_mut(&id)) {
            submission.not_taken(rejection);
        }
    }

    /// The outputs of a confirmed snapshot, read since they were asked for.
    fn see(&mut self, utxo: UtxoJson, now: Duration, outputs: &mut Vec<Output>) {
        self.asked_utxo = None;
        let confirmed: UtxoSet = utxo.split().0;
        let mut ends = Vec::new();
        for id in self.pending.ids() {
            let makers = self.pending.makers(&id);
            let Some(submission) = self.pending.get_mut(&id) else { continue };
            if let Some(fate) = submission.see(&confirmed, &makers, &self.options, now) {
                ends.push((id, fate));
            }
        }
        for (id, fate) in ends {
            self.end(id, fate, outputs);
        }
        if self.connection == Connection::Rebuilding {
            self.connection = Connection::Live;
            self.failures = 0;
            outputs.push(Output::Rebuilt(Box::new(utxo)));
        }
    }

    /// What has happened, read since it was asked for.
    fn recall(&mut self, history: &[TimedOutput], now: Duration, outputs: &mut Vec<Output>) {
        let Some(asked) = self.asked_history.take() else { return };
        let recalled = Recalled::of(history, self.head.as_ref());
        for id in self.pending.ids() {
            let Some(submission) = self.pending.get_mut(&id) else { continue };
            if let Some(fate) = submission.recall(&recalled, asked, &self.options, now) {
                self.end(id, fate, outputs);
            }
        }
    }

    fn not_recalled(&mut self, now: Duration) {
        self.asked_history = None;
        for id in self.pending.ids() {
            if let Some(submission) = self.pending.get_mut(&id) {
                submission.not_recalled(&self.options, now);
            }
        }
    }

    fn end(&mut self, id: TransactionId, fate: Fate, outputs: &mut Vec<Output>) {
        if self.pending.remove(&id) {
            outputs.push(Output::Fate(id, fate));
        }
    }

    fn learn_slot(&mut self, slot: u64, now: Duration) {
        self.slot = Some((Slot::from_number(slot), now));
    }
}

/// The transaction that an input submits.
fn submitted(input: &ClientInput) -> Option<TransactionId> {
    match input {
        ClientInput::NewTx(new) => new.transaction.transaction_id().ok(),
        _ => None,
    }
}
