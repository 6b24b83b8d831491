//! Heads that interfere.

use std::collections::{BTreeSet, VecDeque};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use async_trait::async_trait;
use demeter_core::{Span, TransactionId};
use demeter_tx::head::{
    ConfirmError, EmbeddedHead, EventStream, Head, HeadError, HeadTime, InvalidReason, SnapshotNumber,
    SubmitError, UtxoQuery,
};
use demeter_tx::{LedgerSettings, SignedTransaction, UtxoSet};
use futures_util::StreamExt as _;

/// An embedded head that takes its time: each question waits once before it is put and once before it is answered. And
/// others come first: what stands in line is applied before the next transaction that is submitted.
pub(crate) struct SlowHead {
    inner: EmbeddedHead,
    others: Mutex<VecDeque<SignedTransaction>>,
    faults: Mutex<VecDeque<Fault>>,
    silenced: Mutex<BTreeSet<TransactionId>>,
    /// How many transactions were submitted.
    submitted: AtomicUsize,
    /// How often it does not say what time it is.
    deaf: AtomicUsize,
    /// Whether it tells of nothing.
    silent: Arc<AtomicBool>,
}

/// What goes wrong with a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is found valid, and then lost.
    Lost,
    /// It is applied, but whoever waits for that is not told.
    Silent,
    /// The head cannot be reached.
    Unreachable,
    /// It is found invalid, for whatever reason.
    Invalid,
    /// Two minutes pass before it comes.
    Late,
    /// It is applied, and confirmed, and then the head cannot be asked twice.
    Last,
}

impl SlowHead {
    pub(crate) fn new(inner: &EmbeddedHead) -> Arc<Self> {
        Arc::new(Self {
            inner: inner.clone(),
            others: Mutex::default(),
            faults: Mutex::default(),
            silenced: Mutex::default(),
            submitted: AtomicUsize::new(0),
            deaf: AtomicUsize::new(0),
            silent: Arc::default(),
        })
    }

    /// Has somebody else's transaction applied before the next one.
    pub(crate) fn first(&self, transaction: SignedTransaction) {
        self.others.lock().unwrap().push_back(transaction);
    }
}

impl SlowHead {
    /// Has this go wrong with the next transaction.
    pub(crate) fn fault(&self, fault: Fault) {
        self.faults.lock().unwrap().push_back(fault);
    }

    /// Has it tell of nothing, or of what has happened meanwhile.
    pub(crate) fn silent(&self, silent: bool) {
        self.silent.store(silent, Ordering::Relaxed);
    }

    /// How many transactions were submitted.
    pub(crate) fn submitted(&self) -> usize {
        self.submitted.load(Ordering::Relaxed)
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
        self.submitted.fetch_add(1, Ordering::Relaxed);
        let (id, fault) = (transaction.id(), self.faults.lock().unwrap().pop_front());
        match fault {
            None => {}
            Some(Fault::Late) => drop(self.inner.advance(Span::from_seconds(120).unwrap()).unwrap()),
            Some(Fault::Last) => self.deaf.store(2, Ordering::Relaxed),
            Some(Fault::Lost | Fault::Silent) => {
                self.silenced.lock().unwrap().insert(id);
                if fault == Some(Fault::Lost) {
                    return Ok(id);
                }
            }
            Some(Fault::Unreachable) => {
                return Err(HeadError::Unreachable { reason: "no route".into() }.into());
            }
            Some(Fault::Invalid) => {
                let reason = InvalidReason::Reported("it is Sunday".into());
                return Err(SubmitError::Invalid { transaction: id, reason });
            }
        }
        let submitted = self.inner.submit(transaction).await;
        turn().await;
        submitted
    }

    async fn confirm(&self, transaction: TransactionId) -> Result<SnapshotNumber, ConfirmError> {
        turn().await;
        if self.silenced.lock().unwrap().contains(&transaction) {
            std::future::pending::<()>().await;
        }
        let confirmed = self.inner.confirm(transaction).await;
        turn().await;
        confirmed
    }

    async fn now(&self) -> Result<HeadTime, HeadError> {
        turn().await;
        let deaf = self.deaf.load(Ordering::Relaxed);
        if deaf > 0 {
            self.deaf.store(deaf - 1, Ordering::Relaxed);
            return Err(HeadError::Unreachable { reason: "no route".into() });
        }
        self.inner.now().await
    }

    fn events(&self) -> EventStream {
        let (events, silent) = (self.inner.events(), Arc::clone(&self.silent));
        // What comes while it is silent is told later.
        let mut held = VecDeque::new();
        let mut events = events;
        Box::pin(futures_util::stream::poll_fn(move |context| {
            while let Poll::Ready(Some(event)) = events.poll_next_unpin(context) {
                held.push_back(event);
            }
            if silent.load(Ordering::Relaxed) {
                return Poll::Pending;
            }
            held.pop_front().map_or(Poll::Pending, |event| Poll::Ready(Some(event)))
        }))
    }
}
