//! How many transactions a head validates per second, and where the time goes.
//!
//! Two [stories](Story) are played, one of plain payments and one of a market with every kind of transaction in it:
//! on a head in memory, on one on disk with grouped commits, and once more in [parts](Parts). What cannot be gone
//! below is the [floor](Floor): signatures and script machine alone, on the same transactions. Heads use the reference
//! machine; one in memory and the floor are measured with the fast one as well. All runs of a round
//! follow one another, and the shortest of several rounds counts, after one that only warms up: so figures of one report
//! compare, also on a machine that does other things.
//!
//! Payments that do not depend on each other are also submitted by [several threads at once](Threads), to a head in
//! memory. All else is validated by one thread; on disk another one writes.

mod floor;
mod growth;
mod parts;
mod play;
mod report;
mod story;
mod threads;

pub use floor::Floor;
pub use parts::Parts;
pub(crate) use report::HYDRA;
pub use report::{Growth, Kind, Report, Threads};
pub use story::Story;

use std::time::Duration;

use demeter_tx::evaluate::Machine;

use crate::Outcome;

/// How much is measured.
#[derive(Clone, Debug)]
pub struct Effort {
    /// How many payments.
    pub payments: u64,
    /// How many steps the market's walk has.
    pub steps: u64,
    /// How many rounds count, after the one that warms up.
    pub rounds: usize,
    /// How many other outputs there are, in the order of measurement.
    pub sizes: Vec<u64>,
    /// How many threads submit at once, in the order of measurement.
    pub threads: Vec<usize>,
    /// What the market's walk is drawn from.
    pub seed: u64,
}

impl Effort {
    /// What tells something.
    pub fn whole(seed: u64) -> Self {
        let sizes = vec![1_000, 100_000, 1_000_000];
        Self { payments: 2_000, steps: 300, rounds: 7, sizes, threads: vec![1, 2], seed }
    }

    /// As little as exercises everything.
    pub fn quick(seed: u64) -> Self {
        Self { payments: 20, steps: 12, rounds: 1, sizes: vec![10, 100], threads: vec![1, 2], seed }
    }
}

/// Measures all.
///
/// # Errors
/// A head refuses what it should accept, or there is no place for its file.
pub fn measure(effort: &Effort) -> Outcome<Report> {
    Ok(Report {
        payments: kind(&Story::of_payments(effort.payments)?, effort.rounds)?,
        market: kind(&Story::of_market(effort.seed, effort.steps)?, effort.rounds)?,
        growth: growth::measure(effort)?,
        threads: threads::measure(effort)?,
    })
}

/// Plays a story in all ways, round after round.
fn kind(story: &Story, rounds: usize) -> Outcome<Kind> {
    let floor = Floor::of(story)?;
    let (mut whole, mut parts) = (Vec::new(), Vec::new());
    for round in 0..=rounds {
        let played = Whole {
            memory: play::in_memory(story, Machine::default())?,
            disk: play::on_disk(story)?,
            floor: floor.run(Machine::default())?,
            memory_on_fast: play::in_memory(story, Machine::Fast)?,
            floor_on_fast: floor.run(Machine::Fast)?,
        };
        let taken_apart = Parts::of(story, &floor)?;
        if round > 0 {
            whole.push(played);
            parts.push(taken_apart);
        }
    }
    Ok(Kind::new(story, &Whole::shortest(&whole), &Parts::shortest(&parts)))
}

/// How long all of a story takes, in each way.
pub(crate) struct Whole {
    memory: Duration,
    disk: Duration,
    floor: Duration,
    memory_on_fast: Duration,
    floor_on_fast: Duration,
}

impl Whole {
    /// The shortest of each of several.
    fn shortest(several: &[Self]) -> Self {
        let of = |way: fn(&Self) -> Duration| shortest(several.iter().map(way));
        Self {
            memory: of(|whole| whole.memory),
            disk: of(|whole| whole.disk),
            floor: of(|whole| whole.floor),
            memory_on_fast: of(|whole| whole.memory_on_fast),
            floor_on_fast: of(|whole| whole.floor_on_fast),
        }
    }
}

/// The shortest: whatever else the machine does only adds to it.
fn shortest(durations: impl IntoIterator<Item = Duration>) -> Duration {
    durations.into_iter().min().unwrap_or_default()
}
