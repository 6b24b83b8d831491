//! `cargo xtask ci`: all that a change must pass, in one table. `.ci/run` runs this.

use crate::{
    benches, demo,
    disk::{Bytes, Disk},
    error::Error,
    fuzz::{self, Effort},
    lint,
    report::{self, Report},
    test::{self, Selection},
    workspace::Workspace,
};

/// The same seed on every run: a change is not to fail by chance. Other seeds are for `cargo xtask test --seed`.
const SEED: u32 = 1;

/// How long each fuzz target runs.
const FUZZ_SECONDS: u32 = 60;

/// What a run takes on a clean clone, with some room to spare.
const NEEDED: Bytes = Bytes(12_000_000_000);

/// Runs everything, whatever fails, and prints the table.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Error> {
    let disk = Disk::watch(workspace.target(), NEEDED)?;
    let suites = Selection::all(workspace.packages());
    let mut reports = vec![lint::report(workspace)];
    match test::reports(workspace, &suites, SEED) {
        Ok(suites) => reports.extend(suites),
        Err(error) => reports.push(Report::broken("test", error)),
    }
    reports.push(benches::suite(workspace));
    reports.push(demo::suite(workspace));
    reports.push(fuzz::suite(workspace, Effort { seconds: FUZZ_SECONDS, seed: SEED }));
    let closed = report::close_with(&reports, disk.map(Disk::close).as_deref(), test::strict());
    if test::strict() {
        // After the table, which it must not cost.
        fuzz::clean(workspace)?;
    }
    closed
}
