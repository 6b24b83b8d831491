//! The rule alone, on a few inputs; `cargo xtask rule` compares as many as one likes.

use std::collections::BTreeMap;

use demeter_tests::repository;
use demeter_tests::rule::{FUNCTIONS, Inputs};

#[test]
fn each_function_is_the_contracts_own() {
    for (name, compare) in FUNCTIONS {
        assert_eq!(compare(Inputs { count: 200, seed: 3 }), Ok(200), "{name}");
    }
}

#[test]
fn every_exported_function_is_compared() {
    let text = repository::text(demeter_tests::machine::FUNCTIONS);
    let exported: BTreeMap<String, String> = serde_json::from_str(&text).unwrap();
    let mut expected: Vec<&str> =
        exported.keys().map(|name| name.trim_start_matches("demeter/").trim_start_matches("rule.")).collect();
    let mut compared: Vec<&str> = FUNCTIONS.iter().map(|(name, _)| *name).collect();
    expected.sort_unstable();
    compared.sort_unstable();
    assert_eq!(compared, expected);
}
