//! Genesis: a grid is founded.

use demeter_core::codec::grid_id;
use demeter_core::transition::{TransactionView, genesis};
use demeter_core::{Address, Asset, Genesis, Grid, OutputReference, PlutusData, Token, Value};

use super::case::{Case, Reason, reason};
use super::change::{add, rewrite};
use super::rotate::{ILL_FORMED, Path};
use super::scene::{Healthy, OPENS, Scene, THIEF, dollar, from, grid_draft};
use crate::drt::{outputs, plain};
use crate::make::{amount, count, grid_id as other_grid, reference, time};
use crate::{machine, tree};

const SEED: OutputReference = reference(0x10, 0);
const OPERATORS: u64 = 40;
const SLOTS: u64 = 400;

const MINT: &str = "value.of_pairs(mint, here, []) == [";
const GRID_OUTPUT: Reason = reason("state_output", "grid_output == state_output(");
const POOL_OUTPUT: Reason = reason("state_output", "pool_output == state_output(");
/// There is no grid in the first output.
const NO_GRID: Reason = reason("state_output", "expect Grid { market, deposit,");

/// A grid is founded at the last moment.
pub(super) fn founded(scene: &Scene) -> Case {
    let mut case = Case::new("genesis", "genesis", healthy(scene));
    case.reads_time();
    case.ends_on_bound("the same seed under a later head", "upper <= deadline");
    case.mutant(
        "the deadline a millisecond earlier",
        "a later genesis",
        reason("too_late", "upper <= deadline"),
        |view| {
            retold(view, &[1], i128::from(OPENS + 300_000 - 1));
        },
    );
    case.mutant(
        "the deadline a millisecond later",
        "another grid under this name",
        reason("other_grid_id", MINT),
        |view| {
            retold(view, &[1], i128::from(OPENS + 300_000 + 1));
        },
    );
    let seed = reason("seed_not_consumed", "list.any(inputs, fn(input) { input.output_reference == seed })");
    case.mutant("the seed is not consumed", "the same grid founded twice", seed, |view| {
        view.inputs[0].reference = reference(0x11, 0);
    });
    case.mutant(
        "another output of the seed's transaction consumed",
        "the same grid founded twice",
        seed,
        |view| {
            view.inputs[0].reference = reference(0x10, 1);
        },
    );
    minted(scene, &mut case);
    let unread = reason("malformed_policy_redeemer", "genesis: Genesis");
    case.mutant("told what is no genesis", "tokens for nothing", unread, |view| {
        view.policy_redeemer = Some(machine::encoded(&tree::constructor(0, Vec::new())));
    });
    let market = reason("state_output", "is_hash(market)");
    case.mutant("output 0: grid.market of 27 bytes", "a grid without a market", market, |view| {
        rewrite(&mut view.outputs[0], &[1], machine::bytes(&[1; 27]));
    });
    let nothing = reason("missing_output", "expect [grid_output, pool_output, ..] = outputs");
    case.mutant("no outputs", "tokens without states", nothing, |view| view.outputs.clear());
    case.state_value(scene, 0, GRID_OUTPUT);
    case.state_dress(scene, 0, GRID_OUTPUT);
    case.state_order(0, NO_GRID);
    case.state_datum(0, reason("state_output", "expect InlineDatum(state) = output.datum"));
    case.mutant(
        "output 0: grid.id of another grid",
        "tokens that name another grid",
        reason("other_grid_id", "grid_output == state_output("),
        |view| rewrite(&mut view.outputs[0], &[0], machine::bytes(other_grid(0x42).as_bytes())),
    );
    for (name, path, node, reason) in ILL_FORMED {
        // The grid's own codec refuses what is not well formed by itself, before the mirror sees the grid.
        let code = if reason.code == "not_payable" { reason.code } else { "state_output" };
        let reason = Reason { code, trace: reason.trace };
        let (path, scripts) = (grid_path(path), scene.scripts);
        case.mutant(
            format!("output 0: {name}"),
            "a grid that cannot be governed, or pays the thief",
            reason,
            move |view| {
                rewrite(&mut view.outputs[0], &path, node(scripts));
            },
        );
    }
    asset(scene, &mut case);
    case.state_value(scene, 1, POOL_OUTPUT);
    case.state_dress(scene, 1, POOL_OUTPUT);
    case.mutant(
        "output 1: left out",
        "tokens in a wallet",
        reason("missing_output", "expect [grid_output, pool_output, ..] = outputs"),
        |view| {
            view.outputs.truncate(1);
        },
    );
    case.state_datum(1, POOL_OUTPUT);
    case.state_fields(1, POOL_OUTPUT, |_| true);
    case.neighbour("a token of another policy minted too", |view| {
        view.minted.push((super::scene::foreign(), 1))
    });
    case
}

