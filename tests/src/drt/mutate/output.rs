//! What is made.

use demeter_core::transition::{Datum, OutputView, TransactionView};
use demeter_core::{Address, Credential, PlutusData, Script};

use super::super::world::STRANGER;
use super::data::changed;
use super::{Dice, Healthy, foreign, one_off, ours, position};
use crate::machine;
use crate::make::amount;

fn an_output<'v>(view: &'v mut TransactionView, dice: &mut Dice) -> Option<&'v mut OutputView> {
    let position = position(dice, view.outputs.len())?;
    Some(&mut view.outputs[position])
}

pub(super) fn value_off(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let output = an_output(view, dice)?;
    output.value = one_off(&output.value, dice)?;
    Some(())
}

pub(super) fn foreign_token(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let output = an_output(view, dice)?;
    output.value = output.value.clone().plus(&foreign(dice), amount(1)).ok()?;
    Some(())
}

pub(super) fn token_more(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let output = an_output(view, dice)?;
    output.value = output.value.clone().plus(&ours(&healthy.world, dice), amount(1)).ok()?;
    Some(())
}

pub(super) fn output_staked(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let output = an_output(view, dice)?;
    output.address.stake = match output.address.stake {
        Some(_) => None,
        None => Some(Credential::Key(STRANGER)),
    };
    Some(())
}

pub(super) fn output_elsewhere(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let scripts = healthy.world.scripts;
    let to = [Address::of_key(STRANGER), scripts.address(Script::Market), scripts.address(Script::Registry)];
    an_output(view, dice)?.address = dice.of(&to);
    Some(())
}

pub(super) fn output_with_script(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    an_output(view, dice)?.has_reference_script = true;
    Some(())
}

pub(super) fn output_datum(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let output = an_output(view, dice)?;
    let Datum::Inline(bytes) = &output.datum else { return None };
    output.datum = Datum::Inline(machine::encoded(&changed(&machine::decoded(bytes), dice)));
    Some(())
}

pub(super) fn output_datum_gone(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    an_output(view, dice)?.datum = if dice.once_in(2) { Datum::None } else { Datum::Hash };
    Some(())
}

pub(super) fn outputs_swapped(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let (one, other) = (position(dice, view.outputs.len())?, position(dice, view.outputs.len())?);
    view.outputs.swap(one, other);
    Some(())
}

pub(super) fn output_dropped(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let position = position(dice, view.outputs.len())?;
    view.outputs.remove(position);
    Some(())
}

pub(super) fn output_first(_: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let copy = an_output(view, dice)?.clone();
    let position = position(dice, view.outputs.len())?;
    view.outputs.insert(position, copy);
    Some(())
}

pub(super) fn payment_tag(healthy: &Healthy, view: &mut TransactionView, dice: &mut Dice) -> Option<()> {
    let exact = healthy.outcome.exact_outputs();
    let payment = position(dice, healthy.outcome.payments.len())?;
    let other = view.inputs[dice.position(view.inputs.len())].reference;
    view.outputs[exact + payment].datum = Datum::Inline(other.encode());
    Some(())
}
