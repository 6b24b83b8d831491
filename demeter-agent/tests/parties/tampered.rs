//! Proposals that are not what they should be: every field changed, and each change refused by its name.

use demeter_agent::KeyRing;
use demeter_agent::cosign::{CoSigner as _, Examiner, Objection, Proposal};
use demeter_agent::entity::Entity;
use demeter_core::{Address, OutputReference, Time};
use demeter_tx::head::{Head as _, UtxoQuery};
use demeter_tx::market::{Plan, SlotRange};
use demeter_tx::view::GridView;
use demeter_tx::{Slot, UtxoSet};
use futures_executor::block_on;
use serde_json::{Value as Json, json};

use super::arbitration::{lease_with_ruling, ruling};
use super::stage::*;

/// A ground with a proposal that its second entity should sign.
struct Table {
    ground: Ground,
    view: GridView,
    proposal: Json,
}

impl Table {
    fn set() -> Self {
        let ground = Ground::with_operators(1);
        let (lease, ruled) = lease_with_ruling(&ground);
        let publisher = ground.sandbox.driver_options().publisher.unwrap();
        let watched = [publisher, address(ENTITIES[0]), address(ENTITIES[1]), address(ENTITIES[2])];
        let view = block_on(ground.sandbox.view(&watched)).unwrap();
        // The entities take turns: whoever's it is asks the next one. The tests want the first to ask the second.
        let view_now = |ground: &Ground| {
            Entity::new(hash(ENTITIES[0]), address(ENTITIES[0]), ruling(lease, ruled))
                .proposals(&view, ground.now())
        };
        while !view_now(&ground).iter().any(|decision| decision.action.is_some()) {
            let next = ground.now().after(seconds(60)).unwrap();
            block_on(ground.sandbox.wait_until(next)).unwrap();
        }
        let decision = view_now(&ground).remove(0);
        let action = decision.action.unwrap();
        let demeter_agent::Deed::Transition(plan) = action.deed().clone() else {
            panic!("a ruling is a transition")
        };
        let range = range(&ground, 240);
        let funds = view.funds(&address(ENTITIES[0]));
        let composer = ground.sandbox.composer();
        let (proposal, mut derived) = Proposal::compose(&plan, range, composer, &view, &funds).unwrap();
        block_on(KeyRing::new().with(key(ENTITIES[0])).sign(&mut derived)).unwrap();
        let mut proposal: Json = serde_json::from_str(&proposal.to_json().unwrap()).unwrap();
        proposal["transaction"] = json!(derived.transaction().to_hex());
        Self { ground, view, proposal }
    }

    fn check(&self, proposal: &Json, seed: u8, now: Time) -> Result<usize, Objection> {
        let proposal = Proposal::from_json(&proposal.to_string()).unwrap();
        let query = UtxoQuery::References(proposal.funds().clone());
        let seen: UtxoSet = block_on(self.ground.sandbox.head().utxos(&query)).unwrap();
        let keys = [hash(seed)].into();
        let composer = self.ground.sandbox.composer();
        let examiner = Examiner { view: &self.view, composer, seen: &seen, keys: &keys, now };
        proposal.check(&examiner).map(|derived| derived.missing_signers().len())
    }

