//! Retire: an operator leaves, and its tokens go back.

use demeter_core::transition::Step;
use demeter_core::{Address, KeyHash, MarketTransition, RegistryTransition, Stage, Token};

use super::case::{Case, Reason, reason};
use super::change::{at, signed, slot, told, unsigned};
use super::input::{Counts, LEADERLESS};
use super::scene::{ENTITIES, GRID, OPERATOR, OWNER, POOL, SECOND_SLOT, SLOT, Scene, THIEF, held, step};
use crate::make::{count, labels, script};

const COUNT: Reason = reason("inputs", "list.length(purses) == slots");
const QUORUM: Reason = reason("no_quorum", "quorum(entities, signatories, threshold)");

/// The operator with its two slots, in which something is left.
fn retire(scene: &Scene, signers: impl IntoIterator<Item = KeyHash>) -> Step {
    let first = scene.held_slot(Stage::Idle, 900_000);
    let second = held(SECOND_SLOT, first.value.clone(), scene.slot(1, Stage::Idle));
    let inputs = vec![scene.held_pool(), scene.held_operator(), first, second];
    let mut step = step(RegistryTransition::Retire, inputs, signers);
    step.references = vec![scene.held_grid()];
    step
}

/// The operator retires by itself.
pub(super) fn retired(scene: &Scene) -> Case {
    let mut case = Case::new("retire", "retire", scene.carry_out(retire(scene, [OWNER])));
    case.needs_signature("the owner", OWNER, "all that is in the slots", QUORUM);
    case.mutant("one entity signs, not the owner", "all that is in the slots", QUORUM, |view| {
        unsigned(view, OWNER);
        signed(view, ENTITIES[0]);
    });
    slots(scene, &mut case);
    states(scene, &mut case);
    case.mints_nothing(scene, "state_output");
    case.yields(scene, "expect [first, ..] = outputs", &["first == state_output(here, value, state)"]);
    case
}

/// Just its own slots, all of them, and idle.
fn slots(scene: &Scene, case: &mut Case) {
    let gain = "a slot without an operator, whose record nobody keeps";
    case.mutant("a slot stays", gain, COUNT, |view| {
        view.inputs.retain(|input| input.reference != SECOND_SLOT);
    });
    case.mutant("both slots stay", gain, COUNT, |view| {
        view.inputs.retain(|input| ![SLOT, SECOND_SLOT].contains(&input.reference));
    });
    let stage = reason("wrong_stage", "expect Slot { operator, stage: Idle, .. } = state_of(");
    let (leased, settled) = (Box::new(scene.leased()), scene.settled());
    case.mutant("a slot still carries its lease", "an escrow taken out", stage, move |view| {
        slot(view, SLOT, |slot| slot.stage = Stage::Leased(leased.clone()));
    });
    case.mutant("a slot is not reported yet", "a bad record shed", stage, move |view| {
        slot(view, SLOT, |slot| slot.stage = Stage::Settled(settled));
    });
    let offered = scene.offered();
    case.mutant("a slot stands behind an offer", "a bond taken out", stage, move |view| {
        slot(view, SLOT, |slot| slot.stage = Stage::Offered(offered.clone()));
    });
    let other = reason("other_operator", "operator == number");
    case.mutant("a slot of another operator", "another's slot and purse", other, |view| {
        slot(view, SLOT, |slot| slot.operator = count(4));
    });
    let token = reason("missing_token", "quantity(value, registry, token) > 0");
    case.needs_token(scene, "slot", SLOT, Token::Slot, COUNT, token);
    let elsewhere = reason("misplaced", "address.payment == market");
    case.mutant("a slot at a market of the thief's", "a token for nothing", elsewhere, |view| {
        let slot = at(view, SLOT);
        slot.output.address = Address::of_script(script(0x55));
        slot.redeemer = None;
    });
}

/// Pool, operator and grid are what they must be, and nothing else is consumed.
fn states(scene: &Scene, case: &mut Case) {
    let token = reason("missing_token", "holds(own_output.value, here, pool_token, grid)");
    case.needs_token(scene, "pool", POOL, Token::Pool, token, token);
    let uncounted = reason("inputs", "expect [Input { output_reference, output }, ..rest] = inputs");
    let token = reason("missing_token", "holds(operator_output.value, here, operator_token, grid)");
    case.needs_token(scene, "operator", OPERATOR, Token::Operator, uncounted, token);
    case.reads(scene, "grid", GRID, Token::Grid);
    case.must_act(POOL, LEADERLESS);
    case.must_follow(OPERATOR, POOL, reason("not_of_this_state", "not of an operator"));
    case.mutant("a slot acts too", "two primaries", reason("registry_input", "input at registry"), |view| {
        told(view, SLOT, MarketTransition::Withdraw);
    });
    case.mutant(
        "told to endorse",
        "a check that looks at nothing",
        reason("not_of_this_state", "not of a pool"),
        |view| {
            told(view, POOL, RegistryTransition::Endorse { endorsed: labels(&[]) });
        },
    );
    let elsewhere = "address.payment == market";
    let inputs = "list.length(ours) == slots + 2";
    case.alone_at_registry(
        scene,
        Counts { slot: COUNT.trace, operator: inputs, other: inputs, wallet: elsewhere },
    );
}

/// Two entities retire an operator, and its owner gets all that was its.
pub(super) fn expelled(scene: &Scene, name: &'static str) -> Case {
    let [first, second, third] = ENTITIES;
    let mut case = Case::new("retire", name, scene.carry_out(retire(scene, [first, second])));
    case.needs_signature("one of the two entities", first, "an operator driven out by one", QUORUM);
    case.neighbour("another entity signs instead", move |view| {
        unsigned(view, first);
        signed(view, third);
    });
    case.neighbour("the thief signs too", |view| signed(view, THIEF));
    case.pays();
    case
}
