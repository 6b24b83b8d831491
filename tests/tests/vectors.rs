//! The golden vectors say what our types do, what the ledger does, and what the contract computes from them.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use std::collections::BTreeMap;

use demeter_core::{Genesis, MarketRedeemer, RegistryRedeemer, State, Terms};
use demeter_tests::drt::record::{DISAGREEMENTS, VERDICTS};
use demeter_tests::machine::{self, Function};
use demeter_tests::vector::{self, File, Refusal, Subject, Vector};
use demeter_tests::{repository, sample, tree};

/// Reads a file of vectors.
fn read<V: serde::de::DeserializeOwned>(name: &str) -> Vec<V> {
    let text = repository::text(&format!("{}/{name}.json", vector::FOLDER));
    let file: File<V> = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    file.vectors
}

const STATES: [&str; 5] = ["grid", "pool", "operator", "slot", "bid"];

#[test]
fn the_files_are_what_is_made_now() {
    let folder = repository::path(vector::FOLDER);
    let committed: BTreeMap<String, String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.file_name().into_string().unwrap(), std::fs::read_to_string(entry.path()).unwrap())
        })
        // Those have tests of their own.
        .filter(|(name, _)| !["transactions.json", VERDICTS, DISAGREEMENTS].contains(&name.as_str()))
        .collect();
    let made = vector::files();
    assert_eq!(
        committed.keys().collect::<Vec<_>>(),
        made.keys().collect::<Vec<_>>(),
        "run `cargo xtask vectors`"
    );
    for (name, text) in &made {
        assert!(committed[name] == *text, "{name} is stale: if that is meant, run `cargo xtask vectors`");
    }
}

/// Value and bytes turn into each other, and a writer and reader that are not ours agree on the bytes.
fn check_healthy<T: Subject>(file: &str) {
    let vectors: Vec<Vector<T>> = read(file);
    assert!(!vectors.is_empty());
    for Vector { description, value, cbor, name } in vectors {
        let bytes = hex::decode(&cbor).unwrap();
        assert_eq!(hex::encode(value.encode()), cbor, "{file}: {description}");
        assert_eq!(T::decode(&bytes).as_ref(), Ok(&value), "{file}: {description}");
        assert_eq!(value.name(), name, "{file}: {description}");
        let data = machine::decoded(&bytes);
        assert_eq!(
            hex::encode(machine::encoded(&data)),
            cbor,
            "{file}: {description}, as the ledger writes it"
        );
        let plain = minicbor::to_vec(&data).unwrap();
        assert_eq!(T::decode(&plain).as_ref(), Ok(&value), "{file}: {description}, as pallas writes it");
    }
}

fn check_refused<T: Subject>(file: &str) {
    let refusals: Vec<Refusal> = read(&format!("{file}.refused"));
    assert!(!refusals.is_empty());
    for Refusal { description, cbor, error } in refusals {
        let refusal = T::decode(&hex::decode(cbor).unwrap()).unwrap_err();
        assert_eq!(refusal.to_string(), error, "{file}: {description}");
    }
}

#[test]
fn values_have_these_bytes() {
    STATES.iter().for_each(|file| check_healthy::<State>(file));
    check_healthy::<Terms>("terms");
    check_healthy::<Genesis>("genesis");
    check_healthy::<RegistryRedeemer>("registry_redeemer");
    check_healthy::<MarketRedeemer>("market_redeemer");
}

#[test]
fn bytes_are_refused_in_these_words() {
    STATES.iter().for_each(|file| check_refused::<State>(file));
    check_refused::<Terms>("terms");
    check_refused::<Genesis>("genesis");
    check_refused::<RegistryRedeemer>("registry_redeemer");
    check_refused::<MarketRedeemer>("market_redeemer");
}

#[test]
fn bids_are_named_as_the_contract_names_them() {
    let exported = Function::exported("demeter/terms.name");
    let source = "(program 1.1.0 (lam terms [(builtin blake2b_256) [(builtin serialiseData) terms]]))";
    let written = Function::from_source("name", source);
    for Vector { description, value, name, .. } in read::<Vector<Terms>>("terms") {
        let name = name.unwrap();
        for function in [&exported, &written] {
            let named = function.bytes([machine::data(&value)]).unwrap();
            assert_eq!(hex::encode(named), name, "{description}");
        }
    }
}

#[test]
fn grids_are_named_as_the_contract_names_them() {
    let exported = Function::exported("demeter/grid.id");
    let source = "(program 1.1.0 (lam pair [(builtin blake2b_224) [(builtin serialiseData) pair]]))";
    let written = Function::from_source("id", source);
    for Vector { description, value, name, .. } in read::<Vector<Genesis>>("genesis") {
        let seed = machine::data(&value.seed);
        let deadline = machine::integer(value.deadline.to_milliseconds());
        let pair = tree::list(vec![seed.clone(), deadline.clone()]);
        assert_eq!(
            hex::encode(exported.bytes([seed, deadline]).unwrap()),
            name.clone().unwrap(),
            "{description}"
        );
        assert_eq!(hex::encode(written.bytes([pair]).unwrap()), name.unwrap(), "{description}");
    }
}

/// Every node of every sample, spoiled in every way: all are refused, and with a place.
fn check_spoiled<T: Subject>(samples: Vec<sample::Sample<T>>) -> usize {
    let mut count = 0;
    for sample in samples {
        let healthy = machine::data(&sample.value);
        for path in tree::paths(&healthy) {
            for (fault, node) in tree::spoiled(tree::at(&healthy, &path)) {
                let bytes = machine::encoded(&tree::replaced(&healthy, &path, node));
                let taken = T::decode(&bytes);
                assert!(taken.is_err(), "{}: {fault} at {path:?}: {taken:?}", sample.description);
                count += 1;
            }
        }
    }
    count
}

#[test]
fn no_node_can_be_spoiled() {
    let count = check_spoiled(sample::grids())
        + check_spoiled(sample::pools())
        + check_spoiled(sample::operators())
        + check_spoiled(sample::slots())
        + check_spoiled(sample::bids())
        + check_spoiled(sample::all_terms())
        + check_spoiled(sample::genesis())
        + check_spoiled(sample::registry_redeemers())
        + check_spoiled(sample::market_redeemers());
    assert!(count > 5000, "{count}");
}
