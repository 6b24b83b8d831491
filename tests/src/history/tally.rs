//! What was counted on a walk.

use std::collections::BTreeMap;

use serde::Serialize;

/// What was counted, on one walk or on several.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Choices that meant something.
    pub steps: u64,
    /// Choices that meant nothing, or that the contract did not allow then.
    pub skipped: u64,
    /// Transactions accepted, by transition; what is none has a name of its own.
    pub accepted: BTreeMap<String, u64>,
    /// Hostile attempts refused: by what was tried, and by what refused it.
    pub refused: BTreeMap<String, BTreeMap<String, u64>>,
    /// Outputs, purses and states looked at in audits.
    pub checks: u64,
    /// Bids of which the best offer was seen to lead when they settled.
    pub best_led: u64,
    /// Bids that were seen to be awarded to their best offer.
    pub best_awarded: u64,
    /// Times that a party alone got out all that was its own, on a copy of the head.
    pub exits: u64,
    /// Transactions accepted on such copies.
    pub exit_transactions: u64,
}

impl Tally {
    /// A transaction was accepted.
    pub fn accept(&mut self, name: &str) {
        *self.accepted.entry(name.to_owned()).or_default() += 1;
    }

    /// A hostile attempt was refused.
    pub fn refuse(&mut self, attempt: &str, by: &str) {
        *self.refused.entry(attempt.to_owned()).or_default().entry(by.to_owned()).or_default() += 1;
    }

    /// All that was accepted.
    pub fn transactions(&self) -> u64 {
        self.accepted.values().sum()
    }

    /// All hostile attempts.
    pub fn attempts(&self) -> u64 {
        self.refused.values().flat_map(BTreeMap::values).sum()
    }

    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: &Self) {
        self.steps += other.steps;
        self.skipped += other.skipped;
        for (name, count) in &other.accepted {
            *self.accepted.entry(name.clone()).or_default() += count;
        }
        for (attempt, refusals) in &other.refused {
            let own = self.refused.entry(attempt.clone()).or_default();
            for (by, count) in refusals {
                *own.entry(by.clone()).or_default() += count;
            }
        }
        self.checks += other.checks;
        self.best_led += other.best_led;
        self.best_awarded += other.best_awarded;
        self.exits += other.exits;
        self.exit_transactions += other.exit_transactions;
    }
}
