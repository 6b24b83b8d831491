//! The transaction that carries a step out.

use demeter_core::transition::{Datum, Held, InputView, Outcome, OutputView, Step, TransactionView};
use demeter_core::{
    Address, MarketRedeemer, OutputReference, PlutusData, Redeemer, Script, Scripts, State, Transition, Value,
};

use super::Dice;
use super::world::{World, address};
use crate::make::amount;

/// An output with a state.
pub(crate) fn state_output(scripts: Scripts, script: Script, value: Value, state: &State) -> OutputView {
    OutputView {
        address: scripts.address(script),
        value,
        datum: Datum::Inline(state.encode()),
        has_reference_script: false,
    }
}

/// An input with a state.
pub(crate) fn input(scripts: Scripts, held: &Held<State>, redeemer: Option<Vec<u8>>) -> InputView {
    let output = state_output(scripts, held.state.script(), held.value.clone(), &held.state);
    InputView { reference: held.reference, output, redeemer }
}

/// An input or output of somebody, with nothing of ours.
pub(crate) fn plain(reference: OutputReference, to: Address, value: Value) -> InputView {
    let output = OutputView { address: to, value, datum: Datum::None, has_reference_script: false };
    InputView { reference, output, redeemer: None }
}

/// What a transition yields, as outputs that are just that.
pub(crate) fn outputs(scripts: Scripts, outcome: &Outcome) -> Vec<OutputView> {
    let states = outcome
        .states
        .iter()
        .map(|expected| state_output(scripts, expected.script, expected.value.clone(), &expected.state));
    let deposit = outcome.deposit.iter().map(|expected| OutputView {
        address: expected.address,
        value: expected.value.clone(),
        datum: Datum::Inline(expected.datum.encode()),
        has_reference_script: false,
    });
    let payments = outcome.payments.iter().map(|payment| OutputView {
        address: payment.address,
        value: payment.value.clone(),
        datum: Datum::Inline(payment.tag.encode()),
        has_reference_script: false,
    });
    states.chain(deposit).chain(payments).collect()
}

/// The transaction of a step, with what the mirror yields, and somebody's wallet.
pub(super) fn carried_out(
    world: &mut World,
    step: &Step,
    outcome: &Outcome,
    dice: &mut Dice,
) -> TransactionView {
    let act = match &step.transition {
        Transition::Registry(transition) => Redeemer::Act(transition.clone()).encode(),
        Transition::Market(transition) => Redeemer::Act(transition.clone()).encode(),
    };
    let follow = MarketRedeemer::Follow.encode();
    let mut inputs: Vec<_> = step
        .inputs
        .iter()
        .enumerate()
        .map(|(position, held)| {
            input(world.scripts, held, Some(if position == 0 { &act } else { &follow }.clone()))
        })
        .collect();
    let wallet = plain(world.fresh(dice), address(dice, 0x66), Value::of_lovelace(amount(99_000_000)));
    let change = wallet.output.clone();
    inputs.push(wallet);
    inputs.sort_by_key(|input| input.reference);
    let mut outputs = outputs(world.scripts, outcome);
    outputs.push(change);
    TransactionView {
        inputs,
        references: step.references.iter().map(|held| input(world.scripts, held, None)).collect(),
        outputs,
        minted: Vec::new(),
        policy_redeemer: None,
        lower: step.range.map(|range| range.lower),
        upper: step.range.map(|range| range.upper),
        signatories: step.signers.clone(),
    }
}
