//! Everything that is not what the mirror yields.

use demeter_core::transition::{Datum, OutputView, TransactionView};
use demeter_core::{Address, Credential, Script};

use super::Healthy;
use super::data::siblings;
use crate::make::{amount, key};
use crate::{machine, tree};

/// Every single perturbation of an output that must be just so: none of these may be accepted.
///
/// # Panics
/// The healthy transaction is none.
pub fn perturbed(healthy: &Healthy) -> Vec<(String, TransactionView)> {
    let mut all = Vec::new();
    let exact = healthy.transaction.outputs.iter().take(healthy.outcome.exact_outputs());
    for (position, expected) in exact.enumerate() {
        let Datum::Inline(datum_expected) = &expected.datum else { panic!("a state without its datum") };
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
        let data = machine::decoded(datum_expected);
        for path in tree::paths(&data) {
            let node = tree::at(&data, &path);
            let spoiled = tree::spoiled(node).into_iter().map(|(_, node)| node);
            for other in spoiled.chain(siblings(node)) {
                let datum = machine::encoded(&tree::replaced(&data, &path, other));
                if datum != *datum_expected {
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
