//! What demeter-head has beside hydra-node's API, all of it under `/demeter`. A hydra-node answers 400 there.

use demeter_core::{Span, Time};
use serde::{Deserialize, Serialize};

use crate::{ClockError, Slot, SlotClock};

/// How a head's slots relate to time: what GET [`ClockJson::PATH`] answers, as hydra-node says nowhere when a slot began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClockJson {
    /// When the first slot begins, in milliseconds since 1970.
    pub zero_time: Time,
    /// The number of that slot.
    pub zero_slot: u64,
    /// How long a slot lasts, in milliseconds.
    pub slot_length: Span,
}

/// What POST [`Advance::PATH`] takes: how far a virtual clock shall move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advance {
    /// How far. 0 moves nothing, and shows whether it could be moved.
    pub milliseconds: Span,
}

/// What POST [`Advance::PATH`] answers: what time it is then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advanced {
    /// In milliseconds since 1970.
    pub time: Time,
    /// The slot that this falls in.
    pub slot: u64,
}

impl ClockJson {
    /// Where it is answered.
    pub const PATH: &str = "/demeter/clock";

    /// The clock itself.
    ///
    /// # Errors
    /// Slots of this length are not possible.
    pub fn clock(&self) -> Result<SlotClock, ClockError> {
        SlotClock::new(self.zero_time, Slot::from_number(self.zero_slot), self.slot_length)
    }
}

impl From<&SlotClock> for ClockJson {
    fn from(clock: &SlotClock) -> Self {
        Self {
            zero_time: clock.zero_time(),
            zero_slot: clock.zero_slot().to_number(),
            slot_length: clock.slot_length(),
        }
    }
}

impl Advance {
    /// Where it is asked for.
    pub const PATH: &str = "/demeter/advance";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_the_same_once_it_was_told() {
        let time = Time::from_milliseconds(1_767_225_600_000).unwrap();
        let length = Span::from_milliseconds(200).unwrap();
        let clock = SlotClock::new(time, Slot::from_number(7), length).unwrap();
        let text = serde_json::to_string(&ClockJson::from(&clock)).unwrap();
        assert_eq!(text, r#"{"zeroTime":1767225600000,"zeroSlot":7,"slotLength":200}"#);
        let told: ClockJson = serde_json::from_str(&text).unwrap();
        assert_eq!(told.clock(), Ok(clock));
        let stopped = ClockJson { slot_length: Span::ZERO, ..told };
        assert_eq!(
            stopped.clock().unwrap_err().to_string(),
            "a slot lasts from 1 to 4294967295 milliseconds, found 0"
        );
    }
}
