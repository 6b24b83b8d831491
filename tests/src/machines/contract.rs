//! The compiled contract: transactions of the differential test, mutants, and its exported functions.

use std::collections::BTreeMap;

use demeter_core::transition::TransactionView;
use demeter_tx::evaluate::{ScriptCall, script_calls};
use demeter_tx::{Data, PlutusScript};
use uplc::ast::{Constant, DeBruijn, Program, Term};

use super::Tally;
use super::builtins::{apply, checked, drawn_data};
use crate::drt::{Case, Dice, TRANSITIONS, Validator};
use crate::machine::{FUNCTIONS, calls, encoded};
use crate::{repository, rule};

/// So many cases of the differential test, taking turns among the transitions.
pub fn differential(tally: &mut Tally, cases: u64, seed: u64) {
    let validator = Validator::committed();
    let turns = TRANSITIONS.len() as u64;
    for position in 0..cases {
        let transition = TRANSITIONS[usize::try_from(position % turns).unwrap()];
        let case = Case::new(validator.scripts(), transition, seed, position / turns);
        let mut dice = Dice::of_case(seed, transition, position);
        let group = format!("differential: {transition}");
        compare(tally, &validator, &group, &case.describe(), &case.transaction, &mut dice);
    }
}

/// Every healthy transaction of the table of mutants, and every mutant.
pub fn mutants(tally: &mut Tally, seed: u64) {
    let validator = Validator::committed();
    let mut dice = Dice::new(seed);
    for case in crate::mutants::cases(validator.scripts()) {
        let mut one = |name: &str, view: &TransactionView| {
            compare(tally, &validator, "mutants", name, view, &mut dice);
        };
        one(case.name, &case.healthy);
        for neighbour in &case.neighbours {
            one(&neighbour.name, &neighbour.transaction);
        }
        for mutant in &case.mutants {
            one(&mutant.name, &mutant.applied(&case.healthy));
        }
    }
}

/// Compares each script of a transaction.
pub(super) fn compare(
    tally: &mut Tally,
    validator: &Validator,
    group: &str,
    case: &str,
    view: &TransactionView,
    dice: &mut Dice,
) {
    let (transaction, utxos) = validator.transaction(view);
    let settings = validator.settings();
    for (pointer, call, _) in script_calls(&transaction, &utxos, settings).expect("calls of our scripts") {
        tally.compare(group, &format!("{case}, {pointer}"), &call, &settings.parameters, dice);
    }
}

/// Each exported function of the contract, on what the comparison of the rule gives it: that it gives what it gives on the
/// reference.
///
/// # Panics
/// The rule and its mirror differ.
pub fn rules(tally: &mut Tally, cases: u64, seed: u64) {
    let parameters = Validator::committed().settings().parameters.clone();
    let functions = exported();
    let inputs = rule::Inputs { count: u32::try_from(cases).expect("a small number"), seed };
    for (name, compare) in rule::FUNCTIONS {
        let calls = calls(|| {
            compare(inputs).unwrap_or_else(|difference| panic!("{name}: {difference}"));
        });
        let mut dice = Dice::of_case(seed, name, 0);
        for (number, (function, arguments)) in calls.into_iter().enumerate() {
            let (mut one, mut other) = (Vec::new(), Vec::new());
            let program = Program::<DeBruijn>::from_hex(&functions[&function], &mut one, &mut other);
            let arguments = arguments.into_iter().map(|data| Term::Constant(Constant::Data(data).into()));
            let applied = arguments.fold(program.expect("compiled code").term, apply);
            let program = Program { version: (1, 1, 0), term: checked(applied, &parameters) };
            let script = PlutusScript::new(program.to_cbor().expect("memory"));
            let call = ScriptCall::new(script, [Data::unit()]).expect("plutus data");
            tally.compare("rules", &format!("{name}, {number}"), &call, &parameters, &mut dice);
        }
    }
}

fn exported() -> BTreeMap<String, String> {
    serde_json::from_str(&repository::text(FUNCTIONS)).expect("a map of names to code")
}

/// Each exported function of the contract, on data of every kind: mostly wrong ones.
pub fn functions(tally: &mut Tally, cases: u64, seed: u64) {
    let validator = Validator::committed();
    for (name, code) in exported() {
        let script = PlutusScript::new(hex::decode(code).expect("hexadecimal digits"));
        for number in 0..cases {
            let mut dice = Dice::of_case(seed, &name, number);
            let arguments: Vec<Data> = (0..dice.between(1, 5))
                .map(|_| Data::from_cbor(encoded(&drawn_data(&mut dice, 3))).expect("plutus data"))
                .collect();
            let call = ScriptCall::new(script.clone(), arguments).expect("plutus data");
            let parameters = &validator.settings().parameters;
            tally.compare("functions", &format!("{name}, {number}"), &call, parameters, &mut dice);
        }
    }
}
