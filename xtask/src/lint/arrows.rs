//! Arrows point one way: what a crate of ours depends on stands in a layer below it.

use serde::Deserialize;

use crate::{error::Error, process, workspace::Workspace};

/// The crates of each layer, lowest first, as ARCHITECTURE.md draws them. Those of one layer do not know each other, and
/// whatever is in no layer is a leaf.
const LAYERS: &[&[&str]] = &[
    &["demeter-core"],
    &["demeter-tx"],
    &["demeter-agent"],
    &["demeter-head", "demeter-kube", "demeter-py", "demeter-js"],
    &["demeter-cli"],
];

/// Asks cargo what depends on what. What only tests use does not count: cargo itself keeps it apart.
pub(super) fn check(workspace: &Workspace) -> Result<(), Error> {
    let mut command = workspace.cargo();
    command.args(["metadata", "--no-deps", "--format-version", "1"]);
    let metadata = serde_json::from_str(&process::capture(&mut command)?)
        .map_err(|source| Error::Json { what: "cargo metadata".into(), source })?;
    examine(&metadata)
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `dev`, `build`, or none of these.
    kind: Option<String>,
}

fn examine(metadata: &Metadata) -> Result<(), Error> {
    if !metadata.packages.iter().any(|package| layer(&package.name).is_some()) {
        return Err(Error::Check("no crate of the workspace is in a layer".into()));
    }
    let ours = |name: &str| metadata.packages.iter().any(|package| package.name == name);
    let wrong: Vec<String> = metadata
        .packages
        .iter()
        .filter_map(|package| Some((package, layer(&package.name)?)))
        .flat_map(|(package, own)| {
            let counting = package.dependencies.iter().filter(|on| on.kind.as_deref() != Some("dev"));
            let upward =
                counting.filter(move |on| ours(&on.name) && layer(&on.name).is_none_or(|on| on >= own));
            upward.map(|on| format!("{} depends on {}", package.name, on.name))
        })
        .collect();
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Error::Check(format!("against the arrows of ARCHITECTURE.md, {}", wrong.join(", "))))
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packages with what they depend on: `name` or `name (kind)`.
    fn examined(packages: &[(&str, &[&str])]) -> Result<(), Error> {
        let dependency = |text: &&str| {
            let (name, kind) = text.split_once(' ').map_or((*text, None), |(name, kind)| (name, Some(kind)));
            Dependency { name: name.into(), kind: kind.map(Into::into) }
        };
        let packages = packages.iter().map(|(name, on)| Package {
            name: (*name).into(),
            dependencies: on.iter().map(dependency).collect(),
        });
        examine(&Metadata { packages: packages.collect() })
    }

    #[test]
    fn downward_is_the_way() {
        let tx: (&str, &[&str]) = ("demeter-tx", &["demeter-core", "uplc"]);
        let leaf: (&str, &[&str]) = ("demeter-tests", &["demeter-tx", "demeter-head"]);
        let head: (&str, &[&str]) = ("demeter-head", &["demeter-tx", "demeter-tests dev"]);
        examined(&[("demeter-core", &["minicbor"]), tx, head, leaf]).unwrap();
    }

    #[test]
    fn upward_sideways_and_to_a_leaf_are_refused() {
        let refused = |name, on: &'static str| {
            let all: Vec<(&str, &[&str])> = vec![("demeter-kube", &[]), ("demeter-tests", &[])];
            let on: &[&str] = &[on];
            let of: Vec<_> = all.into_iter().chain([(name, on)]).collect();
            examined(&of).unwrap_err().to_string()
        };
        assert_eq!(
            refused("demeter-agent", "demeter-kube"),
            "against the arrows of ARCHITECTURE.md, demeter-agent depends on demeter-kube"
        );
        for (name, on) in [("demeter-head", "demeter-kube"), ("demeter-tx", "demeter-tests build")] {
            assert!(refused(name, on).contains(name));
        }
    }

    #[test]
    fn a_workspace_without_layers_is_not_ours() {
        let error = examined(&[("demeter-tests", &[])]).unwrap_err();
        assert_eq!(error.to_string(), "no crate of the workspace is in a layer");
    }
}
