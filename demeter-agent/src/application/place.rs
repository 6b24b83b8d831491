//! Placing the bid of a round, where something is left to be served.

use demeter_core::{Count, RangeError, Span, Time};
use demeter_tx::view::Subject;

use super::books::Books;
use super::order::OrderError;
use super::rounds::{Phase, Round};
use super::serve::Serving;
use super::{Application, Order, Reason, Renewal};
use crate::{Action, Bounds, Decision};

impl Application {
    /// Places the bid of this round if the order lacks a lease, now or soon, and says why not otherwise.
    pub(super) fn place(
        &self,
        order: &Order,
        serving: &Serving,
        books: &mut Books<'_>,
        now: Time,
        decisions: &mut Vec<Decision>,
    ) {
        // What becomes of a bid that stands is seen first; it is said of the bid itself.
        if serving.pending {
            return;
        }
        let subject = match serving.last {
            Some((slot, _)) => Subject::Slot(slot),
            None => Subject::Wallet(self.bidder().refund),
        };
        decisions.push(match self.next_bid(order, serving, books, now) {
            Ok(decision) => decision,
            Err(reason) => Decision::pass(subject, reason),
        });
    }

    fn next_bid(
        &self,
        order: &Order,
        serving: &Serving,
        books: &mut Books<'_>,
        now: Time,
    ) -> Result<Decision, Reason> {
        if order.is_stopped() {
            return Err(Reason::Stopped);
        }
        let out_of_range = |_| Reason::OutOfRange;
        let phase = order.wish().phase(order.from(), now).map_err(out_of_range)?;
        if phase == Phase::Before {
            return Err(Reason::NotBegun { from: order.from() });
        }
        if let Some((_, ends)) = serving.last {
            let name = order.name().to_owned();
            if order.periods_from(ends) == Count::ZERO {
                return Err(served_to_end(order, ends, now));
            }
            let ahead = order.ahead().map_err(out_of_range)?;
            let renew = earlier(ends, ahead);
            let ask = match order.wish().renewal {
                Renewal::Extend { before } => earlier(ends, before).min(renew),
                Renewal::None | Renewal::Bid { .. } => renew,
            };
            if now < ask {
                return Err(Reason::Served { order: name, ends, renew: ask });
            }
            if now < renew {
                return Err(Reason::AwaitsExtension { order: name, ends, until: renew });
            }
        }
        if order.periods_from(now) == Count::ZERO {
            return Err(Reason::Done { until: order.until() });
        }
        let round = match phase {
            Phase::Round(round) => round,
            Phase::Rest(until) => return Err(Reason::Rests { until }),
            Phase::Before => return Err(Reason::NotBegun { from: order.from() }),
        };
        if now >= round.last_call {
            return Err(Reason::AwaitsRound { until: round.ends });
        }
        self.bid(order, &round, serving, books, now)
    }

    fn bid(
        &self,
        order: &Order,
        round: &Round,
        serving: &Serving,
        books: &mut Books<'_>,
        now: Time,
    ) -> Result<Decision, Reason> {
        let periods = order.periods_from(round.lease);
        if periods == Count::ZERO {
            return Err(Reason::Done { until: order.until() });
        }
        let terms = order.terms(round, periods, self.bidder(), books.grid).map_err(ill_formed)?;
        if let Some((_, ends)) = serving.last
            && serving.covers(&terms)
        {
            return Err(served_to_end(order, ends, now));
        }
        books.place(&terms)?;
        let ceiling = terms.price.ceiling;
        let name = order.name().to_owned();
        let reason = match serving.last {
            Some((_, ends)) => Reason::PlacesNext { order: name, ends, ceiling, periods },
            None => {
                Reason::Places { order: name, attempt: round.attempt.saturating_add(1), ceiling, periods }
            }
        };
        let subject = Subject::Bid(terms.name());
        let bounds = Bounds { before: Some(round.last_call), ..Bounds::default() };
        Ok(Decision::act(subject, Action::place(terms, bounds), reason))
    }
}

impl Order {
    /// How long before the end of a lease the next bid is placed.
    fn ahead(&self) -> Result<Span, RangeError> {
        let bids = match self.wish().renewal {
            Renewal::None => return Ok(Span::ZERO),
            Renewal::Bid { ahead } => ahead.to_number().max(1),
            Renewal::Extend { .. } => 1,
        };
        // When it is time, a round may have begun, or a rest.
        let rounds = self.wish().round_length()?.checked_mul(bids.saturating_add(1))?;
        rounds.checked_add(self.wish().campaign.rest)
    }
}

fn served_to_end(order: &Order, ends: Time, now: Time) -> Reason {
    let until = if now < order.until() { ends.min(order.until()) } else { ends };
    Reason::ServedToEnd { order: order.name().to_owned(), ends, until }
}

/// The time this long before another.
fn earlier(time: Time, span: Span) -> Time {
    Time::from_milliseconds(time.to_milliseconds().saturating_sub(span.to_milliseconds()))
        .unwrap_or(Time::ZERO)
}

fn ill_formed(error: OrderError) -> Reason {
    match error {
        OrderError::Terms(why) => Reason::IllFormed { why },
        _ => Reason::OutOfRange,
    }
}
