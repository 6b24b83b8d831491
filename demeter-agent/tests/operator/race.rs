//! Races: who may come when, and for how much.

use demeter_agent::operator::{Policy, RacePrice, Reason};
use demeter_agent::{Decision, Reason as AnyReason};
use demeter_core::{Method, Stage};
use futures_executor::block_on;

use super::stage::*;

fn reason_of(decisions: &[Decision]) -> Reason {
    match decisions {
        [Decision { action: None, reason: AnyReason::Operator(reason), .. }] => reason.clone(),
        other => panic!("one reason is wanted, found {other:?}"),
    }
}

#[test]
fn the_first_whose_price_is_reached_takes_it() {
    let ground = Ground::with_operators(2);
    // From 100,000 to 1,000,000 within 900 seconds: 1,000 more each second.
    let mut draft = ground.terms(1, Method::race(seconds(900)));
    draft.window.closes = draft.window.opens.after(seconds(1_200)).unwrap();
    draft.window.settles = draft.window.closes.after(seconds(300)).unwrap();
    let terms = ground.place(draft);
    let mut drivers = [ground.driver(0, 400_000), ground.driver(1, 300_000)];
    assert_eq!(reason_of(&settle(&mut drivers[0]).passed), Reason::NotOpenYet { opens: terms.window.opens });
    ground.wait_until(terms.window.opens);
    let at = terms.window.opens.after(seconds(200)).unwrap();
    let price = amount(300_000);
    let round = settle(&mut drivers[1]);
    assert_eq!(reason_of(&round.passed), Reason::BelowPrice { price, at });
    assert_eq!(round.next_wake, Some(at));

    let confirmed = drive_until(&ground, &mut drivers, terms.window.closes);
    assert_eq!(confirmed, [&[][..], &["take"]]);
    let slot = ground.slot(1, 0);
    let Stage::Leased(lease) = &slot.state.stage else { panic!("{slot:?}") };
    assert_eq!(lease.price, price);
    // A minute of validity is the most that it gives away.
    assert!(lease.start.since(at) <= seconds(62), "{}", lease.start);
}

#[test]
fn whoever_wants_most_names_the_highest_price_there_is() {
    let ground = Ground::with_operators(1);
    let terms = ground.place(ground.terms(1, Method::race(demeter_core::Span::ZERO)));
    let mut policy = Policy::default();
    policy.race_price = RacePrice::Highest;
    let mut driver = ground.drive(ground.operator(0, 300_000).with_policy(policy), key(10));
    ground.wait_until(terms.window.opens);
    assert_eq!(done(&settle(&mut driver)), [("take", "confirmed")]);
    let slot = ground.slot(0, 0);
    let Stage::Leased(lease) = &slot.state.stage else { panic!("{slot:?}") };
    assert_eq!(lease.price, terms.price.ceiling);
}

#[test]
fn a_price_that_is_never_reached_is_not_waited_for() {
    let ground = Ground::with_operators(1);
    let terms = ground.place(ground.terms(1, Method::race(seconds(86_400))));
    let mut driver = ground.driver(0, 300_000);
    ground.wait_until(terms.window.opens);
    let round = block_on(driver.step()).unwrap();
    let (price, closes) = (amount(300_000), terms.window.closes);
    assert_eq!(reason_of(&round.passed), Reason::NeverItsPrice { price, closes });
    assert_eq!(round.next_wake, None);
}

#[test]
fn a_bid_that_closes_within_the_slot_is_too_late() {
    let ground = Ground::with_operators(1);
    let mut draft = ground.terms(1, Method::race(demeter_core::Span::ZERO));
    let half = demeter_core::Span::from_milliseconds(500).unwrap();
    draft.window.closes = draft.window.closes.after(half).unwrap();
    let terms = ground.place(draft);
    let mut driver = ground.driver(0, 300_000);
    ground.wait_until(terms.window.closes);
    assert_eq!(done(&settle(&mut driver)), [("take", "out_of_time")]);
}
