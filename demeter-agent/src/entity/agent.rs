//! The entity: what it does alone, what it proposes, and what it agrees to.

use demeter_core::transition::Held;
use demeter_core::{Address, Amount, Grid, KeyHash, OutputReference, Slot, Span, Stage, Time, Transition};
use demeter_tx::market::Plan;
use demeter_tx::view::{GridView, PlacedBid, SlotName, StageKind, Subject};

use super::deeds::Wanted;
use super::turn::Turn;
use super::{Charter, Reason};
use crate::cosign::CoSigner;
use crate::{Action, Agent, Bounds, Decision, Reason as AnyReason};

/// One of those who govern a grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    key: KeyHash,
    wallet: Address,
    charter: Charter,
}

impl Entity {
    /// The entity of this key, which pays from this wallet and stands for this.
    pub const fn new(key: KeyHash, wallet: Address, charter: Charter) -> Self {
        Self { key, wallet, charter }
    }

    /// What it stands for.
    pub const fn charter(&self) -> &Charter {
        &self.charter
    }

    /// What it stands for, to be changed.
    pub const fn charter_mut(&mut self) -> &mut Charter {
        &mut self.charter
    }

    /// What takes a quorum: an action with all its signers in this entity's turn, a reason otherwise.
    fn quorum_deeds(&self, view: &GridView, grid: &Held<Grid>, now: Time) -> Vec<Decision> {
        let turn = Turn::at(now, &grid.state.entities, grid.state.threshold);
        let wanted = self.charter.wanted(view, grid, now);
        wanted.into_iter().map(|wanted| self.in_turn(wanted, &grid.state, &turn)).collect()
    }

    fn in_turn(&self, wanted: Wanted, grid: &Grid, turn: &Turn) -> Decision {
        let Wanted { subject, plan, reason } = wanted;
        let plan = match plan {
            Ok(plan) => plan,
            Err(why) => return Decision::pass(subject, why),
        };
        if !grid.entities.contains(&self.key) {
            return Decision::pass(subject, Reason::NotAnEntity { key: self.key });
        }
        match turn.quorum.first() {
            Some(whose) if *whose != self.key => {
                Decision::pass(subject, Reason::AwaitsTurn { whose: *whose, until: turn.ends })
            }
            _ if !turn.fresh => Decision::pass(subject, Reason::TurnEnds { until: turn.ends }),
            _ => {
                let plan = turn.quorum.iter().fold(plan, |plan, key| plan.signed_by(*key));
                let bounds = Bounds { before: Some(turn.ends), ..Bounds::default() };
                Decision::act(subject, Action::transition(plan, bounds), reason)
            }
        }
    }
}

impl Agent for Entity {
    fn wallet(&self) -> Address {
        self.wallet
    }

    fn decide(&self, view: &GridView, now: Time) -> Vec<Decision> {
        let grid = match view.grid() {
            Ok(grid) => grid,
            Err(why) => return vec![Decision::pass(Subject::Grid, Reason::NoGrid { why })],
        };
        let mut decisions = awards(view, grid, now, self.charter.award_after);
        decisions.extend(reports(view, grid, now, self.charter.report_after));
        decisions.extend(self.quorum_deeds(view, grid, now).into_iter().map(|decision| {
            let signatures = decision.action.as_ref().map_or(0, |action| action.signers().len());
            // What one signature does is done at once; more meet at a desk.
            if signatures > 1 {
                Decision::pass(decision.subject, Reason::Proposes { signatures })
            } else {
                decision
            }
        }));
        decisions
    }
}

impl CoSigner for Entity {
    fn proposals(&self, view: &GridView, now: Time) -> Vec<Decision> {
        let Ok(grid) = view.grid() else { return Vec::new() };
        let mut proposals = self.quorum_deeds(view, grid, now);
        let alone =
            |decision: &Decision| decision.action.as_ref().is_some_and(|action| action.signers().len() < 2);
        proposals.retain(|decision| !alone(decision));
        proposals
    }

    fn assent(
        &self,
        transition: &Transition,
        consumed: &[OutputReference],
        view: &GridView,
        _: Time,
    ) -> Result<AnyReason, AnyReason> {
        let grid = view.grid().map_err(|why| Reason::NoGrid { why })?;
        Ok(self.charter.assent(transition, consumed, view, grid)?.into())
    }
}

/// The awards of led bids that nobody has made so long after they settled.
pub(super) fn awards(view: &GridView, grid: &Held<Grid>, now: Time, after: Option<Span>) -> Vec<Decision> {
    let Some(after) = after else { return Vec::new() };
    let award = |bid: &PlacedBid| {
        let settled = bid.settles();
        let until = settled.after(after).unwrap_or(Time::MAX);
        let subject = Subject::Bid(bid.name);
        if now < until {
            return Some(Decision::pass(subject, Reason::AwaitsParties { until }));
        }
        let terms = bid.terms();
        let price = bid.held.state.leader.as_ref()?.price;
        let fee = terms.price_of_all(price).and_then(|price| terms.fee(price)).unwrap_or(Amount::ZERO);
        let plan = Plan::award(bid.reference(), grid.reference);
        let action = Action::transition(plan, Bounds::from(settled).opening_a_lease());
        Some(Decision::act(subject, action, Reason::Awards { settled, fee }))
    };
    view.led_bids().filter_map(award).collect()
}

/// The reports of settlements that nobody has made so long after they ended.
fn reports(view: &GridView, grid: &Held<Grid>, now: Time, after: Option<Span>) -> Vec<Decision> {
    let Some(after) = after else { return Vec::new() };
    let report = |held: &Held<Slot>| {
        let Stage::Settled(settled) = &held.state.stage else { return None };
        let until = settled.at.after(after).unwrap_or(Time::MAX);
        let subject = Subject::Slot(SlotName::of(&held.state));
        if now < until {
            return Some(Decision::pass(subject, Reason::AwaitsParties { until }));
        }
        let operator = view.operator(held.state.operator)?;
        let plan = Plan::report(operator.reference, held.reference, grid.reference);
        let reason = Reason::Reports { kept: settled.kept, broken: settled.broken };
        Some(Decision::act(subject, Action::transition(plan, Bounds::default()), reason))
    };
    view.slots_in(StageKind::Settled).filter_map(report).collect()
}
