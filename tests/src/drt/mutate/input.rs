//! What is consumed and read.
//!
//! Inputs stay what can come to stand there.

use demeter_core::transition::{Datum, InputView, TransactionView};
use demeter_core::{
    Address, Amount, Credential, GridId, MarketRedeemer, PlutusData, Script, Stage, Token, Value,
};

use super::super::carry::input;
use super::super::possible::can_stand;
use super::super::world::STRANGER;
use super::data::{changed, until_read};
use super::redeemer::is_act;
use super::{Dice, Healthy, one_off, ours, position};
use crate::make::amount;
use crate::{machine, tree};

/// One more state among the inputs, of this grid or of another with the same keys and numbers.
pub(super) fn state_consumed(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let mut world = if dice.once_in(3) { healthy.world.elsewhere() } else { healthy.world.clone() };
    for _ in 0..40 {
        world.fresh(dice);
    }
    let held = match dice.position(5) {
        0 => world.held_slot(dice, 3, Stage::Idle, amount(0)),
        1 => world.open_bid(dice),
        2 => world.held_pool(dice, 1, 1),
        3 => world.held_operator(dice),
        _ => world.held_grid(dice),
    };
    let primary =
        view.inputs.iter().find(|input| input.redeemer.as_ref().is_some_and(|redeemer| is_act(redeemer)));
    let redeemer = match primary {
        Some(primary) if dice.once_in(3) => primary.redeemer.clone(),
        _ => Some(MarketRedeemer::Follow.encode()),
    };
    view.inputs.push(input(world.scripts, &held, redeemer));
    Some(())
}

pub(super) fn token_in_wallet(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let wallet = view.inputs.iter_mut().find(|input| input.redeemer.is_none())?;
    wallet.output.value = wallet.output.value.clone().plus(&ours(&healthy.world, dice), amount(1)).ok()?;
    Some(())
}

fn a_reference<'v>(view: &'v mut TransactionView, dice: &mut Dice) -> Option<&'v mut InputView> {
    let position = position(dice, view.references.len())?;
    Some(&mut view.references[position])
}

pub(super) fn reference_dropped(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let position = position(dice, view.references.len())?;
    view.references.remove(position);
    Some(())
}

/// The same value with the tokens of another grid.
fn other_tokens(healthy: &Healthy, value: &Value, other: Option<GridId>) -> Option<Value> {
    let scripts = healthy.world.scripts;
    let mut changed = value.clone();
    for token in [Token::Grid, Token::Pool, Token::Operator, Token::Slot] {
        let asset = scripts.token(token, &healthy.world.grid.id);
        let count = value.amount_of(&asset);
        if count == Amount::ZERO {
            continue;
        }
        changed = changed.minus(&asset, count).ok()?;
        if let Some(other) = other {
            changed = changed.plus(&scripts.token(token, &other), count).ok()?;
        }
    }
    (changed != *value).then_some(changed)
}

fn of_other_grid(healthy: &Healthy, input: &mut InputView, dice: &mut Dice) -> Option<()> {
    let other = crate::make::grid_id(0x42);
    input.output.value = other_tokens(healthy, &input.output.value, Some(other))?;
    if dice.once_in(2) {
        let Datum::Inline(bytes) = &input.output.datum else { return None };
        let data = tree::replaced(&machine::decoded(bytes), &[0], machine::bytes(other.as_bytes()));
        keep_state(healthy, input, machine::encoded(&data))?;
    }
    Some(())
}

/// Gives an input this datum if such a state can come to stand there.
fn keep_state(healthy: &Healthy, input: &mut InputView, bytes: Vec<u8>) -> Option<()> {
    can_stand(healthy.world.scripts, &input.output.value, &bytes).then_some(())?;
    input.output.datum = Datum::Inline(bytes);
    Some(())
}

pub(super) fn reference_of_other_grid(
    healthy: &Healthy,
    view: &mut TransactionView,
    dice: &mut Dice,
) -> Option<()> {
    of_other_grid(healthy, a_reference(view, dice)?, dice)
}

pub(super) fn reference_without_token(
    healthy: &Healthy,
    view: &mut TransactionView,
    dice: &mut Dice,
) -> Option<()> {
    let reference = a_reference(view, dice)?;
    reference.output.value = other_tokens(healthy, &reference.output.value, None)?;
    Some(())
}

fn input_changed(healthy: &Healthy, input: &mut InputView, dice: &mut Dice) -> Option<()> {
    let Datum::Inline(bytes) = &input.output.datum else { return None };
    let data = machine::decoded(bytes);
    let changed = until_read(
        || machine::encoded(&changed(&data, dice)),
        |bytes| can_stand(healthy.world.scripts, &input.output.value, bytes),
    )?;
    keep_state(healthy, input, changed)
}

pub(super) fn reference_datum(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    input_changed(healthy, a_reference(view, dice)?, dice)
}

pub(super) fn reference_elsewhere(
    healthy: &Healthy,
    view: &mut TransactionView,
    dice: &mut Dice,
) -> Option<()> {
    let scripts = healthy.world.scripts;
    let to = [Address::of_key(STRANGER), scripts.address(Script::Market), scripts.address(Script::Registry)];
    a_reference(view, dice)?.output.address = dice.of(&to);
    Some(())
}

pub(super) fn reference_dressed(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let output = &mut a_reference(view, dice)?.output;
    if dice.once_in(2) {
        output.address.stake = Some(Credential::Key(STRANGER));
    } else {
        output.has_reference_script = true;
    }
    Some(())
}

/// A copy of a reference with another datum, which may come to stand before it.
pub(super) fn reference_before(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let mut copy = a_reference(view, dice)?.clone();
    let mut world = healthy.world.clone();
    for _ in 0..50 {
        world.fresh(dice);
    }
    copy.reference = world.fresh(dice);
    input_changed(healthy, &mut copy, dice)?;
    view.references.push(copy);
    Some(())
}

fn a_state<'v>(view: &'v mut TransactionView, dice: &mut Dice) -> Option<&'v mut InputView> {
    let positions: Vec<_> =
        (0..view.inputs.len()).filter(|position| view.inputs[*position].redeemer.is_some()).collect();
    let position = *positions.get(position(dice, positions.len())?)?;
    Some(&mut view.inputs[position])
}

pub(super) fn input_datum(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    input_changed(healthy, a_state(view, dice)?, dice)
}

pub(super) fn input_of_other_grid(
    healthy: &Healthy,
    view: &mut TransactionView,
    dice: &mut Dice,
) -> Option<()> {
    of_other_grid(healthy, a_state(view, dice)?, dice)
}

pub(super) fn input_without_token(
    healthy: &Healthy,
    view: &mut TransactionView,
    dice: &mut Dice,
) -> Option<()> {
    let input = a_state(view, dice)?;
    input.output.value = other_tokens(healthy, &input.output.value, None)?;
    Some(())
}

pub(super) fn input_value(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let input = a_state(view, dice)?;
    input.output.value = one_off(&input.output.value, dice)?;
    Some(())
}
