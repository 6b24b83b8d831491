//! Others whose transactions come first.

use std::sync::Arc;

use demeter_agent::driver::{Deferral, Deferred, Driver, Outcome};
use demeter_agent::operator::{LeaseName, Operator, Reason};
use demeter_agent::{Decision, Reason as AnyReason};
use demeter_core::{Method, Ppm, Span, Stage, Time};
use demeter_tx::head::Head as _;
use demeter_tx::keys::Signer as _;
use demeter_tx::market::{Declaration, Plan, SlotRange};
use demeter_tx::{SignedTransaction, Slot};
use futures_executor::block_on;

use super::head::SlowHead;
use super::stage::*;

/// A transaction of the operator with this number, signed and not submitted.
fn prepared(ground: &Ground, number: u8, plan: Plan) -> SignedTransaction {
    let key = key(10 + number);
    let from = block_on(ground.sandbox.head().now()).unwrap().slot;
    let range = SlotRange { from, before: Slot::from_number(from.to_number() + 60) };
    let utxos = block_on(ground.sandbox.utxos()).unwrap();
    let funds = block_on(ground.sandbox.funds(address(&key))).unwrap();
    let plan = plan.within(range).signed_by(key.key_hash());
    let mut transaction = ground.sandbox.composer().compose(&plan, &utxos, &funds).unwrap();
    block_on(transaction.sign(&key)).unwrap();
    transaction.finish().unwrap()
}

fn take(ground: &Ground, number: u8) -> Plan {
    let view = ground.view();
    let bid = view.open_bids().next().unwrap();
    let slot = ground.slot(number.into(), 0);
    let biddable = view.biddable(count(number.into()), ground.now()).unwrap();
    biddable.plan(bid, &slot, bid.terms().price.ceiling, bid.required())
}

/// The driver of the first operator over a head on which others come first.
fn driver_on(ground: &Ground, head: &Arc<SlowHead>) -> Driver<Operator> {
    let (operator, options) = (ground.operator(0, 300_000), ground.sandbox.driver_options());
    ground.drive_on(head.clone(), operator, key(10), options)
}

fn cheapest() -> Method {
    Method::auction(Ppm::ONE, Ppm::ZERO, Ppm::ZERO)
}

#[test]
fn whoever_comes_second_notices_and_turns_to_other_bids() {
    let ground = Ground::with_operators(2);
    let draft = ground.terms(1, Method::race(Span::ZERO));
    let mut lesser = draft.clone();
    (lesser.nonce, lesser.price.ceiling) = (count(2), amount(900_000));
    let terms = ground.place(draft);
    ground.wait_until(terms.window.opens);
    let head = SlowHead::new(ground.sandbox.head());
    let mut driver = driver_on(&ground, &head);
    head.first(prepared(&ground, 1, take(&ground, 1)));
    // The lesser bid comes up while the agent goes for the better one.
    ground.place(lesser);

    let round = settle(&mut driver);
    assert_eq!(done(&round), [("take", "stale"), ("take", "confirmed")]);
    assert!(matches!(&round.reports[0].outcome, Outcome::Stale { .. }));
    // Its first slot was meant for the one it lost.
    assert_eq!(ground.stages(0), ["idle", "leased"]);
    assert_eq!(ground.stages(1), ["leased", "idle"]);
}

#[test]
fn a_record_that_changes_under_an_answer_costs_one_more_try() {
    let ground = Ground::with_operators(1);
    let terms = ground.place(ground.terms(1, cheapest()));
    ground.wait_until(terms.window.opens);
    let head = SlowHead::new(ground.sandbox.head());
    let mut driver = driver_on(&ground, &head);
    let record = ground.view().operator(count(0)).unwrap().clone();
    let declaration =
        Declaration { endpoint: "https://elsewhere.example".into(), ..Declaration::of(&record.state) };
    head.first(prepared(&ground, 0, Plan::update(record.reference, declaration)));
    assert_eq!(done(&settle(&mut driver)), [("offer", "stale"), ("offer", "confirmed")]);
}

#[test]
fn what_an_action_before_it_overtook_is_done_in_the_next_round() {
    let ground = Ground::with_operators(1);
    let terms = ground.place(ground.terms(1, Method::race(Span::ZERO)));
    ground.place(ground.terms(2, Method::race(Span::ZERO)));
    ground.wait_until(terms.window.opens);
    let mut driver = ground.driver(0, 300_000);
    assert_eq!(done(&settle(&mut driver)), [("take", "confirmed"), ("take", "confirmed")]);
    for index in [0, 1] {
        let slot = ground.slot(0, index);
        let Stage::Leased(lease) = &slot.state.stage else { panic!("{slot:?}") };
        let name = LeaseName { slot: count(index), start: lease.start };
        driver.agent_mut().orders_mut().resign.insert(name);
    }
    let step = |driver: &mut Driver<Operator>| block_on(driver.step()).unwrap();
    assert_eq!(done(&step(&mut driver)), [("resign", "confirmed"), ("resign", "confirmed")]);
    // Both reports are to change the record.
    let round = step(&mut driver);
    assert_eq!(done(&round), [("report", "confirmed")]);
    assert!(matches!(&round.deferred[..], [Deferred { deferral: Deferral::Overtaken, .. }]));
    assert!(round.made_progress());
    let round = step(&mut driver);
    assert_eq!((done(&round), round.deferred), (vec![("report", "confirmed")], vec![]));
}

#[test]
fn a_better_offer_is_left_the_lead_but_not_for_ever() {
    let ground = Ground::with_operators(2);
    let terms = ground.place(ground.terms(1, cheapest()));
    let (mut better, mut worse) = (ground.driver(0, 300_000), ground.driver(1, 400_000));
    ground.wait_until(terms.window.opens);
    assert_eq!(done(&settle(&mut better)), [("offer", "confirmed")]);
    assert_eq!(done(&settle(&mut worse)), [("offer", "confirmed")]);
    drop(better); // It sleeps through its lead.
    ground.wait_until(terms.window.closes);
    let round = settle(&mut worse);
    let until = terms.window.settles.to_milliseconds() - 180_000;
    let until = Time::from_milliseconds(until).unwrap();
    let waits = AnyReason::Operator(Reason::BetterOffer { until });
    assert!(matches!(&round.passed[..], [Decision { reason, .. }] if *reason == waits), "{:?}", round.passed);
    assert_eq!(round.next_wake, Some(until));

    ground.wait_until(until);
    let round = settle(&mut worse);
    assert_eq!(done(&round), [("lead", "confirmed")]);
    assert_eq!(round.reports[0].reason, AnyReason::Operator(Reason::LeadsForLack { better: 1 }));
    // Who wakes in time still wins.
    let mut better = ground.driver(0, 300_000);
    assert_eq!(done(&settle(&mut better)), [("lead", "confirmed")]);
    // What it put at stake is free at once.
    assert_eq!(done(&settle(&mut worse)), [("collect", "confirmed")]);
    ground.wait_until(terms.window.settles);
    assert_eq!(done(&settle(&mut better)), [("award", "confirmed")]);
    assert!(matches!(ground.slot(0, 0).state.stage, Stage::Leased(_)));
}
