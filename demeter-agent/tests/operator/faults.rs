//! Heads on which something goes wrong.

use std::future::Future as _;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use demeter_agent::driver::{Deferral, Deferred, Driver, Outcome, Round};
use demeter_agent::operator::Operator;
use demeter_core::{Method, Span, Time};
use futures_executor::block_on;

use super::head::{Fault, SlowHead};
use super::stage::*;

/// An operator that may take a race, and a head with which the first attempt goes wrong.
fn faulty(fault: Fault) -> (Ground, Arc<SlowHead>, Driver<Operator>) {
    let ground = Ground::with_operators(1);
    let terms = ground.place(ground.terms(1, Method::race(Span::ZERO)));
    ground.wait_until(terms.window.opens);
    let head = SlowHead::new(ground.sandbox.head());
    head.fault(fault);
    let mut options = ground.sandbox.driver_options();
    if matches!(fault, Fault::Lost | Fault::Silent) {
        // A head in this process answers at once or never, if it is not kept from it for a second.
        options.patience = Duration::from_secs(1);
    }
    let driver = ground.drive_on(head.clone(), ground.operator(0, 300_000), key(10), options);
    (ground, head, driver)
}

fn deferrals(round: &Round) -> Vec<Deferral> {
    round.deferred.iter().map(|Deferred { deferral, .. }| *deferral).collect()
}

fn step(driver: &mut Driver<Operator>) -> Round {
    block_on(driver.step()).unwrap()
}

/// Until when the only report's transaction may still become valid, and that it is left alone until then.
fn in_flight(ground: &Ground, head: &SlowHead, driver: &mut Driver<Operator>, round: &Round) -> Time {
    let until = ground.after(60);
    assert_eq!(round.next_wake, Some(until));
    ground.wait(59);
    let again = step(driver);
    assert_eq!(done(&again), []);
    assert_eq!(deferrals(&again), [Deferral::InFlight { until }]);
    assert_eq!(again.next_wake, Some(until));
    assert_eq!(head.submitted(), 1);
    until
}

#[test]
fn what_is_lost_is_tried_again_once_it_cannot_come_back() {
    let (ground, head, mut driver) = faulty(Fault::Lost);
    let round = step(&mut driver);
    assert_eq!(done(&round), [("take", "in_flight")]);
    let until = in_flight(&ground, &head, &mut driver, &round);
    let Outcome::InFlight { expires, .. } = round.reports[0].outcome else { panic!("{round:?}") };
    assert_eq!(expires, until);
    ground.wait_until(until);
    assert_eq!(done(&step(&mut driver)), [("take", "confirmed")]);
}

#[test]
fn what_may_have_been_submitted_is_not_submitted_twice() {
    let (ground, head, mut driver) = faulty(Fault::Unreachable);
    let round = step(&mut driver);
    assert_eq!(done(&round), [("take", "unknown")]);
    let until = in_flight(&ground, &head, &mut driver, &round);
    ground.wait_until(until);
    assert_eq!(done(&step(&mut driver)), [("take", "confirmed")]);
}

#[test]
fn what_became_final_unnoticed_is_seen_on_the_head() {
    let (ground, head, mut driver) = faulty(Fault::Silent);
    assert_eq!(done(&step(&mut driver)), [("take", "in_flight")]);
    assert_eq!(ground.stages(0), ["leased", "idle"]);
    let round = step(&mut driver);
    assert_eq!((done(&round), deferrals(&round)), (vec![], vec![]));
    assert_eq!(head.submitted(), 1);
}

#[test]
fn what_is_refused_rests_longer_each_time() {
    let (ground, head, mut driver) = faulty(Fault::Invalid);
    head.fault(Fault::Invalid);
    let round = step(&mut driver);
    assert_eq!(done(&round), [("take", "rejected")]);
    assert!(round.reports[0].outcome.to_string().ends_with("invalid: it is Sunday"));
    for rest in [20, 40] {
        let until = ground.after(rest);
        let round = step(&mut driver);
        assert!(round.passed[0].to_string().ends_with(&format!("left alone until {until}")));
        assert_eq!((done(&round), round.next_wake), (vec![], Some(until)));
        ground.wait_until(until);
        let expected = if rest == 20 { "rejected" } else { "confirmed" };
        assert_eq!(done(&step(&mut driver)), [("take", expected)]);
    }
}

