//! The benches: the speed of a head measured, alone and served, and each bench run once, so that none rots.

use std::process::Command;

use crate::{
    cli::Measure,
    error::Error,
    process,
    report::Report,
    workspace::{Build, Workspace},
};

/// The programs that measure.
const PROGRAMS: [&str; 2] = ["bench-head", "bench-load"];

/// What criterion writes when a bench has run once.
const RAN: &str = "Success";

/// The suite `benches`: one pass of each, measuring nothing.
pub(crate) fn suite(workspace: &Workspace) -> Report {
    Report::measure("benches", || {
        process::announce("running each bench once");
        let mut command = workspace.cargo();
        command.args(["bench", "--quiet", "--bench", "ratios", "--", "--test"]);
        let mut passed = 0u64;
        process::follow(command, |line| passed += u64::from(line.trim() == RAN))??;
        if passed == 0 {
            return Err(Error::Check("no bench ran".into()));
        }
        for program in PROGRAMS {
            process::announce(&format!("measuring quickly: {program}"));
            process::capture(&mut measuring(workspace, program, &["--quick"]))?;
            passed += 1;
        }
        Ok(Report { passed, ..Report::new("benches") })
    })
}

/// `cargo xtask bench PROGRAM`: measures, and prints figures for people or for programs.
pub(crate) fn measure(workspace: &Workspace, program: &str, how: &Measure) -> Result<(), Error> {
    let seed = how.seed.to_string();
    let flags = [("--quick", how.quick), ("--json", how.json)];
    let flags = flags.iter().filter(|(_, is_set)| *is_set).map(|(flag, _)| *flag);
    let arguments: Vec<&str> = flags.chain(["--seed", &seed]).collect();
    process::run(&mut measuring(workspace, program, &arguments))
}

fn measuring(workspace: &Workspace, program: &str, arguments: &[&str]) -> Command {
    let mut command = workspace.program(program, Build::Optimised);
    command.args(arguments);
    command
}
