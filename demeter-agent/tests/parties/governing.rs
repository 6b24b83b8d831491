//! Entities that admit, endorse, rotate, expel, award, report and keep the treasury.

use std::collections::BTreeSet;

use demeter_agent::cosign::Exchange;
use demeter_agent::driver::WalletPolicy;
use demeter_agent::entity::{Admission, Candidacy, Charter, Treasurer};
use demeter_agent::operator::LeaseName;
use demeter_core::{Address, Credential, Label, Labels, ScriptHash};
use demeter_tx::keys::{PaymentKey, Signer as _};
use demeter_tx::market::{Candidate, Rotation};

use super::stage::*;

fn candidate(seed: u8, slots: u64) -> Candidate {
    Candidate {
        owner: hash(seed),
        endpoint: "https://new.example".into(),
        capacity: Default::default(),
        labels: [Label::new("region", "eu")].into_iter().collect(),
        slots: count(slots),
    }
}

fn admitting(owners: &[u8], labels: Option<BTreeSet<Label>>) -> Charter {
    let owners = owners.iter().map(|seed| (hash(*seed), count(2))).collect();
    Charter { admission: Admission { owners, labels }, ..Charter::default() }
}

/// What three entities of this charter say to a candidate, and whether it is admitted.
fn admission(charter: &Charter, candidate: Candidate, seed: u8) -> (Vec<String>, bool) {
    let ground = Ground::with_operators(1);
    let exchange = Exchange::default();
    let mut entities: Vec<_> =
        ENTITIES.iter().map(|seed| ground.entity(*seed, charter.clone(), &exchange)).collect();
    let mut applicant = AtDesk::new(&ground, Candidacy::new(candidate), seed, &exchange);
    let mut parties: Vec<&mut dyn Plays> = entities.iter_mut().map(|party| party as &mut dyn Plays).collect();
    parties.push(&mut applicant);
    play_until(&ground, &mut parties, 320);
    let said = entities.iter().flat_map(|entity| entity.said()).collect::<BTreeSet<_>>();
    (said.into_iter().collect(), ground.view().operators_of(&hash(seed)).count() > usize::from(seed == 10))
}

#[test]
fn who_is_on_the_list_is_admitted_by_one_entity() {
    // The application has money for the reserves, whatever else it is.
    let listed = admitting(&[APPLICATION, 10], None);
    let (said, admitted) = admission(&listed, candidate(APPLICATION, 2), APPLICATION);
    assert!(admitted && said.contains(&"signed admits".to_owned()), "{said:?}");

    let refused = |charter: &Charter, candidate, seed| {
        let (said, admitted) = admission(charter, candidate, seed);
        assert!(!admitted);
        said
    };
    let too_many = refused(&listed, candidate(APPLICATION, 3), APPLICATION);
    assert!(too_many.contains(&"not wanted too_many_slots".to_owned()), "{too_many:?}");
    let unknown = refused(&admitting(&[], None), candidate(APPLICATION, 2), APPLICATION);
    assert!(unknown.contains(&"not wanted not_listed".to_owned()), "{unknown:?}");
    let labels = Some([Label::new("region", "us")].into());
    let boasting = refused(&admitting(&[APPLICATION], labels), candidate(APPLICATION, 2), APPLICATION);
    assert!(boasting.contains(&"not wanted label_not_allowed".to_owned()), "{boasting:?}");
    // Operator 0 has a record, and would shed it: it does not even ask.
    let again = refused(&listed, candidate(10, 2), 10);
    assert!(again.is_empty(), "{again:?}");
}

#[test]
fn a_quorum_of_charters_becomes_what_the_grid_says() {
    let ground = Ground::with_operators(2);
    let exchange = Exchange::default();
    let grid = ground.view().grid().unwrap().state.clone();
    let labels: Labels = [Label::new("region", "eu")].into_iter().collect();
    let charter = Charter {
        endorsed: [(count(0), labels.clone())].into(),
        rotation: Some(Rotation { penalty: count(9), ..Rotation::of(&grid) }),
        expelled: [count(1)].into(),
        ..Charter::default()
    };
    let mut entities: Vec<_> =
        ENTITIES.iter().map(|seed| ground.entity(*seed, charter.clone(), &exchange)).collect();
    let mut parties: Vec<&mut dyn Plays> = entities.iter_mut().map(|party| party as &mut dyn Plays).collect();
    let before = ground.purse(11);
    let confirmed = play_until(&ground, &mut parties, 3_000);
    assert_eq!(confirmed.concat(), ["cosigned"; 3]);
    let view = ground.view();
    assert_eq!(view.grid().unwrap().state.penalty, count(9));
    assert_eq!(view.operator(count(0)).unwrap().state.endorsed, labels);
    assert!(view.operator(count(1)).is_none());
    // What it had is its own: the record's reserve and those of two slots.
    assert_eq!(ground.purse(11) - before, 8_000_000 + 2 * 7_000_000);
}

