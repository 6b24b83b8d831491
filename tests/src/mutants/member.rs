//! An operator's record: Admit, Update, Endorse, Report.

use demeter_core::transition::{Datum, Held, Step, TransactionView};
use demeter_core::{
    Address, MarketRedeemer, Operator, OutputReference, PlutusData, RegistryTransition, Reputation, Stage,
    State, Text, Time, Token,
};

use super::case::{Case, Reason, reason};
use super::change::{add, at, exchange, operator, retell, rewrite, signed, slot, subtract, told, unsigned};
use super::input::{CANNOT_FOLLOW, Counts, LEADERLESS};
use super::scene::{
    APPLICATION, EARLY, ENTITIES, GRID, NEW_OWNER, OPENS, OPERATOR, OWNER, POOL, SLOT, Scene, from, step,
};
use crate::drt::input;
use crate::make::{count, labels, resources, script, time};
use crate::{machine, tree};

const ALONE: &str = "expect [_] = ours";
const FIRST: &str = "first == state_output(here, value, state)";
const OPERATOR_TOKEN: Reason = reason("missing_token", "holds(own_output.value, here, operator_token, grid)");
const TOO_LONG: Reason = reason(
    "operator_too_long",
    "builtin.length_of_bytearray(builtin.serialise_data(data)) <= max_operator_size",
);
const AMOUNTS: Reason = reason("malformed_redeemer", "amounts_in_range(capacity)");
const QUORUM: Reason = reason("no_quorum", "quorum(entities, signatories, threshold)");

fn admission(scene: &Scene, endpoint: Text) -> RegistryTransition {
    let Operator { owner, capacity, labels, .. } = scene.operator.clone();
    RegistryTransition::Admit { owner, endpoint, capacity, labels, slots: count(2) }
}

fn admit(scene: &Scene, endpoint: Text) -> Step {
    let [first, second, _] = ENTITIES;
    let mut step = step(admission(scene, endpoint), vec![scene.held_pool()], [OWNER, first, second]);
    step.references = vec![scene.held_grid()];
    step
}

/// An operator joins with two slots.
pub(super) fn admitted(scene: &Scene) -> Case {
    let healthy = scene.carry_out(admit(scene, scene.operator.endpoint.clone()));
    let mut case = Case::new("admit", "admit", healthy);
    case.needs_signature(
        "the owner",
        OWNER,
        "a record in another's name",
        reason("not_signed", "signs(owner)"),
    );
    let quorum = reason("no_quorum", "quorum(entities, signatories, admission)");
    case.needs_signature("one of the two entities", ENTITIES[0], "admission without the entities", quorum);
    case.neighbour("another entity signs instead", |view| {
        unsigned(view, ENTITIES[0]);
        signed(view, ENTITIES[2]);
    });
    let slots =
        |said: i128| move |view: &mut TransactionView| retell(view, POOL, &[4], &machine::integer(said));
    let gain = "an operator that can never retire, or drains the pool";
    case.mutant("no slots", gain, reason("slots_out_of_range", "1 <= slots"), slots(0));
    case.mutant("17 slots", gain, reason("slots_out_of_range", "slots <= max_slots"), slots(17));
    case.mutant("minus one slots", gain, reason("malformed_redeemer", "1 <= slots"), slots(-1));
    case.mutant("2^64 slots", gain, reason("malformed_redeemer", "slots <= max_slots"), slots(1 << 64));
    case.mutant("one slot more than is made", gain, reason("state_output", FIRST), slots(3));
    capacity(&mut case, POOL);
    let exhausted = reason("pool_exhausted", FIRST);
    for (what, token, units) in [("no OPER token", Token::Operator, 5), ("one SLOT token", Token::Slot, 8)] {
        let asset = scene.token(token);
        let gain = "tokens that the pool does not have";
        case.mutant(format!("a pool with {what} left"), gain, exhausted, move |view| {
            subtract(&mut at(view, POOL).output.value, &asset, units);
        });
    }
    case.reads(scene, "grid", GRID, Token::Grid);
    pool(scene, &mut case);
    case.alone_at_registry(scene, Counts::all(ALONE));
    case.mints_nothing(scene, "state_output");
    let slots = "idle_slots(slot_outputs, 0, slots,";
    case.yields(
        scene,
        "expect [_, operator_output, ..slot_outputs] = outputs",
        &[FIRST, "operator_output == state_output(", slots, slots],
    );
    case
}

/// An operator joins with a record that just fits.
pub(super) fn admitted_in_full(scene: &Scene) -> Case {
    let empty = Operator {
        number: count(4),
        endpoint: "".into(),
        endorsed: labels(&[]),
        reputation: Reputation::default(),
        updated: Time::ZERO,
        ..scene.operator.clone()
    };
    let endpoint = filling(Operator::MAX_WRITTEN_SIZE, |endpoint| {
        Operator { endpoint, ..empty.clone() }.size_when_new()
    });
    let mut case =
        Case::new("admit", "admit, a full record", scene.carry_out(admit(scene, endpoint.as_str().into())));
    let longer = machine::bytes(format!("{endpoint}.").as_bytes());
    case.mutant("one byte longer", "a record so long that a report is stuck", TOO_LONG, move |view| {
        retell(view, POOL, &[1], &longer);
        rewrite(&mut view.outputs[1], &[3], longer.clone());
    });
    case
}

