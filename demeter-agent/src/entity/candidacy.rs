//! Somebody who wants to become an operator.

use demeter_core::{OutputReference, Time, Transition};
use demeter_tx::market::{Candidate, Plan};
use demeter_tx::view::{GridView, Subject};

use super::Reason;
use super::turn::Turn;
use crate::cosign::CoSigner;
use crate::{Action, Bounds, Decision, Reason as AnyReason};

/// Somebody who wants to become an operator: as long as no record has its key, it proposes its admission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidacy(Candidate);

impl Candidacy {
    /// Wants to join as this.
    pub const fn new(candidate: Candidate) -> Self {
        Self(candidate)
    }

    fn decision(&self, view: &GridView, now: Time) -> Decision {
        let subject = Subject::Pool;
        let grid = match view.grid() {
            Ok(grid) => grid,
            Err(why) => return Decision::pass(Subject::Grid, Reason::NoGrid { why }),
        };
        if let Some(known) = view.operators_of(&self.0.owner).next() {
            return Decision::pass(subject, Reason::Admitted { operator: known.state.number });
        }
        let Some(pool) = view.pool() else { return Decision::pass(subject, Reason::NoPool) };
        let turn = Turn::at(now, &grid.state.entities, grid.state.admission);
        if !turn.fresh {
            return Decision::pass(subject, Reason::TurnEnds { until: turn.ends });
        }
        let plan = Plan::admit(pool.reference, grid.reference, self.0.clone());
        let plan = turn.quorum.iter().fold(plan, |plan, key| plan.signed_by(*key));
        let bounds = Bounds { before: Some(turn.ends), ..Bounds::default() };
        Decision::act(subject, Action::transition(plan, bounds), Reason::Applies)
    }
}

impl CoSigner for Candidacy {
    fn proposals(&self, view: &GridView, now: Time) -> Vec<Decision> {
        vec![self.decision(view, now)]
    }

    fn assent(
        &self,
        transition: &Transition,
        _: &[OutputReference],
        _: &GridView,
        _: Time,
    ) -> Result<AnyReason, AnyReason> {
        Err(Reason::NotInCharter { transition: transition.name() }.into())
    }
}
