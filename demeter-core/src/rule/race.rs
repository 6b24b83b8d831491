//! When an operator may respond to a race, and the most it may ask for.

use super::ONE;
use crate::{Amount, Ppm, PriceRange, RangeError, Span, Time};

/// When an operator of this score may first respond: `head_start * (1 - score)` after the opening, rounded down.
///
/// # Errors
/// That is `2^63` or later.
pub fn entry(opens: Time, head_start: Span, score: Ppm) -> Result<Time, RangeError> {
    let missing = ONE.saturating_sub(u128::from(score.to_millionths()));
    // INVARIANT: the factors are below 2^63 and 2^20.
    let wait = u128::from(head_start.to_milliseconds()) * missing / ONE;
    opens.after(Span::try_from(wait)?)
}

/// The most that may be named so long after one's entry: from floor to ceiling over the ramp, rounded down.
pub fn ramped(range: &PriceRange, ramp: Span, since_entry: Span) -> Amount {
    if since_entry >= ramp {
        return range.ceiling;
    }
    let width = u128::from(range.ceiling.to_units().saturating_sub(range.floor.to_units()));
    // INVARIANT: the factors are below 2^63, and the quotient is below the width.
    let risen = width * u128::from(since_entry.to_milliseconds()) / u128::from(ramp.to_milliseconds()).max(1);
    Amount::try_from(u128::from(range.floor.to_units()) + risen).unwrap_or(range.ceiling)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(milliseconds: u64) -> Span {
        Span::from_milliseconds(milliseconds).unwrap()
    }

    #[test]
    fn better_records_come_earlier() {
        let opens = Time::from_milliseconds(1000).unwrap();
        let at =
            |score| entry(opens, span(600), Ppm::from_millionths(score).unwrap()).unwrap().to_milliseconds();
        assert_eq!([at(1_000_000), at(500_000), at(1), at(0)], [1000, 1300, 1599, 1600]);
        assert!(entry(Time::MAX, span(1_000_000), Ppm::ZERO).is_err());
    }

    #[test]
    fn the_price_rises_to_the_ceiling() {
        let amount = |units| Amount::from_units(units).unwrap();
        let range = PriceRange { floor: amount(10), ceiling: amount(20) };
        let at = |since| ramped(&range, span(1000), span(since)).to_units();
        assert_eq!([at(0), at(99), at(100), at(999), at(1000), at(5000)], [10, 10, 11, 19, 20, 20]);
        assert_eq!(ramped(&range, Span::ZERO, Span::ZERO), amount(20));
    }
}
