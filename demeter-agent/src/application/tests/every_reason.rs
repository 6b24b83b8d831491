//! Each reason, on a view in which it holds.

use std::collections::BTreeMap;

use demeter_core::{Address, Labels, Method, Ppm, Resources, Span, WorkloadHash};

use super::scene::*;
use crate::Agent as _;
use crate::application::{Bond, Order, Prices, Renewal, Wish};

/// Rounds are 480 seconds long: a bid opens after 60, closes after 180, settles after 480. A campaign has four, and 600
/// seconds of rest: it begins anew after 2,520.
#[test]
fn each_reason_has_its_state() {
    let web = order(wish());
    let race = order(Wish { method: Method::race(Span::ZERO), ..wish() });
    let alone = order(Wish { renewal: Renewal::None, ..wish() });
    let extended = order(Wish { renewal: Renewal::Extend { before: seconds(2_000) }, ..wish() });
    let stopped = || web.clone().stopped();
    let scene = Scene::new;
    type Row = (&'static str, Scene, Vec<Order>, u64, Vec<&'static str>);
    let mut rows: Vec<Row> = vec![
        ("nothing is there", scene(), vec![web.clone()], 0, vec!["place places"]),
        ("the round is half over", scene(), vec![web.clone()], 119, vec!["place places"]),
        ("it is late in the round", scene(), vec![web.clone()], 120, vec!["- awaits_round"]),
        ("the campaign is over", scene(), vec![web.clone()], 1_920, vec!["- rests"]),
        ("the next campaign", scene(), vec![web.clone()], 2_520, vec!["place places"]),
        ("the end is near", scene(), vec![web.clone()], 85_801, vec!["- done"]),
        ("it was stopped", scene(), vec![stopped()], 0, vec!["- stopped"]),
        ("a bid waits", scene().bid(&web, 0, None), vec![web.clone()], 59, vec!["- awaits_opening"]),
        ("a bid is open", scene().bid(&web, 0, None), vec![web.clone()], 60, vec!["- awaits_answers"]),
        ("nobody answered", scene().bid(&web, 0, None), vec![web.clone()], 180, vec!["- awaits_cancelling"]),
        ("it is over", scene().bid(&web, 0, None), vec![web.clone()], 480, vec!["cancel cancels_unanswered"]),
        (
            "an offer waits for its maker",
            scene().bid(&web, 0, None).offer(&web, 0, 2_000),
            vec![web.clone()],
            359,
            vec!["- awaits_lead"],
        ),
        (
            "its maker sleeps",
            scene().bid(&web, 0, None).offer(&web, 0, 2_000),
            vec![web.clone()],
            360,
            vec!["lead leads_for_maker"],
        ),
        (
            "everybody slept",
            scene().bid(&web, 0, None).offer(&web, 0, 2_000),
            vec![web.clone()],
            480,
            vec!["cancel cancels_unled"],
        ),
        (
            "the best leads",
            scene().bid(&web, 0, Some(2_000)).offer(&web, 0, 3_000),
            vec![web.clone()],
            400,
            vec!["- awaits_settling"],
        ),
        (
            "a better one does not",
            scene().bid(&web, 0, Some(3_000)).offer(&web, 0, 2_000),
            vec![web.clone()],
            400,
            vec!["lead leads_for_maker"],
        ),
        ("it has settled", scene().bid(&web, 0, Some(2_000)), vec![web.clone()], 480, vec!["award awards"]),
        (
            "a stopped bid waits",
            scene().bid(&web, 0, None),
            vec![stopped()],
            0,
            vec!["cancel cancels_stopped"],
        ),
        ("a stopped bid is on", scene().bid(&web, 0, None), vec![stopped()], 60, vec!["- awaits_answers"]),
        (
            "a stopped bid is over",
            scene().bid(&web, 0, None),
            vec![stopped()],
            480,
            vec!["cancel cancels_stopped"],
        ),
        ("a race is on", scene().bid(&race, 0, None), vec![race.clone()], 60, vec!["- awaits_answers"]),
        (
            "a race is over",
            scene().bid(&race, 0, None),
            vec![race.clone()],
            180,
            vec!["cancel cancels_unanswered"],
        ),
        (
            "there are two bids",
            scene().bid(&web, 0, None).bid(&web, 0, None),
            vec![web.clone()],
            0,
            vec!["cancel cancels_surplus", "- awaits_opening"],
        ),
        (
            "a lease was faster",
            scene().bid(&web, 480, None).lease(&web, 0, 480, 6),
            vec![web.clone()],
            500,
            vec!["cancel cancels_surplus"],
        ),
        ("a lease serves", scene().lease(&web, 0, 480, 6), vec![web.clone()], 600, vec!["- served"]),
        // It ends after 4,080: two bids, the rest of a round and a rest before that is 2,040.
        ("just before its time", scene().lease(&web, 0, 480, 6), vec![web.clone()], 2_039, vec!["- served"]),
        (
            "a lease ends soon",
            scene().lease(&web, 0, 480, 6),
            vec![web.clone()],
            3_000,
            vec!["place places_next"],
        ),
        // Asked for from 2,080 on, and given up at 2,520.
        (
            "an extension comes later",
            scene().lease(&extended, 0, 480, 6),
            vec![extended.clone()],
            2_079,
            vec!["- served"],
        ),
        (
            "it is asked for",
            scene().lease(&extended, 0, 480, 6),
            vec![extended.clone()],
            2_080,
            vec!["- awaits_extension"],
        ),
        (
            "it was not given",
            scene().lease(&extended, 0, 480, 6),
            vec![extended.clone()],
            2_520,
            vec!["place places_next"],
        ),
        ("nobody renews", scene().lease(&alone, 0, 480, 6), vec![alone.clone()], 4_079, vec!["- served"]),
        (
            "until it is over",
            scene().lease(&alone, 0, 480, 6),
            vec![alone.clone()],
            4_080,
            vec!["- awaits_round"],
        ),
        (
            "a lease ends with the order",
            scene().lease(&web, 0, 82_000, 7),
            vec![web.clone()],
            84_000,
            vec!["- served_to_end"],
        ),
        // One more period could be bought; but what the next bid gives ends a third of a period later.
        (
            "what is left is not worth a bid",
            scene().lease(&web, 0, 82_700, 5),
            vec![web.clone()],
            83_700,
            vec!["- served_to_end"],
        ),
        (
            "a lease outlasts its order",
            scene().lease(&web, 0, 83_000, 9),
            vec![web.clone()],
            86_400,
            vec!["close closes_over", "- done"],
        ),
        (
            "a stopped lease",
            scene().lease(&web, 0, 480, 6),
            vec![stopped()],
            600,
            vec!["close closes_stopped", "- stopped"],
        ),
        (
            "two leases do the same",
            scene().lease(&web, 0, 480, 6).lease(&web, 1, 500, 6),
            vec![web.clone()],
            600,
            vec!["close closes_surplus", "- served"],
        ),
        (
            "two leases follow each other",
            scene().lease(&web, 0, 480, 6).lease(&web, 1, 3_900, 6),
            vec![web.clone()],
            4_000,
            vec!["- served"],
        ),
        (
            "somebody planted a lease that carries too little",
            scene().leased(&web, 0, 480, 6, |lease| lease.resources = Resources::default()),
            vec![web.clone()],
            500,
            vec!["place places", "- served_short"],
        ),
        (
            "another lease serves",
            scene()
                .leased(&web, 0, 480, 6, |lease| lease.resources = Resources::default())
                .lease(&web, 1, 500, 6),
            vec![web.clone()],
            600,
            vec!["close closes_unfit", "- served"],
        ),
        (
            "somebody planted a lease on another operator",
            Scene { labels: Labels::default(), ..scene() }.lease(&web, 0, 480, 6),
            vec![web.clone()],
            500,
            vec!["place places", "- served_without"],
        ),
        (
            "a lease that no order knows",
            scene().leased(&web, 0, 480, 6, |lease| lease.workload = WorkloadHash::from_bytes([1; 32])),
            vec![web.clone()],
            500,
            vec!["place places", "- no_order"],
        ),
        (
            "a lease that pays back elsewhere",
            scene().leased(&web, 0, 480, 6, |lease| lease.refund = Address::of_key(OWNER)),
            vec![web.clone()],
            500,
            vec!["place places", "- no_order"],
        ),
        ("a bid that no order placed", scene().bid(&web, 0, None), vec![], 60, vec!["- stray"]),
        ("and is over", scene().bid(&web, 0, None), vec![], 480, vec!["cancel cancels_stray"]),
        ("a bid that does not count waits", scene().misfunded(&web, 0), vec![], 60, vec!["- stray"]),
        ("and is taken back at once", scene().misfunded(&web, 0), vec![], 59, vec!["cancel cancels_stray"]),
        (
            "beside one that does",
            scene().misfunded(&web, 0).bid(&web, 0, None),
            vec![web.clone()],
            59,
            vec!["cancel cancels_stray", "- awaits_opening"],
        ),
        ("the wallet is empty", Scene { purse: 0, ..scene() }, vec![web.clone()], 0, vec!["- lacks_funds"]),
        ("there is no grid", Scene { with_grid: false, ..scene() }, vec![web.clone()], 0, vec!["- no_grid"]),
    ];
    let early = Order::new("web", WORKLOAD, needs(), wish(), at(10), at(86_400)).unwrap();
    rows.push(("it begins later", scene(), vec![early], 0, vec!["- not_begun"]));
    let dear = Wish { prices: Prices::between(amount(0), amount(400_000)), ..wish() };
    rows.push(("it costs more than may be in escrow", scene(), vec![order(dear)], 0, vec!["- over_budget"]));
    let mut seen = BTreeMap::new();
    for (name, scene, orders, now, expected) in rows {
        let view = scene.view();
        let decisions = application(orders).decide(&view, at(now));
        assert_eq!(said(&decisions), expected, "{name}");
        for decision in decisions {
            assert!(!decision.reason.to_string().is_empty(), "{name}");
            // What only waits says until when it does, and that is to come.
            if let Some(until) = decision.reason.until() {
                assert!(decision.action.is_none() && until > at(now), "{name}: {}", decision.reason);
            }
            seen.insert(decision.reason.code(), name);
        }
    }
    // The others have tests of their own below, but for numbers that are out of range.
    assert_eq!(seen.len(), 33, "{seen:?}");
}

#[test]
fn a_fee_that_makes_terms_too_dear_to_count_is_said() {
    // Seven eighths of what can be counted; the fee and a bond that covers it are more than the last one.
    let prices = Prices::between(amount(0), amount(1 << 60));
    let wish = Wish { prices, bond: Bond::Fixed(amount(0)), most_periods: count(7), ..wish() };
    let web = order(wish);
    let said_at = |millionths| {
        let scene = Scene { fee_ppm: Ppm::from_millionths(millionths).unwrap(), ..Scene::new() };
        said(&application([web.clone()]).decide(&scene.view(), at(0)))
    };
    assert_eq!(said_at(0), ["- over_budget"]);
    assert_eq!(said_at(100_000), ["- ill_formed"]);
}
