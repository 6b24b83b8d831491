//! How good a record is, and how it changes.

use crate::{Amount, Grid, INTEGER_LIMIT, Ppm, Reputation, Span, Time};

/// How good a record is at a time, in millionths: 500,000 for a newcomer.
///
/// With `f` and `b` the sums kept and broken as they have decayed, it is
/// `(f + prior) / (f + penalty * b + 2 * prior)`, rounded down.
pub fn score(grid: &Grid, reputation: &Reputation, at: Time) -> Ppm {
    let elapsed = at.since(reputation.as_of);
    let fulfilled = decayed(reputation.fulfilled, elapsed, grid.half_life);
    let breached = decayed(reputation.breached, elapsed, grid.half_life);
    let prior = u128::from(grid.prior.to_units());
    // INVARIANT: each factor is below 2^63, so the sum is below 2^127.
    let denominator = fulfilled + u128::from(grid.penalty.to_number()) * breached + 2 * prior;
    super::part(fulfilled + prior, denominator)
}

/// A record with one more settlement.
///
/// It is decayed by whole half-lives to the settlement's time, or the settlement to the record's when that is
/// later; both sums stay below `2^63`.
pub fn record(
    reputation: &Reputation,
    kept: Amount,
    broken: Amount,
    at: Time,
    half_life: Span,
) -> Reputation {
    let Reputation { fulfilled, breached, as_of } = *reputation;
    let span = half_life.to_milliseconds().max(1);
    if at >= as_of {
        let halvings = at.since(as_of).to_milliseconds() / span;
        let moved = Span::from_milliseconds(halvings.saturating_mul(span)).unwrap_or(Span::ZERO);
        Reputation {
            fulfilled: sum(halved(fulfilled, halvings), kept),
            breached: sum(halved(breached, halvings), broken),
            as_of: as_of.after(moved).unwrap_or(at),
        }
    } else {
        let halvings = as_of.since(at).to_milliseconds().div_ceil(span);
        Reputation {
            fulfilled: sum(fulfilled, halved(kept, halvings)),
            breached: sum(breached, halved(broken, halvings)),
            as_of,
        }
    }
}

/// Halves once for each half-life that has passed, linearly between.
fn decayed(amount: Amount, elapsed: Span, half_life: Span) -> u128 {
    let span = half_life.to_milliseconds().max(1);
    let elapsed = elapsed.to_milliseconds();
    let halved = u128::from(halved(amount, elapsed / span).to_units());
    halved - halved * u128::from(elapsed % span) / (2 * u128::from(span))
}

fn halved(amount: Amount, times: u64) -> Amount {
    let shift = u32::try_from(times).unwrap_or(u32::MAX);
    let units = amount.to_units().checked_shr(shift).unwrap_or(0);
    Amount::from_units(units).unwrap_or(Amount::ZERO)
}

fn sum(one: Amount, other: Amount) -> Amount {
    let units = one.to_units().saturating_add(other.to_units());
    Amount::from_units(units.min(INTEGER_LIMIT - 1)).unwrap_or(Amount::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::{any_grid, sample_grid};
    use crate::integer::{any_amount, any_time};
    use crate::reputation::any_reputation;
    use proptest::prelude::*;

    fn reputation(fulfilled: u64, breached: u64, as_of: u64) -> Reputation {
        Reputation {
            fulfilled: Amount::from_units(fulfilled).unwrap(),
            breached: Amount::from_units(breached).unwrap(),
            as_of: Time::from_milliseconds(as_of).unwrap(),
        }
    }

    fn time(milliseconds: u64) -> Time {
        Time::from_milliseconds(milliseconds).unwrap()
    }

    #[test]
    fn a_newcomer_scores_half() {
        assert_eq!(score(&sample_grid(), &Reputation::default(), time(1)).to_millionths(), 500_000);
    }

    #[test]
    fn a_record_halves_with_each_half_life_and_linearly_between() {
        let hour = Span::from_seconds(3600).unwrap();
        let amount = Amount::from_units(1000).unwrap();
        let at = |milliseconds| decayed(amount, Span::from_milliseconds(milliseconds).unwrap(), hour);
        assert_eq!(at(0), 1000);
        assert_eq!(at(1_800_000), 750);
        assert_eq!(at(3_600_000), 500);
        assert_eq!(at(3_600_000 * 64), 0);
    }

    #[test]
    fn a_late_report_counts_as_if_it_had_been_there() {
        let hour = Span::from_seconds(3600).unwrap();
        let kept = Amount::from_units(800).unwrap();
        let later = record(&reputation(100, 0, 7_200_000), kept, Amount::ZERO, time(3_600_001), hour);
        assert_eq!(later, reputation(500, 0, 7_200_000));
        let earlier = record(&reputation(100, 40, 0), kept, Amount::ZERO, time(7_300_000), hour);
        assert_eq!(earlier, reputation(825, 10, 7_200_000));
    }

    #[test]
    fn sums_saturate() {
        let hour = Span::from_seconds(3600).unwrap();
        let full = Reputation { fulfilled: Amount::MAX, breached: Amount::MAX, as_of: Time::ZERO };
        assert_eq!(record(&full, Amount::MAX, Amount::MAX, Time::ZERO, hour), full);
    }

    proptest! {
        #[test]
        fn a_score_is_a_part_of_the_whole(grid in any_grid(), reputation in any_reputation(), at in any_time()) {
            prop_assert!(score(&grid, &reputation, at) <= Ppm::ONE);
        }

        #[test]
        fn what_is_kept_never_hurts_and_what_is_broken_never_helps(
            grid in any_grid(), reputation in any_reputation(), more in any_amount(), at in any_time(),
        ) {
            let kept = Reputation { fulfilled: sum(reputation.fulfilled, more), ..reputation };
            let broken = Reputation { breached: sum(reputation.breached, more), ..reputation };
            let before = score(&grid, &reputation, at);
            if grid.penalty.to_number() > 0 || reputation.breached == Amount::ZERO {
                prop_assert!(score(&grid, &kept, at) >= before);
            }
            prop_assert!(score(&grid, &broken, at) <= before);
        }

        #[test]
        fn records_move_by_whole_half_lives(
            grid in any_grid(), reputation in any_reputation(), at in any_time(),
        ) {
            let touched = record(&reputation, Amount::ZERO, Amount::ZERO, at, grid.half_life);
            let moved = touched.as_of.since(reputation.as_of).to_milliseconds();
            prop_assert_eq!(moved % grid.half_life.to_milliseconds(), 0);
        }
    }
}
