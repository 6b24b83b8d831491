//! The bids of an order: waited for, led, awarded, taken back.

use demeter_core::{Method, Time};
use demeter_tx::market::Plan;
use demeter_tx::view::{GridView, Leadable, PlacedBid, SlotName, Subject};

use super::serve::Serving;
use super::{Order, Reason};
use crate::{Action, Bounds, Decision};

/// Says of each bid what it waits for, or does what is next. One is wanted; what is there besides is taken back.
pub(super) fn follow(
    order: &Order,
    mut bids: Vec<&PlacedBid>,
    view: &GridView,
    now: Time,
    serving: &mut Serving,
    decisions: &mut Vec<Decision>,
) {
    // The one that came furthest is wanted; of two that came as far, the first by reference, for all who look.
    bids.sort_by_key(|bid| (bid.is_open(), bid.terms().window.opens, bid.reference()));
    serving.pending = !bids.is_empty();
    for (position, bid) in bids.into_iter().enumerate() {
        let unwanted = if order.is_stopped() {
            Some(Reason::CancelsStopped)
        } else if position > 0 || serving.covers(bid.terms()) {
            Some(Reason::CancelsSurplus)
        } else {
            None
        };
        decisions.push(Following { order, bid, view, now }.next(unwanted));
    }
}

struct Following<'a> {
    order: &'a Order,
    bid: &'a PlacedBid,
    view: &'a GridView,
    now: Time,
}

impl Following<'_> {
    fn next(&self, unwanted: Option<Reason>) -> Decision {
        let leadable = self.view.leadable(&self.bid.reference());
        let window = self.bid.terms().window;
        if let Some(leader) = &self.bid.held.state.leader {
            if self.now >= window.settles {
                return self.award(Reason::Awards { price: leader.price });
            }
            let waits = Reason::AwaitsSettling { price: leader.price, settles: window.settles };
            return leadable.and_then(|leadable| self.lead(&leadable)).unwrap_or_else(|| self.pass(waits));
        }
        let race = matches!(self.bid.terms().method, Method::Race { .. });
        let offers = leadable.as_ref().map_or(0, |leadable| leadable.contenders.len());
        match unwanted {
            Some(reason) if race || self.now >= window.settles => self.cancel(reason, Bounds::default()),
            Some(reason) if self.now < window.opens => {
                self.cancel(reason, Bounds::between(Time::ZERO, window.opens))
            }
            // An auction that is on can only be seen through.
            _ if self.now < window.opens => self.pass(Reason::AwaitsOpening { opens: window.opens }),
            _ if self.now < window.closes => {
                self.pass(Reason::AwaitsAnswers { closes: window.closes, offers })
            }
            _ if race => self.cancel(Reason::CancelsUnanswered, Bounds::default()),
            _ if self.now >= window.settles => {
                let reason =
                    if offers == 0 { Reason::CancelsUnanswered } else { Reason::CancelsUnled { offers } };
                self.cancel(reason, Bounds::from(window.settles))
            }
            _ if offers == 0 => self.pass(Reason::AwaitsCancelling { until: window.settles }),
            _ => {
                let until = self.patience_ends();
                let lead = leadable.and_then(|leadable| self.lead(&leadable));
                lead.unwrap_or_else(|| self.pass(Reason::AwaitsLead { offers, until }))
            }
        }
    }

    /// To have the best offer lead, once its maker has had the time to.
    fn lead(&self, leadable: &Leadable<'_>) -> Option<Decision> {
        let best = leadable.next_leader()?;
        if self.now < self.patience_ends() {
            return None;
        }
        let reason = Reason::LeadsForMaker { slot: SlotName::of(&best.slot.state), price: best.offer.price };
        let bounds = Bounds::between(leadable.from, leadable.before);
        Some(Decision::act(self.subject(), Action::transition(leadable.plan(best), bounds), reason))
    }

    fn patience_ends(&self) -> Time {
        self.bid.terms().window.closes.after(self.order.wish().timing.patience).unwrap_or(Time::MAX)
    }

    fn award(&self, reason: Reason) -> Decision {
        let Ok(grid) = self.view.grid() else { return self.pass(reason) };
        let plan = Plan::award(self.bid.reference(), grid.reference);
        let bounds = Bounds::from(self.bid.settles()).opening_a_lease();
        Decision::act(self.subject(), Action::transition(plan, bounds), reason)
    }

    fn cancel(&self, reason: Reason, bounds: Bounds) -> Decision {
        let plan = Plan::cancel(self.bid.reference()).signed_by(self.bid.terms().application);
        Decision::act(self.subject(), Action::transition(plan, bounds), reason)
    }

    fn pass(&self, reason: Reason) -> Decision {
        Decision::pass(self.subject(), reason)
    }

    const fn subject(&self) -> Subject {
        Subject::Bid(self.bid.name)
    }
}
