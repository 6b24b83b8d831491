//! The reference operator.
//!
//! An [`Operator`] runs clusters and sells what they can carry. [`Operator::decide`] looks at every open bid and at
//! each of its slots, and says what it does about it and why, or why it does nothing: it answers what fits and pays, most
//! valuable first; takes the lead with its best offers and has them awarded; claims its pay, completes what has run its
//! course, has it reported, collects, and withdraws what did not win.
//!
//! What it has promised follows from what its slots say on the head, whoever made the promise. So two agents of one
//! operator do no harm: what both try, one of them does.
//!
//! # Keys
//! Every day it needs the key that owns its slots. [`Orders::declare`] and [`Orders::retire`] need the key that owns its
//! record, which may be another one and kept elsewhere, for as long as nobody rekeys the slots; see
//! [`KeyRing`](crate::KeyRing). The wallet has a key of its own, or that of the slots. What is to be signed with a key
//! that is not at hand is not tried, and said: [`Reason::KeyNotHeld`].

mod answer;
mod consent;
mod desk;
mod inventory;
mod lead;
mod orders;
mod policy;
mod pricer;
mod reason;
mod record;
mod screen;
mod tend;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use demeter_core::{Address, BidName, Count, KeyHash, Time};
use demeter_tx::view::{GridView, Subject, ViewError};

use crate::pricing::{External, Pricing, Quotes};
use crate::{Agent, Decision};
use desk::Desk;
use pricer::Pricer;

pub use inventory::{Cluster, Inventory, InventoryError, Schedule, Usage};
pub use orders::{LeaseName, Orders};
pub use policy::{Claiming, Generosity, Policy, RacePrice};
pub use reason::Reason;

/// An operator of one grid.
pub struct Operator {
    number: Count,
    wallet: Address,
    keys: BTreeSet<KeyHash>,
    inventory: Inventory,
    policy: Policy,
    orders: Orders,
    pricer: Pricer,
    /// The bids that an answer to was refused, and until when they are left alone: what they would have taken is free for
    /// others.
    avoided: BTreeMap<BidName, Time>,
}

impl Operator {
    /// The operator of this number, with its wallet, the keys at hand, its clusters and its prices.
    pub fn new(
        number: Count,
        wallet: Address,
        keys: impl IntoIterator<Item = KeyHash>,
        inventory: Inventory,
        pricing: impl Pricing + 'static,
    ) -> Self {
        Self {
            number,
            wallet,
            keys: keys.into_iter().collect(),
            inventory,
            policy: Policy::default(),
            orders: Orders::default(),
            pricer: Pricer::Policy(Arc::new(pricing)),
            avoided: BTreeMap::new(),
        }
    }

    /// With prices that a program names, instead of those of a policy.
    #[must_use]
    pub fn with_program(mut self, program: External) -> Self {
        self.pricer = Pricer::Program { program: Box::new(program), quotes: Quotes::default() };
        self
    }

    /// With another policy.
    #[must_use]
    pub const fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// With these keys at hand, instead of others.
    #[must_use]
    pub fn with_keys(mut self, keys: impl IntoIterator<Item = KeyHash>) -> Self {
        self.keys = keys.into_iter().collect();
        self
    }

    /// Its number in the grid.
    pub const fn number(&self) -> Count {
        self.number
    }

    /// Its clusters.
    pub const fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    /// Its clusters, to be cordoned or drained.
    pub const fn inventory_mut(&mut self) -> &mut Inventory {
        &mut self.inventory
    }

    /// What was ordered.
    pub const fn orders(&self) -> &Orders {
        &self.orders
    }

    /// What was ordered, to order more.
    pub const fn orders_mut(&mut self) -> &mut Orders {
        &mut self.orders
    }

    /// What it does now, most urgent first, what it does not, and why: a function of what it is, of the view and of the
    /// time.
    pub fn decide(&self, view: &GridView, now: Time) -> Vec<Decision> {
        let mut desk = match Desk::open(self, view, now) {
            Ok(desk) => desk,
            Err(ViewError::NoOperator { number: operator }) => {
                let subject = Subject::Operator(self.number);
                return vec![Decision::pass(subject, Reason::NoRecord { operator })];
            }
            Err(error) => return vec![Decision::pass(Subject::Grid, Reason::NoGrid { error })],
        };
        let mut decisions = self.award(&desk);
        let answers = self.screen(&mut desk);
        let tended = self.tend(&desk);
        // A lead is taken while there is time; the report of a settlement would make every answer of this round stale, as
        // all of them read the record.
        let (leads, others): (Vec<_>, Vec<_>) = tended.into_iter().partition(is_lead);
        decisions.extend(leads);
        decisions.extend(answers);
        decisions.extend(others);
        decisions.extend(self.tend_record(&desk));
        decisions
    }

    /// What is promised on each cluster.
    ///
    /// # Errors
    /// The grid is not to be trusted, or has no such operator.
    pub fn usage(&self, view: &GridView, now: Time) -> Result<Usage, ViewError> {
        Ok(Desk::open(self, view, now)?.usage)
    }
}

fn is_lead(decision: &Decision) -> bool {
    decision.action.as_ref().is_some_and(|action| action.name() == "lead")
}

#[async_trait]
impl Agent for Operator {
    fn wallet(&self) -> Address {
        self.wallet
    }

    async fn prepare(&mut self, view: &GridView, now: Time) {
        self.avoided.retain(|_, until| *until > now);
        self.ask(view, now).await;
    }

    fn decide(&self, view: &GridView, now: Time) -> Vec<Decision> {
        Self::decide(self, view, now)
    }

    fn failed(&mut self, subject: Subject, action: &'static str, until: Time) {
        if let (Subject::Bid(bid), "offer" | "take") = (subject, action) {
            self.avoided.insert(bid, until);
        }
    }
}

#[cfg(test)]
mod tests;
