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
//! - *rejected*: the node found it invalid where some of its inputs were still unspent, so it was not applied; or some of
//!   its inputs are unspent and others are gone, so it never can be;
//! - *unknown*: neither showed in time. All of its inputs are gone and so are its outputs, or it is valid and waits.
//!
//! A transaction is submitted again where all of its inputs are unspent in a confirmed snapshot: it can be applied only
//! once. One that is not valid yet is held until the node's time has come, as the node would keep it for half a second
//! only.
//!
//! NOTE: who deposits into a head chooses the references of the outputs. By giving money away, somebody can make an
//! output that looks like one of a transaction that was not applied.

mod options;
mod submission;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use demeter_core::TransactionId;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use super::client_message::ClientMessage;
use super::greetings::Greetings;
use super::server_output::{ServerOutput, TimedOutput};
use super::{ClientInput, HeadId, ServerMessage, UtxoJson, head_event};
use crate::head::{Event, SnapshotNumber};
use crate::{SignedTransaction, Slot, UtxoSet};

pub use options::SessionOptions;
pub use submission::{Fate, Rejection};
use submission::{Step, Submission};

/// What has come.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Input {
    /// Time has passed.
    Tick,
    /// The connection that was asked for is there.
    Opened,
    /// The connection is gone, or could not be made.
    Closed,
    /// A message came over the connection.
    Message(Box<ServerMessage>),
    /// What a node says first came over another connection, as was asked for with [`Output::AskTime`].
    Greetings(Box<Greetings>),
    /// The answer to [`Output::AskUtxo`], of a question asked since.
    Utxo(UtxoJson),
    /// The answer to [`Output::AskUtxo`] did not come, or was none.
    NoUtxo,
    /// A transaction shall be submitted. One that is under way already is not submitted twice.
    Submit(Arc<SignedTransaction>),
}

/// What shall be done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Output {
    /// Connect, without history.
    Open,
    /// Give the connection up: it is useless. [`Input::Closed`] need not be said.
    Close,
    /// Send this over the connection.
    Send(Box<ClientInput>),
    /// Read the outputs of the last confirmed snapshot, from `/snapshot/utxo`.
    AskUtxo,
    /// Read what the node says first, over another connection: it tells the head's time.
    AskTime,
    /// The session begins, or begins again after a gap in which events were missed: these are the outputs now.
    Rebuilt(Box<UtxoJson>),
    /// Something happened.
    Event(Event),
    /// What became of a transaction.
    Fate(TransactionId, Fate),
}

/// How the connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Connection {
    /// There is none, and none is tried before this time.
    Waiting {
        /// The time.
        until: Duration,
    },
    /// It was asked for.
    Opening,
    /// It is there; the node has said nothing yet.
    Opened {
        /// Since when.
        since: Duration,
    },
    /// The node has said how things are; the outputs are being read.
    Rebuilding,
    /// Everything is known.
    Live,
}

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
    submissions: BTreeMap<TransactionId, Submission>,
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
            submissions: BTreeMap::new(),
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
        self.submissions.len()
    }

    /// Takes what has come, at a time that is told since any fixed moment and never goes back.
    pub fn handle(&mut self, input: Input, now: Duration) -> Vec<Output> {
        let mut outputs = Vec::new();
        match input {
            Input::Tick => {}
            Input::Opened => {
                self.connection = Connection::Opened { since: now };
                self.sequence = None;
            }
            Input::Closed => self.lose(now),
            Input::Message(message) => self.take(*message, now, &mut outputs),
            Input::Greetings(greetings) => {
                self.asked_time = None;
                self.learn_slot(greetings.current_slot, now);
            }
            Input::Utxo(utxo) => self.see(utxo, now, &mut outputs),
            // It is asked for again when the time for an answer is over.
            Input::NoUtxo => {}
            Input::Submit(transaction) => {
                let id = transaction.id();
                let new = || Submission::new(transaction, now);
                self.submissions.entry(id).or_insert_with(new);
            }
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
        let submissions = self.submissions.values().filter_map(|submission| {
            let live = self.connection == Connection::Live;
            let has_asked = self.asked_utxo.is_some();
            submission.wake_at(&self.options, live, has_asked, self.slot, self.asked_time)
        });
        submissions.chain(connection).chain(answer).min()
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
        if self.asked_utxo.is_some_and(|asked| asked.saturating_add(self.options.answer) <= now) {
            self.ask_utxo(now, outputs);
        }
        let live = self.connection == Connection::Live;
        let (mut wants_utxo, mut wants_time, mut ended) = (false, false, Vec::new());
        for (id, submission) in &mut self.submissions {
            match submission.step(&self.options, live, self.slot, self.asked_time, now) {
                Step::Nothing => {}
                Step::Send => {
                    let input = ClientInput::submit(submission.transaction());
                    outputs.push(Output::Send(Box::new(input)));
                }
                Step::AskUtxo => wants_utxo = true,
                Step::AskTime => wants_time = true,
                Step::End(fate) => ended.push((*id, fate)),
            }
        }
        if wants_utxo && self.asked_utxo.is_none() {
            self.ask_utxo(now, outputs);
        }
        if wants_time {
            self.asked_time = Some(now);
            outputs.push(Output::AskTime);
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
        for submission in self.submissions.values_mut() {
            submission.lose();
        }
    }

    fn take(&mut self, message: ServerMessage, now: Duration, outputs: &mut Vec<Output>) {
        match message {
            ServerMessage::Greetings(greetings) => self.greet(*greetings, now, outputs),
            ServerMessage::Output(timed) => self.happen(&timed, now, outputs),
            ServerMessage::Client(message) => self.answered(&message, now),
            ServerMessage::InvalidInput(invalid) => {
                let id = ClientInput::from_json(&invalid.input).ok().and_then(|input| submitted(&input));
                if let Some(submission) = id.and_then(|id| self.submissions.get_mut(&id)) {
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
                if let Some(submission) = self.submissions.get_mut(transaction) {
                    submission.valid(now);
                }
            }
            Event::TxInvalid { transaction, reason } => {
                let ServerOutput::TxInvalid(invalid) = &timed.output else { return };
                let (local, _) = invalid.utxo.split();
                if let Some(submission) = self.submissions.get_mut(transaction) {
                    submission.invalid(&local, reason.clone(), now);
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
        if let Some(submission) = submitted(input).and_then(|id| self.submissions.get_mut(&id)) {
            submission.not_taken(rejection);
        }
    }

    /// The outputs of a confirmed snapshot, read since they were asked for.
    fn see(&mut self, utxo: UtxoJson, now: Duration, outputs: &mut Vec<Output>) {
        self.asked_utxo = None;
        let confirmed: UtxoSet = utxo.split().0;
        let ends = self.submissions.iter_mut().filter_map(|(id, submission)| {
            submission.see(&confirmed, &self.options, now).map(|fate| (*id, fate))
        });
        let ends: Vec<_> = ends.collect();
        for (id, fate) in ends {
            self.end(id, fate, outputs);
        }
        if self.connection == Connection::Rebuilding {
            self.connection = Connection::Live;
            self.failures = 0;
            outputs.push(Output::Rebuilt(Box::new(utxo)));
        }
    }

    fn end(&mut self, id: TransactionId, fate: Fate, outputs: &mut Vec<Output>) {
        if self.submissions.remove(&id).is_some() {
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
