//! Making a transaction small while something stays true of it.

use demeter_core::Value;
use demeter_core::transition::{Datum, OutputView, Signers, TransactionView};
use pallas_primitives::PlutusData as Data;

use crate::make::amount;
use crate::{machine, tree};

/// A way to make a transaction smaller, in each place where it applies.
type Pass = fn(&TransactionView) -> Vec<TransactionView>;

/// The boldest first.
const PASSES: &[Pass] = &[fewer, barer, lighter, plainer];

/// The smallest transaction that is found by making this one smaller step by step, each step keeping what is asked.
pub fn minimised(transaction: &TransactionView, keeps: impl Fn(&TransactionView) -> bool) -> TransactionView {
    let mut smallest = transaction.clone();
    loop {
        let before = smallest.clone();
        for pass in PASSES {
            let mut position = 0;
            let mut candidates = pass(&smallest);
            while let Some(candidate) = candidates.get(position) {
                // INVARIANT: each candidate is smaller, so this ends.
                if *candidate != smallest && keeps(candidate) {
                    smallest = candidate.clone();
                    candidates = pass(&smallest);
                } else {
                    position += 1;
                }
            }
        }
        if smallest == before {
            return smallest;
        }
    }
}

/// One copy for each place, changed there.
fn each<'v>(
    view: &'v TransactionView,
    count: usize,
    change: impl Fn(&mut TransactionView, usize) + 'v,
) -> impl Iterator<Item = TransactionView> + 'v {
    (0..count).map(move |position| {
        let mut smaller = view.clone();
        change(&mut smaller, position);
        smaller
    })
}

/// Without an input, a reference, an output, a signer, something minted, a bound.
fn fewer(view: &TransactionView) -> Vec<TransactionView> {
    let keys: Vec<_> = view.signatories.iter().copied().collect();
    each(view, view.inputs.len(), |view, position| drop(view.inputs.remove(position)))
        .chain(each(view, view.references.len(), |view, position| drop(view.references.remove(position))))
        .chain(each(view, view.outputs.len(), |view, position| drop(view.outputs.remove(position))))
        .chain(each(view, view.minted.len(), |view, position| drop(view.minted.remove(position))))
        .chain(each(view, keys.len(), |view, position| {
            let others = keys.iter().enumerate().filter(|(other, _)| *other != position);
            view.signatories = others.map(|(_, key)| *key).collect::<Signers>();
        }))
        .chain(each(view, 1, |view, _| view.lower = None))
        .chain(each(view, 1, |view, _| view.upper = None))
        .collect()
}

/// All outputs: those consumed, those read, those made.
fn outputs(view: &mut TransactionView) -> impl Iterator<Item = &mut OutputView> {
    let TransactionView { inputs, references, outputs, .. } = view;
    inputs.iter_mut().chain(references).map(|input| &mut input.output).chain(outputs)
}

fn count(view: &TransactionView) -> usize {
    view.inputs.len() + view.references.len() + view.outputs.len()
}

fn with_output(view: &mut TransactionView, position: usize, change: impl FnMut(&mut OutputView)) {
    outputs(view).nth(position).into_iter().for_each(change);
}

/// An output without its datum, its reference script, its staking part.
fn barer(view: &TransactionView) -> Vec<TransactionView> {
    let bare: [fn(&mut OutputView); 3] = [
        |output| output.datum = Datum::None,
        |output| output.has_reference_script = false,
        |output| output.address.stake = None,
    ];
    bare.into_iter()
        .flat_map(|bare| each(view, count(view), move |view, position| with_output(view, position, bare)))
        .collect()
}

/// An output without an asset, or with one unit of it.
fn lighter(view: &TransactionView) -> Vec<TransactionView> {
    let mut lighter = Vec::new();
    for (position, output) in outputs(&mut view.clone()).enumerate() {
        for (asset, held) in output.value.iter() {
            let rest = output.value.clone().minus(asset, held).expect("what it holds");
            let one = rest.clone().plus(asset, amount(1)).expect("one");
            lighter.extend([rest, one].into_iter().filter(|value| *value != output.value).map(
                |value: Value| {
                    let mut smaller = view.clone();
                    with_output(&mut smaller, position, |output| output.value = value.clone());
                    smaller
                },
            ));
        }
    }
    lighter
}

/// A datum or redeemer with a shorter list or a smaller number.
fn plainer(view: &TransactionView) -> Vec<TransactionView> {
    let mut plainer = Vec::new();
    for (position, output) in outputs(&mut view.clone()).enumerate() {
        let Datum::Inline(bytes) = &output.datum else { continue };
        plainer.extend(smaller(bytes).into_iter().map(|bytes| {
            let mut smaller = view.clone();
            with_output(&mut smaller, position, |output| output.datum = Datum::Inline(bytes.clone()));
            smaller
        }));
    }
    for (position, input) in view.inputs.iter().enumerate() {
        let Some(bytes) = &input.redeemer else { continue };
        plainer.extend(smaller(bytes).into_iter().map(|bytes| {
            let mut smaller = view.clone();
            smaller.inputs[position].redeemer = Some(bytes);
            smaller
        }));
    }
    plainer
}

fn smaller(bytes: &[u8]) -> Vec<Vec<u8>> {
    let data = machine::decoded(bytes);
    let mut all = Vec::new();
    for path in tree::paths(&data) {
        let nodes = smaller_nodes(tree::at(&data, &path));
        all.extend(nodes.into_iter().map(|node| machine::encoded(&tree::replaced(&data, &path, node))));
    }
    all
}

fn smaller_nodes(node: &Data) -> Vec<Data> {
    let without = |position: usize, length: usize| (0..length).filter(move |other| *other != position);
    match node {
        Data::Array(elements) => {
            let elements = elements.clone().to_vec();
            let fewer = |position| without(position, elements.len()).map(|at| elements[at].clone()).collect();
            (0..elements.len()).map(|position| tree::list(fewer(position))).collect()
        }
        Data::Map(pairs) => {
            let pairs = pairs.clone().to_vec();
            let fewer = |position| without(position, pairs.len()).map(|at| pairs[at].clone()).collect();
            (0..pairs.len()).map(|position| tree::map(fewer(position))).collect()
        }
        Data::BigInt(pallas_primitives::BigInt::Int(integer)) => {
            let integer = i128::from(*integer);
            let numbers = [0, 1, integer / 2, integer / 1000 * 1000];
            // NOTE: none is just one less, which would take too many steps.
            numbers.into_iter().filter(|number| (0..integer).contains(number)).map(machine::integer).collect()
        }
        Data::BigInt(_) | Data::BoundedBytes(_) | Data::Constr(_) => Vec::new(),
    }
}
