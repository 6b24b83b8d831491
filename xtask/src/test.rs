//! `cargo xtask test`: every suite, or those named.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::{
    aiken, blueprint, costs,
    error::Error,
    histories, mutants, process,
    report::{self, Report},
    rust, units, vectors,
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
    if selection.aiken {
        reports.push(aiken::suite(workspace, seed));
    }
    if selection.units {
        reports.push(units::suite(workspace));
    }
    if selection.blueprint {
        reports.push(blueprint::suite(workspace));
    }
    if selection.vectors {
        reports.push(vectors::suite(workspace));
    }
    if selection.mutants {
        reports.push(mutants::suite(workspace));
    }
    if selection.costs {
        reports.push(costs::suite(workspace));
    }
    if selection.histories {
        reports.push(histories::suite(workspace));
    }
    Ok(reports)
}

/// Whether a skipped test is a failure: it is where `CI=true`.
pub(crate) fn strict() -> bool {
    env::var_os("CI").is_some_and(|value| value == "true")
}

/// The folder that `DEMETER_SHARED` names, absolute because each test runs in its own package's folder.
fn shared() -> Result<Option<PathBuf>, Error> {
    let Some(path) = env::var_os("DEMETER_SHARED").filter(|path| !path.is_empty()) else { return Ok(None) };
    let path = Path::new(&path);
    let folder = fs::canonicalize(path).ok().filter(|path| path.is_dir());
    folder.map(Some).ok_or_else(|| Error::SharedMissing(path.to_path_buf()))
}

/// The suites asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    packages: Vec<String>,
    aiken: bool,
    units: bool,
    blueprint: bool,
    vectors: bool,
    mutants: bool,
    costs: bool,
    histories: bool,
}

impl Selection {
    /// Every suite.
    pub(crate) fn all(packages: &[String]) -> Self {
        Self {
            packages: packages.to_vec(),
            aiken: true,
            units: true,
            blueprint: true,
            vectors: true,
            mutants: true,
            costs: true,
            histories: true,
        }
    }

    /// The suites of these names; every suite if there is none.
    fn read(packages: &[String], names: &[String]) -> Result<Self, Error> {
        if names.is_empty() {
            return Ok(Self::all(packages));
        }
        let mut selection = Self::default();
        for name in names {
            match name.as_str() {
                "rust" => selection.packages = packages.to_vec(),
                "aiken" => selection.aiken = true,
                "units" => selection.units = true,
                "blueprint" => selection.blueprint = true,
                "vectors" => selection.vectors = true,
                "mutants" => selection.mutants = true,
                "costs" => selection.costs = true,
                "histories" => selection.histories = true,
                name if selection.packages.iter().any(|package| package == name) => {}
                name if packages.iter().any(|package| package == name) => {
                    selection.packages.push(name.into())
                }
                name => {
                    let others =
                        ["rust", "aiken", "units", "blueprint", "vectors", "mutants", "costs", "histories"];
                    let known = [packages, &others.map(String::from)].concat();
                    return Err(Error::UnknownSuite { name: name.into(), known: known.join(", ") });
                }
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
        assert!(selection.aiken && selection.units && selection.blueprint && selection.costs);
    }

    #[test]
    fn named_suites_run_once() {
        let selection = read(&["tx", "tx", "units"]).unwrap();
        assert_eq!(selection, Selection { packages: vec!["tx".into()], units: true, ..Selection::default() });
        assert_eq!(read(&["tx", "rust"]).unwrap().packages, ["core", "tx"]);
    }

    #[test]
    fn an_unknown_suite_is_refused_with_those_there_are() {
        let error = read(&["fuzz"]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no suite is called `fuzz`; there are: core, tx, rust, aiken, units, blueprint, vectors, mutants, costs, histories"
        );
    }
}
