use std::num::NonZeroUsize;

use demeter_core::{Amount, Ppm, Span, Value};
use futures_executor::block_on;
use futures_util::{FutureExt, StreamExt};

use super::*;
use crate::builder::TransactionBuilder;
use crate::ledger::LedgerError;
use crate::testing::*;
use crate::{OutputDraft, PlutusScript, transaction::key_hash};

/// The head that tests start from: at slot 100.
fn head(utxos: UtxoSet) -> EmbeddedHead {
    EmbeddedHead::open(settings(), utxos, Time::from_milliseconds(1_000_100_000).unwrap()).unwrap()
}

/// A payment of 5 ada from output 3, not signed yet.
fn payment(from: &Party, to: &Party, utxos: &UtxoSet) -> TransactionBuilder {
    TransactionBuilder::new(settings(), from.address())
        .spend(reference(3), utxos[&reference(3)].clone())
        .pay(OutputDraft::new(to.address(), Value::of_lovelace(ada(5))))
}

fn rule(error: SubmitError) -> LedgerError {
    match error {
        SubmitError::Invalid { reason: InvalidReason::Rule(error), .. } => *error,
        other => panic!("expected a broken rule, found {other:?}"),
    }
}

async fn total(head: &EmbeddedHead) -> u64 {
    let utxos = head.utxos(&UtxoQuery::All).await.unwrap();
    utxos.values().map(|output| output.value().lovelace().to_units()).sum()
}

/// A head with an output that this script guards, and a transaction that spends it with units to spare.
///
/// The transaction is built as if the script always succeeded: no builder makes one whose script refuses.
fn guarded(script: &PlutusScript) -> (EmbeddedHead, SignedTransaction) {
    let party = Party::new(1);
    let built = guarded_spending(&party, &guarded_utxos(&party, &always_true()))
        .margin(Ppm::from_millionths(10_000_000).unwrap())
        .build()
        .unwrap();
    (head(guarded_utxos(&party, script)), party.sign(built))
}

#[test]
fn a_guarded_output_is_spent_by_its_script() {
    let (head, signed) = guarded(&always_true());
    let id = block_on(head.submit(signed)).unwrap();
    assert_eq!(block_on(head.confirm(id)).unwrap(), SnapshotNumber::from_number(1));
    let left = block_on(head.utxos(&UtxoQuery::All)).unwrap();
    assert!(!left.contains_key(&reference(1)));
    assert_eq!(left[&OutputReference { transaction: id, index: 0 }].value().lovelace(), ada(5));
    assert_eq!(left.len(), 3);
}

#[test]
fn a_script_that_refuses_changes_nothing() {
    let script = always_false();
    let (head, signed) = guarded(&script);
    let before = block_on(head.utxos(&UtxoQuery::All)).unwrap();
    let mut events = head.events();
    let error = block_on(head.submit(signed.clone())).unwrap_err();
    let expected = format!(
        "transaction {} is invalid: script {} refused spend 0: the validator crashed / exited prematurely, \
         after tracing: bid: closed",
        signed.id(),
        script.hash()
    );
    assert_eq!(error.to_string(), expected);
    assert_eq!(block_on(head.utxos(&UtxoQuery::All)).unwrap(), before);
    let Event::TxInvalid { transaction, reason } = block_on(events.next()).unwrap().unwrap() else {
        panic!("expected to be told that the transaction is invalid")
    };
    assert_eq!(transaction, signed.id());
    assert!(reason.to_string().ends_with("bid: closed"), "{reason}");
    assert!(events.next().now_or_never().is_none());
}

#[test]
fn payments_conserve_ada_and_tell_of_themselves() {
    block_on(async {
        let (from, to) = (Party::new(1), Party::new(2));
        let utxos = guarded_utxos(&from, &always_true());
        let head = head(utxos.clone());
        let mut events = head.events();
        let before = total(&head).await;
        let signed = from.sign(payment(&from, &to, &utxos).build().unwrap());
        let id = head.submit(signed.clone()).await.unwrap();
        let received = head.utxos(&UtxoQuery::Address(to.address())).await.unwrap();
        assert_eq!(received.values().map(|output| output.value().lovelace()).collect::<Vec<_>>(), [ada(5)]);
        assert_eq!(total(&head).await, before);
        assert_eq!(events.next().await.unwrap().unwrap(), Event::TxValid { transaction: id });
        let number = SnapshotNumber::from_number(1);
        let confirmed = Event::SnapshotConfirmed { number, transactions: vec![signed.into()] };
        assert_eq!(events.next().await.unwrap().unwrap(), confirmed);
        assert_eq!(head.confirm(id).await.unwrap(), number);
    });
}