fn healthy(scene: &Scene) -> Healthy {
    let deadline = time(OPENS + 300_000);
    let redeemer = Genesis { seed: SEED, deadline, operators: count(OPERATORS), slots: count(SLOTS) };
    let mut draft = grid_draft(scene.scripts, dollar());
    draft.id = grid_id(&SEED, deadline);
    let grid = Grid::new(draft).unwrap();
    let range = from(OPENS);
    let founding = genesis(&scene.scripts, &redeemer, &grid, &[SEED], range).unwrap();
    let wallet = plain(SEED, Address::of_key(THIEF), Value::of_lovelace(amount(1_000_000_000)));
    let mut outputs = outputs(scene.scripts, &founding.outcome);
    let mut change = plain(SEED, Address::of_key(THIEF), Value::of_lovelace(amount(900_000_000))).output;
    // What mutants stuff into states comes from here.
    add(&mut change.value, &super::scene::foreign(), 7);
    outputs.push(change);
    let transaction = TransactionView {
        inputs: vec![wallet],
        outputs,
        minted: founding
            .minted
            .iter()
            .map(|(asset, count)| (asset.clone(), i64::try_from(count.to_units()).unwrap()))
            .collect(),
        policy_redeemer: Some(redeemer.encode()),
        lower: range.map(|range| range.lower),
        upper: range.map(|range| range.upper),
        ..TransactionView::default()
    };
    Healthy { transaction, outcome: founding.outcome }
}

/// Another integer in the policy's redeemer.
fn retold(view: &mut TransactionView, path: &[usize], integer: i128) {
    let redeemer = view.policy_redeemer.as_mut().expect("a redeemer");
    *redeemer =
        machine::encoded(&tree::replaced(&machine::decoded(redeemer), path, machine::integer(integer)));
}

/// What is minted is one GRID, one POOL, and as many of the others as the redeemer says.
fn minted(scene: &Scene, case: &mut Case) {
    let wrong = reason("wrong_mint", MINT);
    let id = grid_id(&SEED, time(OPENS + 300_000));
    for token in [Token::Grid, Token::Pool, Token::Operator, Token::Slot] {
        let asset = scene.scripts.token(token, &id);
        let letters = token.letters();
        for (what, by) in [("more", 1), ("fewer", -1)] {
            let asset = asset.clone();
            let gain = "a token with which a state can be forged, or states that lack one";
            case.mutant(format!("one {letters} token {what} minted"), gain, wrong, move |view| {
                let minted = view.minted.iter_mut().find(|(minted, _)| *minted == asset).expect("minted");
                minted.1 += by;
                view.minted.retain(|(_, count)| *count != 0);
            });
        }
        let rogue = scene.rogue_token(token);
        case.mutant(
            format!("another grid's {letters} token minted too"),
            "that grid's states forged",
            wrong,
            {
                let rogue = rogue.clone();
                move |view| view.minted.push((rogue.clone(), 1))
            },
        );
        case.mutant(
            format!("another grid's {letters} token burned"),
            "that grid's state lost",
            wrong,
            move |view| {
                view.minted.push((rogue.clone(), -1));
            },
        );
    }
    for (what, field) in [("OPER", 2), ("SLOT", 3)] {
        let (bound, count) = if field == 2 { ("operators >= 1", OPERATORS) } else { ("slots >= 1", SLOTS) };
        let gain = "a pool that is said to hold what it does not";
        for (how, said) in [("one more", count + 1), ("one fewer", count - 1)] {
            case.mutant(format!("{how} {what} token told than minted"), gain, wrong, move |view| {
                retold(view, &[field], i128::from(said));
            });
        }
        let none = reason("no_tokens", bound);
        case.mutant(format!("no {what} tokens"), gain, none, move |view| retold(view, &[field], 0));
        let negative = reason("malformed_policy_redeemer", bound);
        case.mutant(format!("minus one {what} token"), gain, negative, move |view| {
            retold(view, &[field], -1)
        });
        let huge = reason("malformed_policy_redeemer", MINT);
        case.mutant(format!("2^64 {what} tokens"), gain, huge, move |view| retold(view, &[field], 1 << 64));
    }
}

/// What may not settle.
fn asset(scene: &Scene, case: &mut Case) {
    let trace = "or { policy == \"\" && name == \"\",";
    let registry = scene.scripts.registry;
    let gain = "escrow in tokens of the contract itself";
    case.mutant(
        "output 0: grid.asset of our own policy",
        gain,
        reason("settlement_in_own_tokens", trace),
        move |view| {
            rewrite(&mut view.outputs[0], &[3, 0], machine::bytes(registry.as_bytes()));
        },
    );
    let gain = "an asset that no value can hold";
    let unreadable = reason("state_output", trace);
    case.mutant("output 0: grid.asset.policy of 27 bytes", gain, unreadable, |view| {
        rewrite(&mut view.outputs[0], &[3, 0], machine::bytes(&[1; 27]));
    });
    case.mutant("output 0: grid.asset, ada with a name", gain, unreadable, |view| {
        rewrite(&mut view.outputs[0], &[3, 0], machine::bytes(b""));
    });
    case.mutant("output 0: grid.asset.name of 33 bytes", gain, unreadable, |view| {
        rewrite(&mut view.outputs[0], &[3, 1], machine::bytes(&[1; 33]));
    });
    debug_assert!(matches!(scene.grid.asset, Asset::Token { .. }), "the scene settles in a token");
}

/// Where a field of Rotate stands in the grid.
fn grid_path(path: Path) -> Vec<usize> {
    // Rotate tells `deposit`, then what comes after `asset`.
    let first = if path[0] == 0 { 2 } else { path[0] + 3 };
    std::iter::once(first).chain(path[1..].iter().copied()).collect()
}
