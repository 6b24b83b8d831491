//! A lease that its operator agrees to extend.

use demeter_agent::application::{Renewal, Wish};
use demeter_agent::cosign::{Exchange, Extensions};

use super::stage::*;

/// An order for four hours with leases of one, whose extension is asked for half an hour before they end.
fn wish(ground: &Ground) -> Wish {
    Wish { renewal: Renewal::Extend { before: seconds(1_800) }, ..ground.wish() }
}

#[test]
fn a_lease_is_extended_when_its_operator_agrees() {
    let ground = Ground::with_operators(1);
    let exchange = Exchange::default();
    let application = ground.application([ground.order("web", wish(&ground), 2 * 3_600)]);
    let mut application = Seated::new(&ground, application, APPLICATION, &exchange);
    let mut operator = ground.run_operator(0, 400_000);
    let horizon = seconds(86_400);
    let mut owner = AtDesk::new(&ground, Extensions { owner: hash(10), horizon }, 10, &exchange);
    let before = ground.purse(APPLICATION);
    let confirmed = play_until(&ground, &mut [&mut application, &mut operator, &mut owner], 9_000);
    assert_eq!(application.said()[0], "proposed extends");
    assert_eq!(owner.said()[..2], ["signed agrees", "confirmed"]);
    assert_eq!(confirmed[2], ["cosigned"]);
    // One bid, and eleven periods in one lease: six at first, and what was left to the end of the order.
    assert_eq!(confirmed[0].iter().filter(|name| **name == "place").count(), 1, "{confirmed:?}");
    assert!(ground.leases().is_empty() && ground.view().bids().next().is_none());
    let kept = ground.view().operator(count(0)).unwrap().state.reputation.fulfilled.to_units();
    assert_eq!(kept % 66_667, 0);
    let periods = kept / 66_667;
    assert_eq!(periods, 11);
    let paid = before - ground.purse(APPLICATION);
    let price = periods * 66_667;
    assert_eq!(paid, price + price / 100 + demeter_core::limits::FEE_ADA.to_units() + top_up(&ground));
}

/// What the payer of an extension adds so that the fee can stand in an output.
fn top_up(ground: &Ground) -> u64 {
    let treasury = demeter_tx::keys::Signer::key_hash(&key(0));
    assert_ne!(ground.sandbox.treasury(), demeter_core::Address::of_key(treasury));
    let funds = futures_executor::block_on(ground.sandbox.funds(ground.sandbox.treasury())).unwrap();
    let held: u64 = funds.utxos.values().map(|output| output.value().lovelace().to_units()).sum();
    let fees = 11 * 66_667 / 100;
    held - fees - demeter_core::limits::FEE_ADA.to_units()
}

#[test]
fn an_operator_that_does_not_agree_is_followed_by_another_lease() {
    let ground = Ground::with_operators(2);
    let exchange = Exchange::default();
    let application = ground.application([ground.order("web", wish(&ground), 2 * 3_600)]);
    let mut application = Seated::new(&ground, application, APPLICATION, &exchange);
    let (mut one, mut other) = (ground.run_operator(0, 400_000), ground.run_operator(1, 500_000));
    // It lets no lease end more than a minute ahead.
    let horizon = seconds(60);
    let mut owner = AtDesk::new(&ground, Extensions { owner: hash(10), horizon }, 10, &exchange);
    let parties: &mut [&mut dyn Plays] = &mut [&mut application, &mut one, &mut other, &mut owner];
    let confirmed = play_until(&ground, parties, 9_000);
    assert!(owner.said().iter().all(|said| said == "not wanted too_far_ahead"), "{:?}", owner.said());
    assert!(!owner.entries.is_empty());
    assert_eq!(confirmed[0].iter().filter(|name| **name == "place").count(), 2, "{confirmed:?}");
    assert!(ground.leases().is_empty() && ground.view().bids().next().is_none());
}