/// The endpoint with which something has this size.
fn filling(size: usize, of: impl Fn(Text) -> usize) -> String {
    let fits = |length: &usize| of("a".repeat(*length).as_str().into()) == size;
    "a".repeat((0..size).find(fits).expect("a length"))
}

/// What the pool itself must be.
fn pool(scene: &Scene, case: &mut Case) {
    let token = reason("missing_token", "holds(own_output.value, here, pool_token, grid)");
    case.needs_token(scene, "pool", POOL, Token::Pool, token, token);
    case.must_act(POOL, LEADERLESS);
    let gain = "a check that looks at nothing";
    case.mutant("told to endorse", gain, reason("not_of_this_state", "not of a pool"), |view| {
        told(view, POOL, RegistryTransition::Endorse { endorsed: labels(&[]) });
    });
}

/// Integers that no capacity may hold.
fn capacity(case: &mut Case, primary: OutputReference) {
    let gain = "a capacity that no arithmetic of the rule can bear";
    for (what, said) in [("minus one", -1_i128), ("2^63", 1 << 63)] {
        case.mutant(format!("{what} millicores"), gain, AMOUNTS, move |view| {
            retell(view, primary, &[2, 1], &machine::integer(said));
        });
    }
}

/// What the operator itself must be.
fn record(scene: &Scene, case: &mut Case) {
    case.needs_token(scene, "operator", OPERATOR, Token::Operator, OPERATOR_TOKEN, OPERATOR_TOKEN);
    case.must_act(OPERATOR, LEADERLESS);
    let follower = Held { reference: EARLY, ..scene.held_operator() };
    let gain = "an operator moved without its pool";
    let follow = MarketRedeemer::Follow.encode();
    case.intruder(scene, "another operator follows the operator", gain, follower, follow, LEADERLESS);
    let stray = State::from(scene.slot(0, Stage::Idle)).encode();
    let registry = reason("misplaced", "not at the registry");
    case.mutant(
        "a slot at the registry",
        "a slot that no transition of its own checks",
        registry,
        move |view| {
            at(view, OPERATOR).output.datum = Datum::Inline(stray.clone());
        },
    );
    let gain = "a check that looks at nothing";
    case.mutant("told to retire", gain, reason("not_of_this_state", "not of an operator"), |view| {
        told(view, OPERATOR, RegistryTransition::Retire);
    });
    case.mints_nothing(scene, "state_output");
}

/// An operator gets another key, endpoint, capacity and labels, ten minutes after the last time.
pub(super) fn updated(scene: &Scene) -> Case {
    let update = RegistryTransition::Update {
        owner: NEW_OWNER,
        endpoint: "https://elsewhere.example".into(),
        capacity: resources(&[("cpu", 16_000), ("memory", 16_000)]),
        labels: labels(&[("region", "us")]),
    };
    let mut step = step(update, vec![scene.held_operator()], [OWNER, NEW_OWNER]);
    step.range = from(OPENS);
    let mut case = Case::new("update", "update", scene.carry_out(step));
    case.needs_signature(
        "the owner",
        OWNER,
        "the operator, its slots and all pay",
        reason("not_signed", "signs(owner)"),
    );
    let gain = "an operator handed to a key that nobody has";
    case.needs_signature("the new owner", NEW_OWNER, gain, reason("not_signed", "signs(new_owner)"));
    let trace = "lower >= updated + 10 * minute";
    case.begins_on_bound("labels that flap between two bids", trace);
    case.mutant("updated a millisecond later", "labels that flap", reason("too_early", trace), |view| {
        operator(view, OPERATOR, |operator| operator.updated = time(OPENS - 600_000 + 1));
    });
    case.reads_time();
    capacity(&mut case, OPERATOR);
    let long = machine::bytes(&[b'a'; 1400]);
    case.mutant("a record too long", "a record so long that a report is stuck", TOO_LONG, move |view| {
        retell(view, OPERATOR, &[1], &long);
    });
    record(scene, &mut case);
    case.alone_at_registry(scene, Counts::all(ALONE));
    case.yields(scene, "expect [first, ..] = outputs", &[FIRST]);
    case
}

