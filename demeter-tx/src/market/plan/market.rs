//! Plans for the transitions of `market`.

use demeter_core::{Amount, Count, MarketTransition, OutputReference, Quantity};

use super::Plan;

/// How the entities rule on a lease.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ruling {
    /// What of the unclaimed pay goes to the operator; the application gets the rest back.
    pub paid: Amount,
    /// What of the bond goes to the application; the operator gets the rest back.
    pub slashed: Amount,
    /// What goes into the operator's record as broken, at most the whole price.
    pub broken: Amount,
}

impl Plan {
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

    /// A lease gets more periods: needs the signatures of the slot's owner and of the application, one of whom brings
    /// their price and their fee.
    pub fn extend(slot: OutputReference, grid: OutputReference, periods: Count) -> Self {
        Self::new(MarketTransition::Extend { periods }, slot).reading(grid)
    }

    /// An application ends its lease before its time: needs its signature. What is left goes to the change address of
    /// the funds.
    pub fn close(slot: OutputReference) -> Self {
        Self::new(MarketTransition::Close, slot)
    }

    /// An operator ends a lease that ran its course, from the end of its grace on: needs the slot owner's signature.
    pub fn complete(slot: OutputReference) -> Self {
        Self::new(MarketTransition::Complete, slot)
    }

    /// An operator gives up its lease: needs the slot owner's signature.
    pub fn resign(slot: OutputReference) -> Self {
        Self::new(MarketTransition::Resign, slot)
    }

    /// The entities end a lease with a ruling: needs the signatures of as many as the grid's `threshold` says.
    pub fn arbitrate(slot: OutputReference, grid: OutputReference, ruling: Ruling) -> Self {
        let Ruling { paid, slashed, broken } = ruling;
        Self::new(MarketTransition::Arbitrate { paid, slashed, broken }, slot).reading(grid)
    }

    /// An operator empties the purse of an idle or settled slot: needs the slot owner's signature.
    pub fn collect(slot: OutputReference) -> Self {
        Self::new(MarketTransition::Collect, slot)
    }

    /// A slot in any stage learns its operator's new key. Anyone may.
    pub fn rekey(slot: OutputReference, operator: OutputReference) -> Self {
        Self::new(MarketTransition::Rekey, slot).reading(operator)
    }
}
