//! What a soak came to, and what of it is a fault.

use serde::Serialize;

/// In how many windows a run is measured: the first two are its first tenth.
pub(super) const WINDOWS: u64 = 20;
/// The share of the memory after the first tenth by which it may grow, in percent.
const GROWTH: u64 = 10;
/// What it may grow by besides: pages of the file that redb keeps, and what the allocator holds in reserve. It matters
/// in short runs only, in which the first tenth touches few pages.
const SLACK: u64 = 16 << 20;
/// How much longer than what must be kept the file may be: redb doubles a file that is full, fills pages of ids in no
/// order to two thirds, and writes changed pages elsewhere before it frees those they replace.
const SPREAD: u64 = 4;
/// What it may be longer by besides: the pages of a few commits.
const ROOM: u64 = 32 << 20;

/// What a long run came to.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Findings {
    /// What the transactions followed from.
    pub seed: u64,
    /// How many were acknowledged.
    pub transactions: u64,
    /// The length of the file when the head was created, in bytes.
    pub created_bytes: u64,
    /// One after the other.
    pub windows: Vec<Window>,
    /// What the head must keep in the end, in bytes.
    pub kept: Kept,
    /// How long it took to open it again.
    pub opening_seconds: f64,
    /// What is wrong, in words.
    pub faults: Vec<String>,
}

/// A part of a run.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Window {
    /// How many transactions were acknowledged up to its end.
    pub transactions: u64,
    /// How long it took.
    pub seconds: f64,
    /// How many transactions were built, signed, validated and stored in a second of it.
    pub per_second: f64,
    /// The resident memory of the process at its end, in bytes; none where the system does not tell.
    pub resident_bytes: Option<u64>,
    /// The length of the file at its end, in bytes.
    pub file_bytes: u64,
}

/// What a head must keep, in bytes without any structure around it.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Kept {
    /// For ever, for each transaction: its id and the number of its snapshot.
    pub ids: u64,
    /// The transactions in the events that are kept.
    pub events: u64,
    /// The outputs and their references.
    pub outputs: u64,
}

impl Kept {
    fn total(&self) -> u64 {
        self.ids + self.events + self.outputs
    }
}

impl Findings {
    /// The memory after the first tenth, and the most that there was thereafter, where the system tells it.
    pub fn memory(&self) -> Option<(u64, u64)> {
        let (first, later) = self.windows.split_at_checked(first_tenth())?;
        let highest = later.iter().map(|window| window.resident_bytes).max()??;
        Some((first.last()?.resident_bytes?, highest))
    }

    /// The most memory that counts as flat after this much.
    pub const fn memory_limit(base: u64) -> u64 {
        base + base / 100 * GROWTH + SLACK
    }

    /// The length of the file at the end, and the longest that it may have.
    pub fn file(&self) -> Option<(u64, u64)> {
        Some((self.windows.last()?.file_bytes, SPREAD * self.kept.total() + ROOM))
    }

    /// By how much the file grew, over the number of transactions.
    pub fn file_bytes_each(&self) -> f64 {
        let grown = self.file().map_or(0, |(length, _)| length.saturating_sub(self.created_bytes));
        grown as f64 / self.transactions.max(1) as f64
    }

    /// Adds what the figures say is wrong.
    pub fn judge(&mut self) {
        if let Some((base, highest)) = self.memory()
            && highest > Self::memory_limit(base)
        {
            self.faults.push(format!(
                "memory grew from {base} bytes after the first tenth to {highest}, at most {} are flat",
                Self::memory_limit(base)
            ));
        }
        if let Some((length, limit)) = self.file()
            && length > limit
        {
            let kept = self.kept.total();
            self.faults.push(format!(
                "the file has {length} bytes, at most {limit} for the {kept} that it must keep"
            ));
        }
    }
}

fn first_tenth() -> usize {
    usize::try_from(WINDOWS / 10).unwrap()
}