/// Two entities vouch for another label.
pub(super) fn endorsed(scene: &Scene) -> Case {
    let endorse = RegistryTransition::Endorse { endorsed: labels(&[("region", "eu"), ("tier", "gold")]) };
    let [first, second, third] = ENTITIES;
    let mut step = step(endorse, vec![scene.held_operator()], [first, second]);
    step.references = vec![scene.held_grid()];
    let mut case = Case::new("endorse", "endorse", scene.carry_out(step));
    case.needs_signature("one of the two entities", first, "labels that nobody vouched for", QUORUM);
    case.mutant("the owner signs, no entity", "an operator that endorses itself", QUORUM, move |view| {
        unsigned(view, first);
        unsigned(view, second);
        signed(view, OWNER);
    });
    case.neighbour("another entity signs instead", move |view| {
        unsigned(view, first);
        signed(view, third);
    });
    let long = tree::map(vec![(machine::bytes(b"region"), machine::bytes(&[b'a'; 1400]))]);
    case.mutant("a record too long", "a record so long that a report is stuck", TOO_LONG, move |view| {
        retell(view, OPERATOR, &[0], &long);
    });
    case.reads(scene, "grid", GRID, Token::Grid);
    record(scene, &mut case);
    case.alone_at_registry(scene, Counts::all(ALONE));
    case.yields(scene, "expect [first, ..] = outputs", &[FIRST]);
    case
}

/// A settled slot is reported; nobody signs.
pub(super) fn reported(scene: &Scene) -> Case {
    const TWO: &str = "expect [first, second] = ours";
    let settled = scene.held_slot(Stage::Settled(scene.settled()), 900_000);
    let mut step = step(RegistryTransition::Report, vec![scene.held_operator(), settled], []);
    step.references = vec![scene.held_grid()];
    let mut case = Case::new("report", "report", scene.carry_out(step));
    let stage = reason(
        "wrong_stage",
        "expect Slot { operator: slot_operator, index, owner: slot_owner, stage: Settled {",
    );
    let gain = "kept periods that never were";
    case.mutant("the slot is idle", gain, stage, |view| slot(view, SLOT, |slot| slot.stage = Stage::Idle));
    let leased = Box::new(scene.leased());
    case.mutant("the slot still carries its lease", gain, stage, move |view| {
        slot(view, SLOT, |slot| slot.stage = Stage::Leased(leased.clone()));
    });
    let other = reason("other_operator", "slot_operator == number");
    case.mutant("another operator's slot", "another's good record", other, |view| {
        slot(view, SLOT, |slot| slot.operator = count(4));
    });
    case.mutant("told to another operator's record", "a bad record shed", other, |view| {
        operator(view, OPERATOR, |operator| operator.number = count(4));
    });
    let token = reason("missing_token", "holds(slot_output.value, here, slot_token, grid)");
    case.needs_token(scene, "slot", SLOT, Token::Slot, reason("inputs", TWO), token);
    let elsewhere = reason("misplaced", "slot_output.address.payment == Script(market)");
    case.mutant("the slot at a market of the thief's", gain, elsewhere, |view| {
        let slot = at(view, SLOT);
        slot.output.address = Address::of_script(script(0x55));
        slot.redeemer = None;
    });
    case.mutant("no slot", gain, reason("inputs", TWO), |view| {
        view.inputs.retain(|input| input.reference != SLOT)
    });
    case.mutant(
        "a grid of another half-life",
        "a bad record that fades at once",
        reason("state_output", FIRST),
        |view| {
            rewrite(&mut at(view, GRID).output, &[11], machine::integer(3_600_000));
        },
    );
    case.reads(scene, "grid", GRID, Token::Grid);
    let registry = reason("registry_input", "input at registry");
    case.must_follow(SLOT, OPERATOR, registry);
    record(scene, &mut case);
    case.alone_at_registry(scene, Counts::all(TWO));
    followed(scene, &mut case);
    case.yields(
        scene,
        "expect [_, idle, ..] = outputs",
        &[FIRST, "idle == state_output(market, slot_output.value,"],
    );
    case.neighbour("the application signs, whom nobody asks", |view| signed(view, APPLICATION));
    case
}

/// A slot follows only its own grid's operator or pool.
fn followed(scene: &Scene, case: &mut Case) {
    let (own, rogue) = (scene.token(Token::Slot), scene.rogue_token(Token::Slot));
    let held = Held { reference: EARLY, ..scene.held_slot(Stage::Idle, 0) };
    let intruder = input(scene.scripts, &held, Some(MarketRedeemer::Follow.encode()));
    let gain = "a slot of one grid moved by the states of another";
    case.mutant("another grid's slot follows", gain, CANNOT_FOLLOW, move |view| {
        let mut intruder = intruder.clone();
        exchange(&mut intruder.output.value, &own, Some(&rogue));
        rewrite(&mut intruder.output, &[0], machine::bytes(&[0x42; 28]));
        view.inputs.push(intruder);
    });
    let (operator, rogue) = (scene.token(Token::Operator), scene.rogue_token(Token::Operator));
    let missing = reason("missing_token", "holds(own_output.value, here, operator_token, grid)");
    case.mutant("the operator's token and another's swapped", gain, missing, move |view| {
        exchange(&mut at(view, OPERATOR).output.value, &operator, Some(&rogue));
        add(&mut at(view, SLOT).output.value, &operator, 1);
    });
}
