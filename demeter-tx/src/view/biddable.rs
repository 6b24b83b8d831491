//! What an operator could answer, from when to when, and why it could not.

use demeter_core::rule::{entry, ramped, score};
use demeter_core::transition::{Held, Range};
use demeter_core::{
    Amount, Count, Grid, Ineligible, Method, Operator, PriceRange, Quantity, Slot, Span, Stage, Time,
    eligibility,
};

use super::{GridView, PlacedBid, ViewError};
use crate::market::Plan;

/// The open bids as one operator sees them, and the slots that it could answer with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Biddable<'a> {
    /// The grid, whose parameters count.
    pub grid: &'a Held<Grid>,
    /// The operator.
    pub operator: &'a Held<Operator>,
    /// Its idle slots, by index. Without any, nothing can be answered now.
    pub idle: Vec<&'a Held<Slot>>,
    /// The open bids that have not closed, those that close first first.
    pub prospects: Vec<Prospect<'a>>,
}

/// An open bid, and whether an operator could answer it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prospect<'a> {
    /// The bid.
    pub bid: &'a PlacedBid,
    /// When, or why not.
    pub verdict: Result<Opening, Unanswerable>,
}

/// When an operator could answer a bid, and at which price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// From here on: when an auction opens, or the operator's entry into a race.
    pub from: Time,
    /// Until here: when the bid closes.
    pub before: Time,
    /// The prices that the bid allows.
    pub price: PriceRange,
    /// How long the price that may be named rises from floor to ceiling: not at all in an auction.
    pub ramp: Span,
}

impl Opening {
    /// Whether a transaction of this range may answer.
    pub fn allows(&self, range: Range) -> bool {
        self.from <= range.lower && range.upper <= self.before
    }

    /// The most that a transaction valid from a time on may name.
    pub fn highest_price(&self, at: Time) -> Amount {
        ramped(&self.price, self.ramp, at.since(self.from))
    }
}

/// An operator cannot answer an open bid at any price, as things stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unanswerable {
    /// Grid or record forbid it. Found with the lowest price and the least resources, which is forbidden last.
    #[error(transparent)]
    Ineligible(#[from] Box<Ineligible>),
    /// By its record the operator may enter the race only when it is over.
    #[error("the race closes at {closes}, and the operator may enter at {entry}")]
    EntersTooLate {
        /// When it may enter.
        entry: Time,
        /// When the bid closes.
        closes: Time,
    },
}

impl Unanswerable {
    /// A stable name of the reason, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Ineligible(reason) => reason.code(),
            Self::EntersTooLate { .. } => "enters_too_late",
        }
    }
}

impl GridView {
    /// The open bids that have not closed at a time, with what an operator could do about each, and its idle slots.
    ///
    /// # Errors
    /// The grid is not to be trusted, or has no such operator.
    pub fn biddable(&self, operator: Count, now: Time) -> Result<Biddable<'_>, ViewError> {
        let grid = self.grid()?;
        let operator = self.operator(operator).ok_or(ViewError::NoOperator { number: operator })?;
        let idle = self.slots_of(operator.state.number).filter(|held| held.state.stage == Stage::Idle);
        let open = self.open_bids_closing(now, Time::MAX).filter(|bid| bid.terms().window.closes > now);
        let prospects = open.map(|bid| Prospect { bid, verdict: opening(bid, &grid.state, &operator.state) });
        Ok(Biddable { grid, operator, idle: idle.collect(), prospects: prospects.collect() })
    }
}

impl Biddable<'_> {
    /// How one of the slots answers one of the bids: by an offer in an auction, by taking it in a race. The plan lacks
    /// only its range, which must be one that the [`Opening`] allows.
    pub fn plan(&self, bid: &PlacedBid, slot: &Held<Slot>, price: Amount, resources: Vec<Quantity>) -> Plan {
        let (bid_at, operator, grid) = (bid.reference(), self.operator.reference, self.grid.reference);
        let plan = match bid.terms().method {
            Method::Auction { .. } => Plan::offer(slot.reference, bid_at, operator, grid, price, resources),
            Method::Race { .. } => Plan::take(bid_at, slot.reference, operator, grid, price, resources),
        };
        plan.signed_by(slot.state.owner)
    }
}

fn opening(bid: &PlacedBid, grid: &Grid, operator: &Operator) -> Result<Opening, Unanswerable> {
    let terms = bid.terms();
    eligibility(terms, operator, grid, terms.price.floor, &bid.required()).map_err(Box::new)?;
    let (window, price) = (terms.window, terms.price);
    let opening = |from, ramp| Opening { from, before: window.closes, price, ramp };
    match terms.method {
        Method::Auction { .. } => Ok(opening(window.opens, Span::ZERO)),
        Method::Race { head_start, ramp } => {
            let score = score(grid, &operator.reputation, window.opens);
            let entry = entry(window.opens, head_start, score).unwrap_or(Time::MAX);
            if entry >= window.closes {
                return Err(Unanswerable::EntersTooLate { entry, closes: window.closes });
            }
            Ok(opening(entry, ramp))
        }
    }
}
