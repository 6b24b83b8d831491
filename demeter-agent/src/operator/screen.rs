//! Which bids an operator answers, and why not the others.

use std::cmp::Reverse;

use demeter_core::{Amount, Method, Time};
use demeter_tx::view::{Opening, PlacedBid, Prospect, Subject};

use super::desk::Desk;
use super::{Operator, RacePrice, Reason};
use crate::{Action, Bounds, Decision};

impl Operator {
    /// Looks at every open bid, those that bring most first.
    pub(super) fn screen(&self, desk: &mut Desk<'_>) -> Vec<Decision> {
        let mut prospects = std::mem::take(&mut desk.biddable.prospects);
        prospects.sort_by_cached_key(|prospect| {
            let terms = prospect.bid.terms();
            let most = terms.price_of_all(terms.price.ceiling).unwrap_or(Amount::ZERO);
            (Reverse(most), prospect.bid.name, prospect.bid.reference())
        });
        let mut decisions: Vec<Decision> = prospects
            .iter()
            .map(|prospect| Decision::of(Subject::Bid(prospect.bid.name), self.screen_one(desk, prospect)))
            .collect();
        let closed = desk.view.open_bids_closing(Time::ZERO, desk.now);
        let closed = closed.filter(|bid| bid.settles() > desk.now && !desk.answered.contains_key(&bid.name));
        decisions.extend(closed.map(|bid| {
            Decision::pass(Subject::Bid(bid.name), Reason::Closed { closes: bid.terms().window.closes })
        }));
        decisions
    }

    fn screen_one(&self, desk: &mut Desk<'_>, prospect: &Prospect<'_>) -> Result<(Action, Reason), Reason> {
        let bid = prospect.bid;
        let terms = bid.terms();
        let opening = self.opening(desk, prospect)?;
        let place = self.place(desk, bid)?;
        let answer = self.answer(desk, bid, place)?;
        let (price, from) = self.named(desk.now, bid, &opening, answer.price)?;
        let bond = terms.bond;
        let purse = desk.purse.checked_add(desk.surplus(place.slot)).unwrap_or(Amount::MAX);
        if purse < bond {
            return Err(Reason::BondTooHigh { bond, purse });
        }
        let plan = desk.biddable.plan(bid, place.slot, price, answer.resources.clone());
        let names = terms.request.needs.iter().map(|need| &need.name);
        desk.give(self, bid.name, place.slot, names.zip(answer.resources.iter().copied()), bond);
        let bounds = Bounds::between(from, opening.before);
        Ok(match terms.method {
            Method::Auction { .. } => {
                (Action::transition(plan, bounds), Reason::Offers { price, merit: answer.merit })
            }
            Method::Race { .. } => {
                (Action::transition(plan, bounds.opening_a_lease()), Reason::Takes { price })
            }
        })
    }

    /// When it may be answered, if now.
    pub(super) fn opening(&self, desk: &Desk<'_>, prospect: &Prospect<'_>) -> Result<Opening, Reason> {
        if self.orders.retire {
            return Err(Reason::Leaving);
        }
        let window = prospect.bid.terms().window;
        let (wanted, method) = match prospect.bid.terms().method {
            Method::Auction { .. } => (self.policy.auctions, "auction"),
            Method::Race { .. } => (self.policy.races, "race"),
        };
        if !wanted {
            return Err(Reason::MethodNotWanted { method });
        }
        if let Some(slot) = desk.answered.get(&prospect.bid.name) {
            return Err(Reason::Answered { slot: *slot });
        }
        let opening = prospect.verdict.clone().map_err(|why| Reason::Unanswerable { why })?;
        if let Some(until) = self.avoided.get(&prospect.bid.name).filter(|until| **until > desk.now) {
            return Err(Reason::Avoids { until: *until });
        }
        if desk.now < window.opens {
            return Err(Reason::NotOpenYet { opens: window.opens });
        }
        if desk.now < opening.from {
            return Err(Reason::NotEntered { entry: opening.from });
        }
        Ok(opening)
    }

    /// The price that is named, and from when on it may be: at once, or the reason to wait.
    fn named(
        &self,
        now: Time,
        bid: &PlacedBid,
        opening: &Opening,
        price: Amount,
    ) -> Result<(Amount, Time), Reason> {
        let limit = opening.highest_price(now);
        if price > limit {
            let at = nameable(opening, price).ok_or(Reason::OutOfRange { what: "the ramp" })?;
            return Err(if at < opening.before {
                Reason::BelowPrice { price, at }
            } else {
                Reason::NeverItsPrice { price, closes: opening.before }
            });
        }
        let race = matches!(bid.terms().method, Method::Race { .. });
        match self.policy.race_price {
            RacePrice::Highest if race => Ok((limit, now)),
            _ => Ok((price, nameable(opening, price).unwrap_or(now).min(now))),
        }
    }
}

/// From when on a price may be named: the first millisecond at which the ramp has risen to it.
fn nameable(opening: &Opening, price: Amount) -> Option<Time> {
    let floor = opening.price.floor.to_units();
    let width = u128::from(opening.price.ceiling.to_units().checked_sub(floor)?);
    let above = u128::from(price.to_units().saturating_sub(floor));
    // INVARIANT: both factors are below 2^63.
    let scaled = above * u128::from(opening.ramp.to_milliseconds());
    let wait = if width == 0 { 0 } else { scaled.div_ceil(width) };
    opening.from.after(demeter_core::Span::try_from(wait).ok()?).ok()
}
