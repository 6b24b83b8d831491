//! What shall happen: a transition and the outputs that it concerns.

mod market;
mod registry;

use std::collections::BTreeSet;

use demeter_core::{KeyHash, OutputReference, Transition};

use crate::Slot;

pub use market::Ruling;
pub use registry::{Candidate, Declaration, Rotation};

/// From which slot on a transaction is valid, and before which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotRange {
    /// Valid in this slot and later ones.
    pub from: Slot,
    /// Valid in slots before this one.
    pub before: Slot,
}

/// A transition and the outputs that it concerns.
///
/// The constructors name what each transition takes; [`Plan::within`] gives the time where the transition reads it,
/// [`Plan::signed_by`] adds those who must sign.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Plan {
    pub(super) transition: Transition,
    pub(super) primary: OutputReference,
    pub(super) followers: Vec<OutputReference>,
    pub(super) reads: Vec<OutputReference>,
    pub(super) range: Option<SlotRange>,
    pub(super) signers: BTreeSet<KeyHash>,
}

impl Plan {
    /// Any transition of the output `primary`.
    pub fn new(transition: impl Into<Transition>, primary: OutputReference) -> Self {
        Self {
            transition: transition.into(),
            primary,
            followers: Vec::new(),
            reads: Vec::new(),
            range: None,
            signers: BTreeSet::new(),
        }
    }

    /// Consumes another state besides.
    pub fn consuming(mut self, follower: OutputReference) -> Self {
        self.followers.push(follower);
        self
    }

    /// Reads a state without consuming it.
    pub fn reading(mut self, reference: OutputReference) -> Self {
        self.reads.push(reference);
        self
    }

    /// In which slots the transaction is valid: at most 300 seconds of them where the transition reads time.
    pub fn within(mut self, range: SlotRange) -> Self {
        self.range = Some(range);
        self
    }

    /// Requires the signature of a key.
    pub fn signed_by(mut self, key: KeyHash) -> Self {
        self.signers.insert(key);
        self
    }

    /// The transition.
    pub const fn transition(&self) -> &Transition {
        &self.transition
    }

    /// The outputs that it consumes, the primary one first.
    pub fn consumed(&self) -> impl Iterator<Item = OutputReference> {
        std::iter::once(self.primary).chain(self.followers.iter().copied())
    }

    /// The outputs that it reads without consuming them.
    pub fn read(&self) -> impl Iterator<Item = OutputReference> {
        self.reads.iter().copied()
    }

    /// The keys that must sign, beside those that lock what it is paid with.
    pub const fn signers(&self) -> &BTreeSet<KeyHash> {
        &self.signers
    }
}

#[cfg(test)]
mod tests;
