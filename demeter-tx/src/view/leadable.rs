//! The offers on a bid, and which of them could take the lead.

use demeter_core::rule::Rank;
use demeter_core::transition::{Held, Range};
use demeter_core::{Leader, OutputReference, Slot, Stage, Time};

use super::{GridView, PlacedBid};
use crate::market::Plan;

/// A bid in an auction, and the offers that stand beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leadable<'a> {
    /// The bid. Its leader's offer is inside it, and not among the others.
    pub bid: &'a PlacedBid,
    /// From here on an offer may take the lead: when the bid closes.
    pub from: Time,
    /// Until here: when it settles.
    pub before: Time,
    /// The offers, best first.
    pub contenders: Vec<Contender<'a>>,
}

/// An offer on a bid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contender<'a> {
    /// The slot behind it.
    pub slot: &'a Held<Slot>,
    /// The offer as it is ranked.
    pub offer: Leader,
    /// Whether it may take the lead: it is better than the bid's leader, or there is none.
    pub beats_leader: bool,
}

impl GridView {
    /// The offers on the bid in an output, in the rule's total order. None where the view shows no bid.
    pub fn leadable(&self, bid: &OutputReference) -> Option<Leadable<'_>> {
        let bid = self.bid_at(bid)?;
        let leader = bid.held.state.leader.as_ref();
        let contenders = self.offers_on(&bid.name).filter_map(|slot| {
            let Stage::Offered(offered) = &slot.state.stage else { return None };
            let offer = Leader::of(&slot.state, offered);
            let beats_leader = leader.is_none_or(|leader| Rank::better(&bid.name, &offer, leader));
            Some(Contender { slot, offer, beats_leader })
        });
        let mut contenders: Vec<_> = contenders.collect();
        contenders.sort_by_cached_key(|contender| {
            (std::cmp::Reverse(Rank::new(&bid.name, &contender.offer)), contender.slot.reference)
        });
        let window = bid.terms().window;
        Some(Leadable { bid, from: window.closes, before: window.settles, contenders })
    }
}

impl<'a> Leadable<'a> {
    /// The best offer, if it may take the lead: once it has, no other may.
    pub fn next_leader(&self) -> Option<&Contender<'a>> {
        self.contenders.first().filter(|best| best.beats_leader)
    }

    /// Whether a transaction of this range may let an offer take the lead.
    pub fn allows(&self, range: Range) -> bool {
        self.from <= range.lower && range.upper <= self.before
    }

    /// How an offer takes the lead. The plan lacks only its range; nobody need sign.
    pub fn plan(&self, contender: &Contender<'_>) -> Plan {
        Plan::lead(self.bid.reference(), contender.slot.reference)
    }
}
