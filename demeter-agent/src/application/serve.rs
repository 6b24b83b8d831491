//! The leases of an order: which serve it, and which are closed.

use demeter_core::transition::Held;
use demeter_core::{Leased, Method, Slot, Stage, Terms, Time};
use demeter_tx::market::Plan;
use demeter_tx::view::{GridView, SlotName, Subject};

use super::{Order, Reason};
use crate::{Action, Bounds, Decision};

/// What serves an order, and what may come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Serving {
    /// The lease that ends last, and when.
    pub(super) last: Option<(SlotName, Time)>,
    /// Whether a bid stands that may still become a lease, or has to be taken back first.
    pub(super) pending: bool,
}

impl Serving {
    /// Whether a lease that came of such a bid would go on for less than a period once what serves the order is over.
    pub(super) fn covers(&self, terms: &Terms) -> bool {
        let Some((_, ends)) = self.last else { return false };
        let begins = match terms.method {
            Method::Race { .. } => terms.window.closes,
            Method::Auction { .. } => terms.window.settles,
        };
        let length = terms.term.period.checked_mul(terms.term.periods.to_number());
        let end = length.and_then(|length| begins.after(length)).unwrap_or(Time::MAX);
        end.since(ends) < terms.term.period
    }
}

/// Says of each lease whether it serves the order, and closes it where it shall not go on.
pub(super) fn serve(
    order: &Order,
    leases: &[&Held<Slot>],
    view: &GridView,
    now: Time,
    serving: &mut Serving,
    decisions: &mut Vec<Decision>,
) {
    let mut running: Vec<Running<'_>> = leases.iter().filter_map(|held| Running::of(held, now)).collect();
    // Those that began first first: of two that do the same, the first is kept.
    running.sort_by_key(|running| (running.lease.start, running.name));
    let (fit, unfit): (Vec<_>, Vec<_>) =
        running.into_iter().partition(|one| unfitness(order, one, view).is_none());
    let mut kept: Vec<&Running<'_>> = Vec::new();
    for one in &fit {
        let reason = if order.is_stopped() {
            Some(Reason::ClosesStopped)
        } else if one.goes_on_beyond(order.until(), now) {
            Some(Reason::ClosesOver)
        } else {
            kept.iter()
                .find(|other| one.adds_nothing_to(other))
                .map(|other| Reason::ClosesSurplus { slot: other.name })
        };
        match reason {
            Some(reason) => decisions.push(one.close(reason)),
            None => kept.push(one),
        }
    }
    serving.last = kept.iter().map(|one| (one.ends, one.name)).max().map(|(ends, name)| (name, ends));
    for one in unfit {
        let other = serving.last.map(|(slot, _)| Reason::ClosesUnfit { slot });
        let stopped = order.is_stopped().then_some(Reason::ClosesStopped);
        match (stopped.or(other), unfitness(order, &one, view)) {
            (Some(reason), _) => decisions.push(one.close(reason)),
            (None, Some(reason)) => decisions.push(Decision::pass(one.subject(), reason)),
            (None, None) => {}
        }
    }
}

/// Why a lease does not serve an order, if it does not. The contract saw to it where the bid was the order's own; but
/// anyone can place a bid for the same workload in the application's name and answer it.
fn unfitness(order: &Order, running: &Running<'_>, view: &GridView) -> Option<Reason> {
    if let Some(need) = order.unmet(running.lease) {
        return Some(Reason::ServedShort { resource: need.name.clone(), required: need.required });
    }
    let operator = view.operator(running.name.operator)?;
    order.lacking(&operator.state).map(|label| Reason::ServedWithout { label: label.clone() })
}

/// A lease that is not over.
struct Running<'a> {
    held: &'a Held<Slot>,
    lease: &'a Leased,
    name: SlotName,
    ends: Time,
}

impl<'a> Running<'a> {
    fn of(held: &'a Held<Slot>, now: Time) -> Option<Self> {
        let Stage::Leased(lease) = &held.state.stage else { return None };
        let ends = lease.end().ok()?;
        (now < ends).then(|| Self { held, lease, name: SlotName::of(&held.state), ends })
    }

    const fn subject(&self) -> Subject {
        Subject::Slot(self.name)
    }

    /// Whether the order is over and a whole period would still be paid for.
    fn goes_on_beyond(&self, until: Time, now: Time) -> bool {
        now >= until && self.ends.since(now) >= self.lease.period
    }

    /// Whether it goes on for less than a period once another, that began before it, is over.
    fn adds_nothing_to(&self, other: &Self) -> bool {
        self.ends.since(other.ends) < self.lease.period
    }

    fn close(&self, reason: Reason) -> Decision {
        let plan = Plan::close(self.held.reference).signed_by(self.lease.application);
        Decision::act(self.subject(), Action::transition(plan, Bounds::default()), reason)
    }
}
