//! When the transaction of an action is valid.
//!
//! Every transaction gets a range with two ends, also where its transition reads no time: what has not happened when the
//! range is over never will, and then it can be tried anew. A head's time stands still between two blocks of its main
//! chain, about 20 seconds and now and then more than 100, so a range must outlast a few of them. A lease starts at the
//! upper bound of the transaction that opens it, and what comes before is a gift of the operator: such ranges are short.

use demeter_core::limits::MAX_RANGE;
use demeter_core::{RangeError, Span, Time};
use demeter_tx::head::HeadTime;
use demeter_tx::market::SlotRange;
use demeter_tx::{ClockError, Slot, SlotClock};

/// How long transactions stay valid, at most [`MAX_RANGE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    usual: Span,
    opening: Span,
}

impl Validity {
    /// Two minutes, and one for transactions that open a lease.
    pub const fn new() -> Self {
        Self::of_seconds(120, 60)
    }

    /// So many seconds, and so many for transactions that open a lease; no more than the contract's 300.
    pub const fn of_seconds(usual: u64, opening: u64) -> Self {
        Self { usual: at_most(usual), opening: at_most(opening) }
    }
}

const fn at_most(seconds: u64) -> Span {
    match Span::from_seconds(seconds) {
        Ok(span) if span.to_milliseconds() < MAX_RANGE.to_milliseconds() => span,
        _ => MAX_RANGE,
    }
}

impl Default for Validity {
    fn default() -> Self {
        Self::new()
    }
}

/// Between which times an action may happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// Not before this, if given.
    pub from: Option<Time>,
    /// Before this, if given.
    pub before: Option<Time>,
    /// Whether it opens a lease, which starts at the end of the range.
    pub opens_lease: bool,
}

impl Bounds {
    /// From this time on.
    pub const fn from(time: Time) -> Self {
        Self { from: Some(time), before: None, opens_lease: false }
    }

    /// From a time on and before another.
    pub const fn between(from: Time, before: Time) -> Self {
        Self { from: Some(from), before: Some(before), opens_lease: false }
    }

    /// The same, for a transaction that opens a lease.
    #[must_use]
    pub const fn opening_a_lease(self) -> Self {
        Self { opens_lease: true, ..self }
    }

    /// The slots in which the transaction is valid: from now on, for as long as `validity` says, within the bounds.
    ///
    /// # Errors
    /// It is too early or too late, or a time is out of the clock's range.
    pub fn slots(
        &self,
        now: HeadTime,
        clock: &SlotClock,
        validity: &Validity,
    ) -> Result<SlotRange, OutOfTime> {
        if let Some(from) = self.from
            && clock.time_of(now.slot)? < from
        {
            return Err(OutOfTime::TooEarly { from, now: now.time });
        }
        let span = if self.opens_lease { validity.opening } else { validity.usual };
        let end = clock.time_of(now.slot)?.after(span)?;
        let end = self.before.map_or(end, |before| before.min(end));
        // The last slot whose beginning is not after the end: "before" is about beginnings.
        let before = if end < clock.zero_time() { Slot::from_number(0) } else { clock.slot_at(end)? };
        if before <= now.slot {
            return Err(OutOfTime::TooLate { before: end, now: now.time });
        }
        Ok(SlotRange { from: now.slot, before })
    }
}

/// An action cannot happen now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutOfTime {
    /// Its time has not come.
    #[error("it may happen from {from} on, and it is {now}")]
    TooEarly {
        /// From when on.
        from: Time,
        /// What time it is.
        now: Time,
    },
    /// Its time is over, or so near its end that no slot is left.
    #[error("it may happen before {before}, and it is {now}")]
    TooLate {
        /// Before when.
        before: Time,
        /// What time it is.
        now: Time,
    },
    /// A time is out of the clock's range.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// A time is out of range.
    #[error(transparent)]
    Range(#[from] RangeError),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(seconds: u64) -> Time {
        Time::from_milliseconds(seconds * 1000).unwrap()
    }

    /// The slots of bounds at second 100, under two minutes and one: numbers are seconds.
    fn slots(bounds: Bounds) -> Result<(u64, u64), OutOfTime> {
        let clock = SlotClock::of_seconds(Time::ZERO).unwrap();
        let now = HeadTime {
            time: Time::from_milliseconds(100_900).unwrap(),
            slot: clock.slot_at(time(100)).unwrap(),
        };
        let range = bounds.slots(now, &clock, &Validity::default())?;
        Ok((range.from.to_number(), range.before.to_number()))
    }

    #[test]
    fn ranges_start_now_and_end_in_bounds() {
        for (name, bounds, expected) in [
            ("unbounded", Bounds::default(), Ok((100, 220))),
            ("a lease", Bounds::default().opening_a_lease(), Ok((100, 160))),
            ("from now on", Bounds::from(time(100)), Ok((100, 220))),
            ("ending early", Bounds::between(time(0), time(130)), Ok((100, 130))),
            (
                "from the middle of the slot",
                Bounds::from(Time::from_milliseconds(100_500).unwrap()),
                Err(OutOfTime::TooEarly {
                    from: Time::from_milliseconds(100_500).unwrap(),
                    now: Time::from_milliseconds(100_900).unwrap(),
                }),
            ),
            (
                "over",
                Bounds::between(time(0), time(100)),
                Err(OutOfTime::TooLate { before: time(100), now: Time::from_milliseconds(100_900).unwrap() }),
            ),
        ] {
            assert_eq!(slots(bounds), expected, "{name}");
        }
    }

    #[test]
    fn no_range_is_longer_than_the_contract_allows() {
        assert_eq!(Validity::of_seconds(301, u64::MAX), Validity::of_seconds(300, 300));
    }

    #[test]
    fn errors_say_what_time_it_is() {
        let (from, now) = (time(2), time(1));
        assert_eq!(
            OutOfTime::TooEarly { from, now }.to_string(),
            "it may happen from 2000 on, and it is 1000"
        );
        assert_eq!(
            OutOfTime::TooLate { before: now, now: from }.to_string(),
            "it may happen before 1000, and it is 2000"
        );
    }
}
