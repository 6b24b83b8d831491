//! `cargo xtask market`: many agents on one head, some of which are killed, held against books that are kept apart.

use std::process::Command;

use serde::Deserialize;

use crate::{
    error::Error,
    process,
    report::Report,
    workspace::{Build, Workspace},
};

/// What the suite runs: once to see that nothing is wrong and that all happens, and once more for the same end.
const SUITE: Crowd = Crowd { operators: 30, applications: 200, seed: 1 };

/// How many agents, and what they and their fates follow from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crowd {
    pub(crate) operators: u64,
    pub(crate) applications: u64,
    pub(crate) seed: u64,
}

/// Runs a market, and prints what it came to, for people or for programs.
pub(crate) fn run(workspace: &Workspace, crowd: Crowd, json: bool) -> Result<(), Error> {
    let mut command = command(workspace, crowd);
    if json {
        command.arg("--json");
    }
    process::run(&mut command)
}

/// The suite `market`: each order counts as one test, and so does each thing that must have happened.
pub(crate) fn suite(workspace: &Workspace) -> Report {
    Report::measure("market", || {
        let Crowd { operators, applications, .. } = SUITE;
        process::announce(&format!(
            "running a market of {operators} operators and {applications} applications"
        ));
        let mut command = command(workspace, SUITE);
        command.args(["--twice", "--json"]);
        let findings = process::findings(&mut command, "market --json")?;
        Ok(examine(&findings))
    })
}

fn command(workspace: &Workspace, Crowd { operators, applications, seed }: Crowd) -> Command {
    let mut command = workspace.program("market", Build::Optimised);
    process::numbers(
        &mut command,
        [("--operators", operators), ("--applications", applications), ("--seed", seed)],
    );
    command
}

/// What a market came to, as far as the suite looks at it.
#[derive(Debug, Deserialize)]
struct Findings {
    applications: u64,
    faults: Vec<String>,
    /// What should have happened and did not.
    missing: Vec<String>,
}

fn examine(findings: &Findings) -> Report {
    let Findings { applications, faults, missing } = findings;
    let mut notes = faults.clone();
    if !missing.is_empty() {
        notes.push(format!("never happened: {}", missing.join(", ")));
    }
    let failed = (faults.len() + missing.len()) as u64;
    Report {
        passed: if faults.is_empty() { *applications } else { 0 },
        failed,
        note: (!notes.is_empty()).then(|| notes.join("\n")),
        ..Report::new("market")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(json: &str) -> Report {
        examine(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn a_market_without_faults_passes() {
        let report = report(r#"{ "seed": 1, "applications": 200, "faults": [], "missing": [] }"#);
        assert_eq!((report.passed, report.failed, report.note), (200, 0, None));
    }

    #[test]
    fn what_is_wrong_or_did_not_happen_fails_and_is_told() {
        let report =
            report(r#"{ "applications": 200, "faults": ["slot 3/1 is Leased"], "missing": ["a race"] }"#);
        assert_eq!((report.passed, report.failed), (0, 2));
        assert_eq!(report.note.as_deref(), Some("slot 3/1 is Leased\nnever happened: a race"));
    }

    #[test]
    fn a_market_in_which_little_happened_fails() {
        let report = report(r#"{ "applications": 2, "faults": [], "missing": ["a restart"] }"#);
        assert_eq!((report.failed, report.note.as_deref()), (1, Some("never happened: a restart")));
    }
}
