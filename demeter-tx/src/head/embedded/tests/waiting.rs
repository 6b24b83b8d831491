//! Transactions whose first slot is to come.

use futures_util::FutureExt;

use super::*;
use crate::ledger::LedgerError;

fn waiting_for(limit: Span) -> HeadOptions {
    HeadOptions::default().longest_wait(limit)
}

fn head(options: &HeadOptions) -> EmbeddedHead {
    EmbeddedHead::open_with(settings(), purses(5), start(), options).unwrap()
}

fn is_too_early(error: SubmitError) -> bool {
    let SubmitError::Invalid { reason: super::super::super::InvalidReason::Rule(error), .. } = error else {
        return false;
    };
    matches!(*error, LedgerError::OutsideValidity { .. })
}

#[test]
fn it_is_held_until_its_slot_comes() {
    let head = head(&waiting_for(seconds(30)));
    let mut waiting = head.submit(payment_within(1, 130, 140));
    assert!((&mut waiting).now_or_never().is_none());
    assert_eq!(head.next_event(), EventSequence::from_number(0));
    head.advance(seconds(29)).unwrap();
    assert!((&mut waiting).now_or_never().is_none());
    head.advance(seconds(1)).unwrap();
    let id = block_on(waiting).unwrap();
    assert_eq!(block_on(head.confirm(id)).unwrap(), SnapshotNumber::from_number(1));
}

#[test]
fn it_is_refused_at_once_if_its_slot_comes_too_late() {
    let head = head(&waiting_for(seconds(30)));
    assert!(is_too_early(block_on(head.submit(payment_within(1, 131, 140))).unwrap_err()));
    // Nobody waits without an executor.
    let error = head.apply(&payment_within(1, 101, 140)).unwrap_err();
    assert!(is_too_early(error));
    // Half a second is less than a slot.
    let head = self::head(&HeadOptions::default());
    assert!(is_too_early(block_on(head.submit(payment_within(1, 101, 140))).unwrap_err()));
    head.advance(Span::from_milliseconds(500).unwrap()).unwrap();
    let mut waiting = head.submit(payment_within(1, 101, 140));
    assert!((&mut waiting).now_or_never().is_none());
    head.advance(Span::from_milliseconds(500).unwrap()).unwrap();
    block_on(waiting).unwrap();
}

#[test]
fn it_expires_when_its_slots_are_over_before_it_is_looked_at() {
    let head = head(&waiting_for(seconds(30)));
    let mut events = head.events();
    let mut waiting = head.submit(payment_within(1, 110, 111));
    assert!((&mut waiting).now_or_never().is_none());
    head.advance(seconds(11)).unwrap();
    assert!(is_too_early(block_on(waiting).unwrap_err()));
    assert!(matches!(block_on(events.next()), Some(Ok(Event::TxInvalid { .. }))));
    // One that can never be valid does not wait.
    assert!(is_too_early(block_on(head.submit(payment_within(2, 115, 115))).unwrap_err()));
    assert!(is_too_early(block_on(head.submit(payment_within(2, 100, 111))).unwrap_err()));
}

#[test]
fn what_else_is_wrong_by_then_counts() {
    let head = head(&waiting_for(seconds(30)));
    let mut waiting = head.submit(payment_within(1, 110, 200));
    assert!((&mut waiting).now_or_never().is_none());
    head.apply(&payment(1)).unwrap();
    head.advance(seconds(10)).unwrap();
    let error = block_on(waiting).unwrap_err();
    assert!(error.to_string().ends_with("does not exist or is spent"), "{error}");
}

#[test]
fn those_who_wait_are_taken_up_by_slot_then_as_they_came() {
    let head = head(&waiting_for(seconds(30)));
    let order = [(1, 112), (2, 111), (3, 112), (4, 110)];
    let mut waiting: Vec<_> =
        order.iter().map(|(seed, from)| head.submit(payment_within(*seed, *from, 200))).collect();
    assert!(waiting.iter_mut().all(|submitted| submitted.now_or_never().is_none()));
    head.advance(seconds(20)).unwrap();
    let numbers = order.map(|(seed, from)| {
        block_on(head.confirm(payment_within(seed, from, 200).id())).unwrap().to_number()
    });
    assert_eq!(numbers, [3, 2, 4, 1]);
}

#[test]
fn a_dropped_future_withdraws_nothing() {
    let head = head(&waiting_for(seconds(30)));
    assert!(head.submit(payment_within(1, 110, 200)).now_or_never().is_none());
    head.advance(seconds(10)).unwrap();
    assert!(block_on(head.confirm(payment_within(1, 110, 200).id())).is_ok());
}

#[test]
fn ticks_bring_several_slots_at_once() {
    let source = Arc::new(ManualTime::new(start()));
    let options = waiting_for(seconds(30))
        .clock(ClockMode::Ticks { every: seconds(20) })
        .time_source(Arc::clone(&source));
    let head = head(&options);
    // Slot 121 comes with slot 140, ten seconds too late.
    assert!(is_too_early(block_on(head.submit(payment_within(1, 121, 200))).unwrap_err()));
    let mut waiting = head.submit(payment_within(1, 120, 200));
    assert!((&mut waiting).now_or_never().is_none());
    source.set(start().after(Span::from_milliseconds(19_999).unwrap()).unwrap());
    assert_eq!(head.tick().slot, Slot::from_number(100));
    assert!((&mut waiting).now_or_never().is_none());
    source.set(start().after(seconds(20)).unwrap());
    assert_eq!(head.tick().slot, Slot::from_number(120));
    block_on(waiting).unwrap();
}

#[test]
fn a_real_clock_wakes_the_head_by_itself() {
    // Slots of five milliseconds, the first of them now.
    let now = MachineTime.time();
    let mut settings = settings();
    settings.clock =
        crate::SlotClock::new(now, Slot::from_number(0), Span::from_milliseconds(5).unwrap()).unwrap();
    let options = waiting_for(seconds(600)).clock(ClockMode::Real);
    let head = EmbeddedHead::open_with(settings, purses(1), now, &options).unwrap();
    let slot = head.tick().slot.to_number();
    assert!(block_on(head.submit(payment_within(1, slot + 4, u64::MAX))).is_ok());
    assert!(head.tick().slot.to_number() >= slot + 4);
}

#[test]
fn those_who_wait_on_disk_are_stored_when_they_are_valid() {
    let disk = Disk::new();
    let head = create_on(&disk, purses(2), &waiting_for(seconds(30)));
    let mut waiting = head.submit(payment_within(1, 110, 200));
    assert!((&mut waiting).now_or_never().is_none());
    head.advance(seconds(10)).unwrap();
    block_on(waiting).unwrap();
    let found = open_on(&disk.after_a_kill()).unwrap();
    assert_eq!(utxos(&found), utxos(&head));
    assert_eq!(block_on(found.now()).unwrap().slot, Slot::from_number(110));
}
