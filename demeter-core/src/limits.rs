//! The contract's constants: what backs a state, and how far numbers and sizes may go.
//!
//! The same numbers stand in `validators/lib/demeter/` (`value.ak`, `terms.ak`, `time.ak`,
//! `grid.ak`) and in the two validators; a change here is a new contract.

use crate::{Amount, Span};

macro_rules! constants {
    ($($(#[$doc:meta])* $name:ident: $type:ident::$from:ident = $value:literal;)*) => {
        $(
            $(#[$doc])*
            pub const $name: $type = match $type::$from($value) {
                Ok(constant) => constant,
                Err(_) => $type::ZERO,
            };
        )*
        #[cfg(test)]
        const CONSTANTS: &[(u64, u64)] = &[$(($value, constant_value!($type, $name))),*];
    };
}

#[cfg(test)]
macro_rules! constant_value {
    (Amount, $name:ident) => {
        $name.to_units()
    };
    (Span, $name:ident) => {
        $name.to_milliseconds()
    };
}

constants! {
    /// The lovelace behind a Grid.
    GRID_RESERVE: Amount::from_units = 6_000_000;
    /// The lovelace behind a Pool.
    POOL_RESERVE: Amount::from_units = 2_000_000;
    /// The lovelace behind an Operator.
    OPERATOR_RESERVE: Amount::from_units = 8_000_000;
    /// The lovelace behind a Slot.
    SLOT_RESERVE: Amount::from_units = 7_000_000;
    /// The lovelace behind a Bid.
    BID_RESERVE: Amount::from_units = 7_000_000;
    /// The lovelace that goes to the treasury beside a fee, out of the bid's reserve, so that the fee can stand
    /// in an output.
    FEE_ADA: Amount::from_units = 1_600_000;
    /// The longest validity range of a transaction in which time matters.
    MAX_RANGE: Span::from_milliseconds = 300_000;
    /// The shortest time in which better offers may take the lead.
    MIN_SETTLING: Span::from_milliseconds = 300_000;
    /// The longest time from the opening of a bid to its award: 30 days.
    MAX_WINDOW: Span::from_milliseconds = 2_592_000_000;
    /// The shortest period of a lease: a minute.
    MIN_PERIOD: Span::from_milliseconds = 60_000;
    /// The longest lease, grace included: 366 days.
    MAX_TERM: Span::from_milliseconds = 31_622_400_000;
    /// How long an operator's record rests between two updates: 10 minutes.
    UPDATE_INTERVAL: Span::from_milliseconds = 600_000;
    /// How long after `settles` an award needs no Grid and charges no fee: 7 days.
    LATE_AWARD: Span::from_milliseconds = 604_800_000;
    /// The shortest half-life of a reputation: an hour.
    MIN_HALF_LIFE: Span::from_milliseconds = 3_600_000;
}

/// The most bytes of serialised terms.
pub const MAX_TERMS_SIZE: usize = 1_100;
/// The most bytes of a serialised operator, ever. On chain stands this less [`OPERATOR_SIZE_TO_SPARE`], which is what
/// Admit, Update and Endorse may fill.
pub const MAX_OPERATOR_SIZE: usize = 1_400;
/// The bytes that Admit, Update and Endorse leave free in an operator's record, so that Report always fits.
pub const OPERATOR_SIZE_TO_SPARE: usize = 64;
/// The most needs of a request.
pub const MAX_NEEDS: usize = 16;
/// The most entities of a grid.
pub const MAX_ENTITIES: usize = 16;
/// The most slots of an operator.
pub const MAX_SLOTS: u64 = 16;
/// The highest fee of a grid, in millionths.
pub const MAX_FEE_PPM: u64 = 100_000;
/// The most bytes that a datum or redeemer is read from: more than any transaction of a head can carry.
pub const MAX_DATA_SIZE: usize = 16_384;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_what_is_written() {
        assert!(CONSTANTS.iter().all(|(written, held)| written == held));
    }
}
