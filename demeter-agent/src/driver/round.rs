//! One round: look, decide, act.

use std::collections::BTreeSet;

use demeter_core::{Asset, Time};
use demeter_tx::view::Subject;

use super::wallet::plain;
use super::{Deferral, Deferred, Driver, DriverError, Report, Round, tidy};
use crate::agent::next_wake;
use crate::{Action, Agent, Decision};

impl<A: Agent> Driver<A> {
    /// Does one round: looks at the head, lets the agent decide, and does what it can of that.
    ///
    /// Every action is composed from what stands on the head then, after those before it. What needs an output that
    /// another consumed is left for the next round: as long as a round [made progress](Round::made_progress), there may
    /// be more to do.
    ///
    /// Dropped midway, a step leaves nothing behind that the next one does not know of or see on the head.
    ///
    /// # Errors
    /// The head cannot be asked.
    pub async fn step(&mut self) -> Result<Round, DriverError> {
        self.live.catch_up().await?;
        self.refer_to_published();
        let now = self.now().await?;
        self.flights.land(self.live.view(), now);
        self.agent.prepare(self.live.view(), now).await;
        let mut decisions = self.agent.decide(self.live.view(), now);
        decisions.extend(self.tidied());
        let wanted: BTreeSet<(Subject, &'static str)> = decisions
            .iter()
            .filter_map(|decision| Some((decision.subject, decision.action.as_ref()?.name())))
            .collect();
        self.failures.retain(now, |subject, action| wanted.contains(&(*subject, action)));

        let mut round = Round { next_wake: next_wake(&decisions, now), ..Round::default() };
        for decision in decisions {
            let Some(action) = &decision.action else {
                round.passed.push(decision);
                continue;
            };
            if let Some(deferral) = self.deferral(&decision, action, now) {
                round.deferred.push(Deferred { decision, deferral });
                continue;
            }
            let outcome = match self.act(decision.subject, action).await {
                Ok(outcome) => outcome,
                Err(error) if round.reports.is_empty() => return Err(error),
                // What was done is told of; the next round meets the error again, if it lasts.
                Err(_) => break,
            };
            self.failures.note(decision.subject, action.name(), &outcome, now, &self.options);
            if let Some(until) = self.failures.resting(decision.subject, action.name(), now) {
                self.agent.failed(decision.subject, action.name(), until);
            }
            let Decision { subject, reason, .. } = decision.clone();
            round.reports.push(Report { at: now, subject, action: action.name(), reason, outcome });
        }
        let until = |deferred: &Deferred| match deferred.deferral {
            Deferral::InFlight { until } | Deferral::Rests { until } => Some(until),
            Deferral::Overtaken => None,
        };
        let ends = round.deferred.iter().filter_map(until).chain(self.flights.first_end());
        round.next_wake = round.next_wake.into_iter().chain(ends).min();
        Ok(round)
    }

    /// Does rounds for as long as they make progress, at most so many, and returns them all as one.
    ///
    /// # Errors
    /// The head cannot be asked.
    pub async fn settle(&mut self, most: usize) -> Result<Round, DriverError> {
        let mut whole = Round::default();
        for _ in 0..most {
            let round = self.step().await?;
            let more = round.made_progress();
            whole.reports.extend(round.reports);
            (whole.deferred, whole.passed, whole.next_wake) = (round.deferred, round.passed, round.next_wake);
            if !more {
                break;
            }
        }
        Ok(whole)
    }

    /// Why an action is not tried now, if it is not.
    fn deferral(&self, decision: &Decision, action: &Action, now: Time) -> Option<Deferral> {
        let (subject, name) = (decision.subject, action.name());
        if let Some(until) = self.failures.resting(subject, name, now) {
            return Some(Deferral::Rests { until });
        }
        let needed = action.needed();
        if let Some(until) = self.flights.in_the_way(subject, name, &needed) {
            return Some(Deferral::InFlight { until });
        }
        let utxos = self.live.view().utxos();
        needed.iter().any(|reference| !utxos.contains_key(reference)).then_some(Deferral::Overtaken)
    }

    /// To put the wallet in order, if it is not.
    fn tidied(&self) -> Option<Decision> {
        let address = self.agent.wallet();
        let view = self.live.view();
        let asset = view.grid().map_or(Asset::Lovelace, |grid| grid.state.asset.clone());
        let (tidy, reason) = tidy(&self.options.wallet, address, &plain(self.funds(), &asset))?;
        Some(Decision::act(Subject::Wallet(address), Action::tidy(tidy), reason))
    }
}
