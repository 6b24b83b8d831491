//! What several threads submit at once ends as if it had been submitted one by one, in the order of the events.

use std::collections::BTreeMap;
use std::sync::Barrier;

use demeter_core::OutputReference;
use futures_util::FutureExt;

use super::*;

const PURSES: u8 = 12;

/// A number below a bound, of a sequence that a seed begins (SplitMix64).
fn draw(seed: &mut u64, below: usize) -> usize {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = (*seed ^ (*seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) % below as u64) as usize
}

/// Transactions that depend on each other, exclude each other, or have nothing to do with each other.
fn mix() -> Vec<SignedTransaction> {
    let party = Party::new(1);
    let purse = |seed: u8| (reference(seed), held_by(&party, ada(20)));
    let sign = |builder: TransactionBuilder| party.sign(builder.build().unwrap());
    let start = || TransactionBuilder::new(settings(), party.address());
    let mut mix = Vec::new();
    for seed in 1..=PURSES {
        let (first, other) = (payment(seed), rival(seed));
        let change = OutputReference { transaction: first.id(), index: 1 };
        let next = start().spend(change, held_by(&party, ada(15)));
        let (neighbour, held) = purse(seed % PURSES + 1);
        let (own, locked) = purse(seed);
        mix.extend([
            // Both neighbours, or one beside the other.
            sign(start().spend(own, locked.clone()).spend(neighbour, held.clone())),
            sign(start().spend(own, locked.clone()).refer(neighbour, held)),
            sign(next.clone()),
            sign(next.signed_by(party.hash())),
            payment_within(seed, 90, 101 + u64::from(seed)),
            payment_within(seed, 100 + u64::from(seed), 200),
            first,
            other,
        ]);
    }
    // One that nobody signed, and one that is nonsense.
    mix.push(unsigned(1).valid_before(Slot::from_number(199)).build().unwrap().transaction().clone());
    mix.push(SignedTransaction::from_cbor(&[0x84, 0xa0, 0xa0, 0xf5, 0xf6]).unwrap());
    mix
}

/// Has threads submit what a seed chooses of a mix, some of it several times, while time passes; says how often each
/// was accepted and refused.
fn submit_at_once(
    head: &EmbeddedHead,
    mix: &[SignedTransaction],
    seed: u64,
) -> BTreeMap<TransactionId, (usize, usize)> {
    let answers = Mutex::new(BTreeMap::<TransactionId, (usize, usize)>::new());
    let ready = Barrier::new(4);
    thread::scope(|scope| {
        for number in 0..4 {
            let (ready, answers, mut dice) = (&ready, &answers, seed << 8 | number);
            scope.spawn(move || {
                ready.wait();
                for _ in 0..40 {
                    let one = &mix[draw(&mut dice, mix.len())];
                    let is_accepted = match draw(&mut dice, 2) {
                        0 => head.apply(one).is_ok(),
                        _ => match head.submit(one.clone()).now_or_never() {
                            Some(answer) => answer.is_ok(),
                            // It is stored later, or waits: its end shows in the events.
                            None => continue,
                        },
                    };
                    let mut answers = answers.lock().unwrap();
                    let (accepted, refused) = answers.entry(one.id()).or_default();
                    *(if is_accepted { accepted } else { refused }) += 1;
                    drop(answers);
                    if draw(&mut dice, 10) == 0 {
                        head.advance(seconds(1)).unwrap();
                    }
                }
            });
        }
    });
    // Whatever waits is taken up.
    head.advance(seconds(100)).unwrap();
    answers.into_inner().unwrap()
}

/// Does one by one what the events of a head say, and compares.
#[track_caller]
fn check_order(
    head: &EmbeddedHead,
    mix: &[SignedTransaction],
    answers: &BTreeMap<TransactionId, (usize, usize)>,
) {
    let fresh = EmbeddedHead::open(settings(), purses(PURSES), start()).unwrap();
    let named: BTreeMap<TransactionId, &SignedTransaction> = mix.iter().map(|one| (one.id(), one)).collect();
    let (mut seen, mut snapshots) = (BTreeMap::<TransactionId, (usize, usize)>::new(), 0);
    for event in past(head, 0) {
        let now = block_on(fresh.now()).unwrap().time;
        fresh.advance(event.time.since(now)).unwrap();
        match event.event {
            Event::TxValid { transaction } => {
                fresh.apply(named[&transaction]).unwrap();
                seen.entry(transaction).or_default().0 += 1;
            }
            Event::TxInvalid { transaction, reason } => {
                let expected = Err(SubmitError::Invalid { transaction, reason });
                assert_eq!(fresh.apply(named[&transaction]), expected);
                seen.entry(transaction).or_default().1 += 1;
            }
            Event::SnapshotConfirmed { number, .. } => {
                snapshots += 1;
                assert_eq!(number.to_number(), snapshots);
            }
        }
    }
    assert_eq!(utxos(&fresh), utxos(head));
    assert!(seen.values().all(|(accepted, _)| *accepted <= 1));
    for (id, (accepted, refused)) in answers {
        let (seen_accepted, seen_refused) = seen[id];
        assert!(*accepted <= seen_accepted && *refused <= seen_refused);
    }
    let accepted = seen.values().filter(|(accepted, _)| *accepted > 0).count();
    assert!(accepted > 4 && accepted < seen.len(), "{accepted} of {}", seen.len());
}

#[test]
fn what_threads_do_at_once_has_an_order() {
    let mix = mix();
    let options = HeadOptions::default().longest_wait(seconds(5));
    for seed in 0..12 {
        let head = EmbeddedHead::open_with(settings(), purses(PURSES), start(), &options).unwrap();
        let answers = submit_at_once(&head, &mix, seed);
        check_order(&head, &mix, &answers);
    }
}

#[test]
fn it_has_an_order_on_disk_too() {
    let mix = mix();
    for (seed, durability) in
        [Durability::EachTransaction, Durability::grouped(), Durability::Unsynced].into_iter().enumerate()
    {
        let disk = Disk::new();
        let options = HeadOptions::default().longest_wait(seconds(5)).durability(durability);
        let head = create_on(&disk, purses(PURSES), &options);
        let answers = submit_at_once(&head, &mix, seed as u64);
        check_order(&head, &mix, &answers);
        let left = utxos(&head);
        drop(head);
        assert_eq!(utxos(&open_on(&disk.after_a_kill()).unwrap()), left);
    }
}
