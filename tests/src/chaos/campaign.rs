//! Many runs.

use std::path::Path;

use futures_util::StreamExt as _;
use futures_util::stream::iter;
use serde::Serialize;

use super::Counts;
use super::run::{Outcome, run};
use crate::drt::Dice;

/// How many runs are under way at a time: they wait more than they work.
const AT_ONCE: usize = 4;

/// Many runs.
#[derive(Clone, Copy, Debug)]
pub struct Campaign {
    /// How many.
    pub runs: u64,
    /// What they follow from: each from one drawn from it.
    pub seed: u64,
    /// Whether the clients believe the first answer: then the campaign must find that they are wrong.
    pub is_blind: bool,
}

/// What many runs came to.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Findings {
    /// How many there were.
    pub runs: u64,
    /// What they followed from.
    pub seed: u64,
    /// How many transactions were submitted; one that several clients submitted counts for each.
    pub submitted: u64,
    /// Transactions that should have been applied and were not, or of which a client was told nothing.
    pub lost: u64,
    /// Transactions that were applied more than once.
    pub doubled: u64,
    /// Transactions of which a client was told what is not so.
    pub misreported: u64,
    /// Transactions of which a client was told that it is not known what became of them.
    pub undecided: u64,
    /// Transactions that clients were told are final.
    pub confirmed: u64,
    /// Transactions that clients were told are not applied.
    pub rejected: u64,
    /// How often a server was killed.
    pub kills: u64,
    /// What else went wrong on the way.
    pub connections: Counts,
    /// What is lost, doubled, misreported or undecided, in words.
    pub faults: Vec<String>,
}

impl Campaign {
    /// Runs it, with `program` as the server where one is killed.
    ///
    /// # Panics
    /// The server cannot be started.
    pub async fn run(self, program: &Path) -> Findings {
        let mut dice = Dice::new(self.seed);
        let seeds: Vec<u64> = (0..self.runs).map(|_| dice.roll()).collect();
        let outcomes = iter(seeds).map(|seed| {
            let program = program.to_owned();
            async move { tokio::spawn(async move { run(seed, &program, self.is_blind).await }).await.unwrap() }
        });
        let findings = Findings { seed: self.seed, ..Findings::default() };
        outcomes
            .buffer_unordered(AT_ONCE)
            .fold(findings, |findings, outcome| async { findings.with(outcome) })
            .await
    }
}

impl Findings {
    fn with(mut self, outcome: Outcome) -> Self {
        let Outcome { submitted, kills, faults, judgement } = outcome;
        self.runs += 1;
        self.submitted += submitted;
        self.kills += kills;
        self.connections.add(&faults);
        self.lost += judgement.lost;
        self.doubled += judgement.doubled;
        self.misreported += judgement.misreported;
        self.undecided += judgement.undecided;
        self.confirmed += judgement.confirmed;
        self.rejected += judgement.rejected;
        self.faults.extend(judgement.faults);
        self
    }

    /// Whether everything was told as it is.
    pub const fn is_clean(&self) -> bool {
        self.lost + self.doubled + self.misreported == 0
    }
}
