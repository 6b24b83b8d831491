//! What no tracked file may contain: folders of one machine, hosts of package registries.

use std::fs;

use crate::{error::Error, process, workspace::Workspace};

/// Reads every tracked file.
pub(super) fn check(workspace: &Workspace) -> Result<(), Error> {
    let mut command = std::process::Command::new("git");
    command.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let list = process::capture(command.current_dir(workspace.root()))?;

    let mut found = Vec::new();
    for path in list.split('\0').filter(|path| !path.is_empty()) {
        // A file that was deleted and not yet committed is still listed; a link's text is its target's.
        let Ok(bytes) = fs::read(workspace.root().join(path)) else { continue };
        found.extend(faults(path, &String::from_utf8_lossy(&bytes)));
    }
    for fault in &found {
        println!("{fault}");
    }
    match found.len() {
        0 => Ok(()),
        count => Err(Error::Check(format!("{count} lines hold what no file may contain"))),
    }
}

/// Names the lines of a file that hold something forbidden.
fn faults(path: &str, text: &str) -> Vec<String> {
    let rules = Rules::new();
    let lock = path.rsplit('/').next() == Some("Cargo.lock");
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        // The one way in which cargo names its default registry.
        let line = if lock { line.replace(&rules.index, "") } else { line.to_owned() };
        if let Some(what) = rules.broken_by(&line) {
            found.push(format!("{path}:{}: {what}", index + 1));
        }
    }
    found
}

/// NOTE: put together from pieces when run, so that this file keeps its own rules.
struct Rules {
    folders: Vec<String>,
    hosts: Vec<String>,
    index: String,
}

impl Rules {
    fn new() -> Self {
        let host = |parts: &[&str]| parts.join(".");
        Self {
            folders: ["home", "root", "work", "Users"].iter().map(|name| format!("/{name}/")).collect(),
            hosts: vec![
                host(&["crates", "io"]),
                host(&["npmjs", "org"]),
                host(&["npmjs", "com"]),
                host(&["yarnpkg", "com"]),
                host(&["pypi", "org"]),
                host(&["pythonhosted", "org"]),
                host(&["proxy", "golang", "org"]),
            ],
            index: format!("registry+https://github.com/rust-lang/{}-index", host(&["crates", "io"])),
        }
    }

    fn broken_by(&self, line: &str) -> Option<String> {
        let host = self.hosts.iter().find(|host| line.contains(host.as_str()));
        if let Some(host) = host {
            return Some(format!("the host of a package registry, {host}"));
        }
        let folder = self.folders.iter().find(|folder| starts_a_path(line, folder));
        folder.map(|folder| format!("a path on one machine, {folder}"))
    }
}

/// Whether a path of the machine starts with `folder` somewhere in the line: not where the folder lies within
/// another path or address.
fn starts_a_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        !before.is_some_and(|before| before.is_alphanumeric() || "._-~}".contains(before))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crates() -> String {
        ["crates", "io"].join(".")
    }

    #[test]
    fn a_path_on_one_machine_is_found_with_its_line() {
        let text = format!("fine\nDIR={}/x\n", ["", "home", "me"].join("/"));
        assert_eq!(faults("a.sh", &text), [format!("a.sh:2: a path on one machine, /{}/", "home")]);
    }

    #[test]
    fn a_folder_within_a_longer_path_is_fine() {
        for within in ["https://example.org", "$HOME", "${X}", ".", "src"] {
            let text = format!("{within}{}", ["", "work", "x"].join("/"));
            assert_eq!(faults("a.md", &text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn the_host_of_a_registry_is_found() {
        let text = format!("see https://static.{}/x", crates());
        assert_eq!(faults("a.md", &text), [format!("a.md:1: the host of a package registry, {}", crates())]);
    }

    #[test]
    fn cargos_own_lock_may_name_the_default_registry_only() {
        let line = format!("source = \"registry+https://github.com/rust-lang/{}-index\"", crates());
        assert_eq!(faults("Cargo.lock", &line), Vec::<String>::new());
        assert_eq!(faults("a.toml", &line).len(), 1);
        assert_eq!(
            faults("Cargo.lock", &format!("source = \"sparse+https://index.{}/\"", crates())).len(),
            1
        );
    }
}
