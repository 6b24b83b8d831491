//! What shall happen: a transition and the outputs that it concerns.

use std::collections::BTreeSet;

use demeter_core::{
    Amount, Count, KeyHash, Labels, MarketTransition, OutputReference, Quantity, RegistryTransition,
    Resources, ScriptHash, Text, Time, Transition,
};

use crate::Slot;

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

/// What an operator says of itself when it joins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The key that acts for it.
    pub owner: KeyHash,
    /// Where it can be reached.
    pub endpoint: Text,
    /// The most that one slot may carry.
    pub capacity: Resources,
    /// What it says of its clusters.
    pub labels: Labels,
    /// How many slots it wants, 1 to 16.
    pub slots: Count,
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

    /// Grid and pool move from L1 into the head of this id, or can be taken back from `deadline` on: needs the
    /// signatures of as many entities as the grid's `threshold` says.
    ///
    /// hydra-node takes up a deposit only where the transaction's validity ends: [`Plan::within`].
    pub fn deposit(grid: OutputReference, pool: OutputReference, head: ScriptHash, deadline: Time) -> Self {
        Self::new(RegistryTransition::Deposit { head, deadline }, grid).consuming(pool)
    }

    /// An operator joins: needs its owner's signature, and those of as many entities as the grid's `admission` says.
    pub fn admit(pool: OutputReference, grid: OutputReference, candidate: Candidate) -> Self {
        let Candidate { owner, endpoint, capacity, labels, slots } = candidate;
        Self::new(RegistryTransition::Admit { owner, endpoint, capacity, labels, slots }, pool)
            .reading(grid)
            .signed_by(owner)
    }

    /// What a settled slot tells goes into its operator's record. Anyone may.
    pub fn report(operator: OutputReference, slot: OutputReference, grid: OutputReference) -> Self {
        Self::new(RegistryTransition::Report, operator).consuming(slot).reading(grid)
    }

    /// An idle slot answers an auction between `opens` and `closes`: needs the slot owner's signature.
    pub fn offer(
        slot: OutputReference,
        bid: OutputReference,
        operator: OutputReference,
        grid: OutputReference,
        price: Amount,
        resources: Vec<Quantity>,
    ) -> Self {
        Self::new(MarketTransition::Offer { price, resources }, slot)
            .reading(bid)
            .reading(operator)
            .reading(grid)
    }

    /// An offer takes the lead of its bid between `closes` and `settles`. Anyone may.
    pub fn lead(bid: OutputReference, slot: OutputReference) -> Self {
        Self::new(MarketTransition::Lead, bid).consuming(slot)
    }

    /// The leader gets the lease, from `settles` on. Anyone may.
    pub fn award(bid: OutputReference, grid: OutputReference) -> Self {
        Self::new(MarketTransition::Award, bid).reading(grid)
    }

    /// An idle slot takes a race between its entry and `closes`: needs the slot owner's signature.
    pub fn take(
        bid: OutputReference,
        slot: OutputReference,
        operator: OutputReference,
        grid: OutputReference,
        price: Amount,
        resources: Vec<Quantity>,
    ) -> Self {
        Self::new(MarketTransition::Take { price, resources }, bid)
            .consuming(slot)
            .reading(operator)
            .reading(grid)
    }

    /// An offer that did not win becomes idle again, from `settles` on: needs the slot owner's signature.
    pub fn withdraw(slot: OutputReference) -> Self {
        Self::new(MarketTransition::Withdraw, slot)
    }

    /// An application takes its open bid back: needs its signature.
    pub fn cancel(bid: OutputReference) -> Self {
        Self::new(MarketTransition::Cancel, bid)
    }

    /// An operator draws pay, up to `claimed` periods in all: needs the slot owner's signature.
    pub fn claim(slot: OutputReference, claimed: Count) -> Self {
        Self::new(MarketTransition::Claim { claimed }, slot)
    }

    /// An operator ends a lease that ran its course, from the end of its grace on: needs the slot owner's signature.
    pub fn complete(slot: OutputReference) -> Self {
        Self::new(MarketTransition::Complete, slot)
    }

    /// An operator empties the purse of an idle or settled slot: needs the slot owner's signature.
    pub fn collect(slot: OutputReference) -> Self {
        Self::new(MarketTransition::Collect, slot)
    }
}
