//! Each reason, at least once.

use std::collections::BTreeSet;

use demeter_core::{Count, KeyHash, Method, Stage};
use demeter_tx::market::Declaration;
use demeter_tx::view::Subject;

use super::scene::*;
use crate::operator::{Claiming, Cluster, Inventory, LeaseName, Operator, Reason, Schedule};
use crate::pricing::Fixed;
use crate::{Agent as _, Reason as AnyReason};

type Row = (&'static str, fn(&mut Scene), &'static [&'static str]);

fn race(scene: &mut Scene) {
    scene.terms(|terms| terms.method = Method::race(span(900)));
}

/// What is the case, and what is decided.
const ROWS: &[Row] = &[
    ("it fits", |_| {}, &["offer: it fits, for 300 a period with a merit of 777777000000"]),
    (
        "a race at its price",
        |scene| {
            race(scene);
            scene.now = at(1_200);
        },
        &["take: it fits, for 300 a period"],
    ),
    ("a race below its price", race, &["pass: 300 may be named from 1200000 on"]),
    (
        "a race that never comes to its price",
        |scene| scene.terms(|terms| terms.method = Method::race(span(86_400))),
        &["pass: 300 may not be named before the window closes at 1600000"],
    ),
    (
        "a race for better records",
        |scene| scene.terms(|terms| terms.method = Method::reputation(span(600), span(0))),
        &["pass: its record lets it in at 1300000"],
    ),
    (
        "a race for far better records",
        |scene| scene.terms(|terms| terms.method = Method::reputation(span(1_200), span(0))),
        &["pass: the race closes at 1600000, and the operator may enter at 1600000"],
    ),
    (
        "after an answer failed",
        |scene| {
            let bid = scene.bid();
            scene.operator.failed(Subject::Bid(bid), "offer", at(1_020));
        },
        &["pass: an answer to it failed, and it is left alone until 1020000"],
    ),
    ("before it opens", |scene| scene.now = at(999), &["pass: the window opens at 1000000"]),
    ("after it closed", |scene| scene.now = at(1_600), &["pass: the window closed at 1600000"]),
    ("no auctions", |scene| scene.operator.policy.auctions = false, &["pass: the policy answers no auction"]),
    (
        "no races",
        |scene| {
            race(scene);
            scene.operator.policy.races = false;
        },
        &["pass: the policy answers no race"],
    ),
    (
        "another region",
        |scene| scene.record.as_mut().unwrap().labels = Default::default(),
        &["pass: the operator does not have the label region=eu"],
    ),
    (
        "above the ceiling",
        |scene| scene.terms(|terms| terms.price.ceiling = amount(299)),
        &["pass: 300 a period is above the ceiling of 299"],
    ),
    (
        "below the floor",
        |scene| scene.terms(|terms| terms.price.floor = amount(400)),
        &["offer: it fits, for 400 a period with a merit of 1000000000000"],
    ),
    (
        "a resource without a rate",
        |scene| {
            let inventory = Inventory::single("here", resources(&[("cpu", 4_000)]));
            scene.operator =
                Operator::new(Count::ZERO, scene.operator.wallet, [HOT], inventory, Fixed::default());
        },
        &["pass: there is no rate for cpu"],
    ),
    (
        "too poor",
        |scene| scene.wallet = 1_999_999,
        &["pass: the bond is 2000000, and 1999999 are left in the wallet"],
    ),
    (
        "poor, with something in the slot's purse",
        |scene| (scene.wallet, scene.slots[0].1) = (1_999_999, 1),
        &["offer: it fits, for 300 a period with a merit of 777777000000"],
    ),
    ("no slot", |scene| scene.slots.clear(), &["pass: no slot is idle"]),
    (
        "a slot on no cluster",
        |scene| {
            let cluster = Cluster::new(resources(&[("cpu", 4_000)]), [count(1)]);
            scene.operator.inventory = Inventory::new([("there".into(), cluster)]).unwrap();
        },
        &["pass: slot 0/0 is on no cluster"],
    ),
    (
        "cordoned",
        |scene| scene.operator.inventory.set_schedule("here", Schedule::Cordoned).unwrap(),
        &["pass: cluster here is cordoned"],
    ),
    (
        "a full cluster",
        |scene| {
            scene.slot(leased(0));
            scene.now = at(1_001);
        },
        &[
            "pass: cluster here has 500 of cpu left, 1000 are required",
            "pass: the lease runs, and nothing is due before 24400000",
        ],
    ),
    (
        "a slot whose key is elsewhere",
        |scene| {
            scene.slots[0].0.owner = COLD;
            scene.record.as_mut().unwrap().owner = COLD;
        },
        &["pass: the key 08080808080808080808080808080808080808080808080808080808 is not at hand"],
    ),
    (
        "leaving, with a slot that is offered",
        |scene| {
            scene.operator.orders.retire = true;
            let offered = scene.offered(1);
            scene.stage(offered);
            scene.terms(|terms| terms.nonce = count(1));
        },
        &[
            "pass: the operator is leaving the grid",
            "pass: the bid is gone; the offer is bound until 2200000",
            "pass: slot 0/0 is not idle: Some(Offered)",
        ],
    ),
    (
        "leaving, with a slot inside a bid",
        |scene| {
            scene.operator.orders.retire = true;
            scene.slots.clear();
            scene.led_by(0, 1);
        },
        &["pass: its offer leads until 2200000", "pass: slot 0/0 is not idle: None"],
    ),
    (
        "leaving",
        |scene| {
            scene.operator.orders.retire = true;
            scene.bids.clear();
        },
        &["retire: leaving was ordered, and all slots are idle"],
    ),
    (
        "leaving where there is no pool",
        |scene| {
            scene.operator.orders.retire = true;
            scene.pool = false;
            scene.bids.clear();
        },
        &["pass: the grid's pool is not on this ledger"],
    ),
    (
        "offered",
        |scene| {
            let offered = scene.offered(1);
            scene.stage(offered);
        },
        &["pass: slot 0/0 stands behind an offer on it", "pass: offers are made until 1600000"],
    ),
    (
        "the best offer, once the bid has closed",
        |scene| {
            let offered = scene.offered(2);
            scene.stage(offered);
            scene.rival(1);
            scene.now = at(1_600);
        },
        &["lead: no better offer is in sight"],
    ),
    (
        "a better offer that does not lead",
        |scene| {
            let offered = scene.offered(1);
            scene.stage(offered);
            scene.rival(2);
            scene.now = at(1_600);
        },
        &["pass: a better offer may take the lead until 2020000"],
    ),
    (
        "a better offer that still does not lead",
        |scene| {
            let offered = scene.offered(1);
            scene.stage(offered);
            scene.rival(2);
            scene.now = at(2_020);
        },
        &["lead: 1 better offers have not taken the lead"],
    ),
    (
        "a better leader",
        |scene| {
            let offered = scene.offered(1);
            scene.stage(offered);
            scene.led_by(1, 2);
            scene.now = at(1_600);
        },
        &["pass: a better offer leads; its own is bound until 2200000"],
    ),
    (
        "a worse leader",
        |scene| {
            let offered = scene.offered(2);
            scene.stage(offered);
            scene.led_by(1, 1);
            scene.now = at(1_600);
        },
        &["lead: no better offer is in sight"],
    ),
    (
        "leading, until it settles",
        |scene| {
            scene.slots.clear();
            scene.led_by(0, 1);
            scene.now = at(2_199);
        },
        &["pass: its offer leads until 2200000"],
    ),
    (
        "leading, once it has settled",
        |scene| {
            scene.slots.clear();
            scene.led_by(0, 1);
            scene.now = at(2_200);
        },
        &["award: its offer leads and the window has settled"],
    ),
    (
        "not leading, once it has settled",
        |scene| {
            let offered = scene.offered(1);
            scene.stage(offered);
            scene.now = at(2_200);
        },
        &["withdraw: the window has settled without it"],
    ),
    (
        "an hour before the fourth is over",
        |scene| {
            scene.stage(leased(0));
            scene.now = at(10_000 + 3 * 3_600);
        },
        &["pass: the lease runs, and nothing is due before 24400000"],
    ),
    (
        "four hours served",
        |scene| {
            scene.stage(leased(0));
            scene.now = at(10_000 + 4 * 3_600);
        },
        &["claim: 1200 for 4 periods are due"],
    ),
    (
        "five hours served, and each worth a claim",
        |scene| {
            scene.stage(leased(2));
            scene.operator.policy.claiming = Claiming { periods: count(9), amount: amount(300) };
            scene.now = at(10_000 + 5 * 3_600);
        },
        &["claim: 900 for 3 periods are due"],
    ),
    (
        "the last two hours served",
        |scene| {
            scene.stage(leased(8));
            scene.now = at(10_000 + 10 * 3_600);
        },
        &["claim: 600 for 2 periods are due"],
    ),
    (
        "nothing left to claim",
        |scene| {
            scene.stage(leased(10));
            scene.now = at(10_000 + 10 * 3_600);
        },
        &["pass: the lease runs, and nothing is due before 46600000"],
    ),
    (
        "the grace is over",
        |scene| {
            scene.stage(leased(8));
            scene.now = at(46_600);
        },
        &["complete: the lease and its grace are over"],
    ),
    (
        "ordered to resign",
        |scene| {
            scene.stage(leased(8));
            scene.operator.orders.resign.insert(LeaseName { slot: count(0), start: at(10_000) });
            scene.now = at(11_000);
        },
        &["resign: giving up the lease was ordered"],
    ),
    (
        "settled",
        |scene| {
            scene.stage(settled());
            scene.bids.clear();
        },
        &["report: the record gains 900 kept and 300 broken"],
    ),
    (
        "money in a purse",
        |scene| {
            scene.slots[0].1 = 2_000_000;
            scene.bids.clear();
        },
        &["collect: 2000000 lie in the purse"],
    ),
    (
        "too little money in a purse",
        |scene| {
            scene.slots[0].1 = 1_999_999;
            scene.bids.clear();
        },
        &[],
    ),
    (
        "a record of another owner",
        |scene| {
            scene.slots[0].0.owner = COLD;
            scene.bids.clear();
        },
        &["rekey: the record's owner is 07070707070707070707070707070707070707070707070707070707"],
    ),
    (
        "a record that is to change",
        |scene| {
            let declaration = Declaration::of(scene.record.as_ref().unwrap());
            scene.operator.orders.declare =
                Some(Declaration { endpoint: "https://there.example".into(), ..declaration });
            scene.bids.clear();
        },
        &["update: the record differs from what is to be declared"],
    ),
    (
        "a record that changed a short time ago",
        |scene| {
            let record = scene.record.as_mut().unwrap();
            record.updated = at(999);
            let declaration = Declaration::of(record);
            scene.operator.orders.declare =
                Some(Declaration { endpoint: "https://there.example".into(), ..declaration });
            scene.bids.clear();
        },
        &["pass: the record can be updated from 1599000 on"],
    ),
    (
        "a record that is as it is to be",
        |scene| {
            scene.operator.orders.declare = scene.record.as_ref().map(Declaration::of);
            scene.bids.clear();
        },
        &[],
    ),
    ("no record", |scene| scene.record = None, &["pass: there is no operator 0 in the grid"]),
    (
        "no grid",
        |scene| scene.grid = false,
        &["pass: grid 01010101010101010101010101010101010101010101010101010101 is not there"],
    ),
    (
        "a lease that ends beyond all times",
        |scene| {
            let Stage::Leased(mut lease) = leased(0) else { return };
            lease.start = demeter_core::Time::MAX;
            scene.stage(Stage::Leased(lease));
            scene.bids.clear();
        },
        &["pass: the end of the lease is out of range"],
    ),
];

#[test]
fn each_is_given_where_it_applies() {
    let mut given = BTreeSet::new();
    for (name, change, expected) in ROWS {
        let mut scene = Scene::new();
        change(&mut scene);
        let decisions = scene.decisions();
        let found: Vec<String> = decisions.iter().map(ToString::to_string).collect();
        assert_eq!(found, *expected, "{name}");
        assert_eq!(decisions, scene.decisions(), "{name}: it decides otherwise the second time");
        for decision in &decisions {
            let AnyReason::Operator(reason) = &decision.reason else { panic!("{name}: {decision}") };
            given.insert(reason.code());
            // Whoever waits for a time waits for one to come.
            assert!(reason.until().is_none_or(|until| until > scene.now), "{name}: {decision}");
        }
    }
    given.insert(Reason::NoExtensions.code()); // Given to who asks for one, in `extending`.
    let all: BTreeSet<&str> = Reason::CODES.iter().copied().collect();
    assert_eq!(given, all);
}

#[test]
fn whoever_has_the_slots_key_alone_leaves_them_as_they_are() {
    let mut scene = Scene::new();
    scene.record.as_mut().unwrap().owner = COLD;
    let decided = scene.decisions();
    assert_eq!(decided[0].action.as_ref().unwrap().name(), "offer");
    assert_eq!(decided[0].action.as_ref().unwrap().signers(), BTreeSet::from([HOT]));
    let keys: [KeyHash; 2] = [HOT, COLD];
    scene.operator = scene.operator.with_keys(keys);
    assert!(scene.decisions().iter().any(|decision| decision.to_string().starts_with("rekey")));
}
