//! What an operator would give for a bid, and for how much.

use demeter_core::rule::appraise;
use demeter_core::transition::Held;
use demeter_core::{Amount, Merit, Need, Quantity, Resources, Slot};
use demeter_tx::view::PlacedBid;

use super::desk::Desk;
use super::{Generosity, Operator, Reason};
use crate::pricing::{Job, Pricing as _};

/// A slot on whose cluster there is room for a bid.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) slot: &'a Held<Slot>,
    pub(super) cluster: &'a str,
    pub(super) capacity: &'a Resources,
}

/// What is given, and for how much.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) price: Amount,
    pub(super) resources: Vec<Quantity>,
    pub(super) merit: Merit,
}

impl Operator {
    /// The first idle slot on whose cluster there is room for what a bid requires; or the reason that comes nearest.
    pub(super) fn place<'a>(&'a self, desk: &Desk<'a>, bid: &PlacedBid) -> Result<Place<'a>, Reason> {
        let mut nearest = (0, Reason::NoIdleSlot);
        for slot in &desk.idle {
            match self.place_on(desk, bid, slot) {
                Ok(place) => return Ok(place),
                Err((nearness, reason)) if nearness > nearest.0 => nearest = (nearness, reason),
                Err(_) => {}
            }
        }
        Err(nearest.1)
    }

    /// Whether a slot's cluster has room; or how far it came, and why no further.
    fn place_on<'a>(
        &'a self,
        desk: &Desk<'a>,
        bid: &PlacedBid,
        slot: &'a Held<Slot>,
    ) -> Result<Place<'a>, (u8, Reason)> {
        Desk::check_key(self, &slot.state).map_err(|reason| (1, reason))?;
        let (cluster, state) = self.inventory.cluster_of(slot.state.index).ok_or_else(|| {
            let slot = demeter_tx::view::SlotName::of(&slot.state);
            (2, Reason::NoCluster { slot })
        })?;
        if state.schedule != super::Schedule::Open {
            let (cluster, schedule) = (cluster.to_owned(), state.schedule);
            return Err((3, Reason::NotScheduled { cluster, schedule }));
        }
        for need in &bid.terms().request.needs {
            let free = desk.usage.free(cluster, &state.capacity, &need.name);
            if free < need.required {
                let (resource, required) = (need.name.clone(), need.required);
                return Err((4, Reason::NoRoom { cluster: cluster.to_owned(), resource, free, required }));
            }
        }
        Ok(Place { slot, cluster, capacity: &state.capacity })
    }

    /// As much of each resource as is preferred, a slot may carry, and there is room for.
    pub(super) fn most(&self, desk: &Desk<'_>, bid: &PlacedBid, place: Place<'_>) -> Vec<Quantity> {
        let record = &desk.biddable.operator.state.capacity;
        let most = |need: &Need| {
            let free = desk.usage.free(place.cluster, place.capacity, &need.name);
            need.preferred.min(record.amount_of(&need.name)).min(free).max(need.required)
        };
        bid.terms().request.needs.iter().map(most).collect()
    }

    /// A bid with these resources, to be priced.
    pub(super) fn job<'b>(
        &self,
        desk: &Desk<'_>,
        bid: &'b PlacedBid,
        place: Place<'_>,
        resources: &'b [Quantity],
    ) -> Job<'b> {
        let names = bid.terms().request.needs.iter().map(|need| &need.name);
        let more = names.zip(resources.iter().copied());
        let utilisation = desk.usage.with_more(place.cluster, place.capacity, more);
        Job { bid: bid.name, terms: bid.terms(), resources, utilisation }
    }

    /// What is given for a bid, as the policy says.
    pub(super) fn answer(
        &self,
        desk: &Desk<'_>,
        bid: &PlacedBid,
        place: Place<'_>,
    ) -> Result<Answer, Reason> {
        let most = || self.most(desk, bid, place);
        match self.policy.generosity {
            Generosity::Required => self.priced(desk, bid, place, bid.required()),
            Generosity::Most => self.priced(desk, bid, place, most()),
            Generosity::BestMerit => {
                let most = most();
                let mut best = self.priced(desk, bid, place, bid.required());
                // One resource after the other, then all at once: a policy may have a price for the whole only.
                for (position, amount) in most.iter().enumerate() {
                    let mut more =
                        best.as_ref().map_or_else(|_| bid.required(), |best| best.resources.clone());
                    match more.get_mut(position) {
                        Some(found) if *found < *amount => *found = *amount,
                        _ => continue,
                    }
                    best = better(best, self.priced(desk, bid, place, more));
                }
                better(best, self.priced(desk, bid, place, most))
            }
        }
    }

    fn priced(
        &self,
        desk: &Desk<'_>,
        bid: &PlacedBid,
        place: Place<'_>,
        resources: Vec<Quantity>,
    ) -> Result<Answer, Reason> {
        let terms = bid.terms();
        let quote = self.pricer.quote(&self.job(desk, bid, place, &resources));
        let own = quote.map_err(|why| Reason::Declined { why })?;
        let (price, ceiling) = (own.max(terms.price.floor), terms.price.ceiling);
        if price > ceiling {
            return Err(Reason::AboveCeiling { price, ceiling });
        }
        let grid = &desk.biddable.grid.state;
        let reputation = &desk.biddable.operator.state.reputation;
        let appraisal = appraise(terms, grid, reputation, price, &resources);
        let merit = appraisal.map_err(|_| Reason::OutOfRange { what: "the merit" })?.merit;
        Ok(Answer { price, resources, merit })
    }
}

/// The one of more merit; of two as good the first.
fn better(one: Result<Answer, Reason>, other: Result<Answer, Reason>) -> Result<Answer, Reason> {
    match (one, other) {
        (Ok(one), Ok(other)) if other.merit > one.merit => Ok(other),
        (Err(_), Ok(other)) => Ok(other),
        (one, _) => one,
    }
}
