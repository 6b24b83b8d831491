//! A head on disk whose disk does what it should.

use std::task::{Context, Wake};

use futures_util::FutureExt;
use futures_util::future::join_all;

use super::*;

const POLICIES: [Durability; 3] = [Durability::EachTransaction, Durability::grouped(), Durability::Unsynced];

#[test]
fn a_head_is_opened_as_it_was_closed() {
    for durability in POLICIES {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("head");
        let options = HeadOptions::default().durability(durability);
        let head = EmbeddedHead::create(&path, settings(), purses(3), start(), &options).unwrap();
        let first = head.apply(&payment(1)).unwrap().id;
        let refused = head.apply(&payment(1)).unwrap_err();
        let second = block_on(head.submit(payment(2))).unwrap();
        let now = head.advance(seconds(7)).unwrap();
        let (held, events) = (utxos(&head), past(&head, 0));
        assert_eq!(events.len(), 5);
        drop(head);

        let head = EmbeddedHead::open_at(&path, &options).unwrap();
        assert_eq!(utxos(&head), held);
        assert_eq!(block_on(head.now()).unwrap(), now);
        assert_eq!(*block_on(head.settings()).unwrap(), settings());
        assert_eq!(block_on(head.confirm(first)).unwrap(), SnapshotNumber::from_number(1));
        assert_eq!(block_on(head.confirm(second)).unwrap(), SnapshotNumber::from_number(2));
        let again = past(&head, 0);
        assert_eq!((&again[..2], &again[3..]), (&events[..2], &events[3..]));
        let Event::TxInvalid { reason, .. } = &again[2].event else { panic!("found {:?}", again[2]) };
        assert!(refused.to_string().ends_with(&reason.to_string()), "{refused}");
        let third = head.apply(&payment(3)).unwrap().id;
        assert_eq!(block_on(head.confirm(third)).unwrap(), SnapshotNumber::from_number(3));
    }
}

#[test]
fn what_is_reported_valid_is_there_after_the_process_or_the_power_is_gone() {
    for durability in [Durability::EachTransaction, Durability::grouped()] {
        let disk = Disk::new();
        let head = create_on(&disk, purses(4), &HeadOptions::default().durability(durability));
        for seed in 1..=4 {
            head.apply(&payment(seed)).unwrap();
            for rest in [disk.after_a_kill(), disk.after_a_power_cut()] {
                let found = open_on(&rest).unwrap();
                assert_eq!(utxos(&found), utxos(&head));
                assert_eq!(past(&found, 0), past(&head, 0));
            }
        }
    }
    let disk = Disk::new();
    let head = create_on(&disk, purses(1), &HeadOptions::default().durability(Durability::Unsynced));
    let before = disk.syncs();
    head.apply(&payment(1)).unwrap();
    assert_eq!(disk.syncs(), before);
    assert_eq!(utxos(&open_on(&disk.after_a_kill()).unwrap()), utxos(&head));
}

#[test]
fn many_transactions_share_a_sync_and_are_told_of_in_order() {
    let disk = Disk::new();
    let head = create_on(&disk, purses(100), &HeadOptions::default());
    let before = disk.syncs();
    let ids: Vec<_> = block_on(join_all((1..=100).map(|seed| head.submit(payment(seed)))))
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert!(disk.syncs() - before < 100, "{} syncs", disk.syncs() - before);
    let numbers = ids.iter().map(|id| block_on(head.confirm(*id)).unwrap().to_number());
    assert_eq!(numbers.collect::<Vec<_>>(), (1..=100).collect::<Vec<_>>());
    let sequence = past(&head, 0).iter().map(|event| event.sequence.to_number()).collect::<Vec<_>>();
    assert_eq!(sequence, (0..200).collect::<Vec<_>>());
}

#[test]
fn one_transaction_to_a_sync_where_that_is_the_policy() {
    let disk = Disk::new();
    let head = create_on(&disk, purses(10), &HeadOptions::default().durability(Durability::EachTransaction));
    let before = disk.syncs();
    let submitted = block_on(join_all((1..=10).map(|seed| head.submit(payment(seed)))));
    assert!(submitted.iter().all(Result::is_ok));
    assert!(disk.syncs() - before >= 10, "{} syncs", disk.syncs() - before);
}

