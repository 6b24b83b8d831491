//! `cargo xtask soak`: a head on disk that works for long, and what it takes.

use std::path::PathBuf;
use std::process::Command;

use serde::Deserialize;

use crate::{
    error::Error,
    process,
    report::Report,
    workspace::{Build, Workspace},
};

/// How many transactions the suite makes, and what they follow from.
const SUITE: (u64, u64) = (20_000, 1);

/// How long to work, and where.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    pub(crate) transactions: u64,
    pub(crate) seed: u64,
    /// The folder in which the head works: that of things built, if there is no other.
    pub(crate) path: Option<PathBuf>,
}

/// Works, and prints what it took, for people or for programs.
pub(crate) fn run(workspace: &Workspace, work: &Work, json: bool) -> Result<(), Error> {
    process::run(&mut command(workspace, work, Build::Optimised, json))
}

/// The suite `soak`: a short run, which counts as one test.
pub(crate) fn suite(workspace: &Workspace) -> Report {
    let (transactions, seed) = SUITE;
    Report::measure("soak", || {
        process::announce(&format!("having a head store {transactions} transactions"));
        let work = Work { transactions, seed, path: None };
        let findings = process::findings(&mut command(workspace, &work, Build::Quick, true), "soak --json")?;
        Ok(examine(&findings, transactions))
    })
}

fn command(workspace: &Workspace, work: &Work, build: Build, json: bool) -> Command {
    let mut command = workspace.program("soak", build);
    process::numbers(&mut command, [("--transactions", work.transactions), ("--seed", work.seed)]);
    // NOTE: not the system's folder for temporary files, which may be in memory.
    command.arg("--path").arg(work.path.as_deref().unwrap_or_else(|| workspace.target()));
    if json {
        command.arg("--json");
    }
    command
}

/// What the run came to, as far as the suite looks at it.
#[derive(Debug, Deserialize)]
struct Findings {
    transactions: u64,
    windows: Vec<Window>,
    faults: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Window {
    resident_bytes: Option<u64>,
}

fn examine(findings: &Findings, expected: u64) -> Report {
    let Findings { transactions, windows, faults } = findings;
    let mut notes = faults.clone();
    if *transactions != expected {
        notes.push(format!("{transactions} transactions were acknowledged, expected {expected}"));
    }
    let failed = notes.len() as u64;
    if windows.iter().any(|window| window.resident_bytes.is_none()) {
        notes.push("this system does not tell how much memory a process has: that was not looked at".into());
    }
    Report {
        passed: u64::from(failed == 0),
        failed,
        note: (!notes.is_empty()).then(|| notes.join("\n")),
        ..Report::new("soak")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(json: &str) -> Report {
        examine(&serde_json::from_str(json).unwrap(), 20)
    }

    #[test]
    fn a_run_without_faults_passes() {
        let sound =
            r#"{ "seed": 1, "transactions": 20, "windows": [{ "resident_bytes": 5 }], "faults": [] }"#;
        let report = report(sound);
        assert_eq!((report.passed, report.failed, report.note), (1, 0, None));
    }

    #[test]
    fn faults_and_missing_transactions_fail_and_are_told() {
        let short =
            r#"{ "transactions": 19, "windows": [{ "resident_bytes": 5 }], "faults": ["memory grew"] }"#;
        let report = report(short);
        let expected = "memory grew\n19 transactions were acknowledged, expected 20";
        assert_eq!((report.passed, report.failed, report.note.as_deref()), (0, 2, Some(expected)));
    }

    #[test]
    fn a_system_that_does_not_tell_is_named() {
        let report =
            report(r#"{ "transactions": 20, "windows": [{ "resident_bytes": null }], "faults": [] }"#);
        assert_eq!((report.passed, report.failed), (1, 0));
        assert!(report.note.unwrap().starts_with("this system does not tell"));
    }
}
