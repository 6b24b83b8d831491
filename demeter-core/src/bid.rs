//! A bid, and the offer that leads it.

use crate::codec::record;
use crate::{Amount, BidName, Count, KeyHash, Merit, Offered, Quantity, Slot, Terms};

/// Money behind terms, waiting for an operator.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Bid {
    /// What is asked for.
    pub terms: Terms,
    /// The best offer so far; none while the bid is open.
    #[cfg_attr(feature = "serde", serde(default))]
    pub leader: Option<Leader>,
}

record! { 4 Bid as "bid" { terms, leader } }

impl Bid {
    /// A bid that nobody leads.
    pub const fn open(terms: Terms) -> Self {
        Self { terms, leader: None }
    }

    /// The name of the bid: that of its terms.
    pub fn name(&self) -> BidName {
        self.terms.name()
    }
}

/// An offer as it is ranked: whose, and how good.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Leader {
    /// The number of the operator.
    pub operator: Count,
    /// Which of its slots.
    pub index: Count,
    /// Who acts for the slot.
    pub owner: KeyHash,
    /// For one period.
    pub price: Amount,
    /// One amount for each need, in their order.
    pub resources: Vec<Quantity>,
    /// What it is ranked by.
    pub merit: Merit,
}

record! { 0 Leader as "leader" { operator, index, owner, price, resources, merit } }

impl Leader {
    /// The offer that a slot stands behind, as it is ranked.
    pub fn of(slot: &Slot, offered: &Offered) -> Self {
        Self {
            operator: slot.operator,
            index: slot.index,
            owner: slot.owner,
            price: offered.price,
            resources: offered.resources.clone(),
            merit: offered.merit,
        }
    }
}

/// Generates an offer as it is ranked.
#[cfg(any(test, feature = "test-utils"))]
pub fn any_leader() -> impl proptest::strategy::Strategy<Value = Leader> {
    use crate::integer::{any_amount, any_count, any_merit, any_quantity};
    use proptest::prelude::*;
    let resources = proptest::collection::vec(any_quantity(), 0..5);
    (any_count(), any_count(), crate::id::any_key_hash(), any_amount(), resources, any_merit()).prop_map(
        |(operator, index, owner, price, resources, merit)| Leader {
            operator,
            index,
            owner,
            price,
            resources,
            merit,
        },
    )
}

/// Generates a bid, perhaps with a leader.
#[cfg(any(test, feature = "test-utils"))]
pub fn any_bid() -> impl proptest::strategy::Strategy<Value = Bid> {
    use proptest::prelude::*;
    (crate::terms::any_terms().boxed(), proptest::option::of(any_leader()))
        .prop_map(|(terms, leader)| Bid { terms, leader })
}
