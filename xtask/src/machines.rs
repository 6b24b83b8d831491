//! `cargo xtask machines`: the two script machines beside each other, on every script and budget that can be had.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    error::Error,
    process,
    report::Report,
    workspace::{Build, Workspace},
};

/// How many transactions the suite runs, and what they follow from.
const SUITE: (u64, u64) = (110, 1);

/// What the tests' own program found.
#[derive(Debug, Deserialize)]
struct Outcome {
    cases: u64,
    seed: u64,
    groups: BTreeMap<String, Counts>,
    /// Of the scripts of a market: how many the fast machine finished, and what the others call.
    causes: BTreeMap<String, u64>,
    disagreements: Vec<Disagreement>,
    /// Where `tests/machines.toml` says something else than was seen.
    misfits: Vec<String>,
}

/// How the runs of a group ended on the reference.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
struct Counts {
    succeeded: u64,
    refused: u64,
    over_budget: u64,
    malformed: u64,
    /// How many the fast machine left to the reference.
    left: u64,
    /// How many succeeded on the fast machine alone.
    finished: u64,
}

#[derive(Debug, Deserialize)]
struct Disagreement {
    case: String,
    allowed: String,
    reference: String,
    fast: String,
}

/// Compares the machines and shows what came of it.
pub(crate) fn run(workspace: &Workspace, cases: u64, seed: u64, json: bool) -> Result<(), Error> {
    let text = compare(workspace, cases, seed)?;
    let outcome = read(&text)?;
    if json {
        print!("{text}");
    } else {
        outcome.show();
    }
    if outcome.faults() == 0 { Ok(()) } else { Err(Error::Reported) }
}

/// The suite `machines`: each group of runs counts as one test, and each disagreement or misfit as one that fails.
pub(crate) fn suite(workspace: &Workspace) -> Report {
    Report::measure("machines", || {
        let (cases, seed) = SUITE;
        process::announce(&format!("running the scripts of {cases} transactions on both machines"));
        let outcome = read(&compare(workspace, cases, seed)?)?;
        outcome.show();
        Ok(Report {
            passed: outcome.groups.len() as u64,
            failed: outcome.faults() as u64,
            note: Some(outcome.summary()),
            ..Report::new("machines")
        })
    })
}

fn compare(workspace: &Workspace, cases: u64, seed: u64) -> Result<String, Error> {
    let mut command = workspace.program("machines", Build::Optimised);
    process::capture(command.args([cases.to_string(), seed.to_string()]))
}

fn read(text: &str) -> Result<Outcome, Error> {
    serde_json::from_str(text)
        .map_err(|source| Error::Json { what: "the output of `machines`".into(), source })
}

impl Outcome {
    fn total(&self) -> Counts {
        self.groups.values().fold(Counts::default(), |total, counts| Counts {
            succeeded: total.succeeded + counts.succeeded,
            refused: total.refused + counts.refused,
            over_budget: total.over_budget + counts.over_budget,
            malformed: total.malformed + counts.malformed,
            left: total.left + counts.left,
            finished: total.finished + counts.finished,
        })
    }

    fn summary(&self) -> String {
        let Counts { succeeded, refused, over_budget, malformed, left, finished } = self.total();
        format!(
            "{} transactions of seed {}: {succeeded} runs succeeded, {finished} of them \
             on the fast machine alone, {refused} refused, {over_budget} over budget, \
             {malformed} malformed; {left} left to the reference; {} disagreements, {} misfits",
            self.cases,
            self.seed,
            self.disagreements.len(),
            self.misfits.len()
        )
    }

    fn show(&self) {
        for (name, counts) in &self.groups {
            let Counts { succeeded, refused, over_budget, malformed, left, finished } = counts;
            println!(
                "{name}: {succeeded} succeeded, {finished} of them alone, {refused} refused, {over_budget} over budget, {malformed} malformed, \
                 {left} left"
            );
        }
        for Disagreement { case, allowed, reference, fast } in &self.disagreements {
            println!("{case}, with {allowed}:\n  reference: {reference}\n  fast: {fast}");
        }
        let causes: Vec<_> = self.causes.iter().map(|(cause, count)| format!("{count} {cause}")).collect();
        println!("scripts of the walk: {}", causes.join(", "));
        for misfit in &self.misfits {
            println!("{misfit}");
        }
        println!("{}", self.summary());
    }

    fn faults(&self) -> usize {
        self.disagreements.len() + self.misfits.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_added_up() {
        let counts = r#"{ "succeeded": 5, "refused": 4, "over_budget": 3, "malformed": 2, "left": 1,
            "finished": 4 }"#;
        let text = format!(
            r#"{{ "cases": 7, "seed": 1, "groups": {{ "a": {counts}, "b": {counts} }}, "disagreements":
            [{{ "case": "c", "allowed": "1", "reference": "x", "fast": "y" }}], "misfits": ["z"],
            "causes": {{ "finished": 3 }} }}"#
        );
        assert_eq!(
            read(&text).unwrap().summary(),
            "7 transactions of seed 1: 10 runs succeeded, 8 of them on the fast machine alone, 8 refused, 6 over \
             budget, 4 malformed; 2 left to the reference; 1 disagreements, 1 misfits"
        );
    }
}
