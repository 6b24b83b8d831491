//! What an entity stands for.

use std::collections::{BTreeMap, BTreeSet};

use demeter_core::{Count, KeyHash, Label, Labels, Span, Time};
use demeter_tx::market::{Rotation, Ruling};
use demeter_tx::view::SlotName;

/// What one entity stands for. Where it is silent, the entity proposes nothing and signs nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Charter {
    /// Who may become an operator.
    pub admission: Admission,
    /// Just which labels it vouches for, by operator. What it does not name stays as it is.
    pub endorsed: BTreeMap<Count, Labels>,
    /// How the grid should be.
    pub rotation: Option<Rotation>,
    /// How it rules on leases.
    pub rulings: BTreeMap<LeaseName, Ruling>,
    /// Which operators should leave, once nothing binds their slots.
    pub expelled: BTreeSet<Count>,
    /// How long after it settles a led bid is left to its parties before it awards it; never, if nothing.
    pub award_after: Option<Span>,
    /// How long after it ended a settlement is left to its operator before it reports it; never, if nothing.
    pub report_after: Option<Span>,
}

/// Whom an entity admits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Admission {
    /// The keys that may own an operator's record, and how many slots each may have at most.
    pub owners: BTreeMap<KeyHash, Count>,
    /// Labels that a candidate may say of itself, if only these.
    pub labels: Option<BTreeSet<Label>>,
}

/// The name of a lease: by its slot and start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeaseName {
    /// The slot that carries it.
    pub slot: SlotName,
    /// When it began.
    pub start: Time,
}

impl std::fmt::Display for LeaseName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} since {}", self.slot, self.start)
    }
}
