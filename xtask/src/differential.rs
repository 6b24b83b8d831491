//! `cargo xtask differential`: transactions of every kind, judged by the mirror and by the compiled scripts.

use std::collections::BTreeMap;

use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};
use serde::Deserialize;

use crate::{
    cli::Cases,
    error::Error,
    process,
    report::Report,
    workspace::{Build, Workspace},
};

/// How many cases the suite judges, a thousand around each transition, and what they follow from.
const SUITE: (u64, u64) = (22_000, 1);

/// What the tests' own program found.
#[derive(Debug, Deserialize)]
struct Outcome {
    cases: u64,
    seed: u64,
    accepted: u64,
    refused: u64,
    stricter: u64,
    transitions: BTreeMap<String, Counts>,
    /// The transitions of whose cases less than a tenth is accepted.
    thin: Vec<String>,
    /// The reasons for which nothing was refused.
    unreached: Vec<String>,
    disagreements: Vec<Disagreement>,
}

#[derive(Debug, Deserialize)]
struct Counts {
    cases: u64,
    accepted: u64,
    refused: u64,
    stricter: u64,
    disagreements: u64,
    reasons: BTreeMap<String, u64>,
}

#[derive(Debug, Deserialize)]
struct Disagreement {
    case: String,
    mirror: String,
    validator: String,
}

/// Judges the cases asked for and shows what came of it.
pub(crate) fn run(workspace: &Workspace, cases: &Cases) -> Result<(), Error> {
    let text = judge(workspace, cases)?;
    let outcome = read(&text)?;
    if cases.json {
        print!("{text}");
    } else {
        show(&outcome);
    }
    if outcome.disagreements.is_empty() && outcome.thin.is_empty() { Ok(()) } else { Err(Error::Reported) }
}

/// The suite `differential`: each transition counts as one test, and so does that every reason of refusal was met.
pub(crate) fn suite(workspace: &Workspace) -> Report {
    Report::measure("differential", || {
        let (cases, seed) = SUITE;
        process::announce(&format!("judging {cases} transactions by mirror and compiled scripts"));
        let cases = Cases { cases, seed, json: true, save: false, transitions: Vec::new() };
        let outcome = read(&judge(workspace, &cases)?)?;
        show(&outcome);
        Ok(outcome.report())
    })
}

/// Has the tests' own program judge the cases. It is built with optimisation: the machine dominates.
fn judge(workspace: &Workspace, cases: &Cases) -> Result<String, Error> {
    let mut command = workspace.program("differential", Build::Optimised);
    command.args([cases.cases, cases.seed].map(|number| number.to_string()));
    if cases.save {
        command.arg("--save");
    }
    process::capture(command.args(&cases.transitions))
}

fn read(text: &str) -> Result<Outcome, Error> {
    serde_json::from_str(text)
        .map_err(|source| Error::Json { what: "the output of `differential`".into(), source })
}

fn show(outcome: &Outcome) {
    println!("\n{}\n", outcome.table());
    for Disagreement { case, mirror, validator } in &outcome.disagreements {
        println!("{case}: the mirror says `{mirror}`, the scripts say `{validator}`");
    }
    if !outcome.thin.is_empty() {
        println!("less than a tenth is accepted of: {}", outcome.thin.join(", "));
    }
    if !outcome.unreached.is_empty() {
        println!("never the reason of a refusal: {}", outcome.unreached.join(", "));
    }
    println!("{}", outcome.summary());
}

impl Outcome {
    fn table(&self) -> Table {
        let mut table = Table::new();
        table.load_style(ASCII_MARKDOWN);
        table.set_header(["transition", "cases", "accepted", "refused", "by the mirror alone", "reasons"]);
        for (transition, counts) in &self.transitions {
            let numbers = [counts.cases, counts.accepted, counts.refused, counts.stricter];
            let numbers = numbers.into_iter().chain([counts.reasons.len() as u64]);
            table
                .add_row(std::iter::once(transition.clone()).chain(numbers.map(|number| number.to_string())));
        }
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        table
    }

    fn summary(&self) -> String {
        format!(
            "{} cases of seed {}: {} accepted, {} refused, {} by the mirror alone, {} disagreements",
            self.cases,
            self.seed,
            self.accepted,
            self.refused,
            self.stricter,
            self.disagreements.len()
        )
    }

    fn report(&self) -> Report {
        let fails =
            |(name, counts): &(&String, &Counts)| counts.disagreements > 0 || self.thin.contains(name);
        let failed = self.transitions.iter().filter(fails).count() as u64;
        let missed = u64::from(!self.unreached.is_empty());
        Report {
            passed: self.transitions.len() as u64 + 1 - failed - missed,
            failed: failed + missed,
            note: Some(self.summary()),
            ..Report::new("differential")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(disagreements: u64, thin: &[&str], unreached: &[&str]) -> Outcome {
        let text = serde_json::json!({
            "cases": 20, "seed": 1, "accepted": 9, "refused": 8, "stricter": 2,
            "transitions": {
                "lead": {
                    "cases": 10, "accepted": 5, "refused": 4, "stricter": 1, "disagreements": disagreements,
                    "reasons": { "led": 5 },
                },
                "take": {
                    "cases": 10, "accepted": 4, "refused": 4, "stricter": 1, "disagreements": 0, "reasons": {},
                },
            },
            "thin": thin,
            "unreached": unreached,
            "disagreements": [],
        });
        read(&text.to_string()).unwrap()
    }

    #[test]
    fn each_transition_and_the_reasons_are_counted() {
        let counts = |outcome: Outcome| (outcome.report().passed, outcome.report().failed);
        assert_eq!(counts(outcome(0, &[], &[])), (3, 0));
        assert_eq!(counts(outcome(1, &["take"], &["led"])), (0, 3));
        assert_eq!(counts(outcome(1, &["lead"], &[])), (2, 1));
    }

    #[test]
    fn the_table_has_a_row_for_each_transition() {
        let text = outcome(0, &[], &[]).table().to_string();
        assert!(text.lines().any(|line| line.starts_with("| lead       |    10 |        5 |")), "{text}");
    }
}
