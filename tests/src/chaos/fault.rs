//! What goes wrong with a connection.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;

use crate::drt::Dice;

/// How a connection ends that does not work to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Between two messages.
    Cut,
    /// Within a message.
    Truncate,
    /// In one direction only.
    HalfClose,
    /// It stays open, and carries nothing any more.
    Stall,
}

impl Kind {
    /// What is drawn from: the last costs time, since only patience notices it.
    const DRAWN: [Self; 7] =
        [Self::Cut, Self::Cut, Self::Truncate, Self::Truncate, Self::HalfClose, Self::HalfClose, Self::Stall];
}

/// The longest time that a part of a stream is held back, in milliseconds.
const DELAY: u64 = 15;
/// The most parts of a stream that are carried before it fails.
const CARRIED: u64 = 12;

/// What goes wrong with a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    /// How it ends, when so many parts of the stream in that direction, from the client or to it, have been carried.
    pub(super) end: Option<(Kind, bool, u64)>,
    /// One in so many messages comes twice, one in so many parts late.
    doubled: Option<u64>,
    late: Option<u64>,
}

impl Plan {
    /// Nothing.
    pub(super) const HEALTHY: Self = Self { end: None, doubled: None, late: None };

    /// One connection in four works to its end.
    pub(super) fn draw(dice: &mut Dice) -> Self {
        let end =
            (!dice.once_in(4)).then(|| (dice.of(&Kind::DRAWN), dice.once_in(2), dice.between(0, CARRIED)));
        let doubled = dice.once_in(2).then(|| dice.between(1, 6));
        let late = dice.once_in(2).then(|| dice.between(1, 6));
        Self { end, doubled, late }
    }

    pub(super) fn is_doubled(&self, dice: &mut Dice) -> bool {
        self.doubled.is_some_and(|times| dice.once_in(times))
    }

    pub(super) fn delay(&self, dice: &mut Dice) -> Option<Duration> {
        let is_late = self.late.is_some_and(|times| dice.once_in(times));
        is_late.then(|| Duration::from_millis(dice.between(1, DELAY)))
    }
}

/// How often what went wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Connections in all.
    pub connections: u64,
    /// Connections that ended between two messages.
    pub cut: u64,
    /// Connections that ended within a message.
    pub truncated: u64,
    /// Connections of which one direction ended.
    pub half_closed: u64,
    /// Connections that carried nothing any more.
    pub stalled: u64,
    /// Messages that came twice.
    pub doubled: u64,
    /// Parts that came late.
    pub late: u64,
}

impl Counts {
    /// Adds others.
    pub const fn add(&mut self, other: &Self) {
        self.connections += other.connections;
        self.cut += other.cut;
        self.truncated += other.truncated;
        self.half_closed += other.half_closed;
        self.stalled += other.stalled;
        self.doubled += other.doubled;
        self.late += other.late;
    }

    /// How many connections did not work to their end.
    pub const fn ended(&self) -> u64 {
        self.cut + self.truncated + self.half_closed + self.stalled
    }
}

/// The same, while it is counted.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) connections: AtomicU64,
    pub(super) doubled: AtomicU64,
    pub(super) late: AtomicU64,
    ends: [AtomicU64; 4],
}

impl Counters {
    pub(super) fn ended(&self, kind: Kind) {
        self.ends[kind as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn counts(&self) -> Counts {
        let ended = |kind: Kind| self.ends[kind as usize].load(Ordering::Relaxed);
        Counts {
            connections: self.connections.load(Ordering::Relaxed),
            cut: ended(Kind::Cut),
            truncated: ended(Kind::Truncate),
            half_closed: ended(Kind::HalfClose),
            stalled: ended(Kind::Stall),
            doubled: self.doubled.load(Ordering::Relaxed),
            late: self.late.load(Ordering::Relaxed),
        }
    }
}
