//! A YAML value, with its place in the file.

use std::collections::BTreeMap;

use super::error::Location;

/// A YAML value whose aliases and merge keys are resolved.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) at: Location,
    pub(super) content: Content,
    /// How many levels it has; a scalar has none.
    pub(super) height: usize,
    /// Roughly what it takes in memory, in bytes.
    pub(super) weight: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    Scalar(Scalar),
    Sequence(Vec<Node>),
    Mapping(BTreeMap<String, Node>),
}

/// A scalar as it is written: numbers are never turned into floating point.
#[derive(Clone, Debug)]
pub(super) struct Scalar {
    pub(super) text: String,
    /// Written without quotes, so that it may be something else than a string.
    pub(super) is_plain: bool,
}
