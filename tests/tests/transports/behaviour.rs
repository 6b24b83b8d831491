//! What every head does.

use std::collections::BTreeSet;
use std::sync::Arc;

use demeter_core::{Span, TransactionId};
use demeter_tests::chaos::Proxy;
use demeter_tx::head::{EmbeddedHead, Event, EventStream, Head, Lagged, SubmitError, UtxoQuery};
use demeter_tx::{Output, UtxoSet};
use futures_util::{FutureExt as _, StreamExt as _};

use crate::ground::*;

/// What every head does. Time passes in it when it is told to.
async fn behaves(head: Arc<dyn Head>, advance: impl Fn(Span)) {
    knows_its_settings(&*head).await;
    finds_outputs(&*head).await;
    confirms_what_is_valid(&*head).await;
    refuses_what_is_invalid(&*head).await;
    refuses_what_spends_the_spent(&*head).await;
    refuses_what_was_never_there(&*head).await;
    takes_nothing_twice(&*head).await;
    waits_for_a_transaction_that_comes_later(&head).await;
    waits_for_the_first_slot(&*head, advance).await;
}

async fn all(head: &dyn Head) -> UtxoSet {
    head.utxos(&UtxoQuery::All).await.unwrap()
}

/// Expects events about a transaction in this order, and no others; none of those that may have been missed.
async fn expect<const N: usize>(
    events: &mut EventStream,
    id: TransactionId,
    expected: [impl Fn(&Event) -> bool; N],
) {
    for is_expected in expected {
        loop {
            match within(events.next()).await.unwrap() {
                // A message that came twice may still be answered.
                Ok(event) if !concerns(&event, id) => {}
                Ok(event) => break assert!(is_expected(&event), "{event:?}"),
                // Whoever listens must read the outputs anew, which this does in any case.
                Err(Lagged { .. }) => return,
            }
        }
    }
}

fn concerns(event: &Event, id: TransactionId) -> bool {
    match event {
        Event::TxValid { transaction } | Event::TxInvalid { transaction, .. } => *transaction == id,
        Event::SnapshotConfirmed { transactions, .. } => {
            transactions.iter().any(|transaction| transaction.id() == id)
        }
        _ => false,
    }
}

async fn knows_its_settings(head: &dyn Head) {
    assert_eq!(*head.settings().await.unwrap(), settings());
    let now = head.now().await.unwrap();
    assert_eq!(settings().clock.time_of(now.slot), Ok(now.time));
}

async fn finds_outputs(head: &dyn Head) {
    assert_eq!(all(head).await, purses());
    let of = |query| async move { head.utxos(&query).await.unwrap() };
    assert_eq!(of(UtxoQuery::Address(payers())).await, purses());
    assert_eq!(of(UtxoQuery::Address(payee(1))).await, UtxoSet::new());
    let some = of(UtxoQuery::References(BTreeSet::from([purse(3), purse(PURSES)]))).await;
    assert_eq!(some.into_keys().collect::<Vec<_>>(), [purse(3)]);
}

async fn confirms_what_is_valid(head: &dyn Head) {
    let (payment, mut events) = (payment(&[0], 1, None), head.events());
    let effect = payment.effect().unwrap();
    assert_eq!(within(head.submit(payment.clone())).await, Ok(payment.id()));
    let number = within(head.confirm(payment.id())).await.unwrap();
    let valid = Event::TxValid { transaction: payment.id() };
    let confirmed = Event::SnapshotConfirmed { number, transactions: vec![Arc::new(payment.clone())] };
    expect(
        &mut events,
        payment.id(),
        [valid, confirmed].map(|expected| move |event: &Event| *event == expected),
    )
    .await;
    // However often it is asked.
    assert_eq!(within(head.confirm(payment.id())).await, Ok(number));
    let mut expected = purses();
    effect.apply_to(&mut expected);
    assert_eq!(all(head).await, expected);
    let received: Vec<Output> =
        head.utxos(&UtxoQuery::Address(payee(1))).await.unwrap().into_values().collect();
    assert_eq!(received, [effect.made[0].1.clone()]);
}

