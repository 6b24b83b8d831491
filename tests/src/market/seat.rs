//! An agent at work: its driver, and its desk where it signs with others.

use async_trait::async_trait;
use demeter_agent::Agent;
use demeter_agent::application::Application;
use demeter_agent::cosign::{CoSigner, Desk, DeskReport, ExchangeMailbox};
use demeter_agent::driver::{Driver, Outcome, Round};
use demeter_agent::entity::{Charter, Entity, Treasurer};
use demeter_agent::operator::Operator;
use demeter_core::Time;

/// How many rounds an agent may do in one turn.
const ROUNDS: usize = 16;

/// What an agent did in its turn.
#[derive(Clone, Debug, Default)]
pub(super) struct Done {
    /// What was tried, and what came of it.
    pub(super) outcomes: Vec<(&'static str, &'static str)>,
    /// What should not come of anything.
    pub(super) odd: Vec<String>,
    /// When it wants to look again.
    pub(super) wake: Option<Time>,
    /// The codes of the reasons for which it did nothing, and then of those for which it took bids back.
    pub(super) reasons: Vec<&'static str>,
}

/// An agent at work.
#[async_trait(?Send)]
pub(super) trait Seat {
    /// Does what there is to do now.
    async fn work(&mut self) -> Done;

    /// Learns how to rule on leases, if it is an entity.
    fn instruct(&mut self, charter: &dyn Fn(&mut Charter));
}

/// An agent of some kind at work.
pub(super) struct At<A> {
    pub(super) driver: Driver<A>,
    pub(super) desk: Option<Desk<ExchangeMailbox>>,
}

/// What the kinds of agents differ in.
pub(super) trait Kind: Agent + Sized {
    fn signs(&self) -> Option<&dyn CoSigner>;
    fn charter(&mut self) -> Option<&mut Charter> {
        None
    }
}

impl Kind for Operator {
    fn signs(&self) -> Option<&dyn CoSigner> {
        Some(self)
    }
}

impl Kind for Application {
    fn signs(&self) -> Option<&dyn CoSigner> {
        Some(self)
    }
}

impl Kind for Entity {
    fn signs(&self) -> Option<&dyn CoSigner> {
        Some(self)
    }

    fn charter(&mut self) -> Option<&mut Charter> {
        Some(self.charter_mut())
    }
}

impl Kind for Treasurer {
    fn signs(&self) -> Option<&dyn CoSigner> {
        None
    }
}

#[async_trait(?Send)]
impl<A: Kind> Seat for At<A> {
    async fn work(&mut self) -> Done {
        let round = self.driver.settle(ROUNDS).await.unwrap();
        let mut done = Done::of(&round);
        if let (Some(desk), Some(signer)) = (&mut self.desk, self.driver.agent().signs()) {
            for entry in desk.step(self.driver.view(), signer).await.unwrap() {
                let (outcome, odd) = match &entry.report {
                    DeskReport::Proposed { .. } => ("proposed", false),
                    DeskReport::Signed { .. } => ("signed", false),
                    DeskReport::Confirmed { .. } => ("confirmed", false),
                    DeskReport::NotTaken { .. } => ("not_taken", false),
                    DeskReport::Refused(_) => ("refused", false),
                    DeskReport::NotWanted { .. } => ("not_wanted", false),
                    DeskReport::OutOfTime(_) => ("out_of_time", false),
                    DeskReport::NotComposed(_) => ("not_composed", false),
                    _ => ("odd", true),
                };
                done.outcomes.push(("cosign", outcome));
                if odd {
                    done.odd.push(format!("{}: {}", entry.says, entry.report));
                }
            }
        }
        done
    }

    fn instruct(&mut self, charter: &dyn Fn(&mut Charter)) {
        if let Some(own) = self.driver.agent_mut().charter() {
            charter(own);
        }
    }
}

impl Done {
    fn of(round: &Round) -> Self {
        let odd = round.reports.iter().filter(|report| {
            let outcome = &report.outcome;
            !(outcome.is_confirmed() || outcome.is_overtaken() || matches!(outcome, Outcome::OutOfTime(_)))
        });
        let cancelled = round.reports.iter().filter(|report| report.action == "cancel");
        let cancelled = cancelled.map(|report| report.reason.code());
        Self {
            odd: odd.map(ToString::to_string).collect(),
            outcomes: round.reports.iter().map(|report| (report.action, report.outcome.code())).collect(),
            wake: round.next_wake,
            reasons: round.passed.iter().map(|decision| decision.reason.code()).chain(cancelled).collect(),
        }
    }
}
