//! Wild foundings: grids that may not stand, tokens that are not theirs.

use demeter_core::codec::grid_id;
use demeter_core::limits::{GRID_RESERVE, POOL_RESERVE};
use demeter_core::transition::{Datum, OutputView, TransactionView};
use demeter_core::{
    Address, Amount, Asset, AssetName, Genesis, GridDraft, MarketTransition, PlutusData, Pool, Redeemer,
    Script, Stage, State, Time, Token, Value,
};

use super::Dice;
use super::carry::{input, plain, state_output};
use super::world::{OWNER, STRANGER, World};
use crate::make::{amount, count, key, ppm, script, span, time};

pub(super) fn wild_genesis(mut world: World, dice: &mut Dice) -> TransactionView {
    let seed = world.fresh(dice);
    let other = world.fresh(dice);
    let lower = time(1_800_000_000_000);
    let upper = lower.after(span(dice.of(&[1000, 300_000, 301_000]))).unwrap();
    let redeemer = Genesis {
        seed: if dice.once_in(12) { world.fresh(dice) } else { seed },
        deadline: dice.of(&[upper, upper, Time::MAX, lower]),
        operators: count(dice.of(&[0, 1, 1, 40, 1 << 62])),
        slots: count(dice.of(&[0, 1, 1, 400, 1 << 62])),
    };
    let id = if dice.once_in(10) { world.grid.id } else { grid_id(&redeemer.seed, redeemer.deadline) };
    let grid = grid(GridDraft { id, ..world.grid.clone().into_draft() }, &world, dice);
    let token = |token| world.scripts.token(token, &id);
    let units = |count: demeter_core::Count| amount(count.to_number());
    let (operators, slots) = (units(redeemer.operators), units(redeemer.slots));
    let grid_value = Value::of_lovelace(GRID_RESERVE).plus(&token(Token::Grid), amount(1)).unwrap();
    let pool_value = Value::of_lovelace(POOL_RESERVE)
        .plus(&token(Token::Pool), amount(1))
        .and_then(|value| value.plus(&token(Token::Operator), operators))
        .and_then(|value| value.plus(&token(Token::Slot), slots))
        .unwrap();
    let minted = minted(&grid_value.checked_add(&pool_value).unwrap(), &world, dice);
    let pool = State::Pool(Pool { grid: id, next: count(dice.of(&[0, 0, 0, 0, 0, 0, 0, 1])) });
    let grid_output = OutputView {
        datum: Datum::Inline(grid.encode()),
        ..state_output(world.scripts, Script::Registry, grid_value, &pool)
    };
    let mut outputs = vec![grid_output, state_output(world.scripts, Script::Registry, pool_value, &pool)];
    match dice.position(20) {
        0 => outputs.reverse(),
        1 => outputs.truncate(dice.position(2)),
        2 => outputs[0].value = outputs[0].value.clone().plus(&Asset::Lovelace, amount(1)).unwrap(),
        3 => outputs[1].has_reference_script = true,
        4 => outputs[0].datum = dice.pick(&[Datum::None, Datum::Hash]).clone(),
        _ => {}
    }
    let told =
        if dice.once_in(25) { Redeemer::Act(MarketTransition::Lead).encode() } else { redeemer.encode() };
    let wallet = Value::of_lovelace(Amount::MAX);
    let mut inputs = vec![
        plain(seed, Address::of_key(STRANGER), wallet.clone()),
        plain(other, Address::of_key(key(1)), wallet),
    ];
    if dice.once_in(6) {
        // Something else that would be allowed.
        let slot = world.held_slot(dice, 1, Stage::Idle, amount(3));
        let act =
            Redeemer::Act(dice.pick(&[MarketTransition::Collect, MarketTransition::Lead]).clone()).encode();
        inputs.push(input(world.scripts, &slot, Some(act)));
    }
    inputs.sort_by_key(|input| input.reference);
    TransactionView {
        inputs,
        outputs,
        minted,
        policy_redeemer: Some(told),
        lower: Some(lower).filter(|_| !dice.once_in(25)),
        upper: Some(upper).filter(|_| !dice.once_in(25)),
        signatories: std::iter::once(OWNER).collect(),
        ..TransactionView::default()
    }
}

/// The grid with a part that may not stand, half of the time.
fn grid(mut grid: GridDraft, world: &World, dice: &mut Dice) -> GridDraft {
    let entities = grid.entities.len() as u64;
    match dice.position(22) {
        0 => grid.asset = world.scripts.token(Token::Slot, &grid.id),
        1 => grid.market = script(0x7a),
        2 => grid.threshold = count(dice.of(&[0, entities / 2, entities + 1])),
        3 => grid.admission = count(entities + 1),
        4 => grid.entities.extend(grid.entities.first().copied()),
        5 => grid.entities = (1..=17).map(key).collect(),
        6 => grid.fee_ppm = ppm(100_001),
        7 => grid.prior = Amount::ZERO,
        8 => grid.half_life = span(3_599_999),
        9 => grid.treasury = world.scripts.address(dice.of(&[Script::Market, Script::Registry])),
        10 => grid.entities.clear(),
        _ => {}
    }
    grid
}

/// What a grid mints, or something near to it.
fn minted(held: &Value, world: &World, dice: &mut Dice) -> Vec<(Asset, i64)> {
    let counted = |(asset, units): (&Asset, Amount)| (asset.clone(), units.to_units().cast_signed());
    let mut minted: Vec<_> =
        held.iter().filter(|(asset, _)| **asset != Asset::Lovelace).map(counted).collect();
    let one = dice.position(minted.len());
    match dice.position(16) {
        0 => minted[one].1 += 1,
        1 => drop(minted.remove(one)),
        2 => minted[one].1 = -1,
        3 => minted.push((
            Asset::Token { policy: world.scripts.registry, name: AssetName::from_bytes(*b"MORE").unwrap() },
            1,
        )),
        4 => minted.push((crate::make::token(dice.of(&[0x00, 0xff]), b"foreign"), 1)),
        _ => {}
    }
    minted
}
