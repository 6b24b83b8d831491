//! `cargo xtask mutants`: every named mutant on the release build of the contract, on the mirror, and, for the reason,
//! on a build with traces.

use std::process::Command;

use serde::Deserialize;

use crate::{
    blueprint,
    error::Error,
    process,
    report::Report,
    workspace::{Build, Workspace},
};

/// Prints the table, or what a program reads; fails when a mutant survives or is refused for a wrong reason.
pub(crate) fn run(workspace: &Workspace, json: bool) -> Result<(), Error> {
    let mut command = program(workspace, json)?;
    process::run(&mut command).map_err(|error| match error {
        // The program has said what is wrong.
        Error::Command { .. } => Error::Reported,
        other => other,
    })
}

/// The suite `mutants`: each mutant counts as one test.
pub(crate) fn suite(workspace: &Workspace) -> Report {
    Report::measure("mutants", || {
        process::announce("running the named mutants");
        let (output, success) = process::capture_any(&mut program(workspace, true)?)?;
        let Ok(summary) = serde_json::from_str(&output) else {
            return Err(success.err().unwrap_or_else(|| Error::Check("the mutants came to no count".into())));
        };
        Ok(report(&summary, success.is_ok()))
    })
}

/// The tests' own program, given the build with traces.
fn program(workspace: &Workspace, json: bool) -> Result<Command, Error> {
    let traced = blueprint::traced(workspace)?;
    let mut command = workspace.program("mutants", Build::Quick);
    command.arg(traced);
    if json {
        command.arg("--json");
    }
    Ok(command)
}

/// What the program prints for programs.
#[derive(Debug, Deserialize)]
struct Summary {
    mutants: u64,
    wrong_reason: u64,
    survivors: Vec<String>,
}

fn report(summary: &Summary, success: bool) -> Report {
    let Summary { mutants, wrong_reason, survivors } = summary;
    // A survivor mostly has a wrong reason too; it fails once. Where a healthy transaction is refused, its mutants say
    // nothing, which counts as one failure.
    let failed = (survivors.len() as u64).max(*wrong_reason).max(u64::from(!success));
    let note = survivors.first().map(|first| format!("{} survive, the first is {first}", survivors.len()));
    Report { passed: mutants.saturating_sub(failed), failed, note, ..Report::new("mutants") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(wrong_reason: u64, survivors: &[&str]) -> Summary {
        Summary {
            mutants: 9,
            wrong_reason,
            survivors: survivors.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    #[test]
    fn refused_mutants_pass() {
        let report = report(&summary(0, &[]), true);
        assert_eq!((report.passed, report.failed, report.note), (9, 0, None));
    }

    #[test]
    fn a_survivor_fails_once_and_is_named() {
        let report = report(&summary(1, &["lead: a slot too early"]), false);
        assert_eq!((report.passed, report.failed), (8, 1));
        assert_eq!(report.note.as_deref(), Some("1 survive, the first is lead: a slot too early"));
    }

    #[test]
    fn an_unhealthy_transaction_fails() {
        assert_eq!(report(&summary(0, &[]), false).failed, 1);
    }
}
