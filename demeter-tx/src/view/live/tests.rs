//! A live view beside a view that is loaded from the same head.

use std::num::NonZero;
use std::sync::Mutex;

use async_trait::async_trait;
use demeter_core::{GridId, ScriptHash, Scripts, Value};
use futures_executor::block_on;
use futures_util::stream;

use super::*;
use crate::builder::TransactionBuilder;
use crate::head::{ConfirmError, EmbeddedHead, HeadOptions, HeadTime, SnapshotNumber, SubmitError};
use crate::testing::*;
use crate::view::Subject;
use crate::{LedgerSettings, OutputDraft, SignedTransaction, UtxoSet};

fn view() -> GridView {
    let scripts =
        Scripts { registry: ScriptHash::from_bytes([1; 28]), market: ScriptHash::from_bytes([2; 28]) };
    GridView::new(scripts, GridId::from_bytes([3; 28])).watching(Party::new(2).address())
}

fn opening() -> UtxoSet {
    [(reference(1), held_by(&Party::new(1), ada(100)))].into()
}

/// Five ada from the first party to the second, out of all that the first has.
fn payment(utxos: &UtxoSet) -> SignedTransaction {
    let from = Party::new(1);
    let own = utxos.iter().filter(|(_, output)| *output.address() == from.address());
    let builder = TransactionBuilder::new(settings(), from.address());
    let builder = own.fold(builder, |builder, (at, output)| builder.spend(*at, output.clone()));
    let draft = OutputDraft::new(Party::new(2).address(), Value::of_lovelace(ada(5)));
    from.sign(builder.pay(draft).build().unwrap())
}

fn all(head: &dyn Head) -> UtxoSet {
    // An embedded head answers at once, and this is asked from within futures too.
    head.utxos(&UtxoQuery::All).now_or_never().unwrap().unwrap()
}

fn pay(head: &EmbeddedHead) {
    head.apply(&payment(&all(head))).unwrap();
}

fn wallet(changes: &Changes) -> Vec<Subject> {
    changes.iter().map(|(subject, _)| subject).collect()
}

#[test]
fn it_follows() {
    let head = Arc::new(EmbeddedHead::open(settings(), opening(), settings().clock.zero_time()).unwrap());
    let mut live = block_on(LiveView::open(head.clone(), view())).unwrap();
    for _ in 0..3 {
        pay(&head);
        let Some(News::Followed(changes)) = block_on(live.next()).unwrap() else { unreachable!() };
        assert_eq!(wallet(&changes), [Subject::Wallet(Party::new(2).address())]);
        assert_eq!(*live.view(), view().load(&all(head.as_ref())));
    }
    assert_eq!(live.view().wallet(&Party::new(2).address()).count(), 3);
    assert!(live.next().now_or_never().is_none(), "nothing more has happened");
}

#[test]
fn it_is_loaded_anew_when_it_falls_behind() {
    let options = HeadOptions::default().kept_events(NonZero::new(3).unwrap());
    let start = settings().clock.zero_time();
    let head = Arc::new(EmbeddedHead::open_with(settings(), opening(), start, &options).unwrap());
    let mut live = block_on(LiveView::open(head.clone(), view())).unwrap();
    (0..4).for_each(|_| pay(&head));
    let Some(News::Reloaded { reason, changes }) = block_on(live.next()).unwrap() else { unreachable!() };
    assert_eq!(reason, ReloadReason::Lagged(Lagged { missed: 5 }));
    assert_eq!(wallet(&changes), [Subject::Wallet(Party::new(2).address())]);
    assert_eq!(*live.view(), view().load(&all(head.as_ref())));
    pay(&head);
    assert!(matches!(block_on(live.next()).unwrap(), Some(News::Followed(_))));
    assert_eq!(*live.view(), view().load(&all(head.as_ref())));
}

#[test]
fn it_catches_up_without_waiting() {
    let options = HeadOptions::default().kept_events(NonZero::new(4).unwrap());
    let start = settings().clock.zero_time();
    let head = Arc::new(EmbeddedHead::open_with(settings(), opening(), start, &options).unwrap());
    let mut live = block_on(LiveView::open(head.clone(), view())).unwrap();
    // Nothing, two payments, and more than it is kept for.
    for (payments, touched) in [(0, 0), (2, 1), (5, 1)] {
        (0..payments).for_each(|_| pay(&head));
        assert_eq!(block_on(live.catch_up()).unwrap().len(), touched, "{payments}");
        assert_eq!(*live.view(), view().load(&all(head.as_ref())));
        assert!(block_on(live.catch_up()).unwrap().is_empty());
    }
}

