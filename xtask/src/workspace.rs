//! Where the workspace is and what is in it.

use std::{
    collections::BTreeMap,
    env,
    path::{Path, PathBuf},
    process::Command,
};

use serde::Deserialize;

use crate::{error::Error, process, test};

/// The workspace that `cargo xtask` was called in.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    /// Where cargo puts what it builds.
    target: PathBuf,
    packages: Vec<String>,
    /// The package of each library, by the library's crate name.
    libraries: BTreeMap<String, String>,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn find() -> Result<Self, Error> {
        // NOTE: read when run, not when built: a binary in a target folder that two clones share would otherwise
        // work on the wrong one.
        let manifest = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).ok_or(Error::NotFromCargo)?;
        let root = manifest.parent().ok_or(Error::NotFromCargo)?.to_path_buf();
        let mut command = cargo_in(&root);
        command.args(["metadata", "--no-deps", "--format-version", "1"]);
        let metadata: Metadata = serde_json::from_str(&process::capture(&mut command)?)
            .map_err(|source| Error::Json { what: "cargo metadata".into(), source })?;

        let libraries = metadata
            .packages
            .iter()
            .flat_map(|package| package.targets.iter().map(move |target| (package, target)))
            .filter(|(_, target)| !target.kind.iter().any(|kind| NOT_LIBRARIES.contains(&kind.as_str())))
            .map(|(package, target)| (target.name.replace('-', "_"), package.name.clone()))
            .collect();
        let packages = metadata.packages.into_iter().map(|package| package.name).collect();
        Ok(Self { root, target: metadata.target_directory, packages, libraries })
    }

    /// The folder of the workspace.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of things built.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// The folder of the contracts.
    pub(crate) fn validators(&self) -> PathBuf {
        self.root.join("validators")
    }

    /// The names of the packages.
    pub(crate) fn packages(&self) -> &[String] {
        &self.packages
    }

    /// The package whose library has this crate name.
    pub(crate) fn package_of_library(&self, name: &str) -> Option<&str> {
        self.libraries.get(name).map(String::as_str)
    }

    /// A command that builds one of our programs and runs it; the arguments added are the program's own.
    ///
    /// NOTE: no package is named. Cargo would give its dependencies the features that this package alone asks for, and
    /// build almost all of them once more; so they are those that the whole workspace asks for, as in its tests.
    pub(crate) fn program(&self, name: &str, build: Build) -> Command {
        let mut command = self.cargo();
        command.args(["run", "--quiet", "--bin", name]);
        if let Build::Optimised = build {
            command.arg("--release");
        }
        command.arg("--");
        command
    }

    /// Builds one of our programs, as the tests are, and says where it is.
    pub(crate) fn built(&self, name: &str) -> Result<PathBuf, Error> {
        process::run(self.cargo().args(["build", "--quiet", "--bin", name]))?;
        Ok(self.target.join("debug").join(format!("{name}{}", env::consts::EXE_SUFFIX)))
    }

    /// A command that runs the cargo we were run by, in the workspace.
    pub(crate) fn cargo(&self) -> Command {
        cargo_in(&self.root)
    }
}

/// How a program of ours is built before it runs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Build {
    /// As the tests are, so that little is built anew.
    Quick,
    /// For programs that run so long that it pays.
    Optimised,
}

const NOT_LIBRARIES: [&str; 5] = ["bin", "test", "bench", "example", "custom-build"];

fn cargo_in(root: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    if test::strict() {
        // What makes a second build faster, or a debugger wiser, only fills the disk: a panic says its line all the same.
        command.env("CARGO_INCREMENTAL", "0").env("CARGO_PROFILE_DEV_DEBUG", "0");
    }
    command
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}