#[test]
fn what_operators_leave_lying_is_awarded_and_reported() {
    let ground = Ground::with_operators(1);
    let exchange = Exchange::default();
    let order = ground.order("web", ground.wish(), 2 * 3_600);
    let mut application = ground.drive(ground.application([order]), APPLICATION);
    let mut operator = ground.run_operator(0, 400_000);
    play_until(&ground, &mut [&mut application, &mut operator], 470);
    assert_eq!(ground.view().led_bids().count(), 1);
    // Both sleep.
    let charter =
        Charter { award_after: Some(seconds(60)), report_after: Some(seconds(60)), ..Charter::default() };
    let mut entity = ground.entity(ENTITIES[0], charter, &exchange);
    assert_eq!(play_until(&ground, &mut [&mut entity], 530)[0], Vec::<&str>::new());
    assert_eq!(play_until(&ground, &mut [&mut entity], 700)[0], ["award"]);
    let (slot, lease) = ground.leases().remove(0);
    // It gives up, and does not say so.
    operator.agent_mut().orders_mut().resign.insert(LeaseName { slot: slot.index, start: lease.start });
    futures_executor::block_on(operator.step()).unwrap();
    assert!(ground.leases().is_empty());
    assert_eq!(ground.view().operator(count(0)).unwrap().state.reputation.breached.to_units(), 0);
    play_until(&ground, &mut [&mut entity], 900);
    let record = ground.view().operator(count(0)).unwrap().state.reputation;
    assert!(record.breached.to_units() > 0, "{record:?}");
}

#[test]
fn a_treasurer_awards_and_sweeps_what_the_fees_left() {
    let ground = Ground::with_operators(1);
    let treasury = ground.sandbox.treasury();
    let keeper = PaymentKey::from_seed(b"demeter sandbox: a treasury, key");
    assert_eq!(treasury, Address::of_key(keeper.key_hash()));
    // Four orders, whose fees come in one output each.
    let names = ["one", "two", "three", "four"];
    let orders = names.map(|name| ground.order(name, ground.wish(), 2 * 3_600));
    let mut application = ground.drive(ground.application(orders), APPLICATION);
    let mut operator = ground.run_operator(0, 400_000);
    let mut other = ground.run_operator(0, 400_000);
    play_until(&ground, &mut [&mut application, &mut operator, &mut other], 900);
    let outputs = || futures_executor::block_on(ground.sandbox.funds(treasury)).unwrap().utxos;
    let held = |utxos: &demeter_tx::UtxoSet| -> u64 {
        utxos.values().map(|output| output.value().lovelace().to_units()).sum()
    };
    let before = outputs();
    assert!(before.len() > 1, "{before:?}");
    let policy = WalletPolicy { most: 1, ..WalletPolicy::default() };
    let options = ground.sandbox.driver_options().wallet(policy);
    let (contract, grid) = (ground.sandbox.contract(), ground.sandbox.grid());
    let keys = demeter_agent::KeyRing::new().with(keeper);
    let treasurer = Treasurer::new(treasury, seconds(60)).unwrap();
    let head = ground.sandbox.shared_head();
    let driver = demeter_agent::driver::Driver::open(head, contract, grid, treasurer, keys, options);
    let mut driver = futures_executor::block_on(driver).unwrap();
    let confirmed = play_until(&ground, &mut [&mut driver], 901);
    assert_eq!(confirmed[0], ["tidy"]);
    let after = outputs();
    assert_eq!((after.len(), held(&after)), (1, held(&before)));
}

#[test]
fn a_script_is_no_treasury_for_keys() {
    let script = Address { payment: Credential::Script(ScriptHash::from_bytes([1; 28])), stake: None };
    let refused = Treasurer::new(script, seconds(60)).unwrap_err();
    assert_eq!(refused.to_string(), "the treasury is at a script, which no key can spend");
}
