//! What an order goes through: served to its end, raised, served by another.

use demeter_agent::application::{Campaign, Prices, Renewal, Wish};
use demeter_agent::operator;
use demeter_core::limits::FEE_ADA;
use demeter_core::{Method, Span, Stage};

use super::stage::*;

#[test]
fn an_order_is_placed_answered_awarded_and_served_to_its_end() {
    let ground = Ground::with_operators(2);
    let order = ground.order("web", ground.wish(), 3_600 + 480);
    let mut application = ground.drive(ground.application([order]), APPLICATION);
    let before = ground.purse(APPLICATION);
    // 400,000 an hour are 66,667 for ten minutes.
    let mut cheap = ground.run_operator(0, 400_000);
    let mut dear = ground.run_operator(1, 500_000);
    let confirmed = play_until(&ground, &mut [&mut application, &mut cheap, &mut dear], 2 * 3_600);
    assert_eq!(confirmed[0][0], "place");
    let awards = |who: usize| confirmed[who].iter().filter(|name| **name == "award").count();
    assert_eq!(awards(0) + awards(1) + awards(2), 1, "{confirmed:?}");
    assert!(confirmed[0].iter().all(|name| ["place", "award", "tidy"].contains(name)), "{:?}", confirmed[0]);
    assert!(confirmed[1].contains(&"complete"), "{:?}", confirmed[1]);
    assert!(ground.leases().is_empty() && ground.view().bids().next().is_none());
    // It has paid six periods and the fee on them, and nothing else.
    let price = 6 * 66_667;
    assert_eq!(before - ground.purse(APPLICATION), price + price / 100 + FEE_ADA.to_units());
}

#[test]
fn what_nobody_answers_is_taken_back_and_placed_again_for_more() {
    let ground = Ground::with_operators(1);
    let wish = Wish {
        // 66,667 are asked for: the first bid names 40,000 at most, the second 60,000, the third 80,000.
        prices: Prices::rising(amount(20_000), amount(40_000), amount(80_000)),
        campaign: Campaign { attempts: count(3), rest: Span::ZERO },
        ..ground.wish()
    };
    let mut application = ground.drive(ground.application([ground.order("web", wish, 7_200)]), APPLICATION);
    let mut operator = ground.run_operator(0, 400_000);
    let confirmed = play_until(&ground, &mut [&mut application, &mut operator], 1_600);
    let own: Vec<_> = confirmed[0].iter().filter(|name| **name != "award" && **name != "tidy").collect();
    assert_eq!(own, [&"place", &"cancel", &"place", &"cancel", &"place"]);
    let leases = ground.leases();
    assert_eq!(leases.len(), 1);
    assert_eq!((leases[0].1.price, leases[0].1.periods), (amount(66_667), count(6)));
}

#[test]
fn the_rest_of_an_order_is_served_by_another_when_an_operator_resigns() {
    let ground = Ground::with_operators(2);
    let wish = Wish { most_periods: count(12), ..ground.wish() };
    let mut application = ground.drive(ground.application([ground.order("web", wish, 7_200)]), APPLICATION);
    let (mut cheap, mut dear) = (ground.run_operator(0, 300_000), ground.run_operator(1, 500_000));
    play_until(&ground, &mut [&mut application, &mut cheap, &mut dear], 2_000);
    let leases = ground.leases();
    assert_eq!(leases.iter().map(|(slot, _)| *slot).collect::<Vec<_>>(), [slot_name(0, 0)]);
    let start = leases[0].1.start;
    assert_eq!(leases[0].1.periods, count(11));
    // It gives up and is not there any more.
    let name = operator::LeaseName { slot: count(0), start };
    cheap.agent_mut().orders_mut().resign.insert(name);
    let gone = play_until(&ground, &mut [&mut cheap], 2_001);
    assert!(gone[0].contains(&"resign"), "{gone:?}");
    play_until(&ground, &mut [&mut application, &mut dear], 3_400);
    let leases = ground.leases();
    assert_eq!(leases.iter().map(|(slot, _)| *slot).collect::<Vec<_>>(), [slot_name(1, 0)]);
    let lease = &leases[0].1;
    // As many periods as end before the order does, and no more than fit.
    let left = ground.at(7_200).since(lease.start).to_milliseconds() / 600_000;
    assert!(lease.periods.to_number() <= left + 1 && lease.periods.to_number() >= left, "{lease:?}");
    play_until(&ground, &mut [&mut application, &mut dear], 9_000);
    assert!(ground.leases().is_empty() && ground.view().bids().next().is_none());
}

