//! The head as an agent of a crowd sees it: whoever asks it is made to wait for others.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use demeter_core::TransactionId;
use demeter_tx::head::{
    ConfirmError, EmbeddedHead, EventStream, Head, HeadError, HeadTime, SnapshotNumber, SubmitError,
    UtxoQuery,
};
use demeter_tx::{LedgerSettings, SignedTransaction, UtxoSet};

use super::clerk::Clerk;
use super::turns::pause;

/// How far an agent is with a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It has none under way.
    Idle,
    /// It has decided, composed and signed, and not submitted.
    BeforeSubmission,
    /// It has submitted, and not heard that it is confirmed.
    BeforeConfirmation,
}

/// The phase of one agent, as seen from outside.
#[derive(Clone, Debug, Default)]
pub struct PhaseOf(Arc<AtomicU8>);

impl PhaseOf {
    /// The phase now.
    pub fn now(&self) -> Phase {
        match self.0.load(Ordering::Relaxed) {
            0 => Phase::Idle,
            1 => Phase::BeforeSubmission,
            _ => Phase::BeforeConfirmation,
        }
    }

    /// Has it be another.
    pub fn set(&self, phase: Phase) {
        self.0.store(phase as u8, Ordering::Relaxed);
    }
}

/// The head, for one agent.
#[derive(Clone)]
pub struct Street {
    head: EmbeddedHead,
    clerk: Arc<Mutex<Clerk>>,
    phase: PhaseOf,
}

impl Street {
    /// The head for an agent whose phase this is.
    pub const fn new(head: EmbeddedHead, clerk: Arc<Mutex<Clerk>>, phase: PhaseOf) -> Self {
        Self { head, clerk, phase }
    }
}

#[async_trait]
impl Head for Street {
    async fn settings(&self) -> Result<Arc<LedgerSettings>, HeadError> {
        self.head.settings().await
    }

    async fn utxos(&self, query: &UtxoQuery) -> Result<UtxoSet, HeadError> {
        self.head.utxos(query).await
    }

    async fn submit(&self, transaction: SignedTransaction) -> Result<TransactionId, SubmitError> {
        self.phase.set(Phase::BeforeSubmission);
        pause().await;
        let submitted = self.head.submit(transaction).await;
        self.clerk.lock().unwrap_or_else(PoisonError::into_inner).catch_up();
        self.phase.set(if submitted.is_ok() { Phase::BeforeConfirmation } else { Phase::Idle });
        pause().await;
        submitted
    }

    async fn confirm(&self, transaction: TransactionId) -> Result<SnapshotNumber, ConfirmError> {
        let confirmed = self.head.confirm(transaction).await;
        self.phase.set(Phase::Idle);
        confirmed
    }

    /// Asked between looking and deciding: what was seen may be out of date by then.
    async fn now(&self) -> Result<HeadTime, HeadError> {
        pause().await;
        self.head.now().await
    }

    fn events(&self) -> EventStream {
        self.head.events()
    }
}
