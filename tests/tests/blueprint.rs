//! The schemas that we publish are the ones that our codec writes and reads.

#![expect(clippy::panic, reason = "helpers of tests are tests")]

use std::collections::BTreeSet;

use demeter_core::any::{any_genesis, any_market_transition, any_registry_transition, any_state, any_terms};
use demeter_core::codec::DecodeFault;
use demeter_core::{Genesis, MarketRedeemer, PlutusData, Redeemer, RegistryRedeemer, State};
use demeter_tests::sample::{self, Sample};
use demeter_tests::schema::{Blueprint, Schema};
use demeter_tests::{machine, tree};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

const MARKET: &str = "market.market.spend";
const REGISTRY: &str = "registry.registry.spend";
const POLICY: &str = "registry.registry.mint";
const TERMS: &str = "demeter/state/Terms";

fn states() -> Vec<Sample<State>> {
    [sample::grids(), sample::pools(), sample::operators(), sample::slots(), sample::bids()].concat()
}

/// All samples are taken, and together they use every constructor of the schema but those named.
fn check_samples<T: PlutusData>(
    blueprint: &Blueprint,
    schema: &Schema,
    samples: &[Sample<T>],
    unused: &[(&str, u64)],
) {
    let mut seen = BTreeSet::new();
    for sample in samples {
        let data = machine::data(&sample.value);
        if let Err(error) = blueprint.check(schema, &data) {
            panic!("{}: {error}", sample.description);
        }
        blueprint.visit(schema, &data, &mut |name, index| {
            seen.insert((name.to_owned(), index));
        });
    }
    let mut expected = BTreeSet::new();
    for (name, count) in blueprint.constructors(schema) {
        expected.extend((0..count as u64).map(|index| (name.clone(), index)));
    }
    for (name, index) in unused {
        assert!(expected.remove(&((*name).to_owned(), *index)), "{name} {index}");
    }
    assert_eq!(seen, expected, "of the schema's constructors");
}

#[test]
fn samples_fit_the_schemas_and_use_all_of_them() {
    let blueprint = Blueprint::committed();
    let pointer = ("demeter/state/StakeCredential", 1);
    for handler in [MARKET, REGISTRY] {
        check_samples(&blueprint, blueprint.datum(handler), &states(), &[pointer]);
    }
    check_samples(&blueprint, blueprint.definition(TERMS), &sample::all_terms(), &[pointer]);
    check_samples(&blueprint, blueprint.redeemer(POLICY), &sample::genesis(), &[]);
    check_samples(&blueprint, blueprint.redeemer(MARKET), &sample::market_redeemers(), &[]);
}

#[test]
fn samples_of_registry_redeemers_fit_the_schema_and_use_all_of_it() {
    let blueprint = Blueprint::committed();
    let pointer = ("demeter/state/StakeCredential", 1);
    check_samples(&blueprint, blueprint.redeemer(REGISTRY), &sample::registry_redeemers(), &[pointer]);
}

/// Everything that a generator gives fits.
fn check_generated<T: PlutusData + std::fmt::Debug>(
    blueprint: &Blueprint,
    schema: &Schema,
    strategy: impl Strategy<Value = T>,
) {
    runner()
        .run(&strategy, |value| blueprint.check(schema, &machine::data(&value)).map_err(TestCaseError::fail))
        .unwrap_or_else(|error| panic!("{error}"));
}

/// The same cases on every run.
fn runner() -> TestRunner {
    let config = Config { cases: 400, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, proptest::test_runner::TestRng::deterministic_rng(Default::default()))
}

#[test]
fn generated_values_fit_the_schemas() {
    let blueprint = Blueprint::committed();
    check_generated(&blueprint, blueprint.datum(MARKET), any_state());
    check_generated(&blueprint, blueprint.datum(REGISTRY), any_state());
    check_generated(&blueprint, blueprint.definition(TERMS), any_terms());
    check_generated(&blueprint, blueprint.redeemer(POLICY), any_genesis());
    check_generated(&blueprint, blueprint.redeemer(MARKET), any_market_transition().prop_map(Redeemer::Act));
}

#[test]
fn generated_redeemers_at_registry_fit_the_schema() {
    let blueprint = Blueprint::committed();
    check_generated(
        &blueprint,
        blueprint.redeemer(REGISTRY),
        any_registry_transition().prop_map(Redeemer::Act),
    );
}

/// What fits the schema is read, unless it is not well formed, and written back as it was.
fn check_decoded<T: PlutusData + std::fmt::Debug>(blueprint: &Blueprint, schema: &Schema) {
    let read = std::cell::Cell::new(0);
    runner()
        .run(&blueprint.any_data(schema), |data| {
            let bytes = machine::encoded(&data);
            match T::decode(&bytes) {
                Ok(value) => {
                    read.set(read.get() + 1);
                    prop_assert_eq!(value.encode(), bytes);
                }
                Err(error) => {
                    let pointer = error.path().ends_with(".stake") && has_pointer(&data);
                    let formed = matches!(error.fault(), DecodeFault::Terms(_) | DecodeFault::Grid(_));
                    prop_assert!(pointer || formed, "{}", error);
                }
            }
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(read.get() > 0, "nothing was ever well formed");
}

/// Whether there is a staking part by pointer somewhere: the one constructor that we do not read.
fn has_pointer(data: &pallas_primitives::PlutusData) -> bool {
    tree::paths(data).iter().any(|path| {
        let node = tree::at(data, path);
        matches!(node, pallas_primitives::PlutusData::Constr(_))
            && tree::index(node) == 1
            && tree::children(node) == 3
            && tree::fields(node).iter().all(tree::is_integer)
    })
}

#[test]
fn what_fits_the_schema_is_read() {
    let blueprint = Blueprint::committed();
    check_decoded::<State>(&blueprint, blueprint.datum(MARKET));
    check_decoded::<Genesis>(&blueprint, blueprint.redeemer(POLICY));
    check_decoded::<MarketRedeemer>(&blueprint, blueprint.redeemer(MARKET));
    check_decoded::<demeter_core::TermsDraft>(&blueprint, blueprint.definition(TERMS));
}

#[test]
fn what_fits_the_schema_of_redeemers_at_registry_is_read() {
    let blueprint = Blueprint::committed();
    check_decoded::<RegistryRedeemer>(&blueprint, blueprint.redeemer(REGISTRY));
}

#[test]
fn what_is_spoiled_does_not_fit() {
    let blueprint = Blueprint::committed();
    let schema = blueprint.datum(MARKET);
    for sample in states() {
        let healthy = machine::data(&sample.value);
        for path in tree::paths(&healthy) {
            for (fault, node) in tree::spoiled(tree::at(&healthy, &path)) {
                // A schema knows no bounds of integers.
                if tree::is_integer(tree::at(&healthy, &path)) && tree::is_integer(&node) {
                    continue;
                }
                let spoiled = tree::replaced(&healthy, &path, node);
                assert!(
                    blueprint.check(schema, &spoiled).is_err(),
                    "{}: {fault} at {path:?}",
                    sample.description
                );
            }
        }
    }
}
