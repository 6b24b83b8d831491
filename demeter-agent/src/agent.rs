//! What a driver needs of an agent.

use async_trait::async_trait;
use demeter_core::{Address, Time};
use demeter_tx::view::{GridView, Subject};

use crate::Decision;

/// Somebody who looks at a grid and decides what to do.
///
/// All that matters stands on the head: an agent that is made anew, with the same settings, decides what the one before
/// it would have. [`Agent::decide`] is a function of the view, the time and the agent itself; the same gives the same.
#[async_trait]
pub trait Agent: Send {
    /// Where it keeps its money: transactions are paid from there, and what is set free goes there.
    fn wallet(&self) -> Address;

    /// Learns what takes time to learn, before it decides: prices that a program names, for one.
    ///
    /// What is not learned is not known; [`Agent::decide`] says so in its reasons.
    async fn prepare(&mut self, view: &GridView, now: Time) {
        let _ = (view, now);
    }

    /// What shall be done now, most urgent first, and what not, and why.
    ///
    /// Several actions may need the same output: the driver does the first and asks again.
    fn decide(&self, view: &GridView, now: Time) -> Vec<Decision>;

    /// Learns that an action of its own about something failed and is not tried again until then, so that it can do
    /// something else with what that would have taken. Forgetting it does no harm.
    fn failed(&mut self, subject: Subject, action: &'static str, until: Time) {
        let _ = (subject, action, until);
    }

    /// When time alone gives it something to do, if ever: it need not look before, unless something changes.
    fn next_wake(&self, view: &GridView, now: Time) -> Option<Time> {
        next_wake(&self.decide(view, now), now)
    }
}

/// When the first of these decisions' reasons is obsolete.
pub(crate) fn next_wake(decisions: &[Decision], now: Time) -> Option<Time> {
    decisions.iter().filter_map(|decision| decision.reason.until()).filter(|until| *until > now).min()
}
