//! Slots and the clock that relates them to time.
//!
//! Transactions bound their validity in slots; scripts see milliseconds since the POSIX epoch. A slot's time is
//! its first millisecond. All slots of a [`SlotClock`] have one length: hydra heads and every network since
//! Shelley.

use std::fmt;

use demeter_core::{RangeError, Span, Time};
use uplc::tx::SlotConfig;

/// The number of a slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
#[repr(transparent)]
pub struct Slot(u64);

impl Slot {
    /// Wraps the number of a slot.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The number of the slot.
    pub const fn to_number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A slot or time lies outside what the clock can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClockError {
    /// The length of a slot is zero or does not fit 32 bits.
    #[error("a slot lasts from 1 to 4294967295 milliseconds, found {found}")]
    SlotLength {
        /// The length found.
        found: Span,
    },
    /// The time is before the clock's first slot.
    #[error("time {found} is before {start}, when the clock starts")]
    TimeTooEarly {
        /// When the clock starts.
        start: Time,
        /// The time found.
        found: Time,
    },
    /// The slot is before the clock's first slot.
    #[error("slot {found} is before {start}, where the clock starts")]
    SlotTooEarly {
        /// Where the clock starts.
        start: Slot,
        /// The slot found.
        found: Slot,
    },
    /// Time was to move by ticks of no length.
    #[error("time moves by ticks of a millisecond or more, found none")]
    TickLength,
    /// A result is out of range.
    #[error(transparent)]
    Range(#[from] RangeError),
}

/// Relates slots and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotClock {
    zero_time: Time,
    zero_slot: Slot,
    slot_length: Span,
}

impl SlotClock {
    /// A clock on which `zero_slot` begins at `zero_time` and every slot lasts `slot_length`.
    ///
    /// # Errors
    /// The length is zero, or more than 32 bits of milliseconds.
    pub fn new(zero_time: Time, zero_slot: Slot, slot_length: Span) -> Result<Self, ClockError> {
        let milliseconds = slot_length.to_milliseconds();
        if milliseconds == 0 || u32::try_from(milliseconds).is_err() {
            return Err(ClockError::SlotLength { found: slot_length });
        }
        Ok(Self { zero_time, zero_slot, slot_length })
    }

    /// A clock of one-second slots on which slot 0 begins at this time.
    ///
    /// # Errors
    /// None in practice: a second is a permitted length.
    pub fn of_seconds(zero_time: Time) -> Result<Self, ClockError> {
        Self::new(zero_time, Slot(0), Span::from_seconds(1)?)
    }

    /// The slot that a time falls in.
    ///
    /// # Errors
    /// The time is before the clock's first slot.
    pub fn slot_at(&self, time: Time) -> Result<Slot, ClockError> {
        let since_start = self.since_start(time)?;
        self.slot_after(since_start / self.slot_length.to_milliseconds())
    }

    /// The first slot that begins at a time or after it.
    ///
    /// # Errors
    /// The time is before the clock's first slot.
    pub fn first_slot_from(&self, time: Time) -> Result<Slot, ClockError> {
        let since_start = self.since_start(time)?;
        self.slot_after(since_start.div_ceil(self.slot_length.to_milliseconds()))
    }

    /// When a slot begins.
    ///
    /// # Errors
    /// The slot is before the clock's first, or so late that its time is out of range.
    pub fn time_of(&self, slot: Slot) -> Result<Time, ClockError> {
        let slots = slot
            .0
            .checked_sub(self.zero_slot.0)
            .ok_or(ClockError::SlotTooEarly { start: self.zero_slot, found: slot })?;
        Ok(self.zero_time.after(self.slot_length.checked_mul(slots)?)?)
    }

    /// When the clock's first slot begins.
    pub const fn zero_time(&self) -> Time {
        self.zero_time
    }

    /// The clock's first slot.
    pub const fn zero_slot(&self) -> Slot {
        self.zero_slot
    }

    /// How long a slot lasts.
    pub const fn slot_length(&self) -> Span {
        self.slot_length
    }

    /// The clock as the script machine wants it.
    pub(crate) fn to_slot_config(self) -> SlotConfig {
        SlotConfig {
            // INVARIANT: `new` lets no longer slot in.
            slot_length: u32::try_from(self.slot_length.to_milliseconds()).unwrap_or(u32::MAX),
            zero_slot: self.zero_slot.0,
            zero_time: self.zero_time.to_milliseconds(),
        }
    }

    fn since_start(&self, time: Time) -> Result<u64, ClockError> {
        if time < self.zero_time {
            return Err(ClockError::TimeTooEarly { start: self.zero_time, found: time });
        }
        Ok(time.since(self.zero_time).to_milliseconds())
    }

    fn slot_after(&self, slots: u64) -> Result<Slot, ClockError> {
        let number =
            self.zero_slot.0.checked_add(slots).ok_or(RangeError { name: "Slot", operation: "addition" })?;
        Ok(Slot(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(milliseconds: u64) -> Time {
        Time::from_milliseconds(milliseconds).unwrap()
    }

    #[test]
    fn slots_and_times() {
        let clock = SlotClock::new(time(10_000), Slot(5), Span::from_milliseconds(1000).unwrap()).unwrap();
        assert_eq!(clock.slot_at(time(10_000)).unwrap(), Slot(5));
        assert_eq!(clock.slot_at(time(10_999)).unwrap(), Slot(5));
        assert_eq!(clock.slot_at(time(11_000)).unwrap(), Slot(6));
        assert_eq!(clock.first_slot_from(time(10_001)).unwrap(), Slot(6));
        assert_eq!(clock.first_slot_from(time(11_000)).unwrap(), Slot(6));
        assert_eq!(clock.time_of(Slot(6)).unwrap(), time(11_000));
    }

    #[test]
    fn before_the_start_there_is_nothing() {
        let clock = SlotClock::new(time(10_000), Slot(5), Span::from_milliseconds(1000).unwrap()).unwrap();
        assert_eq!(
            clock.slot_at(time(9_999)).unwrap_err().to_string(),
            "time 9999 is before 10000, when the clock starts"
        );
        assert_eq!(
            clock.time_of(Slot(4)).unwrap_err().to_string(),
            "slot 4 is before 5, where the clock starts"
        );
    }

    #[test]
    fn a_slot_has_a_length() {
        assert!(SlotClock::new(time(0), Slot(0), Span::ZERO).is_err());
        assert!(SlotClock::new(time(0), Slot(0), Span::MAX).is_err());
    }

    #[test]
    fn no_overflow_at_the_end_of_time() {
        let clock = SlotClock::of_seconds(time(1)).unwrap();
        assert!(clock.time_of(Slot(u64::MAX)).is_err());
    }
}
