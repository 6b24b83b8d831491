//! A head in this process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use demeter_core::{Span, Time, TransactionId};
use futures_util::StreamExt;
use futures_util::stream::unfold;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::{
    ConfirmError, Event, EventStream, Head, HeadError, HeadTime, InvalidReason, Lagged, SnapshotNumber,
    SubmitError, UtxoQuery,
};
use crate::ledger::{Applied, LedgerError, validate};
use crate::{ClockError, LedgerSettings, SignedTransaction, UtxoSet};

/// How many events are kept for a reader that does not read.
const KEPT_EVENTS: usize = 1024;

/// A head in this process: a ledger that applies one transaction at a time, and a clock that stands still until
/// it is told to advance.
///
/// A valid transaction is confirmed at once, by a snapshot of its own. One that breaks a rule, or whose scripts
/// fail, changes nothing and takes no collateral, as in hydra. Copies are of one and the same head.
#[derive(Clone, Debug)]
pub struct EmbeddedHead {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    settings: Arc<LedgerSettings>,
    state: Mutex<State>,
    events: broadcast::Sender<Event>,
}

#[derive(Debug)]
struct State {
    utxos: UtxoSet,
    now: HeadTime,
    snapshot: SnapshotNumber,
    confirmed: HashMap<TransactionId, SnapshotNumber>,
    /// For those who wait and have missed the event.
    rejected: HashMap<TransactionId, InvalidReason>,
}

impl EmbeddedHead {
    /// Opens a head that holds these outputs, at this time.
    ///
    /// # Errors
    /// The time is before the clock's first slot.
    pub fn open(
        settings: impl Into<Arc<LedgerSettings>>,
        utxos: UtxoSet,
        time: Time,
    ) -> Result<Self, ClockError> {
        let settings = settings.into();
        let now = HeadTime { time, slot: settings.clock.slot_at(time)? };
        let state = State {
            utxos,
            now,
            snapshot: SnapshotNumber::default(),
            confirmed: HashMap::new(),
            rejected: HashMap::new(),
        };
        let (events, _) = broadcast::channel(KEPT_EVENTS);
        Ok(Self { shared: Arc::new(Shared { settings, state: Mutex::new(state), events }) })
    }

    /// Lets time pass.
    ///
    /// # Errors
    /// The time leaves its range.
    pub fn advance(&self, span: Span) -> Result<HeadTime, ClockError> {
        let mut state = self.state();
        let time = state.now.time.after(span)?;
        state.now = HeadTime { time, slot: self.shared.settings.clock.slot_at(time)? };
        Ok(state.now)
    }

    /// Validates a transaction and applies it: what [`Head::submit`] does, for callers without an executor.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn apply(&self, transaction: &SignedTransaction) -> Result<Applied, LedgerError> {
        let mut state = self.state();
        let id = transaction.id();
        let applied = match validate(transaction, &state.utxos, &self.shared.settings, state.now.slot) {
            Ok(applied) => applied,
            Err(error) => {
                let reason = InvalidReason::from(error.clone());
                state.rejected.insert(id, reason.clone());
                self.tell(Event::TxInvalid { transaction: id, reason });
                return Err(error);
            }
        };
        applied.clone().apply_to(&mut state.utxos);
        state.snapshot = state.snapshot.next();
        let number = state.snapshot;
        state.confirmed.insert(id, number);
        state.rejected.remove(&id);
        self.tell(Event::TxValid { transaction: id });
        self.tell(Event::SnapshotConfirmed { number, transactions: vec![id] });
        Ok(applied)
    }

    /// NOTE: no code that holds the lock calls anyone else's, and what panics in the script machine is caught
    /// there, so the state behind a poisoned lock is whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Called with the lock held, so that all readers see events in one order. That nobody listens is no fault.
    fn tell(&self, event: Event) {
        drop(self.shared.events.send(event));
    }

    fn confirmed(&self, transaction: &TransactionId) -> Option<SnapshotNumber> {
        self.state().confirmed.get(transaction).copied()
    }
}

#[async_trait]
impl Head for EmbeddedHead {
    async fn settings(&self) -> Result<Arc<LedgerSettings>, HeadError> {
        Ok(Arc::clone(&self.shared.settings))
    }

    async fn utxos(&self, query: &UtxoQuery) -> Result<UtxoSet, HeadError> {
        let state = self.state();
        let found = match query {
            UtxoQuery::References(references) => references
                .iter()
                .filter_map(|reference| Some((*reference, state.utxos.get(reference)?.clone())))
                .collect(),
            _ => state
                .utxos
                .iter()
                .filter(|(reference, output)| query.matches(reference, output))
                .map(|(reference, output)| (*reference, output.clone()))
                .collect(),
        };
        Ok(found)
    }

    async fn submit(&self, transaction: SignedTransaction) -> Result<TransactionId, SubmitError> {
        match self.apply(&transaction) {
            Ok(applied) => Ok(applied.id),
            Err(error) => Err(SubmitError::Invalid { transaction: transaction.id(), reason: error.into() }),
        }
    }

    async fn confirm(&self, transaction: TransactionId) -> Result<SnapshotNumber, ConfirmError> {
        // Listening before looking, or a confirmation in between would be missed.
        let mut events = self.events();
        if let Some(number) = self.confirmed(&transaction) {
            return Ok(number);
        }
        while let Some(event) = events.next().await {
            match event {
                Ok(Event::SnapshotConfirmed { number, transactions })
                    if transactions.contains(&transaction) =>
                {
                    return Ok(number);
                }
                Ok(Event::TxInvalid { transaction: id, reason }) if id == transaction => {
                    return Err(ConfirmError::Invalid { transaction, reason });
                }
                Ok(_) => {}
                Err(Lagged { .. }) => {
                    if let Some(number) = self.confirmed(&transaction) {
                        return Ok(number);
                    }
                    if let Some(reason) = self.state().rejected.get(&transaction).cloned() {
                        return Err(ConfirmError::Invalid { transaction, reason });
                    }
                }
            }
        }
        Err(HeadError::Unreachable { reason: "it is closed".to_owned() }.into())
    }

    async fn now(&self) -> Result<HeadTime, HeadError> {
        Ok(self.state().now)
    }

    fn events(&self) -> EventStream {
        let receiver = self.shared.events.subscribe();
        unfold(receiver, |mut receiver| async move {
            match receiver.recv().await {
                Ok(event) => Some((Ok(event), receiver)),
                Err(RecvError::Lagged(missed)) => Some((Err(Lagged { missed }), receiver)),
                Err(RecvError::Closed) => None,
            }
        })
        .boxed()
    }
}
