//! The small changes that mutants are made of.

use demeter_core::transition::{Datum, InputView, OutputView, TransactionView};
use demeter_core::{
    Asset, KeyHash, Operator, OutputReference, PlutusData, Redeemer, Slot, State, Time, Transition, Value,
};
use pallas_primitives::PlutusData as Data;

use crate::make::amount;
use crate::{machine, tree};

/// What is consumed or read at this reference.
///
/// # Panics
/// Nothing is.
pub(super) fn at(view: &mut TransactionView, reference: OutputReference) -> &mut InputView {
    let all = view.inputs.iter_mut().chain(&mut view.references);
    all.into_iter().find(|input| input.reference == reference).expect("an input")
}

/// Another node at the end of a way through a datum.
///
/// # Panics
/// There is no inline datum.
pub(super) fn rewrite(output: &mut OutputView, path: &[usize], node: Data) {
    let Datum::Inline(bytes) = &output.datum else { panic!("no inline datum") };
    let data = tree::replaced(&machine::decoded(bytes), path, node);
    output.datum = Datum::Inline(machine::encoded(&data));
}

/// Another node at the end of a way through the redeemer of the primary input.
///
/// # Panics
/// There is no redeemer there.
pub(super) fn retell(view: &mut TransactionView, primary: OutputReference, path: &[usize], node: &Data) {
    // The transition is the one field of `Act`.
    let path = [&[0], path].concat();
    let redeemer = at(view, primary).redeemer.as_mut().expect("a redeemer");
    *redeemer = machine::encoded(&tree::replaced(&machine::decoded(redeemer), &path, node.clone()));
}

/// Another transition told to the primary input.
pub(super) fn told(view: &mut TransactionView, primary: OutputReference, transition: impl Into<Transition>) {
    at(view, primary).redeemer = Some(match transition.into() {
        Transition::Registry(transition) => Redeemer::Act(transition).encode(),
        Transition::Market(transition) => Redeemer::Act(transition).encode(),
    });
}

fn state(view: &mut TransactionView, reference: OutputReference, change: impl FnOnce(&mut State)) {
    let output = &mut at(view, reference).output;
    let Datum::Inline(bytes) = &output.datum else { panic!("no inline datum") };
    let mut state = State::decode(bytes).expect("a state");
    change(&mut state);
    output.datum = Datum::Inline(state.encode());
}

/// Changes the slot at this reference.
///
/// # Panics
/// There is none.
pub(super) fn slot(view: &mut TransactionView, reference: OutputReference, change: impl FnOnce(&mut Slot)) {
    state(view, reference, |state| match state {
        State::Slot(slot) => change(slot),
        other => panic!("no slot: {other:?}"),
    });
}

/// Changes the operator at this reference.
///
/// # Panics
/// There is none.
pub(super) fn operator(
    view: &mut TransactionView,
    reference: OutputReference,
    change: impl FnOnce(&mut Operator),
) {
    state(view, reference, |state| match state {
        State::Operator(operator) => change(operator),
        other => panic!("no operator: {other:?}"),
    });
}

/// The wallet's change, which stands last.
///
/// # Panics
/// There is no output.
pub(super) fn change(view: &mut TransactionView) -> &mut OutputView {
    view.outputs.last_mut().expect("a change output")
}

/// Moves so much from the change into an output.
pub(super) fn give(view: &mut TransactionView, output: usize, asset: &Asset, units: u64) {
    subtract(&mut change(view).value, asset, units);
    add(&mut view.outputs[output].value, asset, units);
}

/// Moves so much from an output into the change.
pub(super) fn take(view: &mut TransactionView, output: usize, asset: &Asset, units: u64) {
    subtract(&mut view.outputs[output].value, asset, units);
    add(&mut change(view).value, asset, units);
}

/// Puts so much more into a value.
///
/// # Panics
/// It leaves the range of an amount.
pub(super) fn add(value: &mut Value, asset: &Asset, units: u64) {
    *value = std::mem::take(value).plus(asset, amount(units)).unwrap();
}

/// Takes so much out of a value.
///
/// # Panics
/// There is less than that.
pub(super) fn subtract(value: &mut Value, asset: &Asset, units: u64) {
    *value = std::mem::take(value).minus(asset, amount(units)).unwrap();
}

/// Takes all of an asset out of a value, and puts as much of another in its place.
pub(super) fn exchange(value: &mut Value, asset: &Asset, other: Option<&Asset>) {
    let units = value.amount_of(asset).to_units();
    subtract(value, asset, units);
    if let Some(other) = other {
        add(value, other, units);
    }
}

/// Moves both bounds by so many milliseconds.
///
/// # Panics
/// There is none.
pub(super) fn shift(view: &mut TransactionView, milliseconds: i64) {
    lower(view, milliseconds);
    upper(view, milliseconds);
}

/// Moves the lower bound.
///
/// # Panics
/// There is none.
pub(super) fn lower(view: &mut TransactionView, milliseconds: i64) {
    view.lower = Some(moved(view.lower, milliseconds));
}

/// Moves the upper bound.
///
/// # Panics
/// There is none.
pub(super) fn upper(view: &mut TransactionView, milliseconds: i64) {
    view.upper = Some(moved(view.upper, milliseconds));
}

fn moved(bound: Option<Time>, milliseconds: i64) -> Time {
    let bound = bound.expect("a bound").to_milliseconds();
    Time::from_milliseconds(bound.checked_add_signed(milliseconds).unwrap()).unwrap()
}

/// Takes a signature away.
pub(super) fn unsigned(view: &mut TransactionView, key: KeyHash) {
    view.signatories = view.signatories.iter().copied().filter(|signer| *signer != key).collect();
}

/// Adds a signature.
pub(super) fn signed(view: &mut TransactionView, key: KeyHash) {
    view.signatories = view.signatories.iter().copied().chain([key]).collect();
}
