//! What a market came to, and what of it is wrong.

use std::collections::BTreeMap;

use serde::Serialize;

use super::clerk::Counted;
use super::street::Phase;

/// What a market came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// What all was drawn from.
    pub seed: u64,
    /// How many operators there were.
    pub operators: usize,
    /// How many applications, each with one order.
    pub applications: usize,
    /// How long it took, in the head's time and in seconds.
    pub seconds: u64,
    /// How often somebody looked at the head.
    pub turns: u64,
    /// What the clerk counted.
    #[serde(flatten)]
    pub counted: Counted,
    /// Orders that were served, in part at least.
    pub served: u64,
    /// Orders that nobody served, by the reason that their applications gave last.
    pub given_up: BTreeMap<String, u64>,
    /// What came of what was tried, by action and outcome.
    pub outcomes: BTreeMap<String, BTreeMap<String, u64>>,
    /// Tries that another's transaction had made stale.
    pub stale: u64,
    /// Agents that were killed.
    pub killed: Killed,
    /// Agents that were started again, on an empty disk.
    pub restarts: u64,
    /// Offers better than what was awarded, whose makers were down when they could have led.
    pub overlooked: u64,
    /// The operator that left for good, and how many leases it left behind.
    pub vanished: Option<(u64, u64)>,
    /// A name for all that happened.
    pub history: String,
    /// A name for all that there is in the end.
    pub end: String,
    /// What is wrong, in words.
    pub faults: Vec<String>,
    /// What a market of this size should have seen, and did not.
    pub missing: Vec<&'static str>,
}

/// How many agents were killed, by how far they were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Killed {
    /// With no transaction under way.
    pub idle: u64,
    /// With one that they had signed and not submitted.
    pub before_submission: u64,
    /// With one that they had submitted and not heard of.
    pub before_confirmation: u64,
}

impl Killed {
    pub(super) const fn count(&mut self, phase: Phase) {
        *match phase {
            Phase::Idle => &mut self.idle,
            Phase::BeforeSubmission => &mut self.before_submission,
            Phase::BeforeConfirmation => &mut self.before_confirmation,
        } += 1;
    }
}

impl Findings {
    /// How often a transition happened.
    pub fn happened(&self, transition: &str) -> u64 {
        self.counted.transactions.get(transition).copied().unwrap_or_default()
    }

    /// All transactions.
    pub fn transactions(&self) -> u64 {
        self.counted.transactions.values().sum()
    }

    /// Names what did not happen and should have.
    pub(super) fn judge(&mut self) {
        let leased = |method: &str| self.counted.leases.get(method).copied().unwrap_or_default();
        let seen = [
            ("a stale input", self.stale),
            ("a restart", self.restarts),
            (
                "an operator that vanished and left leases behind",
                self.vanished.map_or(0, |(_, leases)| leases),
            ),
            ("an agent killed before it submitted", self.killed.before_submission),
            ("an agent killed before its transaction was confirmed", self.killed.before_confirmation),
            ("a race", leased("race")),
            ("a race by reputation", leased("reputation")),
            ("an auction", leased("auction")),
            ("a bid taken back", self.happened("cancel")),
            ("an order that nobody serves", self.given_up.values().sum()),
            ("a claim", self.happened("claim")),
            ("a lease completed", self.happened("complete")),
            ("a lease extended", self.happened("extend")),
            ("a lease judged", self.happened("arbitrate")),
            ("an endorsement", self.happened("endorse")),
            ("an award to the best offer", self.counted.best_awarded),
            ("a wallet swept", self.happened("sweep")),
        ];
        self.missing = seen.into_iter().filter(|(_, times)| *times == 0).map(|(name, _)| name).collect();
    }
}
