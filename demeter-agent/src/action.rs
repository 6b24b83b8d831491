//! What an agent does: one transaction at a time.

use std::collections::BTreeSet;

use demeter_core::{Address, KeyHash, OutputReference, Terms, Value};
use demeter_tx::market::Plan;

use crate::Bounds;

/// One transaction, before it is composed: what it does, when it may, and who signs.
///
/// Besides these keys sign those that lock what it is paid with; [`UnsignedTransaction`] names them all.
///
/// [`UnsignedTransaction`]: demeter_tx::builder::UnsignedTransaction
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    deed: Deed,
    bounds: Bounds,
}

/// What the transaction of an action does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deed {
    /// A transition of the grid.
    Transition(Box<Plan>),
    /// A bid is placed: a payment to `market`.
    Place(Box<Terms>),
    /// Outputs of the agent's own wallet are put in order.
    Tidy(Tidy),
}

/// Outputs of one's own that are spent together, and what is made of them; the rest is change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tidy {
    /// What is spent.
    pub spend: BTreeSet<OutputReference>,
    /// What is paid out of it, in this order.
    pub pay: Vec<(Address, Value)>,
}

impl Action {
    /// A transition, within these times.
    pub fn transition(plan: Plan, bounds: Bounds) -> Self {
        Self { deed: Deed::Transition(Box::new(plan)), bounds }
    }

    /// The placing of a bid, before it opens or whenever these bounds say.
    pub fn place(terms: Terms, bounds: Bounds) -> Self {
        Self { deed: Deed::Place(Box::new(terms)), bounds }
    }

    /// The tidying of a wallet.
    pub fn tidy(tidy: Tidy) -> Self {
        Self { deed: Deed::Tidy(tidy), bounds: Bounds::default() }
    }

    /// What it does.
    pub const fn deed(&self) -> &Deed {
        &self.deed
    }

    /// When it may happen.
    pub const fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// Its name: that of its transition, `place` or `tidy`.
    pub fn name(&self) -> &'static str {
        match &self.deed {
            Deed::Transition(plan) => plan.transition().name(),
            Deed::Place(_) => "place",
            Deed::Tidy(_) => "tidy",
        }
    }

    /// The keys that it needs whatever it is paid with.
    pub fn signers(&self) -> BTreeSet<KeyHash> {
        match &self.deed {
            Deed::Transition(plan) => plan.signers().clone(),
            Deed::Place(_) | Deed::Tidy(_) => BTreeSet::new(),
        }
    }

    /// The outputs that it consumes whatever it is paid with.
    pub fn consumed(&self) -> BTreeSet<OutputReference> {
        match &self.deed {
            Deed::Transition(plan) => plan.consumed().collect(),
            Deed::Place(_) => BTreeSet::new(),
            Deed::Tidy(tidy) => tidy.spend.clone(),
        }
    }

    /// The outputs that must be there: those that it consumes, and those that it reads.
    pub fn needed(&self) -> BTreeSet<OutputReference> {
        let mut needed = self.consumed();
        if let Deed::Transition(plan) = &self.deed {
            needed.extend(plan.read());
        }
        needed
    }

    /// Whether it cannot happen any more once these outputs are consumed.
    pub fn conflicts_with(&self, consumed: &BTreeSet<OutputReference>) -> bool {
        self.needed().iter().any(|reference| consumed.contains(reference))
    }
}
