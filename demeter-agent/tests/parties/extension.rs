//! A lease that its operator agrees to extend.

use demeter_agent::application::{Renewal, Wish};
use demeter_agent::cosign::{CoSigner as _, Exchange, Extensions};
use demeter_core::Span;

use demeter_core::limits::FEE_ADA;
use demeter_tx::market::Plan;
use futures_executor::block_on;

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
    let mut operator = Seated::new(&ground, ground.operator(0, 400_000), 10, &exchange);
    let before = ground.purse(APPLICATION);
    let confirmed = play_until(&ground, &mut [&mut application, &mut operator], 9_000);
    assert_eq!(application.said(), ["proposed extends"]);
    assert_eq!(operator.said(), ["signed agrees", "confirmed"]);
    // One bid, and eleven periods in one lease: six at first, and what was left to the end of the order.
    assert_eq!(confirmed[0].iter().filter(|name| **name == "place").count(), 1, "{confirmed:?}");
    assert!(ground.leases().is_empty() && ground.view().bids().next().is_none());
    let kept = ground.view().operator(count(0)).unwrap().state.reputation.fulfilled.to_units();
    assert_eq!(kept % 66_667, 0);
    let periods = kept / 66_667;
    assert_eq!(periods, 11);
    let paid = before - ground.purse(APPLICATION);
    // The price and one percent of it; and the ada with which each of the two fees stands in an output.
    let price = periods * 66_667;
    let treasury = block_on(ground.sandbox.funds(ground.sandbox.treasury())).unwrap().utxos;
    let fees: u64 = treasury.values().map(|output| output.value().lovelace().to_units()).sum();
    assert_eq!(paid, price + fees);
    let ada = fees - price / 100;
    assert!(treasury.len() == 2 && FEE_ADA.to_units() < ada && ada < 2 * FEE_ADA.to_units(), "{ada}");
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

#[test]
fn an_owner_agrees_to_extensions_of_its_own_leases_alone() {
    let ground = Ground::with_operators(2);
    let application = ground.application([ground.order("web", wish(&ground), 2 * 3_600)]);
    let mut application = ground.drive(application, APPLICATION);
    let mut operator = ground.run_operator(0, 400_000);
    play_until(&ground, &mut [&mut application, &mut operator], 1_000);
    let view = ground.view();
    let (grid, now) = (view.grid().unwrap().reference, ground.now());
    let slot = |operator| view.slot(slot_name(operator, 0)).unwrap().reference;
    let ends = ground.leases()[0].1.end().unwrap();
    let asked = |owner, horizon, plan: Plan| {
        let consumed: Vec<_> = plan.consumed().collect();
        let answer = Extensions { owner, horizon }.assent(plan.transition(), &consumed, &view, now);
        answer.map_or_else(|no| no.code(), |yes| yes.code())
    };
    let extend = |operator| Plan::extend(slot(operator), grid, count(2));
    // Two periods more end twenty minutes later.
    let just = ends.after(seconds(1_200)).unwrap().since(now);
    let short = Span::from_milliseconds(just.to_milliseconds() - 1).unwrap();
    assert_eq!(asked(hash(10), just, extend(0)), "agrees");
    assert_eq!(asked(hash(10), short, extend(0)), "too_far_ahead");
    assert_eq!(asked(hash(11), just, extend(0)), "not_our_lease");
    assert_eq!(asked(hash(11), just, extend(1)), "not_our_lease");
    assert_eq!(asked(hash(10), just, Plan::close(slot(0))), "not_an_extension");
}
