//! The checked-in list of what is known of the machines: `tests/machines.toml`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::builtins::GROUP;
use super::{Counts, Tally};
use crate::repository;

/// The list, from the root of the repository.
const PATH: &str = "tests/machines.toml";

/// What is known.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    /// The ways in which the machines fail differently.
    difference: Vec<Difference>,
    /// The builtins that the fast machine never finishes.
    left: Vec<Left>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    reference: String,
    fast: String,
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Left {
    builtins: BTreeSet<String>,
    reason: String,
}

impl Tally {
    /// Where the list and what was seen do not fit, one line each.
    ///
    /// # Panics
    /// The list cannot be read.
    pub fn against_the_list(&self) -> Vec<String> {
        self.against(&repository::text(PATH))
    }

    /// The same for a list in the text of such a file.
    ///
    /// # Panics
    /// The list cannot be read.
    pub fn against(&self, list: &str) -> Vec<String> {
        let known: Known = toml::from_str(list).unwrap_or_else(|error| panic!("{PATH}: {error}"));
        let reasons =
            known.difference.iter().map(|one| &one.reason).chain(known.left.iter().map(|one| &one.reason));
        let mut faults: Vec<String> =
            reasons.filter(|reason| reason.is_empty()).map(|_| "a row without a reason".to_owned()).collect();

        let listed: BTreeSet<(&str, &str)> =
            known.difference.iter().map(|one| (one.reference.as_str(), one.fast.as_str())).collect();
        let seen: BTreeSet<(&str, &str)> = self.kinds.keys().copied().collect();
        let line = |what: &str, (reference, fast): &(&str, &str)| {
            format!("{what}: {reference} on the reference, {fast} on the fast machine")
        };
        faults.extend(seen.difference(&listed).map(|one| line("not listed", one)));
        faults.extend(listed.difference(&seen).map(|one| line("listed and never seen", one)));

        let listed: BTreeSet<&str> =
            known.left.iter().flat_map(|left| &left.builtins).map(String::as_str).collect();
        let builtins: BTreeMap<&str, &Counts> = self
            .groups
            .iter()
            .filter_map(|(name, counts)| Some((name.strip_prefix(GROUP)?, counts)))
            .collect();
        for (name, Counts { succeeded, finished, .. }) in &builtins {
            if *finished == 0 && !listed.contains(name) {
                faults.push(match *succeeded {
                    0 => format!("never seen to succeed: {name}"),
                    _ => format!("not listed: {name} is always left"),
                });
            }
            if *finished > 0 && listed.contains(name) {
                faults.push(format!("listed as always left, and is not: {name}"));
            }
        }
        faults.extend(
            listed
                .iter()
                .filter(|name| !builtins.contains_key(*name))
                .map(|name| format!("no builtin: {name}")),
        );
        faults
    }
}
