//! Others whose transactions come first.

use demeter_agent::operator::Reason;
use demeter_agent::{Decision, KeyRing, Reason as AnyReason};
use demeter_agent::driver::{Driver, Outcome};
use demeter_core::{Method, Span, Stage};
use demeter_tx::head::Head as _;
use demeter_tx::market::{Plan, SlotRange};
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
    let plan = plan.within(range).signed_by(demeter_tx::keys::Signer::key_hash(&key));
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

fn driver_on(ground: &Ground, head: std::sync::Arc<SlowHead>, price: u64) -> Driver<demeter_agent::operator::Operator> {
    let (contract, grid) = (ground.sandbox.contract(), ground.sandbox.grid());
    let (operator, keys) = (ground.operator(0, price), KeyRing::new().with(key(10)));
    block_on(Driver::open(head, contract, grid, operator, keys, ground.sandbox.driver_options())).unwrap()
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
    let mut driver = driver_on(&ground, head.clone(), 300_000);
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
    let terms = ground.place(ground.terms(1, Method::auction(demeter_core::Ppm::ONE, demeter_core::Ppm::ZERO, demeter_core::Ppm::ZERO)));
    ground.wait_until(terms.window.opens);
    let head = SlowHead::new(ground.sandbox.head());
    let mut driver = driver_on(&ground, head.clone(), 300_000);
    let record = ground.view().operator(count(0)).unwrap().clone();
    let declaration = demeter_tx::market::Declaration { endpoint: "https://elsewhere.example".into(), ..demeter_tx::market::Declaration::of(&record.state) };
    head.first(prepared(&ground, 0, Plan::update(record.reference, declaration)));
    assert_eq!(done(&settle(&mut driver)), [("offer", "stale"), ("offer", "confirmed")]);
}

#[test]
fn a_better_offer_is_left_the_lead_but_not_for_ever() {
    let ground = Ground::with_operators(2);
    let terms = ground.place(ground.terms(1, Method::auction(demeter_core::Ppm::ONE, demeter_core::Ppm::ZERO, demeter_core::Ppm::ZERO)));
    let (mut better, mut worse) = (ground.driver(0, 300_000), ground.driver(1, 400_000));
    ground.wait_until(terms.window.opens);
    assert_eq!(done(&settle(&mut better)), [("offer", "confirmed")]);
    assert_eq!(done(&settle(&mut worse)), [("offer", "confirmed")]);
    drop(better); // It sleeps through its lead.
    ground.wait_until(terms.window.closes);
    let round = settle(&mut worse);
    let until = terms.window.settles.to_milliseconds() - 180_000;
    let until = demeter_core::Time::from_milliseconds(until).unwrap();
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
