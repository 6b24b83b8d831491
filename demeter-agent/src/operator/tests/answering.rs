//! How much is offered, for how much, from which slot, and for which bid.

use demeter_core::{Bid, BidName, MarketTransition, Method, Need, Ppm, Stage, Terms, Transition};
use demeter_tx::view::Subject;

use super::scene::*;
use crate::operator::{Cluster, Generosity, Inventory, Schedule};
use crate::{Decision, Deed, Reason as AnyReason};

fn ppm(millionths: u64) -> Ppm {
    Ppm::from_millionths(millionths).unwrap()
}

/// The price and the resources of each answer, with the bid and the index of the slot.
fn answers(scene: &Scene) -> Vec<(BidName, u64, u64, Vec<u64>)> {
    let view = scene.view();
    let of = |decision: &Decision| {
        let Deed::Transition(plan) = decision.action.as_ref()?.deed() else { return None };
        let (price, resources) = match plan.transition() {
            Transition::Market(
                MarketTransition::Offer { price, resources } | MarketTransition::Take { price, resources },
            ) => (price.to_units(), resources.iter().map(|amount| amount.to_units()).collect()),
            _ => return None,
        };
        let Subject::Bid(bid) = decision.subject else { panic!("{decision}") };
        let slots = view.slots_of(demeter_core::Count::ZERO);
        let mut slots = slots.filter(|slot| plan.consumed().any(|consumed| consumed == slot.reference));
        Some((bid, slots.next().unwrap().state.index.to_number(), price, resources))
    };
    scene.decisions().iter().filter_map(of).collect()
}

fn given(scene: &Scene) -> Vec<(u64, Vec<u64>)> {
    answers(scene).into_iter().map(|(_, _, price, resources)| (price, resources)).collect()
}

/// A second need, which costs nothing, and these weights of price and fit.
fn with_memory(scene: &mut Scene, price: u64, fit: u64, preferred: u64) {
    let rates = crate::pricing::Rates::new();
    let rate = |price, per| crate::pricing::Rate { price: amount(price), per: quantity(per) };
    let rates = rates.with("cpu", rate(300, 1_000)).with("memory", rate(0, 1));
    let capacity = resources(&[("cpu", 4_000), ("memory", 64)]);
    let inventory = Inventory::single("here", capacity.clone());
    scene.operator = crate::operator::Operator::new(
        count(0),
        scene.operator.wallet,
        [HOT],
        inventory,
        crate::pricing::Fixed::new(rates),
    );
    scene.record.as_mut().unwrap().capacity = capacity;
    scene.terms(|terms| {
        let (required, preferred) = (quantity(16), quantity(preferred));
        terms.request.needs.push(Need { name: "memory".into(), required, preferred });
        terms.method = Method::auction(ppm(price), ppm(fit), Ppm::ZERO);
    });
}

#[test]
fn more_is_offered_where_it_is_worth_more_than_it_costs() {
    // 300 more of 900 cost a third of the price's weight; each of two fits is worth half of its own.
    for (name, price, fit, expected) in [
        ("only the price counts", 1_000_000, 0, (300, vec![1_000, 16])),
        ("what is free is given", 1_000_000, 600_000, (300, vec![1_000, 32])),
        ("what is worth it is given", 1_000_000, 700_000, (600, vec![2_000, 32])),
        ("only the fit counts", 0, 1_000_000, (600, vec![2_000, 32])),
    ] {
        let mut scene = Scene::new();
        with_memory(&mut scene, price, fit, 32);
        assert_eq!(given(&scene), [expected], "{name}");
    }
}

#[test]
fn no_more_is_offered_than_there_is_or_a_slot_may_carry() {
    let mut scene = Scene::new();
    with_memory(&mut scene, 0, 1_000_000, 128);
    assert_eq!(given(&scene), [(600, vec![2_000, 64])]);
    let carries = resources(&[("cpu", 1_500), ("memory", 48)]);
    scene.record.as_mut().unwrap().capacity = carries;
    assert_eq!(given(&scene), [(450, vec![1_500, 48])]);
    // A lease takes 3,500 of the 4,000 millicores, and none of the memory.
    scene.terms(|terms| terms.request.needs[0].required = quantity(500));
    scene.slot(leased(0));
    assert_eq!(given(&scene), [(150, vec![500, 48])]);
}

