//! Wild transactions: put together at random from pieces that belong to a transition and pieces that do not.
//!
//! The pieces are states that can stand side by side: of two operators, on bids of either method, in every stage, and
//! of another grid under the same policy; and what anybody may leave at our scripts, which holds no token.

use demeter_core::transition::{
    Datum, Held, InputView, OutputView, Range, Signers, Step, TransactionView, apply,
};
use demeter_core::{
    Address, Credential, Grid, KeyHash, PlutusData, Redeemer, Script, Scripts, Stage, State, Time,
    Transition, Value,
};

use super::Dice;
use super::carry::{input, outputs, plain};
use super::healthy::{TRANSITIONS, step, world_for};
use super::mutate::ours;
use super::wild_genesis::wild_genesis;
use super::world::{APPLICATION, OWNER, RIVAL, STRANGER, World, address, slot_from};
use crate::make::{amount, key, time};

/// A wild transaction around this transition.
pub fn wild(scripts: Scripts, transition: &str, dice: &mut Dice) -> TransactionView {
    let mut world = world_for(scripts, transition, dice);
    if dice.once_in(12) {
        world.grid = with_other_market(&world.grid);
    }
    if transition == "genesis" {
        return wild_genesis(world, dice);
    }
    let step = step(&mut world, transition, dice);
    let pot = pot(&mut world, dice);
    let inputs = inputs(&mut world, &step, &pot, dice);
    let references = references(&world, &step, &pot, &inputs, dice);
    let mut transaction = TransactionView {
        outputs: made(&world, &step, &pot, &inputs, dice),
        inputs,
        references,
        signatories: signers(&world, &step, dice),
        ..TransactionView::default()
    };
    (transaction.lower, transaction.upper) = bounds(&world, &step, dice);
    if dice.once_in(25) {
        let other = crate::make::token(dice.of(&[0x00, 0xff]), b"foreign");
        let asset = if dice.once_in(2) { ours(&world, dice) } else { other };
        transaction.minted.push((asset, dice.of(&[1, -1])));
        transaction.policy_redeemer = Some(Redeemer::Act(demeter_core::MarketTransition::Lead).encode());
    }
    transaction
}

fn with_other_market(grid: &Grid) -> Grid {
    let mut draft = grid.clone().into_draft();
    draft.market = crate::make::script(0x7a);
    Grid::new(draft).unwrap()
}

/// States of every kind, of two operators, two bids and two grids.
fn pot(world: &mut World, dice: &mut Dice) -> Vec<Held<State>> {
    let mut pot = Vec::new();
    let race = dice.once_in(2);
    for other in [world.clone(), world.with_other_terms(dice, race), world.of_the_rival(), world.elsewhere()]
    {
        let mut other = other.after(world);
        pot.extend(states(&mut other, dice));
        *world = world.clone().after(&other);
    }
    pot
}

fn states(world: &mut World, dice: &mut Dice) -> Vec<Held<State>> {
    let (offered, settled, leased) = (world.offered(dice), world.settled(dice), world.leased(dice));
    let (leader, bond) = (world.leader(2, offered.clone()), world.terms.bond);
    vec![
        world.held_grid(dice),
        world.held_operator(dice),
        world.held_pool(dice, 1, 5),
        world.open_bid(dice),
        world.led_bid(dice, leader),
        world.held_slot(dice, 0, Stage::Idle, amount(3)),
        world.held_slot(dice, 1, Stage::Offered(offered), bond),
        world.leased_slot(dice, leased),
        world.held_slot(dice, 3, Stage::Settled(settled), amount(5)),
    ]
}

/// Most of what the transition consumes, something else now and then, and a wallet; each told something.
fn inputs(world: &mut World, step: &Step, pot: &[Held<State>], dice: &mut Dice) -> Vec<InputView> {
    let scripts = world.scripts;
    let act = act(&step.transition);
    let follow = Redeemer::<demeter_core::MarketTransition>::Follow.encode();
    let mut inputs = Vec::new();
    for (position, held) in step.inputs.iter().enumerate() {
        let held = if dice.once_in(10) { dice.pick(pot) } else { held };
        let told = match (position, dice.position(20)) {
            (_, 0) => another_act(world, dice),
            (0, 1) | (1.., 2..) => follow.clone(),
            _ => act.clone(),
        };
        if position == 0 || !dice.once_in(10) {
            inputs.push(input(scripts, held, Some(told)));
        }
    }
    if dice.once_in(4) {
        let told = if dice.once_in(4) { act } else { follow };
        let mut more = input(scripts, dice.pick(pot), Some(told));
        if dice.once_in(2) {
            left_by_anybody(scripts, &mut more, dice);
        }
        inputs.push(more);
    }
    let mut wallet = plain(world.fresh(dice), address(dice, 0x66), Value::of_lovelace(amount(99_000_000)));
    if dice.once_in(12) {
        wallet.output.value = wallet.output.value.plus(&ours(world, dice), amount(1)).unwrap();
    }
    inputs.push(wallet);
    inputs.sort_by_key(|input| input.reference);
    inputs.dedup_by_key(|input| input.reference);
    inputs
}

fn act(transition: &Transition) -> Vec<u8> {
    match transition {
        Transition::Registry(transition) => Redeemer::Act(transition.clone()).encode(),
        Transition::Market(transition) => Redeemer::Act(transition.clone()).encode(),
    }
}

