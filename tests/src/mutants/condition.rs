//! The conditions of the contract, and whether some mutant fails each of them.

use std::collections::BTreeSet;

use demeter_tx::PlutusScript;
use uplc::ast::{Constant, FakeNamedDeBruijn, Program, Term};

use super::judge::words;
use crate::drt::Validator;

/// What no transaction fails, with the reason.
const NEVER: &[(&str, &str)] = &[
    ("expect Grid { asset, fee_ppm, .. } = grid_state", FOUND),
    ("expect Grid { entities, threshold, .. } = grid_in(", FOUND),
    ("expect Grid { market, asset, entities, admission, threshold, .. } = grid_in(", FOUND),
    ("expect Grid { market, half_life, .. } = grid_in(", FOUND),
    ("expect Grid { prior, penalty, half_life, .. } = grid", FOUND),
    ("expect Grid { treasury, .. } = grid_in(", FOUND),
    ("expect Grid { treasury, .. } = grid_state", FOUND),
    ("expect Operator { capacity, labels, endorsed, reputation, .. } = operator_in(", FOUND),
    ("expect Operator { owner: new_owner, .. } = operator_in(", FOUND),
    (
        "expect Grid { market, deposit, asset: Asset { policy, name }, entities, admission, threshold, fee_ppm, treasury, \
      prior, penalty, half_life, .. } = grid",
        MADE,
    ),
    (
        "expect Operator { grid, number, owner, endpoint, capacity, labels, endorsed, slots, .. } = operator",
        MADE,
    ),
    ("expect Script(here) = at_here", OURS),
    ("expect Script(here) = own_output.address.payment", OURS),
    ("expect [_, ..rest] = outputs", "the state before has been compared: there is an output"),
    ("expect when stage is {", "the branch that fails says why by itself"),
    (
        "expect Operator { number, owner, slots, .. } = state_of(",
        "a grid or pool there is one state too many",
    ),
];

const FOUND: &str = "what looks for the state gives no other";
const MADE: &str = "what calls this has just made the state";
const OURS: &str = "the ledger runs a script only for what stands at it";

/// What is wrong with the coverage of a traced build: conditions that no mutant fails, though they can fail, and those
/// that should never fail, but did.
///
/// # Panics
/// A script is no program.
pub fn uncovered(traced: &Validator, reached: &BTreeSet<String>) -> Vec<String> {
    let contract = traced.contract();
    let all: BTreeSet<String> =
        [contract.registry(), contract.market()].into_iter().flat_map(messages).collect();
    let never = |message: &str| NEVER.iter().find(|(start, _)| message.starts_with(&words(start)));
    let missed = all.iter().filter(|message| !reached.contains(*message) && never(message).is_none());
    let surprises = reached.iter().filter_map(|message| Some((message, never(message)?.1)));
    missed
        .map(|message| format!("no mutant fails `{message}`"))
        .chain(surprises.map(|(message, why)| format!("`{message}` failed, although {why}")))
        .collect()
}

/// All that a script can trace.
fn messages(script: &PlutusScript) -> BTreeSet<String> {
    let mut buffer = Vec::new();
    let program = Program::<FakeNamedDeBruijn>::from_cbor(script.as_bytes(), &mut buffer).expect("a program");
    let mut found = BTreeSet::new();
    // NOTE: a list of what is left, because terms nest deeper than a thread's stack holds.
    let mut left = vec![&program.term];
    while let Some(term) = left.pop() {
        match term {
            Term::Constant(constant) => {
                if let Constant::String(message) = constant.as_ref() {
                    found.insert(words(message));
                }
            }
            Term::Delay(inner) | Term::Force(inner) | Term::Lambda { body: inner, .. } => left.push(inner),
            Term::Apply { function, argument } => left.extend([function.as_ref(), argument.as_ref()]),
            Term::Constr { fields, .. } => left.extend(fields),
            Term::Case { constr, branches } => {
                left.push(constr);
                left.extend(branches);
            }
            Term::Var(_) | Term::Error | Term::Builtin(_) => {}
        }
    }
    found
}
