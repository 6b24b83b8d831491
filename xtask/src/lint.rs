//! `cargo xtask lint`: all that can be said about the source without running it.

mod arrows;
mod forbidden;
mod versions;

use crate::{
    aiken::Aiken,
    error::Error,
    process,
    report::{self, Report},
    workspace::Workspace,
};

/// Runs every check and prints the table.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Error> {
    report::close(&[report(workspace)], true)
}

/// Runs every check, whatever fails; each counts as one test.
pub(crate) fn report(workspace: &Workspace) -> Report {
    Report::measure("lint", || {
        let mut report = Report::new("lint");
        let mut failures = Vec::new();
        for (name, check) in CHECKS {
            process::announce(name);
            match check(workspace) {
                Ok(()) => report.passed += 1,
                Err(error) => {
                    println!("FAILED {name}: {error}");
                    report.failed += 1;
                    failures.push(*name);
                }
            }
        }
        report.note = (!failures.is_empty()).then(|| failures.join(", "));
        Ok(report)
    })
}

type Check = fn(&Workspace) -> Result<(), Error>;

/// Outside the workspace, so cargo has to be told.
const FUZZ: &str = "fuzz/Cargo.toml";

const CHECKS: &[(&str, Check)] = &[
    ("format", |workspace| cargo(workspace, &["fmt", "--all", "--check"])),
    ("fuzz targets' format", |workspace| cargo(workspace, &["fmt", "--manifest-path", FUZZ, "--check"])),
    // What builds them would mend a lock file that does not fit, in passing.
    ("fuzz targets' lock file", |workspace| {
        cargo(workspace, &["fetch", "--quiet", "--locked", "--manifest-path", FUZZ])
    }),
    ("contracts' format", |workspace| aiken(workspace, &["fmt", "--check"])),
    ("contracts' warnings", |workspace| aiken(workspace, &["check", "--deny", "--skip-tests"])),
    ("what no file may contain", forbidden::check),
    ("one pallas, one minicbor", versions::check),
    ("which crate knows which", arrows::check),
    ("clippy", |workspace| {
        cargo(
            workspace,
            &["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"],
        )
    }),
    ("each crate alone, without default features", alone),
    ("documentation", documentation),
];

fn cargo(workspace: &Workspace, arguments: &[&str]) -> Result<(), Error> {
    process::run(workspace.cargo().args(arguments))
}

fn aiken(workspace: &Workspace, arguments: &[&str]) -> Result<(), Error> {
    process::run(Aiken::ready(workspace)?.command(workspace).args(arguments))
}

/// The crates that others depend upon.
const LIBRARIES: [&str; 5] = ["demeter-core", "demeter-tx", "demeter-agent", "demeter-head", "demeter-kube"];

/// Checks each crate as someone who depends on it alone gets it: a build of the workspace unifies features, and
/// hides that a crate relies on those of its neighbours.
fn alone(workspace: &Workspace) -> Result<(), Error> {
    for package in workspace.packages() {
        cargo(workspace, &["clippy", "--package", package, "--no-default-features", "--", "-D", "warnings"])?;
    }
    Ok(())
}

fn documentation(workspace: &Workspace) -> Result<(), Error> {
    let mut command = workspace.cargo();
    command.args(["doc", "--workspace", "--no-deps", "--all-features"]).env("RUSTDOCFLAGS", "-Dwarnings");
    process::run(&mut command)
}
