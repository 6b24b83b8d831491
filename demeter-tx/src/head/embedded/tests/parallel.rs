//! Transactions that are checked while others change the head.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use demeter_core::OutputReference;
use futures_util::FutureExt;

use super::*;
use crate::ledger::LedgerError;

fn head() -> EmbeddedHead {
    EmbeddedHead::open(settings(), purses(9), start()).unwrap()
}

/// Has this happen to a head between each check and the second look.
fn stage(head: &EmbeddedHead, mut scene: impl FnMut(&EmbeddedHead) + Send + 'static) {
    // Weak, or the head would hold itself.
    let shared = Arc::downgrade(&head.shared);
    head.core().interlude.stage(move || scene(&EmbeddedHead { shared: shared.upgrade().unwrap() }));
}

fn rule(error: SubmitError) -> LedgerError {
    match error {
        SubmitError::Invalid { reason: super::super::super::InvalidReason::Rule(error), .. } => *error,
        other => panic!("expected a broken rule, found {other:?}"),
    }
}

#[test]
fn what_is_spent_during_the_check_is_not_spent_again() {
    let head = head();
    let before = utxos(&head);
    stage(&head, |head| drop(head.apply(&rival(1))));
    let error = rule(head.apply(&payment(1)).unwrap_err());
    assert_eq!(error, LedgerError::UnknownInput { reference: reference(1) });
    let mut expected = before;
    crate::ledger::validate(&rival(1), &expected, &settings(), Slot::from_number(100))
        .unwrap()
        .effect
        .apply_to(&mut expected);
    assert_eq!(utxos(&head), expected);
}

#[test]
fn collateral_and_references_are_looked_at_again_too() {
    let party = Party::new(1);
    let of_all = guarded_utxos(&party, &always_true());
    let spending = party.sign(guarded_spending(&party, &of_all).build().unwrap());
    for taken in [2, 3] {
        let utxos = of_all.clone();
        let head = EmbeddedHead::open(settings(), utxos.clone(), start()).unwrap();
        stage(&head, move |head| {
            let taking = TransactionBuilder::new(settings(), Party::new(1).address())
                .spend(reference(taken), utxos[&reference(taken)].clone());
            drop(head.apply(&Party::new(1).sign(taking.build().unwrap())));
        });
        let error = rule(head.apply(&spending).unwrap_err());
        assert_eq!(error, LedgerError::UnknownInput { reference: reference(taken) });
    }
}

#[test]
fn an_output_that_comes_during_the_check_is_seen() {
    let head = head();
    let made = OutputReference { transaction: payment(1).id(), index: 1 };
    let change = held_by(&Party::new(1), ada(15));
    let spending = TransactionBuilder::new(settings(), Party::new(1).address()).spend(made, change);
    stage(&head, |head| drop(head.apply(&payment(1))));
    assert!(head.apply(&Party::new(1).sign(spending.build().unwrap())).is_ok());
}

#[test]
fn another_output_of_the_same_reference_is_another() {
    let head = head();
    stage(&head, |head| {
        head.core().lock().utxos.insert(reference(1), held_by(&Party::new(2), ada(20)));
    });
    let error = rule(head.apply(&payment(1)).unwrap_err());
    assert_eq!(error, LedgerError::NotSigned { key: Party::new(2).hash() });
}

#[test]
fn time_that_passes_during_the_check_counts() {
    let head = head();
    stage(&head, |head| drop(head.advance(seconds(10))));
    // Valid when it is checked, not when it is looked at again.
    let error = rule(head.apply(&payment_within(1, 100, 105)).unwrap_err());
    let LedgerError::OutsideValidity { slot, .. } = error else { panic!("{error}") };
    assert!(slot >= Slot::from_number(110));
    // The other way round, and at the second check.
    let now = block_on(head.now()).unwrap().slot.to_number();
    assert!(head.apply(&payment_within(2, now + 5, now + 1_000)).is_ok());
    // Valid all the time, it is checked once.
    let scenes = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&scenes);
    stage(&head, move |head| {
        counted.fetch_add(1, Ordering::SeqCst);
        drop(head.advance(seconds(1)));
    });
    assert!(head.apply(&payment(3)).is_ok());
    assert_eq!(scenes.load(Ordering::SeqCst), 1);
}

