//! A build of the contracts that says why it refuses.

use std::{
    fs,
    path::{Path, PathBuf},
};

use pallas_crypto::hash::Hasher;

use super::{compile, finish};
use crate::{
    aiken::{self, Traces},
    contracts::CONTRACTS,
    error::Error,
    process,
    workspace::Workspace,
};

/// What aiken writes, below `validators/`, in its own folder of things built.
const COMPILED: &str = "build/traced.json";

/// The blueprint of the contracts with traces, its parameters applied: built once for each state of the sources, and
/// kept among the things that cargo builds.
pub(crate) fn traced(workspace: &Workspace) -> Result<PathBuf, Error> {
    let folder = workspace.target().join("traced");
    let path = folder.join(format!("{}.json", digest(workspace)?));
    if path.is_file() {
        return Ok(path);
    }
    process::announce("compiling the contracts with traces");
    let document = finish(compile(workspace, Traces::Verbose, COMPILED)?, CONTRACTS, Traces::Verbose)?;
    fs::create_dir_all(&folder).map_err(|source| Error::File { path: folder, source })?;
    // Moved there when it is whole, so that an interrupted run is never taken for a finished one.
    let partial = path.with_extension("partial");
    fs::write(&partial, document.render()?)
        .map_err(|source| Error::File { path: partial.clone(), source })?;
    fs::rename(&partial, &path).map_err(|source| Error::File { path: path.clone(), source })?;
    Ok(path)
}

/// What the build depends on: the compiler's version and every source, with its place.
fn digest(workspace: &Workspace) -> Result<String, Error> {
    let root = workspace.validators();
    let mut sources = vec![root.join("aiken.toml")];
    for folder in ["lib", "validators"] {
        collect(&root.join(folder), &mut sources)?;
    }
    sources.sort();
    let mut hasher = Hasher::<224>::new();
    hasher.input(aiken::VERSION.as_bytes());
    for path in sources {
        let bytes = fs::read(&path).map_err(|source| Error::File { path: path.clone(), source })?;
        let place = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().into_owned();
        for part in [place.as_bytes(), &bytes] {
            // Its length before each part: no two lists of sources run together into the same bytes.
            hasher.input(&(part.len() as u64).to_be_bytes());
            hasher.input(part);
        }
    }
    Ok(hasher.finalize().to_string())
}

/// All files of a folder and those below it.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let fault = |source| Error::File { path: folder.to_path_buf(), source };
    for entry in fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