#[test]
fn what_is_refused_holds_up_nothing_else() {
    let (ground, head, mut driver) = faulty(Fault::Invalid);
    // A lesser bid for all that the cluster has, for which there is no room beside the better one.
    let mut lesser = ground.terms(2, Method::race(Span::ZERO));
    lesser.window.opens = ground.now();
    lesser.price.ceiling = amount(999_999);
    lesser.request.needs[0].required = lesser.request.needs[0].preferred;
    lesser.request.needs[1].required = demeter_core::Quantity::from_units(8_000).unwrap();
    lesser.request.needs[1].preferred = lesser.request.needs[1].required;
    ground.place(lesser);
    assert_eq!(done(&step(&mut driver)), [("take", "rejected")]);
    assert_eq!(done(&step(&mut driver)), [("take", "confirmed")]);
    assert_eq!(ground.stages(0), ["leased", "idle"]);
    assert_eq!(head.submitted(), 2);
}

#[test]
fn what_is_confirmed_before_it_is_told_of_is_not_submitted_again() {
    let ground = Ground::with_operators(1);
    let terms = ground.place(ground.terms(1, Method::race(Span::ZERO)));
    ground.wait_until(terms.window.opens);
    let head = SlowHead::new(ground.sandbox.head());
    let options = ground.sandbox.driver_options();
    let mut driver = ground.drive_on(head.clone(), ground.operator(0, 300_000), key(10), options);
    head.silent(true);
    assert_eq!(done(&step(&mut driver)), [("take", "confirmed")]);
    let until = ground.after(60);
    assert_eq!(deferrals(&step(&mut driver)), [Deferral::InFlight { until }]);
    head.silent(false);
    let round = step(&mut driver);
    assert_eq!((done(&round), deferrals(&round)), (vec![], vec![]));
    assert_eq!(head.submitted(), 1);
}

#[test]
fn what_time_overtakes_is_tried_anew_at_once() {
    let (ground, _, mut driver) = faulty(Fault::Late);
    let round = settle(&mut driver);
    assert_eq!(done(&round), [("take", "expired"), ("take", "confirmed")]);
    let told = round.reports[0].to_string();
    assert!(told.starts_with("take (it fits, for 300000 a period): the validity of transaction "), "{told}");
    assert!(told.ends_with(" ended before the head took it up"), "{told}");
    assert_eq!(ground.stages(0), ["leased", "idle"]);
}

#[test]
fn what_was_done_before_the_head_was_lost_is_told_of() {
    let (ground, _, mut driver) = faulty(Fault::Last);
    let mut another = ground.terms(2, Method::race(Span::ZERO));
    another.window.opens = ground.now();
    ground.place(another);
    assert_eq!(done(&step(&mut driver)), [("take", "confirmed")]);
    let lost = block_on(driver.step()).unwrap_err();
    assert_eq!(lost.to_string(), "the head is not reachable: no route");
    assert_eq!(done(&step(&mut driver)), [("take", "confirmed")]);
}

#[test]
fn a_step_that_is_dropped_while_it_waits_is_not_forgotten() {
    let (ground, head, mut driver) = faulty(Fault::Lost);
    {
        let mut step = pin!(driver.step());
        let mut context = Context::from_waker(Waker::noop());
        while head.submitted() == 0 {
            assert!(step.as_mut().poll(&mut context).is_pending());
        }
    }
    let until = ground.after(60);
    let round = step(&mut driver);
    assert_eq!((done(&round), deferrals(&round)), (vec![], vec![Deferral::InFlight { until }]));
    ground.wait_until(until);
    assert_eq!(done(&step(&mut driver)), [("take", "confirmed")]);
}
