//! Events that have happened.

use std::num::NonZeroUsize;

use super::*;

#[test]
fn events_are_replayed_from_any_point_and_then_go_on() {
    let head = EmbeddedHead::open(settings(), purses(3), start()).unwrap();
    let first = head.apply(&payment(1)).unwrap().id;
    head.advance(seconds(5)).unwrap();
    let second = head.apply(&payment(2)).unwrap().id;
    let events = past(&head, 0);
    let expected = |id, number, time: Time| {
        let transactions = vec![Arc::new(payment(number))];
        let number = SnapshotNumber::from_number(number.into());
        let confirmed = Event::SnapshotConfirmed { number, transactions };
        [(time, Event::TxValid { transaction: id }), (time, confirmed)]
    };
    let later = start().after(seconds(5)).unwrap();
    let expected = [expected(first, 1, start()), expected(second, 2, later)].concat();
    let numbers: Vec<_> = events.iter().map(|event| event.sequence.to_number()).collect();
    assert_eq!(numbers, [0, 1, 2, 3]);
    assert_eq!(events.iter().map(|event| (event.time, event.event.clone())).collect::<Vec<_>>(), expected);
    assert_eq!(past(&head, 3), events[3..]);
    let mut stream = head.events_from(EventSequence::from_number(3)).unwrap();
    assert_eq!(block_on(stream.next()).unwrap().unwrap(), events[3]);
    let third = head.apply(&payment(3)).unwrap().id;
    assert_eq!(block_on(stream.next()).unwrap().unwrap().event, Event::TxValid { transaction: third });
}

#[test]
fn as_many_events_are_kept_as_was_stated_on_disk_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("head");
    let options = HeadOptions::default()
        .durability(Durability::EachTransaction)
        .kept_events(NonZeroUsize::new(5).unwrap());
    let head = EmbeddedHead::create(&path, settings(), purses(9), start(), &options).unwrap();
    (1..=9).for_each(|seed| drop(head.apply(&payment(seed)).unwrap()));
    assert_eq!(head.next_event(), EventSequence::from_number(18));
    let too_old = |head: &EmbeddedHead, asked| {
        let error = head.events_from(EventSequence::from_number(asked)).err().unwrap();
        error.to_string()
    };
    assert_eq!(too_old(&head, 12), "event 12 is no longer kept, the oldest is 13");
    let kept = past(&head, 13);
    drop(head);
    // No more is on the disk, give or take what was stored together.
    let head = EmbeddedHead::open_at(&path, &HeadOptions::default()).unwrap();
    assert_eq!(past(&head, 13), kept);
    assert_eq!(too_old(&head, 11), "event 11 is no longer kept, the oldest is 12");
    drop(head);
    let fewer = HeadOptions::default().kept_events(NonZeroUsize::new(2).unwrap());
    let head = EmbeddedHead::open_at(&path, &fewer).unwrap();
    assert_eq!(past(&head, 16), kept[3..]);
    assert_eq!(too_old(&head, 15), "event 15 is no longer kept, the oldest is 16");
    assert_eq!(too_old(&head, 0), "event 0 is no longer kept, the oldest is 16");
}

#[test]
fn a_reason_is_found_again_by_those_who_lagged_behind() {
    let options = HeadOptions::default().kept_events(NonZeroUsize::new(2).unwrap());
    let head = EmbeddedHead::open_with(settings(), purses(3), start(), &options).unwrap();
    head.apply(&payment(1)).unwrap();
    let watcher = head.clone();
    let mut waiting = watcher.confirm(payment_within(2, 0, 50).id());
    assert!(futures_util::FutureExt::now_or_never(&mut waiting).is_none());
    for seed in [2, 1, 1] {
        let transaction = if seed == 2 { payment_within(2, 0, 50) } else { payment(1) };
        assert!(head.apply(&transaction).is_err());
    }
    assert!(head.apply(&payment_within(2, 0, 50)).is_err());
    assert!(matches!(block_on(waiting), Err(ConfirmError::Invalid { .. })));
}
