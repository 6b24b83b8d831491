//! Programs that habits need beyond Rust: built by cargo once, at one version, and kept in the user's cache.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
};

use crate::{error::Error, process, workspace::Workspace};

/// A program that cargo installs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tool {
    /// The package, and the program in it.
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    /// How long it takes to build, in words.
    pub(crate) effort: &'static str,
}

impl Tool {
    /// The program, built first if it is not there yet.
    pub(crate) fn program(&self, workspace: &Workspace) -> Result<PathBuf, Error> {
        let cache = cache()?;
        let folder = self.folder_in(&cache);
        if !folder.exists() {
            self.install(workspace, &cache, &folder)?;
        }
        Ok(folder.join("bin").join(format!("{}{}", self.name, env::consts::EXE_SUFFIX)))
    }

    /// Where it is kept.
    pub(crate) fn folder(&self) -> Result<PathBuf, Error> {
        cache().map(|cache| self.folder_in(&cache))
    }

    fn folder_in(&self, cache: &Path) -> PathBuf {
        cache.join(format!("{}-{}", self.name, self.version))
    }

    /// Builds it beside its final place and moves it there when it is whole, so that an interrupted build is never
    /// taken for a finished one; the next one continues it.
    fn install(&self, workspace: &Workspace, cache: &Path, folder: &Path) -> Result<(), Error> {
        let Self { name, version, effort } = self;
        fs::create_dir_all(cache).map_err(|source| file_error(cache, source))?;
        let lock_path = cache.join(format!("{name}-{version}.lock"));
        let lock = File::create(&lock_path).map_err(|source| file_error(&lock_path, source))?;
        if lock.try_lock().is_err() {
            process::announce(&format!("another process is building {name}: waiting for it"));
            // NOTE: the system drops the lock when its holder ends, however it ends.
            lock.lock().map_err(|source| file_error(&lock_path, source))?;
        }
        if folder.exists() {
            return Ok(());
        }

        let partial = cache.join(format!("{name}-{version}.partial"));
        let target = partial.join("target");
        process::announce(&format!(
            "{name} {version} is not here yet: building it into {} (once, {effort})",
            folder.display()
        ));
        let mut command = workspace.cargo();
        command
            .args(["install", name, "--version", version, "--locked", "--force", "--no-track"])
            .arg("--root")
            .arg(&partial)
            .arg("--target-dir")
            .arg(&target)
            // What the caller sets for our own code is not for this build.
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS");
        process::run(&mut command)?;
        fs::remove_dir_all(&target).map_err(|source| file_error(&target, source))?;
        fs::rename(&partial, folder).map_err(|source| file_error(folder, source))
    }
}

/// The folder that keeps our tools: `demeter` in the user's cache.
fn cache() -> Result<PathBuf, Error> {
    cache_in(env::var_os("XDG_CACHE_HOME").map(PathBuf::from), env::home_dir()).ok_or(Error::NoCache)
}

/// NOTE: a relative `XDG_CACHE_HOME` is to be ignored, says the specification it comes from.
fn cache_in(xdg: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    let home = home.filter(|home| home.is_absolute()).map(|home| home.join(".cache"));
    xdg.filter(|xdg| xdg.is_absolute()).or(home).map(|cache| cache.join("demeter"))
}

fn file_error(path: &Path, source: std::io::Error) -> Error {
    Error::File { path: path.to_path_buf(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_where_the_user_wants_it() {
        let path = |text: &str| Some(PathBuf::from(text));
        assert_eq!(cache_in(path("/x"), path("/h")), path("/x/demeter"));
        assert_eq!(cache_in(None, path("/h")), path("/h/.cache/demeter"));
        assert_eq!(cache_in(path("x"), path("/h")), path("/h/.cache/demeter"));
        assert_eq!(cache_in(None, path("h")), None);
    }

    #[test]
    fn each_version_has_a_folder_of_its_own() {
        let tool = Tool { name: "aiken", version: "1.2.3", effort: "a minute" };
        assert_eq!(tool.folder_in(Path::new("/c")), Path::new("/c/aiken-1.2.3"));
    }
}