#[test]
fn whoever_is_outrun_again_and_again_is_decided_on_with_the_lock() {
    let head = head();
    let scenes = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&scenes);
    stage(&head, move |head| {
        counted.fetch_add(1, Ordering::SeqCst);
        drop(head.advance(seconds(1)));
    });
    // What it is refused for is another slot each time.
    let error = rule(head.apply(&payment_within(1, 500, 600)).unwrap_err());
    assert_eq!(scenes.load(Ordering::SeqCst), 3);
    let LedgerError::OutsideValidity { slot, .. } = error else { panic!("{error}") };
    assert_eq!(slot, Slot::from_number(103));
}

/// A head on disk that has a payment from purse 1 in line to be stored, and what spends its change.
fn with_one_in_line(disk: &Arc<Disk>) -> (EmbeddedHead, OutputReference, SignedTransaction) {
    let head = create_on(disk, purses(3), &HeadOptions::default());
    disk.jam(true);
    assert!(head.submit(payment(1)).now_or_never().is_none());
    let change = OutputReference { transaction: payment(1).id(), index: 1 };
    let spending = TransactionBuilder::new(settings(), Party::new(1).address())
        .spend(change, held_by(&Party::new(1), ada(15)));
    (head, change, Party::new(1).sign(spending.build().unwrap()))
}

/// Waits until it is so, as something does by itself in another thread.
fn until(is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it never was");
        thread::yield_now();
    }
}

#[test]
fn what_is_taken_back_during_the_check_is_not_built_upon() {
    let disk = Disk::new();
    let (head, change, spending) = with_one_in_line(&disk);
    disk.fill_up(0);
    let jammed = Arc::clone(&disk);
    stage(&head, move |head| {
        jammed.jam(false);
        until(|| !utxos(head).contains_key(&change));
    });
    let error = rule(head.apply(&spending).unwrap_err());
    assert_eq!(error, LedgerError::UnknownInput { reference: change });
    assert_eq!(utxos(&head), purses(3));
}

#[test]
fn a_head_that_halts_during_the_check_says_so() {
    let disk = Disk::new();
    let (head, _, spending) = with_one_in_line(&disk);
    disk.fail_syncs();
    let jammed = Arc::clone(&disk);
    stage(&head, move |head| {
        jammed.jam(false);
        until(|| head.core().halted().is_some());
    });
    let error = head.apply(&spending).unwrap_err();
    assert!(matches!(error, SubmitError::Head(HeadError::Halted { .. })), "{error}");
    assert_eq!(utxos(&head), purses(3));
}

#[test]
fn what_waits_is_checked_when_it_is_submitted() {
    let options = HeadOptions::default().longest_wait(seconds(30));
    let head = EmbeddedHead::open_with(settings(), purses(3), start(), &options).unwrap();
    // Nothing is left to find out under the lock, unless what it names has changed.
    let mut waiting = [1, 2].map(|seed| head.submit(payment_within(seed, 110, 200)));
    assert!(waiting.iter_mut().all(|waiting| waiting.now_or_never().is_none()));
    head.apply(&rival(2)).unwrap();
    let mut state = head.core().lock();
    let waiters: Vec<_> = std::iter::from_fn(|| state.waiting.due(Slot::from_number(110))).collect();
    state.now.slot = Slot::from_number(110);
    let ahead: Vec<bool> = waiters
        .into_iter()
        .map(|waiter| waiter.ahead.is_some_and(|checked| checked.holds(&state) && checked.verdict.is_ok()))
        .collect();
    assert_eq!(ahead, [true, false]);
}
