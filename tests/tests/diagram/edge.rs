//! Edges: how a thing goes from one state to another.

use std::collections::BTreeSet;
use std::fmt;

/// What is before a thing is made, and after it is gone.
pub(crate) const NOWHERE: &str = "[*]";

/// A thing goes from one state to another by a transition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edge {
    pub(crate) from: String,
    pub(crate) to: String,
    /// As the diagram writes it, with a capital letter.
    pub(crate) by: String,
}

impl Edge {
    pub(crate) fn new(from: &str, to: &str, by: &str) -> Self {
        Self { from: from.to_owned(), to: to.to_owned(), by: by.to_owned() }
    }
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} --> {}: {}", self.from, self.to, self.by)
    }
}

/// A line for each edge that is not both shown and done.
pub(crate) fn difference(shown: &BTreeSet<Edge>, done: &BTreeSet<Edge>) -> Vec<String> {
    let lacking = done.difference(shown).map(|edge| format!("ARCHITECTURE.md lacks `{edge}`, which happens"));
    let invented = shown
        .difference(done)
        .map(|edge| format!("ARCHITECTURE.md shows `{edge}`, which no transition does"));
    lacking.chain(invented).collect()
}