#[test]
fn an_order_longer_than_a_lease_is_renewed_without_a_gap() {
    let ground = Ground::with_operators(2);
    let wish = Wish { renewal: Renewal::Bid { ahead: count(1) }, ..ground.wish() };
    let mut application =
        ground.drive(ground.application([ground.order("web", wish, 4 * 3_600)]), APPLICATION);
    let (mut one, mut other) = (ground.run_operator(0, 300_000), ground.run_operator(1, 500_000));
    play_until(&ground, &mut [&mut application, &mut one, &mut other], 600);
    let first = ground.leases().remove(0).1.start.since(ground.start).to_milliseconds() / 1000;
    let mut most = 0;
    for moment in (first..4 * 3_600 - 600).step_by(240) {
        play_until(&ground, &mut [&mut application, &mut one, &mut other], moment);
        let now = ground.now();
        let leases = ground.leases();
        let serving =
            leases.iter().filter(|(_, lease)| lease.start <= now && now < lease.end().unwrap()).count();
        assert!(serving > 0, "nothing serves after {moment} seconds: {leases:?}");
        most = most.max(leases.len());
    }
    assert_eq!(most, 2, "the next lease begins before the one before it ends");
}

#[test]
fn an_offer_whose_maker_sleeps_is_led_with() {
    let ground = Ground::with_operators(1);
    let order = ground.order("web", ground.wish(), 7_200);
    let mut application = ground.drive(ground.application([order]), APPLICATION);
    let mut operator = ground.run_operator(0, 400_000);
    play_until(&ground, &mut [&mut application, &mut operator], 150);
    assert!(matches!(ground.view().slot(slot_name(0, 0)).unwrap().state.stage, Stage::Offered(_)));
    // The operator is not seen again. The bid closes after 180 seconds, and its maker has 180 more.
    let confirmed = play_until(&ground, &mut [&mut application], 359);
    assert_eq!(confirmed[0], Vec::<&str>::new());
    let confirmed = play_until(&ground, &mut [&mut application], 600);
    assert_eq!(confirmed[0], ["lead", "award"]);
    assert_eq!(ground.leases().len(), 1);
}

#[test]
fn a_race_is_served_at_once() {
    let ground = Ground::with_operators(1);
    let wish = Wish { method: Method::race(Span::ZERO), ..ground.wish() };
    let mut application = ground.drive(ground.application([ground.order("web", wish, 7_200)]), APPLICATION);
    let mut operator = ground.run_operator(0, 400_000);
    let confirmed = play_until(&ground, &mut [&mut application, &mut operator], 200);
    assert_eq!(confirmed, [vec!["place"], vec!["take"]]);
    assert_eq!(ground.leases().len(), 1);
}

#[test]
fn what_is_stopped_is_closed_and_not_placed_again() {
    let ground = Ground::with_operators(1);
    let order = ground.order("web", ground.wish(), 7_200);
    let mut application = ground.drive(ground.application([order]), APPLICATION);
    let mut operator = ground.run_operator(0, 400_000);
    play_until(&ground, &mut [&mut application, &mut operator], 1_200);
    assert_eq!(ground.leases().len(), 1);
    assert!(application.agent_mut().stop("web"));
    let confirmed = play_until(&ground, &mut [&mut application, &mut operator], 2_400);
    assert!(confirmed[0].contains(&"close"), "{confirmed:?}");
    assert!(ground.leases().is_empty() && ground.view().bids().next().is_none());
    let record = ground.view().operator(count(0)).unwrap().state.reputation;
    assert_eq!(record.breached.to_units(), 0);
}
