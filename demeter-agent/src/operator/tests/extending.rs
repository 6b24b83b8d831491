//! Which extensions are agreed to.

use demeter_core::MarketTransition;

use super::scene::*;
use crate::cosign::CoSigner as _;
use crate::operator::Schedule;

type Row = (&'static str, fn(&mut Scene), MarketTransition, Result<&'static str, &'static str>);

fn extend(periods: u64) -> MarketTransition {
    MarketTransition::Extend { periods: count(periods) }
}

#[test]
fn a_lease_goes_on_unless_something_speaks_against_it() {
    let rows: [Row; 8] = [
        ("a day more", |_| {}, extend(24), Ok("the lease goes on for 24 periods, at its price")),
        (
            "cordoned",
            |scene| scene.operator.inventory.set_schedule("here", Schedule::Cordoned).unwrap(),
            extend(1),
            Ok("the lease goes on for 1 periods, at its price"),
        ),
        (
            "draining",
            |scene| scene.operator.inventory.set_schedule("here", Schedule::Draining).unwrap(),
            extend(1),
            Err("cluster here is draining"),
        ),
        (
            "leaving",
            |scene| scene.operator.orders.retire = true,
            extend(1),
            Err("the operator is leaving the grid"),
        ),
        (
            "never",
            |scene| scene.operator.policy.extensions = None,
            extend(1),
            Err("the policy extends no leases"),
        ),
        (
            "too far ahead",
            |scene| scene.operator.policy.extensions = Some(span(86_400)),
            extend(24),
            Err("it would end at 132400000, the latest is 97400000"),
        ),
        (
            "no lease",
            |scene| scene.stage(settled()),
            extend(1),
            Err("the slot is another's, or carries no lease"),
        ),
        ("something else", |_| {}, MarketTransition::Resign, Err("resign is not agreed to, only extend")),
    ];
    for (name, change, transition, expected) in rows {
        let mut scene = Scene::new();
        scene.stage(leased(0));
        scene.now = at(11_000);
        change(&mut scene);
        let view = scene.view();
        let slot = view.slots_of(count(0)).next().unwrap().reference;
        let assent = scene.operator.assent(&transition.into(), &[slot], &view, scene.now);
        let found = assent.map(|reason| reason.to_string()).map_err(|reason| reason.to_string());
        assert_eq!(found, expected.map(str::to_owned).map_err(str::to_owned), "{name}");
    }
}
