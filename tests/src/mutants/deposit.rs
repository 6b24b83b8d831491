//! Deposit: grid and pool move into a head.

use demeter_core::transition::Datum;
use demeter_core::{Address, MarketRedeemer, PlutusData, RegistryTransition, Script, Token};

use super::case::{Case, Reason, reason};
use super::change::{at, exchange, retell, rewrite, signed, told, unsigned};
use super::field::small;
use super::input::{Counts, GRID_FOLLOWS, NOT_READ};
use super::scene::{ENTITIES, GRID, OPENS, OWNER, POOL, Scene, THIEF, step};
use crate::drt::input;
use crate::make::{grid_id, script, time};
use crate::{machine, tree};

const TWO: &str = "expect [_, _] = ours";
const WHOLE: Reason = reason("deposit_output", "deposited == expected");
const POOL_TOKEN: Reason = reason("missing_token", "holds(pool_output.value, here, pool_token, id)");

/// Two entities send grid and pool into a head.
pub(super) fn deposited(scene: &Scene) -> Case {
    let deposit = RegistryTransition::Deposit { head: script(0xd1), deadline: time(OPENS) };
    let [first, second, third] = ENTITIES;
    let healthy = scene.carry_out(step(deposit, vec![scene.held_grid(), scene.held_pool()], [first, second]));
    let mut case = Case::new("deposit", "deposit", healthy);
    let quorum = reason("no_quorum", "quorum(entities, signatories, threshold)");
    case.needs_signature("one of the two entities", first, "the grid in a head of the thief's", quorum);
    case.mutant("an operator signs, no entity", "the grid in a head of its own", quorum, move |view| {
        unsigned(view, first);
        unsigned(view, second);
        signed(view, OWNER);
    });
    case.neighbour("another entity signs instead", move |view| {
        unsigned(view, first);
        signed(view, third);
    });
    redeemer(&mut case);
    states(scene, &mut case);
    let token = reason("missing_token", "holds(own_output.value, here, grid_token, id)");
    case.needs_token(scene, "grid", GRID, Token::Grid, token, token);
    case.needs_token(scene, "pool", POOL, Token::Pool, POOL_TOKEN, POOL_TOKEN);
    case.alone_at_registry(scene, Counts::all(TWO));
    case.must_act(GRID, GRID_FOLLOWS);
    // A pool that acts looks for its grid among the references before it looks at what it is told.
    case.must_follow(POOL, GRID, reason("not_of_this_state", NOT_READ.trace));
    let lost = reason("not_of_this_state", "not of a grid");
    case.mutant("told to report", "a check that looks at nothing", lost, |view| {
        told(view, GRID, RegistryTransition::Report);
    });
    case.mints_nothing(scene, "state_output");
    let nothing = reason("missing_output", "expect [deposited, ..] = outputs");
    case.mutant("no outputs", "the whole grid", nothing, |view| view.outputs.clear());
    case.state_value(scene, 0, WHOLE);
    case.state_dress(scene, 0, WHOLE);
    case.state_order(0, WHOLE);
    case.state_datum(0, WHOLE);
    output(scene, &mut case);
    case
}

/// What the redeemer tells.
fn redeemer(case: &mut Case) {
    let gain = "a deposit that hydra cannot read, and nobody take back";
    case.mutant("a head of 27 bytes", gain, reason("malformed_redeemer", "is_hash(head)"), |view| {
        retell(view, GRID, &[0], &machine::bytes(&[0xd1; 27]));
    });
    let range = reason("malformed_redeemer", "in_range(deadline)");
    for (what, deadline) in [("minus one", -1_i128), ("2^63", 1 << 63)] {
        case.mutant(format!("a deadline of {what}"), gain, range, move |view| {
            retell(view, GRID, &[1], &machine::integer(deadline));
            rewrite(&mut view.outputs[0], &[1], machine::integer(deadline));
        });
    }
    let gain = "the grid in another head than the entities meant";
    case.mutant("told another head than written", gain, WHOLE, |view| {
        retell(view, GRID, &[0], &machine::bytes(&[0xd2; 28]));
    });
    case.mutant("told another deadline than written", gain, WHOLE, |view| {
        retell(view, GRID, &[1], &machine::integer(OPENS + 1));
    });
}

