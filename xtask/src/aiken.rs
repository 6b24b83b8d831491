//! The Aiken compiler: found, or built once and kept in the user's cache.

mod check;

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

pub(crate) use check::{Traces, Units, check, suite};

use crate::{error::Error, process, workspace::Workspace};

/// The one version that the contracts are compiled with: another may give other bytes, and so other addresses.
pub(crate) const VERSION: &str = "1.1.24";

/// An `aiken` of the right version.
#[derive(Debug)]
pub(crate) struct Aiken {
    program: PathBuf,
}

impl Aiken {
    /// Takes the one on the path if it is of our version, else the one in the cache, else builds that.
    pub(crate) fn ready(workspace: &Workspace) -> Result<Self, Error> {
        if !workspace.validators().join("aiken.toml").is_file() {
            return Err(Error::NoContracts);
        }
        if version_of(Path::new("aiken")).is_some_and(|version| is_ours(&version)) {
            return Ok(Self { program: "aiken".into() });
        }
        let cache = cache()?;
        let folder = cache.join(format!("aiken-{VERSION}"));
        if !folder.exists() {
            install(workspace, &cache, &folder)?;
        }
        let program = folder.join("bin").join(format!("aiken{}", env::consts::EXE_SUFFIX));
        let found = version_of(&program).unwrap_or_default();
        if !is_ours(&found) {
            return Err(Error::AikenVersion { found, expected: VERSION.into(), folder });
        }
        Ok(Self { program })
    }

    /// A command that runs it on the contracts.
    pub(crate) fn command(&self, workspace: &Workspace) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(workspace.validators());
        command
    }
}

/// Builds aiken beside its final place and moves it there when it is whole, so that an interrupted build is never
/// taken for a finished one; the next one continues it.
fn install(workspace: &Workspace, cache: &Path, folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(cache).map_err(|source| file_error(cache, source))?;
    let lock_path = cache.join(format!("aiken-{VERSION}.lock"));
    let lock = File::create(&lock_path).map_err(|source| file_error(&lock_path, source))?;
    if lock.try_lock().is_err() {
        process::announce("another process is building aiken: waiting for it");
        // NOTE: the system drops the lock when its holder ends, however it ends.
        lock.lock().map_err(|source| file_error(&lock_path, source))?;
    }
    if folder.exists() {
        return Ok(());
    }

    let partial = cache.join(format!("aiken-{VERSION}.partial"));
    let target = partial.join("target");
    process::announce(&format!(
        "aiken {VERSION} is not here yet: building it into {} (once, 5 to 10 minutes)",
        folder.display()
    ));
    let mut command = workspace.cargo();
    command
        .args(["install", "aiken", "--version", VERSION, "--locked", "--force", "--no-track"])
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

/// What a program answers to `--version`, if it answers.
fn version_of(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").stderr(Stdio::null()).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether this answer is our version's: `aiken v1.1.24`, then perhaps `+` and the commit.
fn is_ours(answer: &str) -> bool {
    answer.strip_prefix("aiken ").is_some_and(is_our_version)
}

/// Whether this is our version: `v1.1.24`, then perhaps `+` and the commit it was built from.
pub(crate) fn is_our_version(version: &str) -> bool {
    let rest = version.strip_prefix('v').and_then(|version| version.strip_prefix(VERSION));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('+'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_version_is_known_with_and_without_its_commit() {
        assert!(is_ours("aiken v1.1.24"));
        assert!(is_ours("aiken v1.1.24+unknown"));
        for other in ["", "aiken v1.1.23", "aiken v1.1.240", "v1.1.24", "aiken 1.1.24"] {
            assert!(!is_ours(other), "{other}");
        }
    }

    #[test]
    fn the_cache_is_where_the_user_wants_it() {
        let path = |text: &str| Some(PathBuf::from(text));
        assert_eq!(cache_in(path("/x"), path("/h")), path("/x/demeter"));
        assert_eq!(cache_in(None, path("/h")), path("/h/.cache/demeter"));
        assert_eq!(cache_in(path("x"), path("/h")), path("/h/.cache/demeter"));
        assert_eq!(cache_in(None, path("h")), None);
    }
}
