//! What an application wants beside what its workload needs: price, length, times, and how its operator is chosen.

use std::collections::BTreeMap;

use demeter_core::limits::MIN_SETTLING;
use demeter_core::{
    Amount, Count, Labels, Method, Ppm, PriceRange, Quantity, RangeError, ResourceName, Span, fee,
};

/// What an application wants beside what its workload needs.
///
/// [`Wish::new`] takes the terms that nobody else can choose; the rest has defaults, and is public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// What a period may cost.
    pub prices: Prices,
    /// The unit of payment.
    pub period: Span,
    /// The most periods that one lease gets. A longer order is renewed.
    pub most_periods: Count,
    /// The time after the end of a lease in which it can still be closed or complained about.
    pub grace: Span,
    /// What the operator puts at stake.
    pub bond: Bond,
    /// How the operator is chosen.
    pub method: Method,
    /// How long the stages of a bid last.
    pub timing: Timing,
    /// How often it is tried before it rests, and how long.
    pub campaign: Campaign,
    /// How a lease that is shorter than the order is made longer.
    pub renewal: Renewal,
    /// Labels that the operator must have.
    pub labels: Labels,
    /// Labels that the entities must have endorsed.
    pub endorsed: Labels,
    /// What is preferred of a resource, where that is more than the workload needs.
    pub preferred: BTreeMap<ResourceName, Quantity>,
}

impl Wish {
    /// Leases of at most so many periods for at most the highest of these prices: a lowest-price auction, in which the
    /// operator puts up a period's price.
    pub fn new(prices: Prices, period: Span, most_periods: Count) -> Self {
        Self {
            prices,
            period,
            most_periods,
            grace: seconds(300),
            bond: Bond::Periods(Count::from_number(1).unwrap_or(Count::MAX)),
            method: Method::auction(Ppm::ONE, Ppm::ZERO, Ppm::ZERO),
            timing: Timing::default(),
            campaign: Campaign::default(),
            renewal: Renewal::default(),
            labels: Labels::default(),
            endorsed: Labels::default(),
            preferred: BTreeMap::new(),
        }
    }
}

/// What a period may cost, from the first bid of a campaign to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices {
    /// The lowest price that an offer may name.
    pub floor: Amount,
    /// The highest, in the first bid of a campaign.
    pub opening: Amount,
    /// The highest, in the last: more is never paid.
    pub ceiling: Amount,
}

impl Prices {
    /// From a floor to a ceiling, in every bid.
    pub const fn between(floor: Amount, ceiling: Amount) -> Self {
        Self { floor, opening: ceiling, ceiling }
    }

    /// From a floor to what rises from `opening` to `ceiling`.
    pub const fn rising(floor: Amount, opening: Amount, ceiling: Amount) -> Self {
        Self { floor, opening, ceiling }
    }

    /// The prices of one of so many bids, the first of which has number 0: the highest price rises in equal steps, each
    /// rounded down.
    pub(super) fn of(&self, attempt: u64, attempts: u64) -> PriceRange {
        let rise = u128::from(self.ceiling.to_units().saturating_sub(self.opening.to_units()));
        let last = u128::from(attempts.saturating_sub(1));
        // The only bid is the last one.
        let part = rise.saturating_mul(attempt.into()).checked_div(last).unwrap_or(rise);
        let part = Amount::try_from(part.min(rise)).unwrap_or(Amount::ZERO);
        PriceRange { floor: self.floor, ceiling: self.opening.checked_add(part).unwrap_or(self.ceiling) }
    }
}

/// What the operator puts at stake; never less than the fee on the whole price, which the contract asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bond {
    /// Always so much.
    Fixed(Amount),
    /// The highest price of so many periods.
    Periods(Count),
}

impl Bond {
    pub(super) fn of(self, ceiling: Amount, periods: Count, fee_ppm: Ppm) -> Result<Amount, RangeError> {
        let least = fee(ceiling.checked_mul(periods.to_number())?, fee_ppm)?;
        let asked = match self {
            Self::Fixed(amount) => amount,
            Self::Periods(count) => ceiling.checked_mul(count.min(periods).to_number())?,
        };
        Ok(asked.max(least))
    }
}

/// How long the stages of a bid last. A head's time stands still for 20 seconds and more between two blocks of its main
/// chain, so none should be shorter than a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// From when it is placed until it opens.
    pub notice: Span,
    /// From when it opens until it closes.
    pub open: Span,
    /// From when it closes until it settles: at least five minutes, in which better offers take the lead.
    pub settling: Span,
    /// How long after it has closed the makers of offers are left to lead by themselves.
    pub patience: Span,
}

impl Default for Timing {
    /// A minute's notice, two to answer, five to lead, of which the makers have three to themselves.
    fn default() -> Self {
        Self { notice: seconds(60), open: seconds(120), settling: MIN_SETTLING, patience: seconds(180) }
    }
}

/// How many bids follow each other, each as soon as the one before it has found nobody, and how long there is none then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// How many, at least one.
    pub attempts: Count,
    /// How long it rests after the last of them.
    pub rest: Span,
}

impl Default for Campaign {
    /// Four bids, and ten minutes of rest.
    fn default() -> Self {
        Self { attempts: Count::from_number(4).unwrap_or(Count::MAX), rest: seconds(600) }
    }
}

/// How a lease that is shorter than its order is made longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// Not at all: the next bid is placed when the lease is over.
    None,
    /// The next bid is placed while the lease still runs: so many bids' time before its end, and that of the round and the
    /// rest in between.
    Bid {
        /// How many bids can find nobody before there is a gap.
        ahead: Count,
    },
    /// The operator is asked to extend the lease from so long before its end on. Where it does not, the next bid is
    /// placed in time, as with `Bid { ahead: 1 }`: what is given here should be some minutes more than two bids and a
    /// rest take.
    Extend {
        /// How long before its end.
        before: Span,
    },
}

impl Default for Renewal {
    /// The next bid is placed in time for two to find nobody.
    fn default() -> Self {
        Self::Bid { ahead: Count::from_number(2).unwrap_or(Count::ZERO) }
    }
}

fn seconds(seconds: u64) -> Span {
    Span::from_seconds(seconds).unwrap_or(Span::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(units: u64) -> Amount {
        Amount::from_units(units).unwrap()
    }

    #[test]
    fn the_highest_price_rises_from_opening_to_ceiling() {
        let prices = Prices::rising(amount(1), amount(10), amount(20));
        let ceilings = |attempts| {
            let of = |attempt| prices.of(attempt, attempts).ceiling.to_units();
            (0..attempts).map(of).collect::<Vec<_>>()
        };
        assert_eq!(ceilings(4), [10, 13, 16, 20]);
        assert_eq!(ceilings(2), [10, 20]);
        assert_eq!(ceilings(1), [20]);
        assert_eq!(prices.of(0, 4).floor, amount(1));
        let flat = Prices::between(amount(3), amount(7));
        assert_eq!(flat.of(0, 4), flat.of(3, 4));
    }

    #[test]
    fn a_bond_is_never_below_the_fee() {
        let count = |number| Count::from_number(number).unwrap();
        let percent = Ppm::from_millionths(10_000).unwrap();
        let of = |bond: Bond| bond.of(amount(1_000), count(10), percent).unwrap().to_units();
        assert_eq!(of(Bond::Fixed(amount(5))), 100);
        assert_eq!(of(Bond::Fixed(amount(500))), 500);
        assert_eq!(of(Bond::Periods(count(2))), 2_000);
        // No more than there is to lose.
        assert_eq!(of(Bond::Periods(count(99))), 10_000);
    }
}
