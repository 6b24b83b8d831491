//! The benches: the speed of a head measured, and each bench run once, so that none rots.

use std::process::Command;

use crate::{
    error::Error,
    process,
    report::Report,
    workspace::{Build, Workspace},
};

/// What criterion writes when a bench has run once.
const RAN: &str = "Success";

/// The suite `benches`: one pass of each, measuring nothing.
pub(crate) fn suite(workspace: &Workspace) -> Report {
    Report::measure("benches", || {
        process::announce("running each bench once");
        let mut command = workspace.cargo();
        command.args(["bench", "--quiet", "--package", "demeter-benches", "--", "--test"]);
        let mut passed = 0u64;
        process::follow(command, |line| passed += u64::from(line.trim() == RAN))??;
        if passed == 0 {
            return Err(Error::Check("no bench ran".into()));
        }
        process::announce("measuring a head, quickly");
        process::capture(&mut measuring(workspace, &["--quick"]))?;
        Ok(Report { passed: passed.saturating_add(1), ..Report::new("benches") })
    })
}

/// `cargo xtask bench head`: measures, and prints figures for people or for programs.
pub(crate) fn head(workspace: &Workspace, quick: bool, seed: u64, json: bool) -> Result<(), Error> {
    let seed = seed.to_string();
    let flags = [("--quick", quick), ("--json", json)];
    let flags = flags.iter().filter(|(_, is_set)| *is_set).map(|(flag, _)| *flag);
    let arguments: Vec<&str> = flags.chain(["--seed", &seed]).collect();
    process::run(&mut measuring(workspace, &arguments))
}

fn measuring(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut command = workspace.program("demeter-benches", "head", Build::Optimised);
    command.args(arguments);
    command
}