#[test]
fn the_policy_may_be_generous_or_not() {
    let mut scene = Scene::new();
    with_memory(&mut scene, 0, 1_000_000, 32);
    scene.operator.policy.generosity = Generosity::Required;
    assert_eq!(given(&scene), [(300, vec![1_000, 16])]);
    scene.terms(|terms| terms.method = Method::auction(Ppm::ONE, Ppm::ZERO, Ppm::ZERO));
    scene.operator.policy.generosity = Generosity::Most;
    assert_eq!(given(&scene), [(600, vec![2_000, 32])]);
    // More than the bid would pay for: what is required is offered at its price.
    scene.terms(|terms| terms.price.ceiling = amount(599));
    assert_eq!(given(&scene), []);
    scene.operator.policy.generosity = Generosity::BestMerit;
    assert_eq!(given(&scene), [(300, vec![1_000, 16])]);
}

#[test]
fn each_slot_offers_what_its_own_cluster_has() {
    let mut scene = Scene::new();
    scene.slot(Stage::Idle);
    scene.slot(Stage::Idle);
    let cluster = |cpu, slot| Cluster::new(resources(&[("cpu", cpu)]), [count(slot)]);
    let mut inventory = Inventory::new([
        ("small".into(), cluster(999, 0)),
        ("closed".into(), cluster(9_000, 1)),
        ("large".into(), cluster(1_000, 2)),
    ])
    .unwrap();
    inventory.set_schedule("closed", Schedule::Draining).unwrap();
    scene.operator.inventory = inventory;
    let bid = scene.bid();
    assert_eq!(answers(&scene), [(bid, 2, 300, vec![1_000])]);
    // The reason is that of the cluster that came nearest.
    scene.slots.pop();
    let reasons: Vec<String> = scene.decisions().iter().map(ToString::to_string).collect();
    assert_eq!(reasons, ["pass: cluster small has 999 of cpu left, 1000 are required"]);
}

#[test]
fn what_is_decided_for_one_bid_is_not_given_to_another() {
    let mut scene = Scene::new();
    scene.slot(Stage::Idle);
    let mut better = scene.bids[0].terms.clone().into_draft();
    better.price.ceiling = amount(2_000);
    better.request.needs[0].required = quantity(3_500);
    better.request.needs[0].preferred = quantity(3_500);
    let better = Terms::new(better).unwrap();
    let name = better.name();
    scene.bids.push(Bid::open(better));
    // The one that may bring more comes first; what is left of the cluster is too little for the other.
    assert_eq!(answers(&scene), [(name, 0, 1_050, vec![3_500])]);
    scene.bids[1].terms = {
        let mut draft = scene.bids[1].terms.clone().into_draft();
        draft.request.needs[0].required = quantity(1_000);
        Terms::new(draft).unwrap()
    };
    let second = scene.bid();
    let first = scene.bids[1].name();
    assert_eq!(answers(&scene), [(first, 0, 300, vec![1_000]), (second, 1, 300, vec![1_000])]);
    // Both bonds together are more than there is.
    scene.wallet = 3_999_999;
    assert_eq!(answers(&scene), [(first, 0, 300, vec![1_000])]);
    let last = scene.decisions().into_iter().next_back().unwrap();
    let AnyReason::Operator(reason) = last.reason else { panic!("{last}") };
    assert_eq!(reason.to_string(), "the bond is 2000000, and 1999999 are left in the wallet");
}

#[test]
fn leases_and_offers_take_room_wherever_they_stand() {
    let mut scene = Scene::new();
    scene.slot(Stage::Idle);
    scene.record.as_mut().unwrap().slots = count(2);
    let used = |scene: &Scene| {
        let usage = scene.operator.usage(&scene.view(), scene.now).unwrap();
        usage.used("here", &"cpu".into())
    };
    assert_eq!(used(&scene), 0);
    let offered = scene.offered(1);
    scene.stage(offered);
    scene.slots[1].0.stage = leased(0);
    assert_eq!(used(&scene), 4_500);
    // Inside its bid it still counts.
    scene.slots.remove(0);
    scene.led_by(0, 1);
    assert_eq!(used(&scene), 4_500);
    scene.led_by(1, 1);
    assert_eq!(used(&scene), 3_500);
}
