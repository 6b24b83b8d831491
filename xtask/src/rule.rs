//! `cargo xtask rule`: each function of the rule, ours beside the contract's own.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    error::Error,
    process,
    report::Report,
    workspace::{Build, Workspace},
};

/// How many inputs each function gets in the suite, and what they follow from.
const SUITE: (u32, u64) = (10_000, 1);

/// What the tests' own program found.
#[derive(Debug, Deserialize)]
struct Outcome {
    inputs: u64,
    seed: u64,
    functions: BTreeMap<String, Function>,
}

/// How a function was compared.
#[derive(Debug, Deserialize)]
struct Function {
    /// On how many inputs.
    inputs: u64,
    /// Where it differs.
    failure: Option<String>,
}

/// Compares the functions and shows what came of it.
pub(crate) fn run(workspace: &Workspace, inputs: u32, seed: u64, json: bool) -> Result<(), Error> {
    let text = compare(workspace, inputs, seed)?;
    let outcome = read(&text)?;
    if json {
        print!("{text}");
    } else {
        outcome.show();
    }
    if outcome.failures() == 0 { Ok(()) } else { Err(Error::Reported) }
}

/// The suite `rule`: each function counts as one test.
pub(crate) fn suite(workspace: &Workspace) -> Report {
    Report::measure("rule", || {
        let (inputs, seed) = SUITE;
        process::announce(&format!("comparing each function of the rule on {inputs} inputs"));
        let outcome = read(&compare(workspace, inputs, seed)?)?;
        outcome.show();
        Ok(Report {
            passed: outcome.functions.len() as u64 - outcome.failures(),
            failed: outcome.failures(),
            note: Some(outcome.summary()),
            ..Report::new("rule")
        })
    })
}

fn compare(workspace: &Workspace, inputs: u32, seed: u64) -> Result<String, Error> {
    let mut command = workspace.program("rule", Build::Optimised);
    process::capture(command.args([inputs.to_string(), seed.to_string()]))
}

fn read(text: &str) -> Result<Outcome, Error> {
    serde_json::from_str(text).map_err(|source| Error::Json { what: "the output of `rule`".into(), source })
}

impl Outcome {
    fn failures(&self) -> u64 {
        self.functions.values().filter(|function| function.failure.is_some()).count() as u64
    }

    fn summary(&self) -> String {
        let Self { inputs, seed, functions } = self;
        format!("{} functions on {inputs} inputs of seed {seed}: {} differ", functions.len(), self.failures())
    }

    fn show(&self) {
        for (name, Function { inputs, failure }) in &self.functions {
            println!("{name}: {inputs} inputs, {}", failure.as_deref().unwrap_or("all alike"));
        }
        println!("{}", self.summary());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_that_differs_is_counted() {
        let text = r#"{ "inputs": 7, "seed": 1, "functions": {
            "fit": { "inputs": 3, "failure": "at 5" }, "score": { "inputs": 4, "failure": null } } }"#;
        let outcome = read(text).unwrap();
        assert_eq!(outcome.failures(), 1);
        assert_eq!(outcome.summary(), "2 functions on 7 inputs of seed 1: 1 differ");
    }
}