fn another_act(world: &World, dice: &mut Dice) -> Vec<u8> {
    let transition = dice.of(&TRANSITIONS[1..]);
    act(&step(&mut world.clone(), transition, dice).transition)
}

/// The same without tokens, as anybody may leave it there: perhaps at the wrong script, perhaps not a state at all.
fn left_by_anybody(scripts: Scripts, input: &mut InputView, dice: &mut Dice) {
    input.output.value = Value::of_lovelace(input.output.value.lovelace());
    match dice.position(6) {
        0 => input.output.datum = Datum::None,
        // NOTE: the ledger itself asks for the datum behind a hash where a script's output is consumed.
        1 => input.output.datum = if input.redeemer.is_some() { Datum::None } else { Datum::Hash },
        2 => {
            input.output.datum = Datum::Inline(act(&Transition::Market(demeter_core::MarketTransition::Lead)))
        }
        3 => input.output.address = scripts.address(dice.of(&[Script::Market, Script::Registry])),
        4 => input.output.address.stake = Some(Credential::Key(STRANGER)),
        _ => input.output.has_reference_script = true,
    }
}

fn references(
    world: &World,
    step: &Step,
    pot: &[Held<State>],
    inputs: &[InputView],
    dice: &mut Dice,
) -> Vec<InputView> {
    let mut references = Vec::new();
    for held in &step.references {
        if !dice.once_in(12) {
            references.push(input(world.scripts, held, None));
        }
    }
    for _ in 0..dice.of(&[0, 0, 1, 3]) {
        let mut more = input(world.scripts, dice.pick(pot), None);
        if dice.once_in(3) {
            left_by_anybody(world.scripts, &mut more, dice);
        }
        references.push(more);
    }
    references.retain(|read| inputs.iter().all(|input| input.reference != read.reference));
    references.sort_by_key(|input| input.reference);
    references.dedup_by_key(|input| input.reference);
    references
}

/// What the transition would yield if all was read and everybody signed, or states at random.
fn made(
    world: &World,
    step: &Step,
    pot: &[Held<State>],
    inputs: &[InputView],
    dice: &mut Dice,
) -> Vec<OutputView> {
    let consumed = |held: &&Held<State>| inputs.iter().any(|input| input.reference == held.reference);
    let mut references: Vec<_> =
        step.references.iter().chain(pot).filter(|held| !consumed(held)).cloned().collect();
    references.sort_by_key(|held| held.reference);
    let mut generous = Step {
        inputs: step.inputs.iter().chain(pot).filter(consumed).cloned().collect(),
        references,
        signers: everybody(world),
        ..step.clone()
    };
    let mut outcome = apply(&world.scripts, &generous).ok();
    for moment in moments(world) {
        if outcome.is_none() {
            generous.range = range(moment, 1000);
            outcome = apply(&world.scripts, &generous).ok();
        }
    }
    let mut made = match outcome {
        Some(outcome) => outputs(world.scripts, &outcome),
        None => (0..dice.position(4)).map(|_| input(world.scripts, dice.pick(pot), None).output).collect(),
    };
    if dice.once_in(4) {
        let position = dice.position(made.len() + 1);
        made.insert(position, input(world.scripts, dice.pick(pot), None).output);
    }
    if dice.once_in(8) && !made.is_empty() {
        made.remove(dice.position(made.len()));
    }
    made.push(
        plain(step.inputs[0].reference, Address::of_key(STRANGER), Value::of_lovelace(amount(2))).output,
    );
    made
}

fn everybody(world: &World) -> Signers {
    let keys = [OWNER, APPLICATION, RIVAL, STRANGER, key(0x22)];
    keys.into_iter().chain(world.grid.entities.iter().copied()).collect()
}

fn signers(world: &World, step: &Step, dice: &mut Dice) -> Signers {
    let signs = |key: &&KeyHash, dice: &mut Dice| {
        if step.signers.contains(key) { !dice.once_in(12) } else { dice.once_in(4) }
    };
    everybody(world).iter().filter(|key| signs(key, dice)).copied().collect()
}

/// Times at which something begins or ends.
fn moments(world: &World) -> Vec<u64> {
    let window = world.terms.window;
    let later = [0, 600_000, 604_800_000, 40_000_000_000];
    let later = later.map(|later| window.settles.to_milliseconds() + later);
    [window.opens, window.closes, world.operator.updated]
        .into_iter()
        .map(slot_from)
        .chain(later.map(|later| slot_from(time(later))))
        .collect()
}

fn range(lower: u64, length: u64) -> Option<Range> {
    Some(Range { lower: time(lower), upper: time(lower + length) })
}

fn bounds(world: &World, step: &Step, dice: &mut Dice) -> (Option<Time>, Option<Time>) {
    let moment = *dice.pick(&moments(world));
    let moment = (moment + 1000 * dice.between(0, 2)).saturating_sub(1000);
    let length = dice.of(&[1000, 300_000, 301_000]);
    let range = if dice.once_in(4) { range(moment, length) } else { step.range };
    let mut bound = |bound: Option<Time>| bound.filter(|_| !dice.once_in(25));
    (bound(range.map(|range| range.lower)), bound(range.map(|range| range.upper)))
}