#[test]
fn nothing_is_spent_twice() {
    let (from, to) = (Party::new(1), Party::new(2));
    let utxos = guarded_utxos(&from, &always_true());
    let head = head(utxos.clone());
    let first = from.sign(payment(&from, &to, &utxos).build().unwrap());
    let second = from.sign(payment(&from, &Party::new(3), &utxos).build().unwrap());
    block_on(head.submit(first.clone())).unwrap();
    for again in [second, first] {
        let error = block_on(head.submit(again)).unwrap_err();
        assert_eq!(rule(error), LedgerError::UnknownInput { reference: reference(3) });
    }
}

#[test]
fn validity_is_half_open_and_time_advances() {
    let (from, to) = (Party::new(1), Party::new(2));
    let utxos = guarded_utxos(&from, &always_true());
    let head = head(utxos.clone());
    let slot = Slot::from_number;
    let in_two = payment(&from, &to, &utxos).valid_from(slot(102)).valid_before(slot(103));
    let signed = from.sign(in_two.build().unwrap());
    let second = Span::from_seconds(1).unwrap();
    for at in [100, 101] {
        let error = block_on(head.submit(signed.clone())).unwrap_err();
        let expected =
            LedgerError::OutsideValidity { slot: slot(at), from: Some(slot(102)), before: Some(slot(103)) };
        assert_eq!(rule(error), expected);
        head.advance(second).unwrap();
    }
    let late = head_at_103(&utxos);
    assert!(block_on(late.submit(signed.clone())).is_err());
    assert_eq!(block_on(head.now()).unwrap().slot, slot(102));
    block_on(head.submit(signed)).unwrap();
}

fn head_at_103(utxos: &UtxoSet) -> EmbeddedHead {
    let head = head(utxos.clone());
    head.advance(Span::from_seconds(3).unwrap()).unwrap();
    head
}

#[test]
fn only_the_right_key_signs() {
    let (from, to) = (Party::new(1), Party::new(2));
    let utxos = guarded_utxos(&from, &always_true());
    let head = head(utxos.clone());
    let built = payment(&from, &to, &utxos).build().unwrap();
    let nobody = built.transaction().clone();
    let error = block_on(head.submit(nobody.clone())).unwrap_err();
    assert_eq!(rule(error), LedgerError::NotSigned { key: from.hash() });
    let mut stranger = nobody.clone();
    stranger.add_witness(to.public_key(), to.signature(built.sign_hash())).unwrap();
    let error = block_on(head.submit(stranger)).unwrap_err();
    assert_eq!(rule(error), LedgerError::NotSigned { key: from.hash() });
    let mut forged = nobody;
    forged.insert_unverified(from.public_key(), from.signature([0; 32]));
    let error = block_on(head.submit(forged)).unwrap_err();
    assert_eq!(rule(error), LedgerError::WrongSignature { key: key_hash(&from.public_key()) });
}

#[test]
fn confirmation_is_awaited() {
    let (from, to) = (Party::new(1), Party::new(2));
    let utxos = guarded_utxos(&from, &always_true());
    let head = head(utxos.clone());
    let signed = from.sign(payment(&from, &to, &utxos).build().unwrap());
    let watcher = head.clone();
    let mut waiting = watcher.confirm(signed.id());
    assert!((&mut waiting).now_or_never().is_none());
    block_on(head.submit(signed)).unwrap();
    assert_eq!(block_on(waiting).unwrap(), SnapshotNumber::from_number(1));
}

#[test]
fn a_slow_reader_is_told_what_it_missed() {
    let party = Party::new(1);
    let utxos = guarded_utxos(&party, &always_true());
    let options = HeadOptions::default().kept_events(NonZeroUsize::new(1024).unwrap());
    let head = EmbeddedHead::open_with(
        settings(),
        utxos.clone(),
        Time::from_milliseconds(1_000_100_000).unwrap(),
        &options,
    )
    .unwrap();
    let mut events = head.events();
    let unsigned = payment(&party, &party, &utxos).build().unwrap().transaction().clone();
    for _ in 0..1030 {
        assert!(head.apply(&unsigned).is_err());
    }
    assert_eq!(block_on(events.next()).unwrap().unwrap_err(), Lagged { missed: 6 });
    assert!(block_on(events.next()).unwrap().is_ok());
}

#[test]
fn futures_can_change_threads() {
    fn check<T: Send>(_: &T) {}
    let head = head(UtxoSet::new());
    let transaction = SignedTransaction::from_cbor(&hex::decode("84a0a0f5f6").unwrap()).unwrap();
    check(&head.submit(transaction));
    check(&head.events());
    let shared: Arc<dyn Head> = Arc::new(head);
    check(&shared);
}

#[test]
fn references_that_do_not_exist_are_left_out() {
    let party = Party::new(1);
    let head = head(guarded_utxos(&party, &always_true()));
    let query = UtxoQuery::References(BTreeSet::from([reference(3), reference(77)]));
    let found = block_on(head.utxos(&query)).unwrap();
    assert_eq!(found.keys().collect::<Vec<_>>(), [&reference(3)]);
    assert_eq!(found[&reference(3)].value(), &Value::of_lovelace(Amount::from_units(20_000_000).unwrap()));
}
