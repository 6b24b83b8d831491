//! A head whose disk fails.

use super::*;

/// What a head does when its disk fails in some way while a second payment is stored.
struct Failed {
    head: EmbeddedHead,
    disk: Arc<Disk>,
    error: HeadError,
    /// What the head held before.
    before: UtxoSet,
}

/// Lets the second payment fail; `None` when it does not.
fn fail(durability: Durability, spoil: impl Fn(&Disk)) -> Option<Failed> {
    let disk = Disk::new();
    let head = create_on(&disk, purses(3), &HeadOptions::default().durability(durability));
    head.apply(&payment(1)).unwrap();
    let before = utxos(&head);
    spoil(&disk);
    let error = match head.apply(&payment(2)) {
        Ok(_) => return None,
        Err(SubmitError::Head(error)) => error,
        Err(other) => panic!("found {other}"),
    };
    Some(Failed { head, disk, error, before })
}

#[test]
fn a_disk_that_breaks_at_any_point_loses_nothing_that_was_acknowledged() {
    for durability in [Durability::EachTransaction, Durability::Unsynced] {
        let mut failures = 0;
        for operations in 0.. {
            let Some(failed) = fail(durability, |disk| disk.fail_after(operations)) else { break };
            failures += 1;
            let Failed { head, disk, error, before } = failed;
            assert!(matches!(error, HeadError::Halted { .. }), "after {operations}: {error}");
            assert_eq!(utxos(&head), before, "after {operations}");
            // Nothing more is done, and whoever waits is told.
            disk.mend();
            assert_eq!(head.apply(&payment(3)), Err(error.clone().into()));
            assert_eq!(block_on(head.submit(payment(3))), Err(error.clone().into()));
            assert_eq!(head.advance(seconds(1)), Err(error.clone().into()));
            assert_eq!(block_on(head.confirm(payment(2).id())), Err(error.clone().into()));
            let rest = disk.after_a_kill();
            drop(head);
            let found = open_on(&rest).unwrap();
            // What was not acknowledged may be there, but then it is whole.
            if utxos(&found) != before {
                assert!(block_on(found.confirm(payment(2).id())).is_ok(), "after {operations}");
                assert!(found.apply(&payment(2)).is_err());
            } else {
                assert!(found.apply(&payment(2)).is_ok(), "after {operations}");
            }
        }
        assert!(failures > 1, "{failures}");
    }
}

#[test]
fn a_power_cut_at_any_point_tears_nothing() {
    let mut landed = 0;
    for operations in 0.. {
        let cut = |disk: &Disk| disk.fail_after(operations);
        let Some(Failed { disk, before, .. }) = fail(Durability::EachTransaction, cut) else { break };
        // Whichever of the writes that were not synced yet have reached the disk.
        for kept in [0, u64::MAX, 0x5555_5555_5555_5555, !0x5555_5555_5555_5555, 0x0f3c_96a5_21e7_d84b] {
            let found = open_on(&disk.after_a_torn_power_cut(kept)).unwrap();
            if utxos(&found) != before {
                landed += 1;
                let number = block_on(found.confirm(payment(2).id())).unwrap();
                assert_eq!(number, SnapshotNumber::from_number(2), "after {operations}");
            }
            assert!(found.apply(&payment(3)).is_ok(), "after {operations}");
        }
    }
    assert!(landed > 0, "no cut came after the last write");
}

#[test]
fn after_a_failed_sync_nobody_knows() {
    let failed = fail(Durability::grouped(), |disk| disk.fail_syncs()).unwrap();
    let expected = "the head has stopped, as it cannot know what its file holds: ";
    assert!(failed.error.to_string().starts_with(expected), "{}", failed.error);
    assert!(failed.error.to_string().ends_with("the sync failed"), "{}", failed.error);
    assert_eq!(utxos(&failed.head), failed.before);
    let found = open_on(&failed.disk.after_a_power_cut()).unwrap();
    assert_eq!(utxos(&found), failed.before);
}

/// A head whose disk is full, and what it holds.
fn full() -> (EmbeddedHead, Arc<Disk>, UtxoSet, SignedTransaction) {
    let disk = Disk::new();
    let head = create_on(&disk, purses(255), &HeadOptions::default());
    disk.fill_up(3);
    for seed in 1..=255 {
        let before = utxos(&head);
        match head.apply(&payment(seed)) {
            Ok(_) => {}
            Err(SubmitError::Head(HeadError::NotStored { reason })) => {
                assert_eq!(reason, "no space left on the disk");
                return (head, disk, before, payment(seed));
            }
            Err(other) => panic!("found {other}"),
        }
    }
    panic!("the disk was never full")
}

#[test]
fn a_full_disk_changes_nothing_and_the_head_goes_on_when_there_is_room() {
    let (head, disk, before, refused) = full();
    let events = head.next_event();
    assert_eq!(utxos(&head), before);
    assert_eq!(utxos(&open_on(&disk.after_a_kill()).unwrap()), before);
    assert!(matches!(head.apply(&refused), Err(SubmitError::Head(HeadError::NotStored { .. }))));
    assert_eq!(head.next_event(), events);
    disk.mend();
    let id = head.apply(&refused).unwrap().id;
    assert_eq!(utxos(&open_on(&disk.after_a_power_cut()).unwrap()), utxos(&head));
    let number = block_on(head.confirm(id)).unwrap();
    assert_eq!(
        past(&head, events.to_number())[1].event,
        Event::SnapshotConfirmed { number, transactions: vec![refused.into()] }
    );
}

#[test]
fn what_was_done_on_top_is_taken_back_too() {
    let (head, disk, before, refused) = full();
    // All are in line before the first is stored or not.
    let others = futures_util::future::join_all(
        (0..40).map(|seed| head.submit(payment(255 - seed))).chain([head.submit(refused)]),
    );
    let answers = block_on(others);
    assert!(answers.iter().any(|answer| matches!(answer, Err(SubmitError::Head(_)))));
    let stored = answers.iter().flatten().count();
    assert_eq!(utxos(&open_on(&disk.after_a_kill()).unwrap()), utxos(&head));
    assert_eq!(utxos(&head).len(), before.len() + stored);
}

#[test]
fn a_full_disk_holds_no_new_head() {
    let disk = Disk::new();
    disk.fill_up(2);
    let core = Core::in_memory(settings().into(), purses(1), start(), &HeadOptions::default()).unwrap();
    let fault = core.stored_on(Box::new(Arc::clone(&disk)), &HeadOptions::default()).unwrap_err();
    assert!(matches!(fault, store::StoreFault::Io(_)), "{fault}");
    assert!(matches!(open_on(&disk.after_a_kill()), Err(store::StoreFault::Unfinished)));
}
