//! Taking the lead of a bid, and having it awarded.

use demeter_core::transition::Held;
use demeter_core::{Offered, Slot, Time};
use demeter_tx::market::Plan;
use demeter_tx::view::{Leadable, SlotName, Subject};

use super::desk::Desk;
use super::{Operator, Reason};
use crate::{Action, Bounds, Decision};

impl Operator {
    /// What becomes of an offer: it takes the lead, waits, or is withdrawn.
    pub(super) fn tend_offer(&self, desk: &Desk<'_>, slot: &Held<Slot>, offered: &Offered) -> Decision {
        let subject = Subject::Slot(SlotName::of(&slot.state));
        if desk.now >= offered.until {
            if let Err(reason) = Desk::check_key(self, &slot.state) {
                return Decision::pass(subject, reason);
            }
            let plan = Plan::withdraw(slot.reference).signed_by(slot.state.owner);
            let action = Action::transition(plan, Bounds::from(offered.until));
            return Decision::act(subject, action, Reason::Withdraws);
        }
        Decision::of(subject, self.lead(desk, slot, offered))
    }

    fn lead(
        &self,
        desk: &Desk<'_>,
        slot: &Held<Slot>,
        offered: &Offered,
    ) -> Result<(Action, Reason), Reason> {
        let until = offered.until;
        // Anybody can place the same terms again: each of the bids is led by itself.
        let standing = desk.view.bids_named(&offered.bid);
        let leadable: Vec<_> = standing.filter_map(|bid| desk.view.leadable(&bid.reference())).collect();
        let Some(first) = leadable.first() else { return Err(Reason::BidGone { until }) };
        let (closes, settles) = (first.from, first.before);
        if desk.now < closes {
            return Err(Reason::AwaitsClose { closes });
        }
        let open = |leadable: &&Leadable<'_>| {
            let own = leadable.contenders.iter().find(|contender| contender.slot.reference == slot.reference);
            own.is_some_and(|own| own.beats_leader)
        };
        let beaten: Vec<_> = leadable.iter().filter(open).collect();
        let Some(target) = beaten.first() else { return Err(Reason::Beaten { until }) };
        let contenders = &target.contenders;
        let better = contenders.iter().take_while(|other| other.slot.reference != slot.reference).count();
        let own = contenders.get(better).ok_or(Reason::BidGone { until })?;
        let action = Action::transition(target.plan(own), Bounds::between(closes, settles));
        // Of the best offers, as many lead as there are bids to be led.
        if better < beaten.len() {
            return Ok((action, Reason::LeadsAsBest));
        }
        let time = settles.since(closes).to_milliseconds() / 2;
        let before = time.min(self.policy.lead_before.to_milliseconds());
        let late = Time::from_milliseconds(settles.to_milliseconds().saturating_sub(before));
        match late {
            Ok(late) if desk.now < late => Err(Reason::BetterOffer { until: late }),
            _ => Ok((action, Reason::LeadsForLack { better })),
        }
    }

    /// What becomes of the bids that its offers lead.
    pub(super) fn award(&self, desk: &Desk<'_>) -> Vec<Decision> {
        let led = desk.view.led_bids().filter(|bid| {
            bid.held.state.leader.as_ref().is_some_and(|leader| leader.operator == self.number)
        });
        led.map(|bid| {
            let (subject, settles) = (Subject::Bid(bid.name), bid.settles());
            if desk.now < settles {
                return Decision::pass(subject, Reason::Leads { settles });
            }
            let plan = Plan::award(bid.reference(), desk.biddable.grid.reference);
            let action = Action::transition(plan, Bounds::from(settles).opening_a_lease());
            Decision::act(subject, action, Reason::Awards)
        })
        .collect()
    }
}
