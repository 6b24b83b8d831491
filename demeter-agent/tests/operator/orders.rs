//! What an operator's owner orders.

use demeter_agent::driver::{Driver, Round};
use demeter_agent::operator::{LeaseName, Operator, Reason, Schedule};
use demeter_agent::{KeyRing, Reason as AnyReason};
use demeter_core::{Method, Span, Stage, Time};
use demeter_tx::keys::Signer as _;
use demeter_tx::market::{Declaration, Plan};
use futures_executor::block_on;

use super::stage::*;

/// An operator that carries one lease.
fn serving() -> (Ground, Driver<Operator>, LeaseName) {
    let ground = Ground::with_operators(1);
    let terms = ground.place(ground.terms(1, Method::race(Span::ZERO)));
    let mut driver = ground.driver(0, 300_000);
    ground.wait_until(terms.window.opens);
    assert_eq!(done(&settle(&mut driver)), [("take", "confirmed")]);
    let slot = ground.slot(0, 0);
    let Stage::Leased(lease) = &slot.state.stage else { panic!("{slot:?}") };
    let name = LeaseName { slot: count(0), start: lease.start };
    (ground, driver, name)
}

fn reasons(round: &Round) -> Vec<Reason> {
    let reasons = round.passed.iter().map(|decision| match &decision.reason {
        AnyReason::Operator(reason) => reason.clone(),
        other => panic!("{other}"),
    });
    reasons.collect()
}

#[test]
fn a_lease_is_given_up_by_name_and_no_other() {
    let (ground, mut driver, name) = serving();
    driver.agent_mut().orders_mut().resign.insert(LeaseName { start: Time::ZERO, ..name });
    ground.wait(3_700);
    assert_eq!(done(&settle(&mut driver)), []);
    driver.agent_mut().orders_mut().resign.insert(name);
    assert_eq!(done(&settle(&mut driver)), [("resign", "confirmed"), ("report", "confirmed")]);
    let record = ground.view().operator(count(0)).unwrap().state.reputation;
    assert_eq!((record.fulfilled, record.breached), (amount(300_000), amount(900_000)));
}

#[test]
fn a_cluster_that_drains_serves_and_takes_nothing_new() {
    let (ground, mut driver, _) = serving();
    driver.agent_mut().inventory_mut().set_schedule("here", Schedule::Draining).unwrap();
    let terms = ground.place(ground.terms(2, Method::race(Span::ZERO)));
    ground.wait_until(terms.window.opens);
    let (cluster, schedule) = ("here".to_owned(), Schedule::Draining);
    let round = settle(&mut driver);
    assert_eq!(reasons(&round)[0], Reason::NotScheduled { cluster, schedule });
    assert_eq!(ground.stages(0), ["leased", "idle"]);
}

#[test]
fn whoever_leaves_serves_to_the_end_first() {
    let (ground, mut driver, _) = serving();
    driver.agent_mut().orders_mut().retire = true;
    let terms = ground.place(ground.terms(2, Method::race(Span::ZERO)));
    ground.wait_until(terms.window.opens);
    assert!(reasons(&settle(&mut driver)).contains(&Reason::Leaving));
    let end = ground.after(5 * 3_600);
    let confirmed = drive_until(&ground, std::slice::from_mut(&mut driver), end);
    assert_eq!(confirmed[0], ["claim", "complete", "report", "collect", "retire"]);
    let view = ground.view();
    assert!(view.operator(count(0)).is_none());
    assert_eq!(view.slots_of(count(0)).count(), 0);
    // The reserves of record and slots are back, and four periods were paid.
    assert_eq!(ground.purse(&key(10)), 500_000_000 + 4 * 300_000);
}

#[test]
fn a_declaration_waits_ten_minutes_and_slots_follow_the_key() {
    let ground = Ground::with_operators(1);
    let (hot, next) = (key(10), key(50));
    let record = ground.view().operator(count(0)).unwrap().state.clone();
    let declared = Declaration { endpoint: "https://elsewhere.example".into(), ..Declaration::of(&record) };
    let mut driver = ground.driver(0, 300_000);
    driver.agent_mut().orders_mut().declare = Some(declared.clone());
    assert_eq!(done(&settle(&mut driver)), [("update", "confirmed")]);
    assert_eq!(done(&settle(&mut driver)), []);

    // Another key is to follow, which is not at hand at first.
    let declared = Declaration { owner: next.key_hash(), ..declared };
    driver.agent_mut().orders_mut().declare = Some(declared.clone());
    assert_eq!(reasons(&settle(&mut driver)), [Reason::KeyNotHeld { key: next.key_hash() }]);
    let mut operator = ground.operator(0, 300_000).with_keys([hot.key_hash(), next.key_hash()]);
    operator.orders_mut().declare = Some(declared);
    let keys = KeyRing::new().with(hot).with(key(50));
    let (contract, grid) = (ground.sandbox.contract(), ground.sandbox.grid());
    let (head, options) = (ground.sandbox.shared_head(), ground.sandbox.driver_options());
    let mut driver = block_on(Driver::open(head, contract, grid, operator, keys, options)).unwrap();
    let updated = ground.view().operator(count(0)).unwrap().state.updated;
    let until = updated.after(seconds(600)).unwrap();
    assert_eq!(reasons(&settle(&mut driver)), [Reason::Rests { until }]);
    ground.wait_until(until);
    assert_eq!(
        done(&settle(&mut driver)),
        [("update", "confirmed"), ("rekey", "confirmed"), ("rekey", "confirmed")]
    );
    assert_eq!(ground.slot(0, 1).state.owner, next.key_hash());
}

#[test]
fn the_slots_key_alone_serves_until_somebody_rekeys_them() {
    let ground = Ground::with_operators(1);
    let (hot, cold) = (key(10), key(50));
    let record = ground.view().operator(count(0)).unwrap().clone();
    let declared = Declaration { owner: cold.key_hash(), ..Declaration::of(&record.state) };
    block_on(ground.sandbox.act(Plan::update(record.reference, declared), &[&hot, &cold])).unwrap();
    let mut driver = ground.driver(0, 300_000);
    let terms = ground.place(ground.terms(1, Method::race(Span::ZERO)));
    ground.wait_until(terms.window.opens);
    assert_eq!(done(&settle(&mut driver)), [("take", "confirmed")]);

    let (slot, record) = (ground.slot(0, 0).reference, ground.view().operator(count(0)).unwrap().reference);
    block_on(ground.sandbox.act(Plan::rekey(slot, record), &[&key(APPLICATION)])).unwrap();
    ground.wait(4 * 3_600 + 1_000);
    assert_eq!(done(&settle(&mut driver)), []);
    assert!(reasons(&settle(&mut driver)).contains(&Reason::KeyNotHeld { key: cold.key_hash() }));
}
