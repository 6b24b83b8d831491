//! Rulings of two entities of three.

use demeter_agent::cosign::Exchange;
use demeter_agent::entity::{Charter, LeaseName};
use demeter_core::Stage;
use demeter_tx::market::Ruling;

use super::stage::*;

/// A lease, and a ruling on it: a period's pay to the operator, half of the bond and the rest to the application.
pub(crate) fn lease_with_ruling(ground: &Ground) -> (LeaseName, Ruling) {
    let order = ground.order("web", ground.wish(), 2 * 3_600);
    let mut application = ground.drive(ground.application([order]), APPLICATION);
    let mut operator = ground.run_operator(0, 400_000);
    play_until(ground, &mut [&mut application, &mut operator], 1_000);
    let (slot, lease) = ground.leases().remove(0);
    let ruling = Ruling { paid: amount(66_667), slashed: amount(100_000), broken: amount(200_000) };
    (LeaseName { slot, start: lease.start }, ruling)
}

pub(crate) fn ruling(lease: LeaseName, ruling: Ruling) -> Charter {
    Charter { rulings: [(lease, ruling)].into(), ..Charter::default() }
}

fn settled(ground: &Ground) -> bool {
    let view = ground.view();
    matches!(view.slot(slot_name(0, 0)).unwrap().state.stage, Stage::Settled(_))
}

#[test]
fn two_of_three_entities_rule_whichever_is_away() {
    for away in 0..3 {
        let ground = Ground::with_operators(1);
        let (lease, ruled) = lease_with_ruling(&ground);
        let exchange = Exchange::default();
        let present = (0..3).filter(|index| *index != away);
        let mut present: Vec<_> =
            present.map(|index| ground.entity(ENTITIES[index], ruling(lease, ruled), &exchange)).collect();
        let before = ground.purse(APPLICATION);
        let mut parties: Vec<&mut dyn Plays> =
            present.iter_mut().map(|party| party as &mut dyn Plays).collect();
        // Within three turns there is one that asks nobody who is away.
        let confirmed = play_until(&ground, &mut parties, 1_000 + 3 * 300);
        assert_eq!(confirmed.concat(), ["cosigned"], "without {away}");
        assert!(settled(&ground), "without {away}");
        assert!(ground.purse(APPLICATION) >= before + 5 * 66_667 + 100_000, "without {away}");
    }
}

#[test]
fn one_of_three_rules_nothing() {
    let ground = Ground::with_operators(1);
    let (lease, ruled) = lease_with_ruling(&ground);
    let exchange = Exchange::default();
    let milder = Ruling { slashed: amount(0), ..ruled };
    let mut one = ground.entity(ENTITIES[0], ruling(lease, ruled), &exchange);
    let mut other = ground.entity(ENTITIES[1], ruling(lease, milder), &exchange);
    let mut silent = ground.entity(ENTITIES[2], Charter::default(), &exchange);
    let confirmed = play_until(&ground, &mut [&mut one, &mut other, &mut silent], 1_000 + 6 * 300);
    assert!(confirmed.concat().is_empty() && !settled(&ground));
    let not_wanted = "not wanted not_in_charter".to_owned();
    // Each asks the one after it; who is silent asks nobody.
    assert!(other.said().contains(&not_wanted) && silent.said().contains(&not_wanted));
    assert!(one.said().contains(&"proposed arbitrates".to_owned()) && !one.said().contains(&not_wanted));
}

#[test]
fn an_order_whose_lease_was_ended_by_a_ruling_is_bid_for_again() {
    let ground = Ground::with_operators(2);
    let (lease, ruled) = lease_with_ruling(&ground);
    let exchange = Exchange::default();
    let mut entities: Vec<_> =
        ENTITIES.iter().map(|seed| ground.entity(*seed, ruling(lease, ruled), &exchange)).collect();
    let order = ground.order("web", ground.wish(), 2 * 3_600);
    let mut application = ground.drive(ground.application([order]), APPLICATION);
    let mut other = ground.run_operator(1, 500_000);
    let mut parties: Vec<&mut dyn Plays> = entities.iter_mut().map(|party| party as &mut dyn Plays).collect();
    parties.push(&mut application);
    parties.push(&mut other);
    play_until(&ground, &mut parties, 2_700);
    let leases = ground.leases();
    assert_eq!(leases.iter().map(|(slot, _)| *slot).collect::<Vec<_>>(), [slot_name(1, 0)]);
}
