//! `cargo xtask test`: every suite, or those named.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
};

use crate::{
    aiken, blueprint, chaos, conformance, costs, crash, differential,
    error::Error,
    histories, machines, market, mutants, peers, process,
    report::{self, Report},
    rule, rust, soak, units, vectors,
    workspace::Workspace,
};

/// Runs the suites and prints their table.
pub(crate) fn run(workspace: &Workspace, names: &[String], seed: u32) -> Result<(), Error> {
    let selection = Selection::read(workspace.packages(), names)?;
    report::close(&reports(workspace, &selection, seed)?, strict())
}

/// Runs the suites.
pub(crate) fn reports(workspace: &Workspace, selection: &Selection, seed: u32) -> Result<Vec<Report>, Error> {
    let shared = shared()?;
    if shared.is_none() && !selection.packages.is_empty() {
        process::announce("DEMETER_SHARED is not set: the tests that need the shared corpus are skipped");
    }
    let mut reports = rust::run(workspace, &selection.packages, shared.as_deref());
    let chosen = SUITES.iter().filter(|suite| selection.suites.contains(suite.name));
    reports.extend(chosen.map(|suite| (suite.run)(workspace, seed)));
    Ok(reports)
}

/// Whether a skipped test is a failure: it is where `CI=true`.
pub(crate) fn strict() -> bool {
    env::var_os("CI").is_some_and(|value| value == "true")
}

/// The folder that `DEMETER_SHARED` names, absolute because each test runs in its own package's folder.
pub(crate) fn shared() -> Result<Option<PathBuf>, Error> {
    let Some(path) = env::var_os("DEMETER_SHARED").filter(|path| !path.is_empty()) else { return Ok(None) };
    let path = Path::new(&path);
    let folder = fs::canonicalize(path).ok().filter(|path| path.is_dir());
    folder.map(Some).ok_or_else(|| Error::SharedMissing(path.to_path_buf()))
}

/// A suite that is no package's.
struct Suite {
    name: &'static str,
    /// Runs it with the seed of the contracts' property tests.
    run: fn(&Workspace, u32) -> Report,
}

/// The suites beside those of the packages, in the order in which they run.
const SUITES: &[Suite] = &[
    Suite { name: "aiken", run: aiken::suite },
    Suite { name: "units", run: |workspace, _| units::suite(workspace) },
    Suite { name: "blueprint", run: |workspace, _| blueprint::suite(workspace) },
    Suite { name: "vectors", run: |workspace, _| vectors::suite(workspace) },
    Suite { name: "differential", run: |workspace, _| differential::suite(workspace) },
    Suite { name: "rule", run: |workspace, _| rule::suite(workspace) },
    Suite { name: "machines", run: |workspace, _| machines::suite(workspace) },
    Suite { name: "mutants", run: |workspace, _| mutants::suite(workspace) },
    Suite { name: "costs", run: |workspace, _| costs::suite(workspace) },
    Suite { name: "histories", run: |workspace, _| histories::suite(workspace) },
    Suite { name: "market", run: |workspace, _| market::suite(workspace) },
    Suite { name: "crash", run: |workspace, _| crash::suite(workspace) },
    Suite { name: "chaos", run: |workspace, _| chaos::suite(workspace) },
    Suite { name: "soak", run: |workspace, _| soak::suite(workspace) },
    Suite { name: "conformance", run: |workspace, _| conformance::suite(workspace) },
    Suite { name: "peers", run: |workspace, _| peers::suite(workspace) },
];

/// The suites asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    packages: Vec<String>,
    suites: BTreeSet<&'static str>,
}

impl Selection {
    /// Every suite.
    pub(crate) fn all(packages: &[String]) -> Self {
        Self { packages: packages.to_vec(), suites: SUITES.iter().map(|suite| suite.name).collect() }
    }

    /// The suites of these names; every suite if there is none.
    fn read(packages: &[String], names: &[String]) -> Result<Self, Error> {
        if names.is_empty() {
            return Ok(Self::all(packages));
        }
        let mut selection = Self::default();
        for name in names {
            if name == "rust" {
                selection.packages = packages.to_vec();
            } else if let Some(suite) = SUITES.iter().find(|suite| suite.name == name) {
                selection.suites.insert(suite.name);
            } else if !packages.contains(name) {
                let suites = std::iter::once("rust").chain(SUITES.iter().map(|suite| suite.name));
                let known: Vec<&str> = packages.iter().map(String::as_str).chain(suites).collect();
                return Err(Error::UnknownSuite { name: name.clone(), known: known.join(", ") });
            } else if !selection.packages.contains(name) {
                selection.packages.push(name.clone());
            }
        }
        Ok(selection)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(names: &[&str]) -> Result<Selection, Error> {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        Selection::read(&["core".to_owned(), "tx".to_owned()], &names)
    }

    #[test]
    fn no_name_means_every_suite() {
        let selection = read(&[]).unwrap();
        assert_eq!(selection.packages, ["core", "tx"]);
        assert_eq!(selection.suites.len(), SUITES.len());
    }

    #[test]
    fn named_suites_run_once() {
        let selection = read(&["tx", "tx", "units"]).unwrap();
        assert_eq!(selection, Selection { packages: vec!["tx".into()], suites: ["units"].into() });
        assert_eq!(read(&["tx", "rust"]).unwrap().packages, ["core", "tx"]);
    }

    #[test]
    fn an_unknown_suite_is_refused_with_those_there_are() {
        let error = read(&["fuzz"]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no suite is called `fuzz`; there are: core, tx, rust, aiken, units, blueprint, vectors, differential, \
             rule, machines, mutants, costs, histories, market, crash, chaos, soak, conformance, peers"
        );
    }
}
