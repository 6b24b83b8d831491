//! What becomes of an operator's slots.

use demeter_core::transition::Held;
use demeter_core::{Amount, Count, Leased, Settled, Slot, Stage, Time};
use demeter_tx::market::Plan;
use demeter_tx::view::{SlotName, Subject};

use super::desk::Desk;
use super::{LeaseName, Operator, Reason};
use crate::{Action, Bounds, Decision};

impl Operator {
    /// Looks after every slot that is not inside a bid; idle ones only where there is something to do.
    pub(super) fn tend(&self, desk: &Desk<'_>) -> Vec<Decision> {
        let mut decisions = Vec::new();
        for slot in desk.view.slots_of(self.number) {
            let subject = Subject::Slot(SlotName::of(&slot.state));
            if let Some(decision) = self.rekey(desk, slot) {
                decisions.push(decision);
                continue;
            }
            match &slot.state.stage {
                Stage::Offered(offered) => decisions.push(self.tend_offer(desk, slot, offered)),
                Stage::Leased(lease) => {
                    decisions.push(Decision::of(subject, self.serve(desk, slot, lease)));
                }
                Stage::Settled(settled) => decisions.push(self.report(desk, slot, settled)),
                Stage::Idle => decisions.extend(self.collect(desk, slot)),
            }
        }
        decisions
    }

    /// To follow the record's key, where that is at hand. A slot whose own key is at hand while the record's is not is
    /// left as it is.
    fn rekey(&self, desk: &Desk<'_>, slot: &Held<Slot>) -> Option<Decision> {
        let record = desk.biddable.operator;
        let owner = record.state.owner;
        if slot.state.owner == owner || !self.keys.contains(&owner) {
            return None;
        }
        let action = Action::transition(Plan::rekey(slot.reference, record.reference), Bounds::default());
        let subject = Subject::Slot(SlotName::of(&slot.state));
        Some(Decision::act(subject, action, Reason::Rekeys { owner }))
    }

    /// What is due of a lease.
    fn serve(&self, desk: &Desk<'_>, slot: &Held<Slot>, lease: &Leased) -> Result<(Action, Reason), Reason> {
        Desk::check_key(self, &slot.state)?;
        let out_of_range = |_| Reason::OutOfRange { what: "the end of the lease" };
        let over = lease.end_of_grace().map_err(out_of_range)?;
        let owner = slot.state.owner;
        if desk.now >= over {
            let plan = Plan::complete(slot.reference).signed_by(owner);
            return Ok((Action::transition(plan, Bounds::from(over)), Reason::Completes));
        }
        if self.orders.resign.contains(&LeaseName { slot: slot.state.index, start: lease.start }) {
            let plan = Plan::resign(slot.reference).signed_by(owner);
            return Ok((Action::transition(plan, Bounds::default()), Reason::Resigns));
        }
        let end = lease.end().map_err(out_of_range)?;
        let Some((claimed, from)) = self.next_claim(lease, end) else {
            return Err(Reason::Serves { until: over });
        };
        if desk.now < from {
            return Err(Reason::Serves { until: from.min(over) });
        }
        // More may have fallen due since it was worth claiming.
        let claimed = lease.whole_periods(desk.now).min(lease.periods).max(claimed);
        let out_of_range = |_| Reason::OutOfRange { what: "the pay" };
        let periods = claimed.checked_sub(lease.claimed).map_err(out_of_range)?;
        let pay = lease.price.checked_mul(periods.to_number()).map_err(out_of_range)?;
        let plan = Plan::claim(slot.reference, claimed).signed_by(owner);
        Ok((Action::transition(plan, Bounds::from(from)), Reason::Claims { periods, pay }))
    }

    /// How many periods will have been claimed after the next claim, and from when on it is worth it. None where nothing
    /// is left to claim, or no more than completing the lease brings at the same time.
    fn next_claim(&self, lease: &Leased, end: Time) -> Option<(Count, Time)> {
        let left = lease.periods.checked_sub(lease.claimed).ok()?.to_number();
        if left == 0 || lease.price == Amount::ZERO {
            return None;
        }
        let wanted = self.policy.claiming.periods.to_number().max(1);
        let worth = self.policy.claiming.amount.to_units().div_ceil(lease.price.to_units()).max(1);
        let next = wanted.min(worth).min(left);
        let claimed = lease.claimed.checked_add(Count::from_number(next).ok()?).ok()?;
        let from = lease.start.after(lease.period.checked_mul(claimed.to_number()).ok()?).ok()?;
        (from < end || lease.grace.to_milliseconds() > 0).then_some((claimed, from))
    }

    fn report(&self, desk: &Desk<'_>, slot: &Held<Slot>, settled: &Settled) -> Decision {
        let (record, grid) = (desk.biddable.operator.reference, desk.biddable.grid.reference);
        let action = Action::transition(Plan::report(record, slot.reference, grid), Bounds::default());
        let reason = Reason::Reports { kept: settled.kept, broken: settled.broken };
        Decision::act(Subject::Slot(SlotName::of(&slot.state)), action, reason)
    }

    /// To empty an idle slot's purse, if it is worth it and this decision has not given the slot to a bid.
    fn collect(&self, desk: &Desk<'_>, slot: &Held<Slot>) -> Option<Decision> {
        let amount = desk.surplus(slot);
        let given = desk.idle.iter().all(|idle| idle.reference != slot.reference);
        if amount == Amount::ZERO || amount < self.policy.collect_from || given {
            return None;
        }
        let subject = Subject::Slot(SlotName::of(&slot.state));
        if let Err(reason) = Desk::check_key(self, &slot.state) {
            return Some(Decision::pass(subject, reason));
        }
        let plan = Plan::collect(slot.reference).signed_by(slot.state.owner);
        Some(Decision::act(subject, Action::transition(plan, Bounds::default()), Reason::Collects { amount }))
    }
}
