//! What all parts of the server share.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use demeter_core::TransactionId;
use demeter_tx::head::EmbeddedHead;
use demeter_tx::hydra::{ClientMessage, ClockJson, NodeConfig, ParametersJson, ServerMessage, ServerOutput};
use tokio::sync::{mpsc, oneshot, watch};

use crate::book::Book;
use crate::broadcast::Broadcast;
use crate::hub::Hub;
use crate::metrics::Metrics;
use crate::options::Limits;
use crate::submit::Submission;

/// What all parts of the server share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) head: EmbeddedHead,
    pub(crate) limits: Limits,
    pub(crate) timeout: Duration,
    pub(crate) ping: Duration,
    pub(crate) control: bool,
    pub(crate) config: Option<NodeConfig>,
    pub(crate) clock: ClockJson,
    pub(crate) parameters: ParametersJson,
    pub(crate) metrics: Metrics,
    pub(crate) submissions: mpsc::Sender<Submission>,
    /// Whether the server is about to end.
    pub(crate) ending: watch::Receiver<bool>,
    pub(crate) state: Mutex<State>,
}

/// What changes.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) book: Book,
    pub(crate) hub: Hub,
    /// Requests that wait for what becomes of a transaction.
    pub(crate) waiting: HashMap<TransactionId, Vec<oneshot::Sender<Verdict>>>,
}

/// What became of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Valid,
    Invalid(String),
    Confirmed(u64),
    /// The head could not be asked.
    Rejected(String),
}

impl State {
    pub(crate) fn new(book: Book, limits: &Limits) -> Self {
        Self { book, hub: Hub::new(limits.queue_bytes), waiting: HashMap::new() }
    }
}

impl Shared {
    /// NOTE: no code that holds the lock calls anyone else's, so the state behind a poisoned lock is whole.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the server is about to end.
    pub(crate) async fn ended(&self) {
        // An error says that whoever would tell is gone, which is the end as well.
        drop(self.ending.clone().wait_for(|ending| *ending).await);
    }
}

impl State {
    /// Tells all clients what came of an input.
    pub(crate) fn tell_all(&mut self, message: ClientMessage) {
        self.hub.send(Broadcast::new(ServerMessage::Client(Box::new(message))));
    }

    /// Tells all clients what happened outside the head.
    pub(crate) fn tell_aside(&mut self, outputs: impl IntoIterator<Item = ServerOutput>) {
        for message in self.book.aside(outputs) {
            self.hub.send(Broadcast::new(message));
        }
    }

    /// Tells the requests that wait for a transaction.
    pub(crate) fn tell(&mut self, id: &TransactionId, verdict: &Verdict) {
        for request in self.waiting.remove(id).into_iter().flatten() {
            // That a request is given up is no fault.
            drop(request.send(verdict.clone()));
        }
    }
}
