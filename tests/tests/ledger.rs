//! Our ledger beside `pallas-validate`, which others wrote from the same specification.
//!
//! Healthy transactions are built and mutated, each mutation by its name, under both parameter sets; both judge every
//! one. Where they differ, the difference is in `ledger/differences.toml` with its reason. The list only shrinks: a
//! difference that is not in it fails the test, and one in it that no longer shows does too.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests"
)]

#[path = "ledger/case.rs"]
mod case;
#[path = "ledger/change.rs"]
mod change;
#[path = "ledger/healthy.rs"]
mod healthy;
#[path = "ledger/mutate.rs"]
mod mutate;
#[path = "ledger/other.rs"]
mod other;

use std::collections::{BTreeMap, BTreeSet};

use demeter_tests::drt::Dice;
use demeter_tx::ProtocolParameters;
use serde::Deserialize;

use case::Case;
use mutate::MUTATIONS;

/// How many healthy transactions are made under each parameter set.
const HEALTHY: u64 = 48;
const SEED: u64 = 4;

/// A difference: what was done to a healthy transaction, and how both judge it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Difference {
    mutation: String,
    ours: String,
    theirs: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Explained {
    mutation: String,
    ours: String,
    theirs: String,
    reason: String,
}

#[derive(Deserialize)]
struct List {
    difference: Vec<Explained>,
}

fn explained() -> BTreeSet<Difference> {
    let list: List = toml::from_str(include_str!("ledger/differences.toml")).expect("a list of differences");
    let all = list.difference.len();
    assert!(list.difference.iter().all(|one| one.reason.len() > 20), "a reason is a sentence");
    let difference = |Explained { mutation, ours, theirs, .. }| Difference { mutation, ours, theirs };
    let set: BTreeSet<Difference> = list.difference.into_iter().map(difference).collect();
    assert_eq!(set.len(), all, "a difference is listed once");
    set
}

/// What both say of a case.
fn verdicts(case: &Case) -> (String, String) {
    let signed = case.bytes();
    (case.verdict(&signed), other::verdict(&signed, case))
}

#[derive(Default)]
struct Tally {
    cases: BTreeMap<&'static str, u64>,
    refused: u64,
    differences: BTreeSet<Difference>,
}

impl Tally {
    fn judge(&mut self, mutation: &'static str, case: &Case) {
        *self.cases.entry(mutation).or_default() += 1;
        let (ours, theirs) = verdicts(case);
        let accepted = |verdict: &str| verdict == case::ACCEPTED;
        self.refused += u64::from(!accepted(&ours));
        if accepted(&ours) != accepted(&theirs) {
            self.differences.insert(Difference { mutation: mutation.to_owned(), ours, theirs });
        }
    }
}

fn tally() -> Tally {
    let mut tally = Tally::default();
    let sets = [ProtocolParameters::hydra_l2().unwrap(), ProtocolParameters::mainnet().unwrap()];
    for (parameters, set) in sets.iter().zip(0..) {
        for number in 0..HEALTHY {
            let mut dice = Dice::new(SEED + number + set * HEALTHY);
            let healthy = healthy::case(parameters, &mut dice);
            tally.judge("none", &healthy);
            assert_eq!(healthy.verdict(&healthy.bytes()), case::ACCEPTED, "healthy {number} of set {set}");
            for (name, mutation) in MUTATIONS {
                let mut mutated = healthy.clone();
                if mutation(&mut mutated, &mut dice).is_some() {
                    tally.judge(name, &mutated);
                }
            }
        }
    }
    tally
}

#[test]
fn every_difference_from_pallas_validate_is_explained() {
    let tally = tally();
    let cases: u64 = tally.cases.values().sum();
    println!("{cases} cases, {} of them refused here", tally.refused);
    let idle: Vec<_> = MUTATIONS.iter().filter(|(name, _)| !tally.cases.contains_key(name)).collect();
    assert!(idle.is_empty(), "never applied: {:?}", idle.iter().map(|(name, _)| name).collect::<Vec<_>>());
    assert!(cases > 5_000, "{cases}");
    let explained = explained();
    let listed = |found: Vec<&Difference>| {
        let rows = found.iter().map(|one| {
            let Difference { mutation, ours, theirs } = one;
            format!("[[difference]]\nmutation = \"{mutation}\"\nours = \"{ours}\"\ntheirs = \"{theirs}\"\n")
        });
        rows.collect::<Vec<_>>().join("\n")
    };
    let new: Vec<_> = tally.differences.difference(&explained).collect();
    assert!(new.is_empty(), "not explained:\n{}", listed(new));
    let gone: Vec<_> = explained.difference(&tally.differences).collect();
    assert!(gone.is_empty(), "no longer so, take off the list:\n{}", listed(gone));
}