/// Just the grid and its own pool go.
fn states(scene: &Scene, case: &mut Case) {
    let gain = "a grid whose pool is on another ledger";
    case.mutant("the pool stays", gain, reason("inputs", TWO), |view| {
        view.inputs.retain(|input| input.reference != POOL);
    });
    let follow = MarketRedeemer::Follow.encode();
    let operator = input(scene.scripts, &scene.held_operator(), Some(follow));
    let other = reason("inputs", POOL_TOKEN.trace);
    case.mutant("an operator goes in the place of the pool", gain, other, move |view| {
        view.inputs.retain(|input| input.reference != POOL);
        view.inputs.push(operator.clone());
    });
    let tokens = [Token::Pool, Token::Operator, Token::Slot]
        .map(|token| (scene.token(token), scene.rogue_token(token)));
    case.mutant("another grid's pool goes", "another grid's pool", POOL_TOKEN, move |view| {
        let output = &mut at(view, POOL).output;
        for (own, rogue) in &tokens {
            exchange(&mut output.value, own, Some(rogue));
        }
        rewrite(output, &[0], machine::bytes(grid_id(0x42).as_bytes()));
    });
}

/// What hydra is told to recreate.
fn output(scene: &Scene, case: &mut Case) {
    let registry = scene.scripts.address(Script::Registry);
    case.mutant("output 0: at the registry", "a deposit that hydra does not see", WHOLE, move |view| {
        view.outputs[0].address = registry;
    });
    case.mutant("output 0: at a script of the thief's", "the whole grid", WHOLE, |view| {
        view.outputs[0].address = Address::of_script(script(0x55));
    });
    let grid = "a deposit validator of the thief's";
    case.mutant("a grid that names another deposit validator", grid, WHOLE, |view| {
        rewrite(&mut at(view, GRID).output, &[2], machine::bytes(&[0x55; 28]));
    });
    let gain = "what appears in the head is what the submitter likes";
    case.mutant("output 0: deposit.head of another head", gain, WHOLE, |view| {
        rewrite(&mut view.outputs[0], &[0], machine::bytes(&[0xd2; 28]));
    });
    for (what, by) in [("one more", 1), ("one less", -1)] {
        case.mutant(format!("output 0: deposit.deadline, {what}"), gain, WHOLE, move |view| {
            rewrite(&mut view.outputs[0], &[1], machine::integer(i128::from(OPENS) + by));
        });
    }
    let Datum::Inline(bytes) = &case.healthy.outputs[0].datum else { panic!("a deposit has a datum") };
    let data = machine::decoded(bytes);
    let commits = tree::fields(tree::at(&data, &[2]));
    let rewritten = |case: &mut Case, what: &str, path: &'static [usize], node| {
        case.mutant(format!("output 0: deposit.{what}"), gain, WHOLE, move |view| {
            rewrite(&mut view.outputs[0], path, pallas_primitives::PlutusData::clone(&node));
        });
    };
    let list = tree::list;
    rewritten(case, "commits, none", &[2], list(Vec::new()));
    rewritten(case, "commits, the grid alone", &[2], list(commits[..1].to_vec()));
    rewritten(case, "commits, the pool alone", &[2], list(commits[1..].to_vec()));
    rewritten(case, "commits, the pool twice", &[2], list([commits.clone(), commits[1..].to_vec()].concat()));
    rewritten(case, "commits, in the other order", &[2], list(commits.iter().rev().cloned().collect()));
    for (what, transaction, index, whole) in [
        ("commits[0]", &[2, 0, 0, 0], &[2, 0, 0, 1], &[2, 0, 1]),
        ("commits[1]", &[2, 1, 0, 0], &[2, 1, 0, 1], &[2, 1, 1]),
    ]
        as [(&str, &'static [usize], &'static [usize], &'static [usize]); 2]
    {
        rewritten(
            case,
            &format!("{what}.input of another transaction"),
            transaction,
            machine::bytes(&[0x99; 32]),
        );
        let next = small(tree::at(&data, index)) + 1;
        rewritten(case, &format!("{what}.input, the next index"), index, machine::integer(next));
        let pallas_primitives::PlutusData::BoundedBytes(recorded) = tree::at(&data, whole) else {
            panic!("an output is recorded as bytes")
        };
        let mut longer = recorded.to_vec();
        longer.push(0);
        rewritten(case, &format!("{what}.output, a byte longer"), whole, machine::bytes(&longer));
        let id = scene.grid.id;
        let other = replaced(recorded, id.as_bytes(), grid_id(0x42).as_bytes());
        rewritten(case, &format!("{what}.output of another grid"), whole, machine::bytes(&other));
        if what == "commits[0]" {
            let thief = replaced(recorded, ENTITIES[0].as_bytes(), THIEF.as_bytes());
            rewritten(
                case,
                "commits[0].output with the thief among the entities",
                whole,
                machine::bytes(&thief),
            );
        }
    }
}

/// Bytes with the last occurrence of some in them replaced by as many others.
fn replaced(bytes: &[u8], found: &[u8], other: &[u8]) -> Vec<u8> {
    let position =
        (0..bytes.len()).rev().find(|position| bytes[*position..].starts_with(found)).expect("the bytes");
    [&bytes[..position], other, &bytes[position + found.len()..]].concat()
}
