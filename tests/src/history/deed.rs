//! What somebody does, as the books are told.

use std::fmt;

use demeter_core::{KeyHash, OutputReference, Terms, Time, Transition};
use demeter_tx::OutputDraft;
use demeter_tx::market::{Plan, SlotRange};

use super::cast::Party;
use super::ground::Ground;
use super::money::Money;

/// What somebody does.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Makes a bid and puts this behind it: the reserve and the escrow, or less.
    Place {
        /// The terms.
        terms: Box<Terms>,
        /// What is put behind it.
        funded: Money,
    },
    /// Sends something to the contract that nobody can get back.
    Litter {
        /// What is sent.
        draft: Box<OutputDraft>,
        /// What is lost.
        lost: Money,
    },
    /// Makes one output of all that it has.
    Sweep,
    /// A transition.
    Transition(Box<Step>),
}

/// A transition with what it concerns.
#[derive(Clone, Debug)]
pub struct Step {
    /// Which, with what its redeemer tells.
    pub transition: Transition,
    /// What it is of.
    pub primary: OutputReference,
    /// What is consumed besides.
    pub followers: Vec<OutputReference>,
    /// What is read.
    pub reads: Vec<OutputReference>,
    /// Whose signatures it carries.
    pub signers: Vec<KeyHash>,
    /// When it is valid.
    pub range: SlotRange,
}

impl Step {
    /// A transition of an output, valid for a minute.
    pub fn new(ground: &Ground, transition: impl Into<Transition>, primary: OutputReference) -> Self {
        Self {
            transition: transition.into(),
            primary,
            followers: Vec::new(),
            reads: Vec::new(),
            signers: Vec::new(),
            range: ground.range(60, None),
        }
    }

    /// Consumes another state besides.
    pub fn consuming(mut self, follower: OutputReference) -> Self {
        self.followers.push(follower);
        self
    }

    /// Reads a state.
    pub fn reading(mut self, reference: OutputReference) -> Self {
        self.reads.push(reference);
        self
    }

    /// Signed by a key.
    pub fn signed_by(mut self, key: KeyHash) -> Self {
        self.signers.push(key);
        self
    }

    /// Signed by these keys.
    pub fn signed_by_all(mut self, keys: impl IntoIterator<Item = KeyHash>) -> Self {
        self.signers.extend(keys);
        self
    }

    /// Valid for so many seconds, but not after a moment.
    pub fn within(mut self, ground: &Ground, seconds: u32, bound: Option<Time>) -> Self {
        self.range = ground.range(seconds.into(), bound);
        self
    }

    /// What the composer takes.
    pub fn plan(&self) -> Plan {
        let plan = Plan::new(self.transition.clone(), self.primary).within(self.range);
        let plan = self.followers.iter().fold(plan, |plan, follower| plan.consuming(*follower));
        let plan = self.reads.iter().fold(plan, |plan, reference| plan.reading(*reference));
        self.signers.iter().fold(plan, |plan, key| plan.signed_by(*key))
    }
}

impl Deed {
    /// Its name, as it is counted.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Place { .. } => "place",
            Self::Litter { .. } => "litter",
            Self::Sweep => "sweep",
            Self::Transition(step) => step.transition.name(),
        }
    }
}

/// Somebody does something.
#[derive(Clone, Debug)]
pub struct Act {
    /// Who pays, submits, and gets what is set free.
    pub payer: Party,
    /// What it does.
    pub deed: Deed,
}

impl Act {
    /// Somebody makes a transition happen.
    pub fn transition(payer: Party, step: Step) -> Self {
        Self { payer, deed: Deed::Transition(Box::new(step)) }
    }

    /// The transition, where it is one.
    pub fn step(&self) -> Option<&Step> {
        match &self.deed {
            Deed::Transition(step) => Some(step),
            Deed::Place { .. } | Deed::Litter { .. } | Deed::Sweep => None,
        }
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Place { terms, .. } => write!(
                f,
                "place bid {} ({:?}, {} periods of {} ms at {} to {}, bond {})",
                terms.nonce,
                terms.method,
                terms.term.periods,
                terms.term.period,
                terms.price.floor,
                terms.price.ceiling,
                terms.bond
            ),
            Self::Litter { lost, .. } => write!(f, "litter {lost}"),
            Self::Sweep => f.write_str("sweep"),
            Self::Transition(step) => match &step.transition {
                Transition::Market(transition) => write!(f, "{transition:?}"),
                Transition::Registry(transition) => write!(f, "{transition:?}"),
            },
        }
    }
}
