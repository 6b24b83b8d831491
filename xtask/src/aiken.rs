//! The Aiken compiler: found, or built once and kept in the user's cache.

mod check;

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

pub(crate) use check::{Traces, Units, check, suite};

use crate::{error::Error, tool::Tool, workspace::Workspace};

/// The one version that the contracts are compiled with: another may give other bytes, and so other addresses.
pub(crate) const VERSION: &str = "1.1.24";

const AIKEN: Tool = Tool { name: "aiken", version: VERSION, effort: "5 to 10 minutes" };

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
        let program = AIKEN.program(workspace)?;
        let found = version_of(&program).unwrap_or_default();
        if !is_ours(&found) {
            return Err(Error::AikenVersion { found, expected: VERSION.into(), folder: AIKEN.folder()? });
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
}
