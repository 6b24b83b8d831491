//! What a view tells apart, by names that outlast the outputs.

use demeter_core::transition::Held;
use demeter_core::{
    Address, Bid, BidName, Count, Leader, OutputReference, Quantity, Slot, Stage, Terms, Time, Value,
};

/// The name of a slot in its grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct SlotName {
    /// The number of its operator.
    pub operator: Count,
    /// Which of the operator's slots, from 0.
    pub index: Count,
}

impl SlotName {
    /// The name of this slot.
    pub const fn of(slot: &Slot) -> Self {
        Self { operator: slot.operator, index: slot.index }
    }

    /// The name of the slot that this offer is of.
    pub const fn of_leader(leader: &Leader) -> Self {
        Self { operator: leader.operator, index: leader.index }
    }
}

impl std::fmt::Display for SlotName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.operator, self.index)
    }
}

/// Which stage a slot is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StageKind {
    /// It does nothing.
    Idle,
    /// It stands behind an offer.
    Offered,
    /// It carries a lease.
    Leased,
    /// Its lease is to be reported.
    Settled,
}

impl StageKind {
    /// Which one this is.
    pub const fn of(stage: &Stage) -> Self {
        match stage {
            Stage::Idle => Self::Idle,
            Stage::Offered(_) => Self::Offered,
            Stage::Leased(_) => Self::Leased,
            Stage::Settled(_) => Self::Settled,
        }
    }
}

/// A bid that stands at `market`, with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedBid {
    /// The name of its terms. Several outputs may hold bids of one name: anyone can place the same terms again.
    pub name: BidName,
    /// Where it is, what it holds, what it says.
    pub held: Held<Bid>,
}

impl PlacedBid {
    pub(super) fn new(reference: OutputReference, value: Value, bid: Bid) -> Self {
        Self { name: bid.name(), held: Held { reference, value, state: bid } }
    }

    /// Where it is.
    pub const fn reference(&self) -> OutputReference {
        self.held.reference
    }

    /// What it holds.
    pub const fn value(&self) -> &Value {
        &self.held.value
    }

    /// What it asks for.
    pub const fn terms(&self) -> &Terms {
        &self.held.state.terms
    }

    /// Whether nobody leads it.
    pub const fn is_open(&self) -> bool {
        self.held.state.leader.is_none()
    }

    /// The least that an offer may name of each resource, in the order of the needs.
    pub fn required(&self) -> Vec<Quantity> {
        self.terms().request.needs.iter().map(|need| need.required).collect()
    }

    /// When its window settles.
    pub fn settles(&self) -> Time {
        self.terms().window.settles
    }
}

/// Something that a view shows, by a name that stays while its outputs come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Subject {
    /// The grid: when it changes, anything that depends on its parameters may, and whether the view shows anything.
    Grid,
    /// The pool.
    Pool,
    /// The operator of this number.
    Operator(Count),
    /// A slot outside a bid.
    Slot(SlotName),
    /// The bids of this name.
    Bid(BidName),
    /// The outputs at a watched address.
    Wallet(Address),
    /// An output that does not count.
    Stranger(OutputReference),
}