#[test]
fn it_listens_anew_when_the_events_have_ended() {
    let head = busy([0, 0], Some(Vec::new()));
    let mut live = block_on(LiveView::open(head.clone(), view())).unwrap();
    pay(&head.inner);
    assert_eq!(block_on(live.catch_up()).unwrap().len(), 1);
    pay(&head.inner);
    assert!(matches!(block_on(live.next()).unwrap(), Some(News::Followed(_))));
    assert_eq!(*live.view(), view().load(&all(&head.inner)));
}

/// A head in which things happen while it is asked for its outputs, and that tells what it is given to tell.
struct Busy {
    inner: EmbeddedHead,
    /// How many payments happen before the outputs are shown, and how many thereafter.
    payments: [usize; 2],
    /// What the first reader is told instead of what happens.
    told: Mutex<Option<Vec<Result<Event, Lagged>>>>,
}

#[async_trait]
impl Head for Busy {
    async fn settings(&self) -> Result<Arc<LedgerSettings>, HeadError> {
        self.inner.settings().await
    }

    async fn utxos(&self, query: &UtxoQuery) -> Result<UtxoSet, HeadError> {
        let [before, after] = self.payments;
        (0..before).for_each(|_| pay(&self.inner));
        let shown = self.inner.utxos(query).await;
        (0..after).for_each(|_| pay(&self.inner));
        shown
    }

    async fn submit(
        &self,
        transaction: SignedTransaction,
    ) -> Result<demeter_core::TransactionId, SubmitError> {
        self.inner.submit(transaction).await
    }

    async fn confirm(
        &self,
        transaction: demeter_core::TransactionId,
    ) -> Result<SnapshotNumber, ConfirmError> {
        self.inner.confirm(transaction).await
    }

    async fn now(&self) -> Result<HeadTime, HeadError> {
        self.inner.now().await
    }

    fn events(&self) -> EventStream {
        match self.told.lock().unwrap().take() {
            Some(told) => stream::iter(told).boxed(),
            None => self.inner.events(),
        }
    }
}

fn busy(payments: [usize; 2], told: Option<Vec<Result<Event, Lagged>>>) -> Arc<Busy> {
    let inner = EmbeddedHead::open(settings(), opening(), settings().clock.zero_time()).unwrap();
    Arc::new(Busy { inner, payments, told: Mutex::new(told) })
}

#[test]
fn what_happens_while_it_is_loaded_is_neither_missed_nor_doubled() {
    for payments in [[0, 0], [2, 0], [0, 2], [3, 3]] {
        let head = busy(payments, None);
        let live = block_on(LiveView::open(head.clone(), view())).unwrap();
        let current = view().load(&all(&head.inner));
        assert_eq!(*live.view(), current, "{payments:?}");
        let paid: usize = payments.iter().sum();
        assert_eq!(live.view().wallet(&Party::new(2).address()).count(), paid);
    }
}

/// A snapshot of a payment and a transaction whose body is of no era.
fn unreadable() -> Event {
    let strange: SignedTransaction = "84a0a0f5f6".parse().unwrap();
    let transactions = vec![Arc::new(payment(&opening())), Arc::new(strange)];
    Event::SnapshotConfirmed { number: SnapshotNumber::from_number(1), transactions }
}

#[test]
fn a_snapshot_is_followed_whole_or_not_at_all() {
    let mut followed = view();
    let error = followed.follow(&unreadable()).unwrap_err();
    assert!(error.to_string().contains(" cannot be followed: not a transaction: "), "{error}");
    assert_eq!(followed, view());
}

#[test]
fn it_is_loaded_anew_when_a_transaction_cannot_be_read() {
    let head = busy([1, 0], Some(vec![Ok(unreadable())]));
    let mut live = block_on(LiveView::open(head.clone(), view())).unwrap();
    let Some(News::Reloaded { reason, changes }) = block_on(live.next()).unwrap() else { unreachable!() };
    assert!(matches!(reason, ReloadReason::Unreadable(_)), "{reason}");
    assert!(!changes.is_empty());
    assert_eq!(*live.view(), view().load(&all(&head.inner)));
    assert_eq!(live.view().wallet(&Party::new(2).address()).count(), 2);
}

#[test]
fn it_ends_when_the_head_does() {
    let mut live = block_on(LiveView::open(busy([0, 0], Some(Vec::new())), view())).unwrap();
    assert_eq!(block_on(live.next()).unwrap(), None);
}
