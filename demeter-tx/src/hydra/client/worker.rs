//! What drives a session: it opens the connections, keeps the clock, and hands on what comes out.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use demeter_core::TransactionId;
use futures_util::future::OptionFuture;
use hyper::StatusCode;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::{Instant, sleep_until, timeout};

use super::address::NodeAddress;
use super::ledger::{Known, Ledger};
use super::metrics::HydraMetrics;
use super::options::HydraOptions;
use super::request::{Answer, read};
use super::socket::Socket;
use crate::SignedTransaction;
use crate::head::Event;
use crate::hydra::session::{Fate, Input, Output, Session};
use crate::hydra::{Greetings, ServerMessage, ServerOutput, TimedOutput, UtxoJson, head_event};

/// How many messages may wait to be handled; then no more are read.
const WAITING: usize = 1_024;

/// What readers of events are told.
#[derive(Clone, Debug)]
pub(super) enum Told {
    Event(Event),
    /// What happened in between is not known.
    Gap,
}

/// What a worker shares with those who use it.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) address: NodeAddress,
    pub(super) events: broadcast::Sender<Told>,
    pub(super) messages: broadcast::Sender<Arc<ServerMessage>>,
    metrics: Mutex<HydraMetrics>,
}

impl Shared {
    pub(super) fn new(address: NodeAddress, options: &HydraOptions) -> Self {
        let kept = options.kept_events.get();
        Self {
            address,
            events: broadcast::Sender::new(kept),
            messages: broadcast::Sender::new(kept),
            metrics: Mutex::default(),
        }
    }

