//! The Rust suites: one for each package, run together.
//!
//! One call of `cargo test` covers all packages asked for: separate calls would unify features differently and
//! build the same dependencies again. What it prints is then sorted by package.

mod tally;

use std::{collections::BTreeMap, path::Path, process::Command};

use serde::Deserialize;

use crate::{error::Error, libtest, process, report::Report, rust::tally::Tally, workspace::Workspace};

/// Runs the suites of these packages. The tests that need the `shared` corpus are marked as ignored, and run when it
/// is given.
pub(crate) fn run(workspace: &Workspace, packages: &[String], shared: Option<&Path>) -> Vec<Report> {
    if packages.is_empty() {
        return Vec::new();
    }
    process::announce(&format!("building the tests of {}", packages.join(", ")));
    run_all(workspace, packages, shared)
        .unwrap_or_else(|error| packages.iter().map(|package| Report::broken(package, &error)).collect())
}

fn run_all(workspace: &Workspace, packages: &[String], shared: Option<&Path>) -> Result<Vec<Report>, Error> {
    let mut build = test_command(workspace, packages);
    build.args(["--no-run", "--message-format=json-render-diagnostics"]);
    let programs = read_programs(&process::capture(&mut build)?);

    process::announce("running them");
    let mut command = test_command(workspace, packages);
    command.arg("--no-fail-fast");
    if let Some(shared) = shared {
        command.env("DEMETER_SHARED", shared).args(["--", "--include-ignored"]);
    }
    let mut tally = Tally::new(packages, &programs);
    let end = process::follow(command, |line| {
        let Some(line) = libtest::read(line) else { return };
        tally.take(&line, |library| workspace.package_of_library(library));
    })?;
    Ok(tally.close(&end))
}

fn test_command(workspace: &Workspace, packages: &[String]) -> Command {
    let mut command = workspace.cargo();
    command.args(["test", "--all-features"]);
    for package in packages {
        command.args(["--package", package]);
    }
    command
}

/// The package of each test program, by the program's file name.
type Programs = BTreeMap<String, String>;

/// Reads the test programs out of cargo's messages.
fn read_programs(messages: &str) -> Programs {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok())
        .filter(|message| message.profile.as_ref().is_some_and(|profile| profile.test))
        .filter_map(|message| {
            let file = message.executable?.rsplit(['/', '\\']).next()?.to_owned();
            Some((file, package_name(&message.package_id?).to_owned()))
        })
        .collect()
}

/// The name in a package id: `path+file:///some/where/demeter-core#0.1.0`, or `...#name@0.1.0` where the folder is
/// called otherwise.
fn package_name(id: &str) -> &str {
    let (place, version) = id.rsplit_once('#').unwrap_or((id, ""));
    match version.split_once('@') {
        Some((name, _)) => name,
        None => place.rsplit('/').next().unwrap_or(place),
    }
}

#[derive(Deserialize)]
struct Message {
    package_id: Option<String>,
    executable: Option<String>,
    profile: Option<Profile>,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_programs_are_read_from_cargos_messages() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","package_id":"path+file:///a/demeter-core#0.1.0","#,
            r#""profile":{"test":true},"executable":"/t/debug/deps/demeter_core-1"}"#,
            "\n",
            r#"{"reason":"compiler-artifact","package_id":"path+file:///a/tests#demeter-tests@0.1.0","#,
            r#""profile":{"test":true},"executable":"/t/debug/deps/slice-3"}"#,
            "\n",
            r#"{"reason":"compiler-artifact","package_id":"path+file:///a/examples#demeter-examples@0.1.0","#,
            r#""profile":{"test":false},"executable":"/t/debug/grid"}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
        );
        let expected = [("demeter_core-1", "demeter-core"), ("slice-3", "demeter-tests")]
            .map(|(file, package)| (file.to_owned(), package.to_owned()));
        assert_eq!(read_programs(messages), BTreeMap::from(expected));
    }
}