#[test]
fn a_file_has_one_owner() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("head");
    let options = HeadOptions::default();
    assert!(matches!(EmbeddedHead::open_at(&path, &options), Err(OpenError::File { .. })));
    let head = EmbeddedHead::create(&path, settings(), purses(1), start(), &options).unwrap();
    let watcher = head.events();
    let error = EmbeddedHead::open_at(&path, &options).unwrap_err();
    assert!(matches!(error, OpenError::InUse { .. }), "{error}");
    assert_eq!(
        error.to_string(),
        format!("{} is open elsewhere, in another process or in this one", path.display())
    );
    let error = EmbeddedHead::create(&path, settings(), purses(1), start(), &options).unwrap_err();
    assert_eq!(error.to_string(), format!("{} is there already", path.display()));
    drop(head);
    assert!(EmbeddedHead::open_at(&path, &options).is_ok());
    assert_eq!(block_on(watcher.collect::<Vec<_>>()), []);
}

/// A task that holds a head and lets go of it when it is woken.
struct Holder(Mutex<Option<EmbeddedHead>>);

impl Wake for Holder {
    fn wake(self: Arc<Self>) {
        drop(self.0.lock().unwrap().take());
    }
}

#[test]
fn the_writer_may_be_the_one_who_drops_the_last_handle() {
    let disk = Disk::new();
    let head = create_on(&disk, purses(1), &HeadOptions::default());
    let core = Arc::downgrade(&head.shared.core);
    let mut events = head.events();
    let waker = Arc::new(Holder(Mutex::new(Some(head.clone())))).into();
    assert!(events.poll_next_unpin(&mut Context::from_waker(&waker)).is_pending());
    assert!(head.submit(payment(1)).now_or_never().is_none_or(|answer| answer.is_ok()));
    drop(head);
    while core.strong_count() > 0 {
        std::thread::yield_now();
    }
    assert_eq!(utxos(&open_on(&disk.after_a_kill()).unwrap()).len(), 2);
}

#[test]
fn a_head_keeps_its_clock() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("head");
    let source = Arc::new(ManualTime::new(start()));
    let options = HeadOptions::default().time_source(Arc::clone(&source));
    let ticks = ClockMode::Ticks { every: seconds(20) };
    let ticking = options.clone().clock(ticks);
    drop(EmbeddedHead::create(&path, settings(), purses(1), start(), &ticking).unwrap());
    let error = EmbeddedHead::open_at(&path, &options.clone().clock(ClockMode::Real)).unwrap_err();
    assert!(matches!(error, OpenError::OtherClock { expected, found: ClockMode::Real } if expected == ticks));
    source.set(start().after(seconds(25)).unwrap());
    let head = EmbeddedHead::open_at(&path, &options).unwrap();
    assert_eq!(head.tick().slot, Slot::from_number(120));
    assert_eq!(head.advance(seconds(1)), Err(AdvanceError::NotVirtual));
}

#[test]
fn messages_name_the_file() {
    let path = || "grid.head".into();
    let messages = [
        (OpenError::Unfinished { path: path() }, "grid.head is a head that was never finished"),
        (OpenError::Truncated { path: path(), length: 9 }, "grid.head is a head cut off after 9 bytes"),
        (OpenError::Damaged { path: path(), reason: "x".into() }, "grid.head is damaged: x"),
        (
            OpenError::OtherClock { expected: ClockMode::Virtual, found: ClockMode::Real },
            "the head was created with the clock Virtual, asked for is Real",
        ),
    ];
    for (error, message) in messages {
        assert_eq!(error.to_string(), message);
    }
    let stored = HeadError::NotStored { reason: "x".into() };
    assert_eq!(stored.to_string(), "nothing was stored: x");
    assert_eq!(AdvanceError::NotVirtual.to_string(), "time passes by itself in this head");
}

#[test]
fn nothing_is_created_for_a_time_that_cannot_be() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("head");
    let options = HeadOptions::default();
    let error = EmbeddedHead::create(&path, settings(), purses(1), Time::ZERO, &options).unwrap_err();
    assert!(matches!(error, OpenError::Clock(ClockError::TimeTooEarly { .. })), "{error}");
    assert!(!path.exists());
}
