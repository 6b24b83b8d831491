//! `cargo xtask crash`: a head on disk, killed again and again while it works.

use std::process::Command;

use serde::Deserialize;

use crate::{
    error::Error,
    process,
    report::Report,
    workspace::{Build, Workspace},
};

/// What the suite does.
const SUITE: Kills = Kills { kills: 25, seed: 1 };

/// How often to kill, and what the moments follow from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kills {
    pub(crate) kills: u64,
    pub(crate) seed: u64,
}

/// Kills, and prints what was left, for people or for programs.
pub(crate) fn run(workspace: &Workspace, kills: Kills, json: bool) -> Result<(), Error> {
    process::run(&mut command(workspace, kills, json))
}

/// The suite `crash`: each kill counts as one test.
pub(crate) fn suite(workspace: &Workspace) -> Report {
    Report::measure("crash", || {
        process::announce(&format!("killing a head {} times while it stores transactions", SUITE.kills));
        let findings = process::findings(&mut command(workspace, SUITE, true), "crash --json")?;
        Ok(examine(&findings))
    })
}

fn command(workspace: &Workspace, Kills { kills, seed }: Kills, json: bool) -> Command {
    let mut command = workspace.program("crash", Build::Quick);
    process::numbers(&mut command, [("--kills", kills), ("--seed", seed)]);
    if json {
        command.arg("--json");
    }
    command
}

/// What the kills came to, as far as the suite looks at it.
#[derive(Debug, Deserialize)]
struct Findings {
    kills: u64,
    acknowledged: u64,
    lost: u64,
    torn: u64,
    /// Heads that two processes had open at a time.
    shared: u64,
    faults: Vec<String>,
}

fn examine(findings: &Findings) -> Report {
    let Findings { kills, acknowledged, lost, torn, shared, faults } = findings;
    let mut notes = faults.clone();
    if *shared > 0 {
        notes.push(format!("{shared} times two processes had the head open"));
    }
    if *acknowledged == 0 {
        notes.push("nothing was ever acknowledged".to_owned());
    }
    Report {
        passed: kills.saturating_sub(*torn),
        failed: lost + torn + shared + u64::from(*acknowledged == 0),
        note: (!notes.is_empty()).then(|| notes.join("\n")),
        ..Report::new("crash")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(json: &str) -> Report {
        examine(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn kills_that_cost_nothing_pass() {
        let report = report(
            r#"{ "seed": 1, "kills": 25, "acknowledged": 300, "lost": 0, "torn": 0, "shared": 0, "faults": [] }"#,
        );
        assert_eq!((report.passed, report.failed, report.note), (25, 0, None));
    }

    #[test]
    fn what_is_lost_or_torn_fails_and_is_told() {
        let faults = r#"{ "kills": 25, "acknowledged": 300, "lost": 2, "torn": 1, "shared": 1, "faults": ["a", "b"] }"#;
        let report = report(faults);
        assert_eq!(
            (report.passed, report.failed, report.note.as_deref()),
            (24, 4, Some("a\nb\n1 times two processes had the head open"))
        );
    }

    #[test]
    fn a_run_in_which_nothing_happened_fails() {
        let report =
            report(r#"{ "kills": 25, "acknowledged": 0, "lost": 0, "torn": 0, "shared": 0, "faults": [] }"#);
        assert_eq!((report.failed, report.note.as_deref()), (1, Some("nothing was ever acknowledged")));
    }
}
