//! What was measured, for people and for programs.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::Serialize;

use super::{Parts, Story, Whole};

/// What hydra publishes for plain payments on one node, in transactions per second (version 2.3.0, bursts of 300): of
/// another machine, and through its API.
pub(crate) const HYDRA: f64 = 2_072.0;

/// All that was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Plain payments.
    pub payments: Kind,
    /// A market.
    pub market: Kind,
    /// Payments among more and more other outputs.
    pub growth: Vec<Growth>,
    /// Payments submitted by more and more threads.
    pub threads: Vec<Threads>,
}

/// The figures of one story.
#[derive(Clone, Debug, Serialize)]
pub struct Kind {
    /// How many transactions it has.
    pub transactions: usize,
    /// What they are.
    pub mix: BTreeMap<String, u64>,
    /// Transactions per second on a head in memory.
    pub memory_per_second: f64,
    /// The same on disk, with grouped commits.
    pub disk_per_second: f64,
    /// The same for signatures and script machine alone.
    pub floor_per_second: f64,
    /// How many times as long as its floor a head in memory takes.
    pub memory_to_floor: f64,
    /// How many times as long as one in memory a head on disk takes.
    pub disk_to_memory: f64,
    /// How many times as many transactions as hydra publishes for payments.
    pub memory_to_hydra: f64,
    /// Transactions per second on a head in memory with the fast machine.
    pub fast_per_second: f64,
    /// How many times as long as its floor, which is that of the fast machine, such a head takes.
    pub fast_to_floor: f64,
    /// How many times as long as the fast machine the reference takes for the scripts alone; nothing without scripts.
    pub reference_to_fast: Option<f64>,
    /// Where the time of a transaction goes, in microseconds. Some are differences of what was measured, and on a busy
    /// machine may come out below nothing.
    pub parts: BTreeMap<&'static str, f64>,
}

impl Kind {
    pub(super) fn new(story: &Story, whole: &Whole, parts: &Parts) -> Self {
        let &Whole { memory, disk, floor, memory_on_fast, floor_on_fast } = whole;
        let transactions = story.transactions.len();
        let each = |duration: Duration| duration.as_secs_f64() * 1e6 / transactions as f64;
        let [decode, validate, evaluate] = [parts.decode, parts.validate, parts.evaluate].map(each);
        let [signatures, machine, apply] = [parts.signatures, parts.machine, parts.apply].map(each);
        let fast = each(parts.fast);
        let parts = BTreeMap::from([
            ("decode", decode),
            ("rules", validate - evaluate - signatures),
            ("signatures", signatures),
            ("context", evaluate - machine),
            ("machine", machine),
            ("fast machine", fast),
            ("apply", apply),
            ("head", each(memory) - validate - apply),
            ("persist", each(disk) - each(memory)),
        ]);
        let has_scripts = machine > 1.0;
        let per_second = |duration| 1e6 / each(duration);
        Self {
            transactions,
            mix: story.mix.clone(),
            memory_per_second: per_second(memory),
            disk_per_second: per_second(disk),
            floor_per_second: per_second(floor),
            memory_to_floor: each(memory) / each(floor),
            disk_to_memory: each(disk) / each(memory),
            memory_to_hydra: per_second(memory) / HYDRA,
            fast_per_second: per_second(memory_on_fast),
            fast_to_floor: each(memory_on_fast) / each(floor_on_fast),
            reference_to_fast: has_scripts.then(|| machine / fast),
            parts,
        }
    }
}

/// Payments among other outputs.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Growth {
    /// How many others.
    pub outputs: u64,
    /// How long one payment takes, in microseconds.
    pub microseconds: f64,
    /// How many times as long that is as with the first number of others.
    pub to_first: f64,
}

impl Growth {
    pub(super) fn new(outputs: u64, all: Duration, count: usize, first: Option<&Self>) -> Self {
        let microseconds = all.as_secs_f64() * 1e6 / count as f64;
        let to_first = first.map_or(1.0, |first| microseconds / first.microseconds);
        Self { outputs, microseconds, to_first }
    }
}

/// Payments submitted by several threads at once.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Threads {
    /// How many threads.
    pub threads: usize,
    /// Payments per second of all of them together.
    pub per_second: f64,
    /// How many times as many that are as with the first number of threads.
    pub to_first: f64,
}

impl Threads {
    pub(super) fn new(threads: usize, all: Duration, count: usize, first: Option<&Self>) -> Self {
        let per_second = count as f64 / all.as_secs_f64();
        let to_first = first.map_or(1.0, |first| per_second / first.per_second);
        Self { threads, per_second, to_first }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "payments: {}", self.payments)?;
        writeln!(f, "  {:.2} times the {HYDRA} that hydra publishes", self.payments.memory_to_hydra)?;
        let mix: Vec<_> = self.market.mix.iter().map(|(name, count)| format!("{count} {name}")).collect();
        write!(f, "market: {}", self.market)?;
        writeln!(f, "  mix: {}", mix.join(", "))?;
        writeln!(f, "payments among other outputs:")?;
        for Growth { outputs, microseconds, to_first } in &self.growth {
            writeln!(f, "  {outputs:>9}: {microseconds:.1} us, {to_first:.2} times as long")?;
        }
        writeln!(f, "payments by several threads:")?;
        for Threads { threads, per_second, to_first } in &self.threads {
            writeln!(f, "  {threads:>9}: {per_second:.0} per second, {to_first:.2} times as many")?;
        }
        Ok(())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} transactions", self.transactions)?;
        writeln!(f, "  in memory {:>8.0} per second", self.memory_per_second)?;
        let to_memory = self.disk_to_memory;
        writeln!(f, "  on disk   {:>8.0}, {to_memory:.2} times as long as in memory", self.disk_per_second)?;
        let to_floor = self.memory_to_floor;
        writeln!(
            f,
            "  floor     {:>8.0}, in memory takes {to_floor:.2} times as long",
            self.floor_per_second
        )?;
        let (fast, to_floor) = (self.fast_per_second, self.fast_to_floor);
        writeln!(
            f,
            "  fast      {fast:>8.0}, in memory on the fast machine, {to_floor:.2} times as long as its floor"
        )?;
        if let Some(times) = self.reference_to_fast {
            writeln!(f, "  machines: the reference takes {times:.2} times as long as the fast one")?;
        }
        let parts: Vec<_> = self.parts.iter().map(|(name, each)| format!("{name} {each:.1}")).collect();
        writeln!(f, "  microseconds each: {}", parts.join(", "))
    }
}
