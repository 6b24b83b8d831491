//! `cargo xtask histories`: random walks on embedded heads, held against books that are kept apart.

use std::process::Command;

use serde::Deserialize;

use crate::{
    error::Error,
    process,
    report::Report,
    workspace::{Build, Workspace},
};

/// What CI walks: as many walks in ada as in a token, and enough of them that every transition happens.
const IN_CI: Walks = Walks { steps: 600, seed: 1, walks: 8 };

/// How far to walk, how often, and what from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Walks {
    pub(crate) steps: u64,
    pub(crate) seed: u64,
    pub(crate) walks: u64,
}

/// Walks, and prints what happened, for people or for programs.
pub(crate) fn run(workspace: &Workspace, walks: Walks, json: bool) -> Result<(), Error> {
    process::run(&mut command(workspace, walks, json))
}

/// The suite `histories`: each walk counts as one test, and so does each transition that must have happened.
pub(crate) fn suite(workspace: &Workspace) -> Report {
    Report::measure("histories", || {
        let Walks { steps, walks, .. } = IN_CI;
        process::announce(&format!("walking {walks} times {steps} steps on embedded heads"));
        let campaign = process::findings(&mut command(workspace, IN_CI, true), "histories --json")?;
        Ok(examine(&campaign))
    })
}

fn command(workspace: &Workspace, Walks { steps, seed, walks }: Walks, json: bool) -> Command {
    let mut command = workspace.program("histories", Build::Quick);
    process::numbers(&mut command, [("--steps", steps), ("--seed", seed), ("--walks", walks)]);
    if json {
        command.arg("--json");
    }
    command
}

/// What the walks came to, as far as the suite looks at it.
#[derive(Debug, Deserialize)]
struct Campaign {
    walks: u64,
    /// The transitions that never happened.
    missing: Vec<String>,
    violations: Vec<Broken>,
}

#[derive(Debug, Deserialize)]
struct Broken {
    seed: u64,
    violation: Violation,
    story: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Violation {
    promise: String,
    seen: String,
}

fn examine(campaign: &Campaign) -> Report {
    let Campaign { walks, missing, violations } = campaign;
    let failed = violations.len() as u64;
    let mut notes = Vec::new();
    for Broken { seed, violation: Violation { promise, seen }, story } in violations {
        notes.push(format!("seed {seed} breaks {promise}: {seen}\n{}", story.join("\n")));
    }
    if !missing.is_empty() {
        notes.push(format!("never happened: {}", missing.join(", ")));
    }
    Report {
        passed: walks.saturating_sub(failed),
        failed: failed + missing.len() as u64,
        note: (!notes.is_empty()).then(|| notes.join("\n")),
        ..Report::new("histories")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(json: &str) -> Report {
        examine(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn walks_without_violation_pass() {
        let report = report(r#"{ "walks": 8, "missing": [], "violations": [], "steps": 4800 }"#);
        assert_eq!((report.passed, report.failed, report.note), (8, 0, None));
    }

    #[test]
    fn a_violation_fails_and_is_told_with_its_history() {
        let report = report(
            r#"{ "walks": 8, "missing": ["rekey"], "violations": [{
                "seed": 3, "steps": 200, "choices": [], "story": ["ana: Resign"],
                "violation": { "promise": "conservation", "seen": "shop has 1" } }] }"#,
        );
        assert_eq!((report.passed, report.failed), (7, 2));
        let note = "seed 3 breaks conservation: shop has 1\nana: Resign\nnever happened: rekey";
        assert_eq!(report.note.as_deref(), Some(note));
    }
}
