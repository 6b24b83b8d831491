//! What time it is in a head, and who says so.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use demeter_core::{Span, Time};

use super::super::HeadTime;
use crate::{ClockError, Slot, SlotClock};

/// How time passes in an embedded head.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum ClockMode {
    /// It stands still until [`EmbeddedHead::advance`](crate::head::EmbeddedHead::advance) is called.
    #[default]
    Virtual,
    /// It follows a [`TimeSource`], slot by slot: the time in the head is the beginning of the current slot.
    Real,
    /// It follows a [`TimeSource`], but moves only when a span has passed, counted from the first slot of the
    /// ledger's clock: as in a real head, which learns of the time by the blocks of L1, one in 20 seconds or so.
    Ticks {
        /// The span from one tick to the next, in milliseconds; not nothing.
        every: Span,
    },
}

/// Says what time it is outside.
pub trait TimeSource: fmt::Debug + Send + Sync {
    /// The time. It may jump and even go back; the head's time never goes back. The head asks while it is locked, so
    /// this must not ask the head in turn.
    fn time(&self) -> Time;

    /// Whether time passes without anybody telling the head.
    ///
    /// Where it does, the head wakes by itself when a transaction that waits becomes valid, on a thread of its own.
    /// Where it does not, whoever moves the time calls [`EmbeddedHead::tick`](crate::head::EmbeddedHead::tick).
    fn runs(&self) -> bool {
        true
    }
}

impl<T: TimeSource + ?Sized> TimeSource for Arc<T> {
    fn time(&self) -> Time {
        (**self).time()
    }

    fn runs(&self) -> bool {
        (**self).runs()
    }
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct MachineTime;

impl TimeSource for MachineTime {
    fn time(&self) -> Time {
        // NOTE: a machine whose clock is before 1970 or past 2^63 milliseconds is taken to be at that end.
        let milliseconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        Time::try_from(milliseconds).unwrap_or(Time::MAX)
    }
}

/// A time that is set by hand: for tests of what follows a real clock.
#[derive(Debug)]
pub struct ManualTime(Mutex<Time>);

impl ManualTime {
    /// It is this time until another is set.
    pub const fn new(time: Time) -> Self {
        Self(Mutex::new(time))
    }

    /// From now on it is this time.
    pub fn set(&self, time: Time) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = time;
    }
}

impl TimeSource for ManualTime {
    fn time(&self) -> Time {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn runs(&self) -> bool {
        false
    }
}

/// The clock of one head.
#[derive(Clone, Debug)]
pub(super) struct HeadClock {
    slots: SlotClock,
    mode: ClockMode,
    source: Arc<dyn TimeSource>,
}

impl HeadClock {
    pub(super) fn new(
        slots: SlotClock,
        mode: ClockMode,
        source: Arc<dyn TimeSource>,
    ) -> Result<Self, ClockError> {
        if mode == (ClockMode::Ticks { every: Span::ZERO }) {
            return Err(ClockError::TickLength);
        }
        Ok(Self { slots, mode, source })
    }

    pub(super) const fn mode(&self) -> ClockMode {
        self.mode
    }

    /// Whether the head must wake by itself.
    pub(super) fn runs(&self) -> bool {
        self.mode != ClockMode::Virtual && self.source.runs()
    }

    /// A time that the head was told.
    pub(super) fn at(&self, time: Time) -> Result<HeadTime, ClockError> {
        Ok(HeadTime { time, slot: self.slots.slot_at(time)? })
    }

    /// The time in the head, which was at `last` when it was last asked for.
    ///
    /// NOTE: where the source tells a time that the ledger's clock does not reach, it stays as it was.
    pub(super) fn now(&self, last: HeadTime) -> HeadTime {
        let outside = match self.mode {
            ClockMode::Virtual => return last,
            ClockMode::Real => Some(self.source.time()),
            ClockMode::Ticks { every } => self.tick(every, u64::div_euclid, self.source.time()),
        };
        let told = outside.and_then(|time| {
            let slot = self.slots.slot_at(time).ok()?;
            Some(HeadTime { time: self.slots.time_of(slot).ok()?, slot })
        });
        told.map_or(last, |told| told.max(last))
    }

    /// The time outside, which limits how long a transaction waits.
    pub(super) fn outside(&self, now: HeadTime) -> Time {
        match self.mode {
            ClockMode::Virtual => now.time,
            ClockMode::Real | ClockMode::Ticks { .. } => self.source.time(),
        }
    }

    /// The time outside at which the head comes to a slot, if it ever does.
    pub(super) fn arrival(&self, slot: Slot) -> Option<Time> {
        let begins = self.slots.time_of(slot).ok()?;
        match self.mode {
            ClockMode::Virtual | ClockMode::Real => Some(begins),
            ClockMode::Ticks { every } => self.tick(every, u64::div_ceil, begins),
        }
    }

    /// The tick before a time or at it, or that at it or after it: which, the division says.
    fn tick(&self, every: Span, divide: fn(u64, u64) -> u64, time: Time) -> Option<Time> {
        let start = self.slots.zero_time();
        if time < start {
            return None;
        }
        let ticks = divide(time.since(start).to_milliseconds(), every.to_milliseconds());
        start.after(every.checked_mul(ticks).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(milliseconds: u64) -> Time {
        Time::from_milliseconds(milliseconds).unwrap()
    }

    /// A clock whose slot 0 begins at second 100, and what it follows.
    fn clock(mode: ClockMode) -> (HeadClock, Arc<ManualTime>) {
        let source = Arc::new(ManualTime::new(time(100_000)));
        let slots = SlotClock::of_seconds(time(100_000)).unwrap();
        (HeadClock::new(slots, mode, Arc::<ManualTime>::clone(&source)).unwrap(), source)
    }

    fn start() -> HeadTime {
        HeadTime { time: time(100_000), slot: Slot::from_number(0) }
    }

    #[test]
    fn real_time_moves_slot_by_slot_and_never_back() {
        let (clock, source) = clock(ClockMode::Real);
        let mut now = start();
        let steps =
            [(100_999, 100_000), (101_000, 101_000), (105_500, 105_000), (102_000, 105_000), (1, 105_000)];
        for (outside, inside) in steps {
            source.set(time(outside));
            now = clock.now(now);
            assert_eq!(now, clock.at(time(inside)).unwrap(), "{outside}");
        }
    }

    #[test]
    fn ticks_are_counted_from_the_first_slot() {
        let (clock, source) = clock(ClockMode::Ticks { every: Span::from_seconds(20).unwrap() });
        let mut now = start();
        for (outside, slot) in [(119_999, 0), (120_000, 20), (139_999, 20), (165_000, 60)] {
            source.set(time(outside));
            now = clock.now(now);
            assert_eq!(now.slot, Slot::from_number(slot), "{outside}");
        }
        let arrival = |slot| clock.arrival(Slot::from_number(slot));
        assert_eq!(arrival(20), Some(time(120_000)));
        assert_eq!(arrival(21), Some(time(140_000)));
        assert_eq!(arrival(u64::MAX), None);
    }

    #[test]
    fn ticks_have_a_length() {
        let slots = SlotClock::of_seconds(time(0)).unwrap();
        let mode = ClockMode::Ticks { every: Span::ZERO };
        let error = HeadClock::new(slots, mode, Arc::new(MachineTime)).unwrap_err();
        assert_eq!(error.to_string(), "time moves by ticks of a millisecond or more, found none");
    }

    #[test]
    fn the_machine_knows_the_time() {
        let year_2020 = time(1_577_836_800_000);
        assert!(MachineTime.time() > year_2020);
        assert!(MachineTime.runs());
    }
}
