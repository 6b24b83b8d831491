//! Many histories at once, one thread for each processor.

use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use serde::Serialize;

use super::run::{Rules, drawn};
use super::shrink::shrink;
use super::tally::Tally;
use super::violation::Violation;
use crate::drt::TRANSITIONS;

/// What happens before there is a head to walk on.
const ON_L1: [&str; 2] = ["genesis", "deposit"];

/// What came of a history in which a promise was broken.
#[derive(Clone, Debug, Serialize)]
pub struct Broken {
    /// What the history was drawn from.
    pub seed: u64,
    /// How long it was when it failed.
    pub steps: usize,
    /// What was broken, once it was shrunken.
    pub violation: Violation,
    /// The shrunken history, line by line.
    pub story: Vec<String>,
    /// Its choices.
    pub choices: Vec<String>,
}

/// What came of many histories.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Campaign {
    /// The first seed.
    pub seed: u64,
    /// How many histories, each of a seed of its own.
    pub walks: u64,
    /// What was counted on those that came to their end.
    #[serde(flatten)]
    pub tally: Tally,
    /// The transitions that never happened.
    pub missing: Vec<&'static str>,
    /// Those that did not.
    pub violations: Vec<Broken>,
}

impl Campaign {
    /// Draws so many histories of so many steps, from this seed and those after it; shrinks those that fail.
    ///
    /// # Panics
    /// The harness itself is broken.
    pub fn run(seed: u64, walks: u64, steps: u64, rules: Rules) -> Self {
        let next = AtomicU64::new(0);
        let campaign = Mutex::new(Self { seed, walks, ..Self::default() });
        let work = || {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= walks {
                    break;
                }
                let outcome = one(seed + number, steps, rules);
                let mut campaign = campaign.lock().unwrap_or_else(PoisonError::into_inner);
                match outcome {
                    Ok(tally) => campaign.tally.add(&tally),
                    Err(broken) => campaign.violations.push(broken),
                }
            }
        };
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(work);
            }
        });
        let mut campaign = campaign.into_inner().unwrap_or_else(PoisonError::into_inner);
        campaign.violations.sort_by_key(|broken| broken.seed);
        let accepted = &campaign.tally.accepted;
        let in_a_head = TRANSITIONS.into_iter().filter(|name| !ON_L1.contains(name));
        campaign.missing = in_a_head.filter(|name| !accepted.contains_key(*name)).collect();
        campaign
    }
}

fn one(seed: u64, steps: u64, rules: Rules) -> Result<Tally, Broken> {
    let failure = match drawn(seed, steps, rules) {
        Ok(tally) => return Ok(tally),
        Err(failure) => failure,
    };
    let shrunk = shrink(&failure, rules);
    Err(Broken {
        seed,
        steps: failure.history.choices.len(),
        violation: shrunk.violation,
        story: shrunk.story,
        choices: shrunk.choices.iter().map(ToString::to_string).collect(),
    })
}