async fn refuses_what_is_invalid(head: &dyn Head) {
    let (unsigned, before, mut events) = (unsigned(&[1], 1, None), all(head).await, head.events());
    let error = within(head.submit(unsigned.clone())).await.unwrap_err();
    let SubmitError::Invalid { transaction, reason } = error else { panic!("expected a fault: {error}") };
    assert_eq!(transaction, unsigned.id());
    assert!(reason.to_string().contains("sign"), "{reason}");
    let is_refused = |event: &Event| matches!(event, Event::TxInvalid { transaction, .. } if *transaction == unsigned.id());
    expect(&mut events, unsigned.id(), [is_refused]).await;
    assert_eq!(all(head).await, before);
    // Signed, it is another matter: the id is the same.
    let signed = payment(&[1], 1, None);
    assert_eq!(within(head.submit(signed.clone())).await, Ok(unsigned.id()));
    within(head.confirm(signed.id())).await.unwrap();
}

/// Another transaction has spent one of its inputs, and one is unspent.
async fn refuses_what_spends_the_spent(head: &dyn Head) {
    let before = all(head).await;
    let error = within(head.submit(payment(&[1, 2], 2, None))).await.unwrap_err();
    assert!(matches!(error, SubmitError::Invalid { .. }), "{error}");
    assert_eq!(all(head).await, before);
}

/// A node does not say whether it was applied and all it made is spent again, or never was: its history does.
async fn refuses_what_was_never_there(head: &dyn Head) {
    let error = within(head.submit(payment(&[PURSES], 2, None))).await.unwrap_err();
    assert!(matches!(error, SubmitError::Invalid { .. }), "{error}");
}

async fn takes_nothing_twice(head: &dyn Head) {
    let payment = payment(&[3], 3, None);
    within(head.submit(payment.clone())).await.unwrap();
    let number = within(head.confirm(payment.id())).await.unwrap();
    let before = all(head).await;
    match within(head.submit(payment.clone())).await {
        Ok(id) => assert_eq!(id, payment.id()),
        Err(SubmitError::Invalid { reason, .. }) => assert!(reason.to_string().contains("input"), "{reason}"),
        Err(error) => panic!("expected to be told that it is there: {error}"),
    }
    assert_eq!(within(head.confirm(payment.id())).await, Ok(number));
    assert_eq!(all(head).await, before);
}

async fn waits_for_a_transaction_that_comes_later(head: &Arc<dyn Head>) {
    let payment = payment(&[4], 4, None);
    let (waiter, id) = (Arc::clone(head), payment.id());
    let waiting = tokio::spawn(async move { waiter.confirm(id).await });
    within(head.submit(payment)).await.unwrap();
    let number = within(waiting).await.unwrap().unwrap();
    assert_eq!(within(head.confirm(id)).await, Ok(number));
}

async fn waits_for_the_first_slot(head: &dyn Head, advance: impl Fn(Span)) {
    let slot = head.now().await.unwrap().slot.to_number();
    let payment = payment(&[5], 5, Some(slot + 2));
    let mut submitted = head.submit(payment.clone());
    assert!((&mut submitted).now_or_never().is_none());
    advance(seconds(1));
    assert!((&mut submitted).now_or_never().is_none());
    advance(seconds(1));
    assert_eq!(within(submitted).await, Ok(payment.id()));
    within(head.confirm(payment.id())).await.unwrap();
    assert_eq!(head.now().await.unwrap().slot.to_number(), slot + 2);
}

fn pass(head: &EmbeddedHead, span: Span) {
    head.advance(span).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_embedded_head_behaves() {
    let head = embedded();
    behaves(Arc::new(head.clone()), |span| pass(&head, span)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_behind_a_socket_behaves() {
    let head = embedded();
    let server = Server::start(&head).await;
    let client = connect(server.address).await;
    behaves(client.clone(), |span| pass(&head, span)).await;
    let metrics = client.metrics();
    assert_eq!((metrics.connections_tried, metrics.connections_lost, metrics.rebuilt), (1, 0, 1));
    assert_eq!((metrics.unreadable, metrics.undecided, metrics.histories), (0, 0, 1));
    drop(client);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_behind_connections_that_fail_behaves() {
    let mut ended = 0;
    for seed in 0..3 {
        let head = embedded();
        let server = Server::start(&head).await;
        let proxy = Proxy::start(server.address, seed, 12).await;
        let client = connect_behind(&proxy, seed).await;
        behaves(client.clone(), |span| pass(&head, span)).await;
        assert_eq!(client.metrics().undecided, 0);
        ended += proxy.counts().ended();
        drop((client, proxy));
        server.stop().await;
    }
    assert!(ended > 15, "only {ended} connections failed");
}
