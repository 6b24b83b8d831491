//! `cargo xtask vectors`: the golden vectors, and the functions of the contract that tests run by themselves.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::{
    aiken::Aiken,
    error::Error,
    golden, process,
    report::Report,
    workspace::{Build, Workspace},
};

const FOLDER: &str = "tests/vectors";
const FUNCTIONS: &str = "tests/functions.json";

/// What `cargo xtask differential --save` writes, and a test judges.
const VERDICTS: [&str; 2] = ["verdicts.json", "disagreements.json"];

/// By module, the functions that tests compare with ours.
const EXPORTED: &[(&str, &[&str])] = &[
    ("demeter/grid", &["id", "well_formed", "operator_fits"]),
    (
        "demeter/rule",
        &["better", "cheapness", "decay", "entry", "fit", "merit", "ramped", "record", "score", "tie"],
    ),
    ("demeter/terms", &["escrow", "fee", "name", "term_fits", "well_formed"]),
];

/// Writes or compares the files.
pub(crate) fn run(workspace: &Workspace, check: bool) -> Result<(), Error> {
    settle(workspace, check).map(|_| ())
}

/// The suite `vectors`: each file and each function counts as one test.
pub(crate) fn suite(workspace: &Workspace) -> Report {
    Report::measure("vectors", || {
        let passed = settle(workspace, true)?;
        Ok(Report { passed, ..Report::new("vectors") })
    })
}

fn settle(workspace: &Workspace, check: bool) -> Result<u64, Error> {
    let functions = export(workspace)?;
    golden::settle(workspace, FUNCTIONS, &render(&functions)?, check, "vectors")?;
    let files = write_vectors(workspace)?;
    for (name, text) in &files {
        golden::settle(workspace, &format!("{FOLDER}/{name}"), text, check, "vectors")?;
    }
    let folder = workspace.root().join(FOLDER);
    for name in names(&folder)? {
        if files.contains_key(&name) || VERDICTS.contains(&name.as_str()) {
            continue;
        }
        if check {
            return Err(Error::Stale(format!("{FOLDER}/{name} is no vector that is made any more")));
        }
        let path = folder.join(name);
        fs::remove_file(&path).map_err(|source| Error::File { path, source })?;
    }
    Ok((functions.len() + files.len()) as u64)
}

/// The code of each function, by module and name.
fn export(workspace: &Workspace) -> Result<BTreeMap<String, String>, Error> {
    process::announce("exporting functions of the contracts");
    let aiken = Aiken::ready(workspace)?;
    let mut functions = BTreeMap::new();
    for (module, names) in EXPORTED {
        for name in *names {
            let mut command = aiken.command(workspace);
            command.args(["export", "--trace-level", "silent", "--module", module, "--name", name]);
            let what = format!("{module}.{name}");
            let exported: Exported = serde_json::from_str(&process::capture(&mut command)?)
                .map_err(|source| Error::Json { what: what.clone(), source })?;
            functions.insert(what, exported.compiled_code);
        }
    }
    Ok(functions)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Exported {
    compiled_code: String,
}

fn render(functions: &BTreeMap<String, String>) -> Result<String, Error> {
    let json = |source| Error::Json { what: FUNCTIONS.into(), source };
    Ok(serde_json::to_string_pretty(functions).map_err(json)? + "\n")
}

/// Has the tests' own program write the vectors into a folder of things built, and reads them there.
fn write_vectors(workspace: &Workspace) -> Result<BTreeMap<String, String>, Error> {
    process::announce("writing the golden vectors");
    let folder = workspace.root().join("tests/build");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|source| Error::File { path: folder.clone(), source })?;
    }
    fs::create_dir_all(&folder).map_err(|source| Error::File { path: folder.clone(), source })?;
    for program in ["vectors", "transaction_vectors"] {
        process::run(workspace.program(program, Build::Quick).arg(&folder))?;
    }
    names(&folder)?
        .into_iter()
        .map(|name| {
            let path = folder.join(&name);
            let text = fs::read_to_string(&path).map_err(|source| Error::File { path, source })?;
            Ok((name, text))
        })
        .collect()
}

/// The names of the files in a folder.
fn names(folder: &Path) -> Result<Vec<String>, Error> {
    let fault = |source| Error::File { path: PathBuf::from(folder), source };
    fs::read_dir(folder)
        .map_err(fault)?
        .map(|entry| Ok(entry.map_err(fault)?.file_name().to_string_lossy().into_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_function_has_a_line() {
        let functions =
            BTreeMap::from([("b.two".to_owned(), "00".to_owned()), ("a.one".into(), "01".into())]);
        assert_eq!(render(&functions).unwrap(), "{\n  \"a.one\": \"01\",\n  \"b.two\": \"00\"\n}\n");
    }
}
