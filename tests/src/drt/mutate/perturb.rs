//! Everything that is not what the mirror yields.

use demeter_core::transition::{Datum, OutputView, TransactionView};
use demeter_core::{Address, Credential, PlutusData, Script, Value};

use super::Healthy;
use super::data::siblings;
use crate::make::{amount, key};
use crate::{machine, tree};

/// An output that must be just this.
struct Exact {
    address: Address,
    value: Value,
    datum: Vec<u8>,
}

fn exact_outputs(healthy: &Healthy) -> Vec<Exact> {
    let states = healthy.outcome.states.iter().map(|expected| Exact {
        address: healthy.world.scripts.address(expected.script),
        value: expected.value.clone(),
        datum: expected.state.encode(),
    });
    let deposit = healthy.outcome.deposit.iter().map(|expected| Exact {
        address: expected.address,
        value: expected.value.clone(),
        datum: expected.datum.encode(),
    });
    states.chain(deposit).collect()
}

/// Every single perturbation of an expected state output: none of these may be accepted.
pub fn perturbed(healthy: &Healthy) -> Vec<(String, TransactionView)> {
    let mut all = Vec::new();
    for (position, expected) in exact_outputs(healthy).into_iter().enumerate() {
        let mut change = |what: &str, change: &dyn Fn(&mut OutputView)| {
            let mut transaction = healthy.transaction.clone();
            change(&mut transaction.outputs[position]);
            all.push((format!("output {position}: {what}"), transaction));
        };
        for (asset, _) in expected.value.iter() {
            change("one more", &|output| output.value = output.value.clone().plus(asset, amount(1)).unwrap());
            change("one less", &|output| {
                output.value = output.value.clone().minus(asset, amount(1)).unwrap()
            });
        }
        let foreign = crate::make::token(0x80, b"foreign");
        change("a foreign token", &|output| {
            output.value = output.value.clone().plus(&foreign, amount(1)).unwrap()
        });
        change("a staking part", &|output| output.address.stake = Some(Credential::Key(key(1))));
        change("a key's address", &|output| output.address = Address::of_key(key(1)));
        change("the other script's address", &|output| {
            let scripts = healthy.world.scripts;
            let market = scripts.address(Script::Market);
            let at_market = expected.address == market;
            output.address = if at_market { scripts.address(Script::Registry) } else { market };
        });
        change("a reference script", &|output| output.has_reference_script = true);
        change("no datum", &|output| output.datum = Datum::None);
        change("the hash of a datum", &|output| output.datum = Datum::Hash);
        let data = machine::decoded(&expected.datum);
        for path in tree::paths(&data) {
            let node = tree::at(&data, &path);
            let spoiled = tree::spoiled(node).into_iter().map(|(_, node)| node);
            for other in spoiled.chain(siblings(node)) {
                let datum = machine::encoded(&tree::replaced(&data, &path, other));
                if datum != expected.datum {
                    change(&format!("datum at {path:?}"), &|output| {
                        output.datum = Datum::Inline(datum.clone())
                    });
                }
            }
        }
        let mut dropped = healthy.transaction.clone();
        dropped.outputs.remove(position);
        all.push((format!("output {position}: dropped"), dropped));
        let mut behind = healthy.transaction.clone();
        let output = behind.outputs.remove(position);
        behind.outputs.push(output);
        if behind != healthy.transaction {
            all.push((format!("output {position}: at the end"), behind));
        }
    }
    all
}