    /// What was counted.
    pub(super) fn metrics(&self) -> HydraMetrics {
        *self.metrics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn count(&self, count: impl FnOnce(&mut HydraMetrics)) {
        // NOTE: counting calls nobody else's code, so what is behind a poisoned lock is whole.
        count(&mut self.metrics.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn tell(&self, told: Told) {
        // That nobody reads is no fault.
        drop(self.events.send(told));
    }
}

/// What users want.
pub(super) enum Command {
    Submit {
        transaction: Arc<SignedTransaction>,
        answer: oneshot::Sender<Result<(), Fate>>,
    },
    Wait {
        transaction: TransactionId,
        known: oneshot::Sender<Known>,
    },
    /// What the node says first over another connection, which someone asked for.
    Told(Box<Greetings>),
}

/// What comes over connections.
enum Arrival {
    Opened { connection: u64, sender: mpsc::UnboundedSender<String> },
    Text { connection: u64, text: String },
    Closed { connection: u64, reason: String },
    Utxo { question: u64, utxo: Option<UtxoJson> },
    Greetings(Box<Greetings>),
    History { question: u64, history: Option<Vec<TimedOutput>> },
}

pub(super) struct Worker {
    shared: Arc<Shared>,
    options: HydraOptions,
    session: Session,
    ledger: Ledger,
    arrivals: mpsc::Sender<Arrival>,
    /// The number of the last connection that was asked for, and what is sent over it once it is there.
    connection: u64,
    sender: Option<mpsc::UnboundedSender<String>>,
    /// The number of the last question for outputs.
    question: u64,
    /// The number of the last question for the history.
    history_question: u64,
    /// Taken once the session is live for the first time.
    ready: Option<oneshot::Sender<()>>,
    /// Why the last connection was lost.
    lost: Arc<Mutex<String>>,
    started: Instant,
}

/// Drives a session until nobody wants anything of it any more.
pub(super) async fn work(
    shared: Arc<Shared>,
    options: HydraOptions,
    mut commands: mpsc::UnboundedReceiver<Command>,
    ready: oneshot::Sender<()>,
    lost: Arc<Mutex<String>>,
) {
    let (arrivals, mut arrived) = mpsc::channel(WAITING);
    let mut worker = Worker {
        shared,
        session: Session::new(options.session.clone()),
        ledger: Ledger::new(options.kept_events.get()),
        options,
        arrivals,
        connection: 0,
        sender: None,
        question: 0,
        history_question: 0,
        ready: Some(ready),
        lost,
        started: Instant::now(),
    };
    worker.handle(Input::Tick);
    loop {
        let wake = worker.session.wake_at().and_then(|wake| worker.started.checked_add(wake));
        let tick = OptionFuture::from(wake.map(sleep_until));
        tokio::select! {
            command = commands.recv() => match command {
                Some(command) => worker.obey(command),
                None => return,
            },
            Some(arrival) = arrived.recv() => worker.take(arrival),
            Some(()) = tick => drop(worker.handle(Input::Tick)),
        }
    }
}

impl Worker {
    fn obey(&mut self, command: Command) {
        match command {
            Command::Submit { transaction, answer } => {
                self.shared.count(|metrics| metrics.submitted += 1);
                if self.ledger.submit(transaction.id(), answer) {
                    self.handle(Input::Submit(transaction));
                }
            }
            Command::Wait { transaction, known } => drop(known.send(self.ledger.wait(transaction))),
            Command::Told(greetings) => drop(self.handle(Input::Greetings(greetings))),
        }
    }

    fn take(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Opened { connection, sender } if connection == self.connection => {
                self.sender = Some(sender);
                self.handle(Input::Opened);
            }
            Arrival::Text { connection, text } if connection == self.connection => self.hear(&text),
            Arrival::Closed { connection, reason } if connection == self.connection => {
                self.shared.count(|metrics| metrics.connections_lost += 1);
                tracing::debug!(reason, "connection lost");
                *self.lost.lock().unwrap_or_else(PoisonError::into_inner) = reason;
                self.give_up();
                self.handle(Input::Closed);
            }
            Arrival::Utxo { question, utxo } if question == self.question => {
                self.handle(utxo.map_or(Input::NoUtxo, Input::Utxo));
            }
            Arrival::Greetings(greetings) => drop(self.handle(Input::Greetings(greetings))),
            Arrival::History { question, history } if question == self.history_question => {
                self.handle(history.map_or(Input::NoHistory, Input::History));
            }
            // Of a connection that was given up, or to a question that was asked again.
            Arrival::Opened { .. }
            | Arrival::Text { .. }
            | Arrival::Closed { .. }
            | Arrival::Utxo { .. }
            | Arrival::History { .. } => {}
        }
    }

    /// Takes up a message.
    fn hear(&mut self, text: &str) {
        self.shared.count(|metrics| metrics.messages += 1);
        let Ok(message) = ServerMessage::from_json(text) else {
            self.shared.count(|metrics| metrics.unreadable += 1);
            return self.shared.tell(Told::Gap);
        };
        let message = Arc::new(message);
        drop(self.shared.messages.send(Arc::clone(&message)));
        let output = match &*message {
            ServerMessage::Output(timed) => Some(&timed.output),
            _ => None,
        };
        let told = self.handle(Input::Message(Box::new((*message).clone())));
        if let Some(ServerOutput::TxInvalid(invalid)) = output {
            self.ledger.invalid(invalid);
        }
        if output.is_some_and(|output| is_gap(output, told)) {
            self.shared.tell(Told::Gap);
        }
    }

    /// Hands something to the session and does what it says. Whether it told of an event.
    fn handle(&mut self, input: Input) -> bool {
        let now = self.started.elapsed();
        let mut told = false;
        let mut outputs = self.session.handle(input, now);
        let is_seen = outputs.iter().any(|output| matches!(output, Output::Event(_) | Output::Rebuilt(_)));
        // Who learns that a transaction is final finds the event in line already.
        outputs.sort_by_key(|output| matches!(output, Output::Fate(..)));
        for output in outputs {
            match output {
                Output::Open => self.open(),
                Output::Close => self.give_up(),
                Output::Send(input) => {
                    self.shared.count(|metrics| metrics.sent += 1);
                    if let Some(sender) = &self.sender {
                        // A connection that is gone says so itself.
                        drop(sender.send(input.to_json()));
                    }
                }
                Output::AskUtxo => self.ask_utxo(),
                Output::AskTime => self.ask_time(),
                Output::AskHistory => self.ask_history(),
                Output::Rebuilt(utxo) => self.rebuilt(&utxo),
                Output::Event(event) => {
                    told = true;
                    self.happen(event);
                }
                Output::Fate(id, fate) => {
                    tracing::debug!(transaction = %id, ?fate, "decided");
                    self.shared.count(|metrics| match &fate {
                        Fate::Confirmed { .. } => metrics.confirmed += 1,
                        Fate::Rejected(_) => metrics.rejected += 1,
                        Fate::Unknown => metrics.undecided += 1,
                    });
                    // Readers must not take for unspent what it has consumed, though the event has not come.
                    if matches!(fate, Fate::Confirmed { .. }) && !is_seen {
                        self.shared.tell(Told::Gap);
                    }
                    self.ledger.end(id, fate);
                }
            }
        }
        told
    }

    fn happen(&mut self, event: Event) {
        self.shared.tell(Told::Event(event.clone()));
        match &event {
            Event::TxValid { transaction } => self.ledger.valid(transaction),
            Event::SnapshotConfirmed { number, transactions } => {
                for transaction in transactions {
                    self.ledger.confirmed(transaction.id(), *number);
                }
            }
            Event::TxInvalid { .. } => {}
        }
    }

    fn rebuilt(&mut self, utxo: &UtxoJson) {
        self.shared.count(|metrics| metrics.rebuilt += 1);
        tracing::debug!(outputs = utxo.0.len(), "rebuilt");
        self.ledger.see(utxo);
        match self.ready.take() {
            Some(ready) => drop(ready.send(())),
            None => self.shared.tell(Told::Gap),
        }
    }

    fn open(&mut self) {
        self.give_up();
        self.shared.count(|metrics| metrics.connections_tried += 1);
        let (connection, shared, arrivals) =
            (self.connection, Arc::clone(&self.shared), self.arrivals.clone());
        let (patience, silence) = (self.options.session.answer, self.options.silence);
        tokio::spawn(async move {
            let reason = match Socket::open(&shared.address, false, patience, silence).await {
                Ok(socket) => {
                    let (sender, inputs) = mpsc::unbounded_channel();
                    if arrivals.send(Arrival::Opened { connection, sender }).await.is_err() {
                        return;
                    }
                    socket.run(inputs, &arrivals, |text| Arrival::Text { connection, text }).await
                }
                Err(reason) => reason,
            };
            drop(arrivals.send(Arrival::Closed { connection, reason }).await);
        });
    }

    /// Leaves the connection: what still comes over it is not heard.
    fn give_up(&mut self) {
        self.connection = self.connection.saturating_add(1);
        self.sender = None;
    }

    fn ask_utxo(&mut self) {
        self.question = self.question.saturating_add(1);
        let (question, shared, arrivals) = (self.question, Arc::clone(&self.shared), self.arrivals.clone());
        let (patience, pause) = (self.options.session.answer, self.options.session.first_pause);
        tokio::spawn(async move {
            let answer = read(&shared.address, SNAPSHOT_UTXO, patience, pause).await;
            let utxo = answer.and_then(|answer| utxo_of(&answer)).ok();
            drop(arrivals.send(Arrival::Utxo { question, utxo }).await);
        });
    }

    fn ask_history(&mut self) {
        self.history_question = self.history_question.saturating_add(1);
        self.shared.count(|metrics| metrics.histories += 1);
        let (question, shared, arrivals) =
            (self.history_question, Arc::clone(&self.shared), self.arrivals.clone());
        let (patience, most) = (self.options.session.answer, self.options.session.fate);
        tokio::spawn(async move {
            // It is long, but comes without a pause.
            let history = timeout(most, history(&shared.address, patience, patience)).await;
            let history = history.ok().and_then(Result::ok);
            drop(arrivals.send(Arrival::History { question, history }).await);
        });
    }

    fn ask_time(&self) {
        let (shared, arrivals) = (Arc::clone(&self.shared), self.arrivals.clone());
        let (patience, silence) = (self.options.session.answer, self.options.silence);
        tokio::spawn(async move {
            if let Ok(greetings) = greetings(&shared.address, patience, silence).await {
                drop(arrivals.send(Arrival::Greetings(Box::new(greetings))).await);
            }
        });
    }
}

/// Where the outputs of the last confirmed snapshot are.
pub(super) const SNAPSHOT_UTXO: &str = "/snapshot/utxo";

/// The outputs of the last confirmed snapshot: none, where there is no head.
pub(super) fn utxo_of(answer: &Answer) -> Result<UtxoJson, crate::head::HeadError> {
    if answer.status == StatusCode::NOT_FOUND { Ok(UtxoJson::default()) } else { answer.granted() }
}

/// What a node says first, over a connection of its own.
pub(super) async fn greetings(
    address: &NodeAddress,
    patience: Duration,
    silence: Duration,
) -> Result<Greetings, String> {
    Socket::open(address, false, patience, silence).await?.greetings().await
}

/// What has happened until now, as far as a node remembers.
pub(super) async fn history(
    address: &NodeAddress,
    patience: Duration,
    silence: Duration,
) -> Result<Vec<TimedOutput>, String> {
    Socket::open(address, true, patience, silence).await?.history().await
}

/// Whether the outputs changed in a way that no event tells.
fn is_gap(output: &ServerOutput, told: bool) -> bool {
    match output {
        ServerOutput::SnapshotConfirmed(confirmed) => {
            let moves = [&confirmed.snapshot.utxo_to_commit, &confirmed.snapshot.utxo_to_decommit];
            let moves = moves.into_iter().flatten().any(|utxo| !utxo.0.is_empty());
            // A transaction in it that cannot be read.
            moves || (!told && head_event(output).is_err())
        }
        ServerOutput::HeadIsOpen(_)
        | ServerOutput::CommitFinalized(_)
        | ServerOutput::DecommitFinalized(_)
        | ServerOutput::SnapshotSideLoaded(_) => true,
        _ => false,
    }
}
