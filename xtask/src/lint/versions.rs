//! One pallas and one minicbor: two would give two incompatible copies of the same types.

use std::collections::BTreeSet;

use super::LIBRARIES;
use crate::{error::Error, process, workspace::Workspace};

/// Asks cargo which versions the published crates depend on.
pub(super) fn check(workspace: &Workspace) -> Result<(), Error> {
    let mut command = workspace.cargo();
    command.args(["tree", "--edges", "normal", "--prefix", "none"]);
    for package in LIBRARIES {
        command.args(["--package", package]);
    }
    examine(&process::capture(&mut command)?)
}

/// Each line of the tree is `name vX.Y.Z`, then perhaps more.
fn examine(tree: &str) -> Result<(), Error> {
    for (family, belongs) in FAMILIES {
        let found: BTreeSet<_> = tree
            .lines()
            .filter_map(|line| {
                let mut words = line.split_whitespace();
                let name = words.next()?;
                let version = words.next()?;
                belongs(name).then_some(version)
            })
            .collect();
        if found.len() != 1 {
            let found: Vec<_> = found.into_iter().collect();
            let found = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
            return Err(Error::Check(format!(
                "there must be one version of {family}, and there are: {found}"
            )));
        }
    }
    Ok(())
}

type Belongs = fn(&str) -> bool;

const FAMILIES: &[(&str, Belongs)] =
    &[("pallas", |name| name.starts_with("pallas-")), ("minicbor", |name| name == "minicbor")];

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "demeter-core v0.1.0 (here)\nminicbor v0.25.1\nminicbor-derive v0.15.3 (proc-macro)\n\
                        pallas-crypto v0.35.1\n\ndemeter-tx v0.1.0 (here)\npallas-codec v0.35.1 (*)\n";

    #[test]
    fn one_of_each_passes() {
        assert!(examine(TREE).is_ok());
    }

    #[test]
    fn a_second_version_of_any_pallas_crate_fails() {
        let error = examine(&format!("{TREE}pallas-primitives v1.4.0\n")).unwrap_err();
        assert_eq!(error.to_string(), "there must be one version of pallas, and there are: v0.35.1, v1.4.0");
    }

    #[test]
    fn a_tree_without_them_fails_too() {
        let error = examine("demeter-core v0.1.0\npallas-crypto v0.35.1\n").unwrap_err();
        assert_eq!(error.to_string(), "there must be one version of minicbor, and there are: none");
    }
}