    /// That the second entity refuses each of these changes, by its name and with this objection.
    fn refuses(&self, rows: &[(&str, &str, Change<'_>)]) {
        for (field, expected, change) in rows {
            let objection = self.changed(change);
            assert_eq!(objection.code(), *expected, "{field}: {objection}");
        }
    }

    /// What the second entity says to a proposal with something changed.
    fn changed(&self, change: impl Fn(&mut Json)) -> Objection {
        let mut proposal = self.proposal.clone();
        change(&mut proposal);
        assert_ne!(proposal, self.proposal, "nothing was changed");
        self.check(&proposal, ENTITIES[1], self.ground.now()).unwrap_err()
    }
}

type Change<'a> = &'a dyn Fn(&mut Json);

fn range(ground: &Ground, slots: u64) -> SlotRange {
    let from = block_on(ground.sandbox.head().now()).unwrap().slot;
    SlotRange { from, before: Slot::from_number(from.to_number() + slots) }
}

#[test]
fn what_is_sound_lacks_one_signature() {
    let table = Table::set();
    assert_eq!(table.check(&table.proposal, ENTITIES[1], table.ground.now()), Ok(1));
    let says = table.proposal["says"].as_str().unwrap();
    assert!(says.starts_with("ends the lease of slot 0/0 to c2012439"), "{says}");
    assert!(says.ends_with(
        "of what is unclaimed 66667 go to the operator, 100000 of the bond to the application, and 200000 into the \
         record as broken"
    ));
}

#[test]
fn each_field_that_is_changed_is_noticed() {
    let table = Table::set();
    let other_key = json!(hash(ENTITIES[2]).to_string());
    let slot = |proposal: &Json, field: &str| proposal[field].as_u64().unwrap();
    let elsewhere =
        |proposal: &mut Json, field: &str| proposal[field][0] = json!(format!("{}#0", "ab".repeat(32)));
    table.refuses(&[
        ("grid", "other_grid", &|proposal| proposal["grid"] = json!("07".repeat(28))),
        ("says", "says_otherwise", &|proposal| proposal["says"] = json!("pays the entities a dinner")),
        ("deadline", "other_deadline", &|proposal| {
            proposal["deadline"] = json!(slot(proposal, "deadline") + 1000);
        }),
        ("deadline and slots", "differs", &|proposal| {
            proposal["deadline"] = json!(slot(proposal, "deadline") + 1000);
            proposal["before"] = json!(slot(proposal, "before") + 1);
        }),
        ("before", "other_deadline", &|proposal| proposal["before"] = json!(slot(proposal, "before") - 1)),
        ("a long life", "too_long", &|proposal| {
            proposal["deadline"] = json!(slot(proposal, "deadline") + 61_000);
            proposal["before"] = json!(slot(proposal, "before") + 61);
        }),
        ("from", "differs", &|proposal| proposal["from"] = json!(slot(proposal, "from") + 1)),
        ("transition", "differs", &|proposal| {
            proposal["transition"]["market"]["arbitrate"]["slashed"] = json!(99_999);
        }),
        ("a ruling that the contract refuses", "refused", &|proposal| {
            proposal["transition"]["market"]["arbitrate"]["slashed"] = json!(900_000);
        }),
        ("another transition", "refused", &|proposal| proposal["transition"] = json!({"market": "close"})),
        ("consumes", "stale", &|proposal| elsewhere(proposal, "consumes")),
        ("consumes another state", "refused", &|proposal| proposal["consumes"] = proposal["reads"].clone()),
        ("reads", "stale", &|proposal| elsewhere(proposal, "reads")),
        ("reads nothing", "refused", &|proposal| proposal["reads"] = json!([])),
        ("signers", "refused", &|proposal| proposal["signers"] = json!([hash(ENTITIES[1]).to_string()])),
        ("one more signer", "differs", &|proposal| {
            proposal["signers"].as_array_mut().unwrap().push(other_key.clone());
        }),
        ("signers without who is asked", "not_asked", &|proposal| {
            proposal["signers"] = json!([hash(ENTITIES[0]).to_string(), other_key]);
        }),
        ("funds", "stale", &|proposal| elsewhere(proposal, "funds")),
        ("no funds", "refused", &|proposal| proposal["funds"] = json!([])),
        ("change", "differs", &|proposal| {
            proposal["change"]["payment"]["key"] = json!(hash(ENTITIES[1]).to_string());
        }),
    ]);
    // Every field of a proposal is among them, and the transaction comes below.
    let fields: Vec<&String> = table.proposal.as_object().unwrap().keys().collect();
    assert_eq!(fields.len(), 12, "{fields:?}");
}

#[test]
fn another_transaction_or_a_wrong_signature_is_noticed() {
    let table = Table::set();
    let hex = table.proposal["transaction"].as_str().unwrap();
    // The signature is the only thing of 64 bytes in a transaction whose scripts are published.
    let at = hex.rfind("5840").unwrap() + 4;
    let flipped = if hex.as_bytes()[at] == b'0' { "1" } else { "0" };
    let bent = format!("{}{flipped}{}", &hex[..at], &hex[at + 1..]);
    let objection = table.changed(|proposal| proposal["transaction"] = json!(bent));
    assert_eq!(objection.code(), "signature", "{objection}");
    let mut unlike = hex.to_owned();
    // The first digit of the first input's transaction.
    let input = unlike.find("825820").unwrap() + 6;
    let digit = if unlike.as_bytes()[input] == b'0' { "1" } else { "0" };
    unlike.replace_range(input..=input, digit);
    let objection = table.changed(|proposal| proposal["transaction"] = json!(unlike));
    assert_eq!(objection.code(), "differs", "{objection}");
    assert!(Proposal::from_json("{}").unwrap_err().to_string().starts_with("not a proposal: missing field"));
}

fn reference(json: &Json) -> OutputReference {
    json.as_str().unwrap().parse().unwrap()
}

#[test]
fn what_is_over_is_refused_and_so_is_what_has_changed() {
    let table = Table::set();
    let deadline = Time::from_milliseconds(table.proposal["deadline"].as_u64().unwrap()).unwrap();
    let before = Time::from_milliseconds(deadline.to_milliseconds() - 1).unwrap();
    assert_eq!(table.check(&table.proposal, ENTITIES[1], before), Ok(1));
    let over = table.check(&table.proposal, ENTITIES[1], deadline).unwrap_err();
    assert_eq!(over, Objection::Expired { deadline, now: deadline });

    // The operator claims: the lease stands in another output now, and what was proposed is stale.
    let mut operator = table.ground.run_operator(0, 400_000);
    let later = table.ground.now().after(seconds(3_000)).unwrap();
    block_on(table.ground.sandbox.wait_until(later)).unwrap();
    assert!(operator.play().confirmed.contains(&"claim"));
    let view = table.ground.view();
    let stale = Table { view, ..table };
    let objection = stale.check(&stale.proposal, ENTITIES[1], before).unwrap_err();
    assert_eq!(objection, Objection::Stale { missing: reference(&stale.proposal["consumes"][0]) });
}

#[test]
fn nobody_pays_with_what_is_not_its_own() {
    let table = Table::set();
    // The second entity is asked to sign what it would pay itself.
    let theirs = block_on(table.ground.sandbox.funds(address(ENTITIES[1]))).unwrap();
    let (theirs, _) = theirs.utxos.first_key_value().unwrap();
    let objection = table.changed(|proposal| {
        proposal["funds"].as_array_mut().unwrap().push(json!(theirs.to_string()));
    });
    assert_eq!(objection, Objection::SpendsOurs { reference: *theirs });
    let grid = reference(&table.proposal["reads"][0]);
    let objection = table.changed(|proposal| {
        proposal["funds"].as_array_mut().unwrap().push(json!(grid.to_string()));
    });
    assert_eq!(objection, Objection::SpendsGuarded { reference: grid });
}

#[test]
fn nobody_signs_what_sets_free_a_state_for_others() {
    let ground = Ground::with_operators(1);
    let publisher = ground.sandbox.driver_options().publisher.unwrap();
    let view = block_on(ground.sandbox.view(&[publisher, address(ENTITIES[0]), address(10)])).unwrap();
    // Its owner is asked to retire the operator, whose reserves would be the change of whoever pays.
    let (pool, grid) = (view.pool().unwrap().reference, view.grid().unwrap().reference);
    let operator = view.operator(count(0)).unwrap().reference;
    let slots: Vec<OutputReference> = view.slots_of(count(0)).map(|held| held.reference).collect();
    let plan = Plan::retire(pool, operator, slots, grid).signed_by(hash(10));
    let funds = view.funds(&address(ENTITIES[0]));
    let composer = ground.sandbox.composer();
    let (proposal, _) = Proposal::compose(&plan, range(&ground, 100), composer, &view, &funds).unwrap();
    let seen = funds.utxos.clone();
    let keys = [hash(10)].into();
    let examiner = Examiner { view: &view, composer, seen: &seen, keys: &keys, now: ground.now() };
    let objection = proposal.check(&examiner).unwrap_err();
    let Objection::Frees { value } = &objection else { panic!("{objection}") };
    assert_eq!(value.lovelace().to_units(), 8_000_000 + 2 * 7_000_000);
    assert_ne!(Address::of_key(hash(10)), funds.change);
}
