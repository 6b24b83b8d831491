//! The benches, each run once, so that none rots.

use crate::{error::Error, process, report::Report, workspace::Workspace};

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
        Ok(Report { passed, ..Report::new("benches") })
    })
}
