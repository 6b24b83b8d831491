//! Heads that interfere.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use async_trait::async_trait;
use demeter_core::TransactionId;
use demeter_tx::head::{
    ConfirmError, EmbeddedHead, EventStream, Head, HeadError, HeadTime, SnapshotNumber, SubmitError, UtxoQuery,
};
use demeter_tx::{LedgerSettings, SignedTransaction, UtxoSet};

/// An embedded head that takes its time: each question waits once before it is put and once before it is answered. And
/// others come first: what stands in line is applied before the next transaction that is submitted.
pub(crate) struct SlowHead {
    inner: EmbeddedHead,
    others: Mutex<VecDeque<SignedTransaction>>,
}

impl SlowHead {
    pub(crate) fn new(inner: &EmbeddedHead) -> Arc<Self> {
        Arc::new(Self { inner: inner.clone(), others: Mutex::default() })
    }

    /// Has somebody else's transaction applied before the next one.
    pub(crate) fn first(&self, transaction: SignedTransaction) {
        self.others.lock().unwrap().push_back(transaction);
    }
}

/// Lets others have a turn.
struct Turn(bool);

impl Future for Turn {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

async fn turn() {
    Turn(false).await;
}

#[async_trait]
impl Head for SlowHead {
    async fn settings(&self) -> Result<Arc<LedgerSettings>, HeadError> {
        self.inner.settings().await
    }

    async fn utxos(&self, query: &UtxoQuery) -> Result<UtxoSet, HeadError> {
        turn().await;
        let utxos = self.inner.utxos(query).await;
        turn().await;
        utxos
    }

    async fn submit(&self, transaction: SignedTransaction) -> Result<TransactionId, SubmitError> {
        turn().await;
        let other = self.others.lock().unwrap().pop_front();
        if let Some(other) = other {
            self.inner.apply(&other).unwrap();
        }
        let submitted = self.inner.submit(transaction).await;
        turn().await;
        submitted
    }

    async fn confirm(&self, transaction: TransactionId) -> Result<SnapshotNumber, ConfirmError> {
        turn().await;
        let confirmed = self.inner.confirm(transaction).await;
        turn().await;
        confirmed
    }

    async fn now(&self) -> Result<HeadTime, HeadError> {
        turn().await;
        self.inner.now().await
    }

    fn events(&self) -> EventStream {
        self.inner.events()
    }
}
