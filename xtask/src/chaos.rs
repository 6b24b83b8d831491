//! `cargo xtask chaos`: clients of a head behind connections that fail and servers that are killed.

use std::process::Command;

use serde::Deserialize;

use crate::{
    error::Error,
    process,
    report::Report,
    workspace::{Build, Workspace},
};

/// What the suite does.
const SUITE: Runs = Runs { runs: 25, seed: 1 };

/// How many runs, and what they follow from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Runs {
    pub(crate) runs: u64,
    pub(crate) seed: u64,
}

/// Runs, and prints what clients were told that is not so, for people or for programs.
pub(crate) fn run(workspace: &Workspace, runs: Runs, json: bool) -> Result<(), Error> {
    process::run(&mut command(workspace, runs, json))
}

/// The suite `chaos`: each run counts as one test.
pub(crate) fn suite(workspace: &Workspace) -> Report {
    Report::measure("chaos", || {
        process::announce(&format!("having clients trade over connections that fail, {} times", SUITE.runs));
        let findings = process::findings(&mut command(workspace, SUITE, true), "chaos --json")?;
        Ok(examine(&findings))
    })
}

fn command(workspace: &Workspace, Runs { runs, seed }: Runs, json: bool) -> Command {
    let mut command = workspace.program("chaos", Build::Quick);
    process::numbers(&mut command, [("--runs", runs), ("--seed", seed)]);
    if json {
        command.arg("--json");
    }
    command
}

/// What the runs came to, as far as the suite looks at it.
#[derive(Debug, Deserialize)]
struct Findings {
    runs: u64,
    lost: u64,
    doubled: u64,
    misreported: u64,
    undecided: u64,
    confirmed: u64,
    kills: u64,
    faults: Vec<String>,
}

fn examine(findings: &Findings) -> Report {
    let Findings { runs, lost, doubled, misreported, undecided, confirmed, kills, faults } = findings;
    let mut notes = faults.clone();
    let mut failed = lost + doubled + misreported + undecided;
    for (count, what) in [(confirmed, "nothing was ever confirmed"), (kills, "no server was ever killed")] {
        if *count == 0 {
            failed += 1;
            notes.push(what.to_owned());
        }
    }
    Report {
        passed: if failed == 0 { *runs } else { 0 },
        failed,
        note: (!notes.is_empty()).then(|| notes.join("\n")),
        ..Report::new("chaos")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(figures: [u64; 6], faults: &str) -> Report {
        let [lost, doubled, misreported, undecided, confirmed, kills] = figures;
        let json = format!(
            r#"{{ "runs": 25, "seed": 1, "lost": {lost}, "doubled": {doubled}, "misreported": {misreported},
            "undecided": {undecided}, "confirmed": {confirmed}, "kills": {kills}, "faults": [{faults}] }}"#
        );
        examine(&serde_json::from_str(&json).unwrap())
    }

    #[test]
    fn runs_in_which_all_was_told_as_it_is_pass() {
        let report = report([0, 0, 0, 0, 900, 6], "");
        assert_eq!((report.passed, report.failed, report.note), (25, 0, None));
    }

    #[test]
    fn what_is_wrong_fails_and_is_told() {
        let report = report([1, 2, 3, 4, 900, 6], r#""a", "b""#);
        assert_eq!((report.passed, report.failed, report.note.as_deref()), (0, 10, Some("a\nb")));
    }

    #[test]
    fn runs_in_which_nothing_happened_fail() {
        let report = report([0; 6], "");
        let expected = "nothing was ever confirmed\nno server was ever killed";
        assert_eq!((report.failed, report.note.as_deref()), (2, Some(expected)));
    }
}
