//! Two instances of one application, and bids that are there twice.

use std::sync::Arc;

use demeter_agent::KeyRing;
use demeter_agent::driver::Driver;
use demeter_core::Terms;
use demeter_tx::head::Head;
use futures_executor::block_on;
use futures_util::future::join;

use super::head::SlowHead;
use super::stage::*;

#[test]
fn two_instances_at_once_place_one_bid_and_get_one_lease() {
    let ground = Ground::with_operators(2);
    let order = || ground.order("web", ground.wish(), 3 * 3_600);
    let mut one = ground.drive(ground.application([order()]), APPLICATION);
    let mut twin = ground.drive(ground.application([order()]), APPLICATION);
    let (mut cheap, mut dear) = (ground.run_operator(0, 400_000), ground.run_operator(1, 500_000));
    let before = ground.purse(APPLICATION);
    for moment in (0..=3 * 3_600 + 600).step_by(120) {
        play_until(&ground, &mut [&mut one, &mut twin, &mut cheap, &mut dear], moment);
        assert!(ground.view().bids().count() <= 1 && ground.leases().len() <= 2, "after {moment} seconds");
    }
    assert!(ground.leases().is_empty() && ground.view().bids().next().is_none());
    // Alone, it pays as much.
    let alone = Ground::with_operators(2);
    let mut application =
        alone.drive(alone.application([alone.order("web", alone.wish(), 3 * 3_600)]), APPLICATION);
    let (mut cheap, mut dear) = (alone.run_operator(0, 400_000), alone.run_operator(1, 500_000));
    for moment in (0..=3 * 3_600 + 600).step_by(120) {
        play_until(&alone, &mut [&mut application, &mut cheap, &mut dear], moment);
    }
    assert_eq!(before - ground.purse(APPLICATION), before - alone.purse(APPLICATION));
}

#[test]
fn two_instances_that_act_in_the_same_moment_place_one_bid_and_get_one_lease() {
    let ground = Ground::with_operators(2);
    let (mut cheap, mut dear) = (ground.run_operator(0, 400_000), ground.run_operator(1, 500_000));
    let head = SlowHead::new(ground.sandbox.head());
    let twin = || async {
        let application = ground.application([ground.order("web", ground.wish(), 2 * 3_600)]);
        let keys = KeyRing::new().with(key(APPLICATION));
        let (head, contract): (Arc<dyn Head>, _) = (head.clone(), ground.sandbox.contract());
        let options = ground.sandbox.driver_options();
        Driver::open(head, contract, ground.sandbox.grid(), application, keys, options).await.unwrap()
    };
    let (mut one, mut other) = (block_on(twin()), block_on(twin()));
    // How often one was overtaken by the other.
    let mut overtaken = 0;
    for moment in (0..=2 * 3_600 + 600).step_by(60) {
        ground.wait_until(moment);
        let rounds = block_on(join(one.settle(32), other.settle(32)));
        for report in rounds.0.unwrap().reports.iter().chain(&rounds.1.unwrap().reports) {
            overtaken += usize::from(!report.outcome.is_confirmed());
        }
        play_until(&ground, &mut [&mut cheap, &mut dear], moment);
        assert!(ground.view().bids().count() <= 1 && ground.leases().len() <= 2, "after {moment} seconds");
    }
    assert!(overtaken > 0, "they never met");
    assert!(ground.leases().is_empty() && ground.view().bids().next().is_none());
}

/// The terms of the bid that stands.
fn standing(ground: &Ground) -> Terms {
    ground.view().bids().next().unwrap().terms().clone()
}

#[test]
fn a_second_bid_is_taken_back_before_it_opens() {
    let ground = Ground::with_operators(1);
    let order = ground.order("web", ground.wish(), 7_200);
    let mut application = ground.drive(ground.application([order]), APPLICATION);
    play_until(&ground, &mut [&mut application], 10);
    block_on(ground.sandbox.place(&key(APPLICATION), &standing(&ground))).unwrap();
    assert_eq!(ground.view().bids().count(), 2);
    let confirmed = play_until(&ground, &mut [&mut application], 20);
    assert_eq!(confirmed[0], ["cancel"]);
    assert_eq!(ground.view().bids().count(), 1);
}

#[test]
fn a_second_lease_is_closed() {
    let ground = Ground::with_operators(2);
    let order = ground.order("web", ground.wish(), 7_200);
    let mut application = ground.drive(ground.application([order]), APPLICATION);
    let (mut one, mut other) = (ground.run_operator(0, 400_000), ground.run_operator(1, 500_000));
    play_until(&ground, &mut [&mut application], 10);
    // It comes when the auction is on, so that it cannot be taken back.
    ground.wait_until(61);
    block_on(ground.sandbox.place(&key(APPLICATION), &standing(&ground))).unwrap();
    let confirmed = play_until(&ground, &mut [&mut application, &mut one, &mut other], 1_200);
    let leases = ground.leases();
    let surplus = confirmed[0].iter().filter(|name| ["cancel", "close"].contains(*name)).count();
    assert_eq!((leases.len(), surplus), (1, 1), "{confirmed:?}");
    assert!(ground.view().bids().next().is_none());
}
