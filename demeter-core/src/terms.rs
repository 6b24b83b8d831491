//! The terms of a bid: what an application asks for, and whether that may stand.

use std::ops::Deref;

use crate::codec::{Codec, DecodeError, DecodeFault, PlutusData, Reader, Writer, bid_name, record};
use crate::limits::{BID_RESERVE, MAX_NEEDS, MAX_TERM, MAX_TERMS_SIZE, MAX_WINDOW, MIN_PERIOD, MIN_SETTLING};
use crate::{
    Address, Amount, Asset, BidName, Count, GridId, KeyHash, Method, Ppm, PriceRange, RangeError, Request,
    ResourceName, Span, Term, Time, Value, Window, WorkloadHash,
};

/// Terms that nobody has checked yet: what [`Terms::new`] takes, and what [`Terms`] lets one read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct TermsDraft {
    /// The grid on which the bid is made.
    pub grid: GridId,
    /// Tells apart bids that are otherwise alike.
    pub nonce: Count,
    /// Whose bid it is.
    pub application: KeyHash,
    /// Where what is left goes.
    pub refund: Address,
    /// What is paid with: the grid's settlement asset.
    pub asset: Asset,
    /// What is charged on the price.
    pub fee_ppm: Ppm,
    /// What is asked for.
    pub request: Request,
    /// What may be offered, for one period.
    pub price: PriceRange,
    /// How long the lease lasts.
    pub term: Term,
    /// What the operator puts at stake.
    pub bond: Amount,
    /// When it can be answered.
    pub window: Window,
    /// How the winner is found.
    pub method: Method,
    /// The manifest to run.
    pub workload: WorkloadHash,
}

record! {
    0 TermsDraft as "terms" {
        grid, nonce, application, refund, asset, fee_ppm, request, price, term, bond, window, method, workload,
    }
}

/// Terms that are well formed.
///
/// Everything that the contract asks of terms by themselves holds. What it asks of them together with a grid
/// (its id, its asset, its fee, and that `refund` is at neither of its scripts) is for the transitions to check.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "TermsDraft", into = "TermsDraft")
)]
pub struct Terms(TermsDraft);

/// Terms may not stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TermsError {
    /// They are too long.
    #[error("serialised terms have at most {limit} bytes, found {found}")]
    Size {
        /// The most bytes.
        limit: usize,
        /// The bytes found.
        found: usize,
    },
    /// The lowest price is above the highest.
    #[error("the floor {floor} is above the ceiling {ceiling}")]
    Price {
        /// The lowest.
        floor: Amount,
        /// The highest.
        ceiling: Amount,
    },
    /// The period is too short.
    #[error("a period lasts at least {limit} ms, found {found}")]
    Period {
        /// The shortest.
        limit: Span,
        /// The one found.
        found: Span,
    },
    /// There is no period.
    #[error("there is at least 1 period, found none")]
    Periods,
    /// The lease is too long.
    #[error("{periods} periods of {period} ms with a grace of {grace} ms last longer than {limit} ms")]
    Term {
        /// How many periods.
        periods: Count,
        /// How long each.
        period: Span,
        /// The time after the end.
        grace: Span,
        /// The longest that all may be.
        limit: Span,
    },
    /// The bond does not cover the fee.
    #[error("the bond {bond} is below the fee {fee} on the highest price")]
    Bond {
        /// The bond.
        bond: Amount,
        /// The fee on the ceiling of all periods.
        fee: u128,
    },
    /// What is put behind the bid and at stake with it cannot be counted.
    #[error("the highest price of all periods, its fee and the bond are 2^63 or more together")]
    Escrow,
    /// The window closes before it opens.
    #[error("the window opens at {opens}, which is not before it closes at {closes}")]
    Opens {
        /// When it opens.
        opens: Time,
        /// When it closes.
        closes: Time,
    },
    /// There is too little time to take the lead.
    #[error("at least {limit} ms lie between closing at {closes} and settling at {settles}")]
    Settling {
        /// When it closes.
        closes: Time,
        /// When it settles.
        settles: Time,
        /// The shortest time between.
        limit: Span,
    },
    /// The window is too long.
    #[error("at most {limit} ms lie between opening at {opens} and settling at {settles}")]
    Window {
        /// When it opens.
        opens: Time,
        /// When it settles.
        settles: Time,
        /// The longest time between.
        limit: Span,
    },
    /// A weight is more than the whole.
    #[error("the weight of {criterion} is at most 1000000, found {found}")]
    Weight {
        /// Which weight.
        criterion: &'static str,
        /// The one found.
        found: Ppm,
    },
    /// There are too many needs.
    #[error("there are at most {limit} needs, found {found}")]
    Needs {
        /// The most.
        limit: usize,
        /// How many were found.
        found: usize,
    },
    /// A resource is needed twice.
    #[error("{name} is needed twice")]
    NeededTwice {
        /// Which one.
        name: ResourceName,
    },
}

/// What is charged on a sum; rounded down.
fn fee_on(amount: u128, fee_ppm: Ppm) -> Option<u128> {
    Some(amount.checked_mul(u128::from(fee_ppm.to_millionths()))? / 1_000_000)
}

impl Terms {
    /// Checks that terms may stand.
    ///
    /// # Errors
    /// The first condition that they violate.
    pub fn new(draft: TermsDraft) -> Result<Self, TermsError> {
        let found = draft.encode().len();
        if found > MAX_TERMS_SIZE {
            return Err(TermsError::Size { limit: MAX_TERMS_SIZE, found });
        }
        Self::of_good_size(draft)
    }

    /// Checks all but the size.
    fn of_good_size(draft: TermsDraft) -> Result<Self, TermsError> {
        check_price_and_term(&draft)?;
        check_window(&draft.window)?;
        check_method(&draft.method)?;
        check_needs(&draft.request)?;
        Ok(Self(draft))
    }

    /// Lets the fields be changed again.
    pub fn into_draft(self) -> TermsDraft {
        self.0
    }

    /// The name of the bid.
    pub fn name(&self) -> BidName {
        bid_name(self)
    }

    /// The price of all periods.
    ///
    /// # Errors
    /// It is `2^63` or more, which no price within the range gives.
    pub fn price_of_all(&self, price: Amount) -> Result<Amount, RangeError> {
        price.checked_mul(self.term.periods.to_number())
    }

    /// What is charged on a sum; rounded down.
    ///
    /// # Errors
    /// It is `2^63` or more, which no sum within the range gives.
    pub fn fee(&self, amount: Amount) -> Result<Amount, RangeError> {
        fee(amount, self.fee_ppm)
    }

    /// What the application puts behind the bid, beside the reserve: the ceiling of all periods and the fee on it.
    ///
    /// # Errors
    /// None: terms whose escrow is `2^63` or more do not exist. The type keeps the arithmetic honest.
    pub fn escrow(&self) -> Result<Amount, RangeError> {
        let most = self.price_of_all(self.price.ceiling)?;
        most.checked_add(self.fee(most)?)
    }

    /// What an open bid holds: its reserve and its escrow.
    ///
    /// # Errors
    /// None, as for [`Terms::escrow`].
    pub fn funding(&self) -> Result<Value, RangeError> {
        Value::of_lovelace(BID_RESERVE).plus(&self.asset, self.escrow()?)
    }
}

/// What is charged on a sum: `amount * fee_ppm / 1_000_000`, rounded down.
///
/// # Errors
/// It is `2^63` or more.
pub fn fee(amount: Amount, fee_ppm: Ppm) -> Result<Amount, RangeError> {
    fee_on(u128::from(amount.to_units()), fee_ppm)
        .ok_or(RangeError { name: "Amount", operation: "multiplication" })
        .and_then(Amount::try_from)
}

impl Deref for Terms {
    type Target = TermsDraft;

    fn deref(&self) -> &TermsDraft {
        &self.0
    }
}

impl TryFrom<TermsDraft> for Terms {
    type Error = TermsError;

    fn try_from(draft: TermsDraft) -> Result<Self, TermsError> {
        Self::new(draft)
    }
}

impl From<Terms> for TermsDraft {
    fn from(terms: Terms) -> Self {
        terms.into_draft()
    }
}

impl Codec for Terms {
    const NAME: &'static str = TermsDraft::NAME;

    fn write(&self, writer: &mut Writer) {
        self.0.write(writer);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let start = reader.position();
        let draft = TermsDraft::read(reader)?;
        let read = reader.position().saturating_sub(start);
        // INVARIANT: no data is written in more than twice the bytes it was read from: what grows are the ends of
        // lists (by one byte, and they have two) and byte strings above 64 bytes (by four, and two more for each 64).
        let checked = if read <= MAX_TERMS_SIZE / 2 { Self::of_good_size(draft) } else { Self::new(draft) };
        checked.map_err(|error| reader.fault(DecodeFault::Terms(error)))
    }
}

impl PlutusData for Terms {}

/// Whether a whole term, grace included, is short enough.
pub(crate) fn term_fits(period: Span, periods: Count, grace: Span) -> bool {
    period
        .checked_mul(periods.to_number())
        .and_then(|length| length.checked_add(grace))
        .is_ok_and(|length| length <= MAX_TERM)
}

fn check_price_and_term(draft: &TermsDraft) -> Result<(), TermsError> {
    let TermsDraft { price: PriceRange { floor, ceiling }, term: Term { period, periods, grace }, .. } =
        *draft;
    if floor > ceiling {
        return Err(TermsError::Price { floor, ceiling });
    }
    if period < MIN_PERIOD {
        return Err(TermsError::Period { limit: MIN_PERIOD, found: period });
    }
    if periods == Count::ZERO {
        return Err(TermsError::Periods);
    }
    if !term_fits(period, periods, grace) {
        return Err(TermsError::Term { periods, period, grace, limit: MAX_TERM });
    }
    let most = u128::from(ceiling.to_units())
        .checked_mul(u128::from(periods.to_number()))
        .ok_or(TermsError::Escrow)?;
    let fee = fee_on(most, draft.fee_ppm).ok_or(TermsError::Escrow)?;
    if u128::from(draft.bond.to_units()) < fee {
        return Err(TermsError::Bond { bond: draft.bond, fee });
    }
    let escrow_and_bond = most.checked_add(fee).and_then(|sum| sum.checked_add(draft.bond.to_units().into()));
    match escrow_and_bond.map(Amount::try_from) {
        Some(Ok(_)) => Ok(()),
        _ => Err(TermsError::Escrow),
    }
}

fn check_window(window: &Window) -> Result<(), TermsError> {
    let Window { opens, closes, settles } = *window;
    if opens >= closes {
        return Err(TermsError::Opens { opens, closes });
    }
    if settles.since(closes) < MIN_SETTLING {
        return Err(TermsError::Settling { closes, settles, limit: MIN_SETTLING });
    }
    if settles.since(opens) > MAX_WINDOW {
        return Err(TermsError::Window { opens, settles, limit: MAX_WINDOW });
    }
    Ok(())
}

fn check_method(method: &Method) -> Result<(), TermsError> {
    let Method::Auction { price, fit, reputation } = *method else {
        return Ok(());
    };
    for (criterion, found) in [("price", price), ("fit", fit), ("reputation", reputation)] {
        if found > Ppm::ONE {
            return Err(TermsError::Weight { criterion, found });
        }
    }
    Ok(())
}

fn check_needs(request: &Request) -> Result<(), TermsError> {
    let found = request.needs.len();
    if found > MAX_NEEDS {
        return Err(TermsError::Needs { limit: MAX_NEEDS, found });
    }
    let mut others = request.needs.iter();
    while let Some(need) = others.next() {
        if others.clone().any(|other| other.name == need.name) {
            return Err(TermsError::NeededTwice { name: need.name.clone() });
        }
    }
    Ok(())
}

/// Terms for tests: an auction for two needs, ten periods of a minute.
#[cfg(test)]
pub(crate) fn sample_terms() -> TermsDraft {
    let amount = |units| Amount::from_units(units).unwrap();
    let time = |milliseconds| Time::from_milliseconds(milliseconds).unwrap();
    let need = |name: &str, required, preferred| crate::Need {
        name: name.into(),
        required: crate::Quantity::from_units(required).unwrap(),
        preferred: crate::Quantity::from_units(preferred).unwrap(),
    };
    TermsDraft {
        grid: GridId::from_bytes([1; 28]),
        nonce: Count::from_number(7).unwrap(),
        application: KeyHash::from_bytes([0xa0; 28]),
        refund: Address::of_key(KeyHash::from_bytes([0xa1; 28])),
        asset: Asset::Lovelace,
        fee_ppm: Ppm::from_millionths(10_000).unwrap(),
        request: Request {
            needs: vec![need("cpu", 1000, 4000), need("memory", 1 << 30, 1 << 30)],
            labels: [crate::Label::new("region", "eu")].into_iter().collect(),
            endorsed: [crate::Label::new("tier", "gold")].into_iter().collect(),
        },
        price: PriceRange { floor: amount(100_000), ceiling: amount(500_000) },
        term: Term {
            period: Span::from_seconds(60).unwrap(),
            periods: Count::from_number(10).unwrap(),
            grace: Span::from_seconds(120).unwrap(),
        },
        bond: amount(1_000_000),
        window: Window { opens: time(1_000_000), closes: time(2_000_000), settles: time(2_300_000) },
        method: Method::auction(Ppm::ONE, Ppm::ONE, Ppm::ONE),
        workload: WorkloadHash::from_bytes([0xcc; 32]),
    }
}

/// Generates terms that may not stand.
#[cfg(any(test, feature = "test-utils"))]
pub fn any_terms_draft() -> impl proptest::strategy::Strategy<Value = TermsDraft> {
    use crate::integer::{any_amount, any_count, any_ppm};
    use crate::request::{any_method, any_price_range, any_request, any_term, any_window};
    use proptest::prelude::*;
    let who =
        (crate::id::any_grid_id(), any_count(), crate::id::any_key_hash(), crate::address::any_address());
    let what = (crate::value::any_asset(), any_ppm(), any_request(), any_price_range(), any_term());
    let how = (any_amount(), any_window(), any_method(), crate::id::any_workload_hash());
    (who.boxed(), what.boxed(), how.boxed()).prop_map(
        |(
            (grid, nonce, application, refund),
            (asset, fee_ppm, request, price, term),
            (bond, window, method, workload),
        )| TermsDraft {
            grid,
            nonce,
            application,
            refund,
            asset,
            fee_ppm,
            request,
            price,
            term,
            bond,
            window,
            method,
            workload,
        },
    )
}

/// Generates terms.
#[cfg(any(test, feature = "test-utils"))]
pub fn any_terms() -> impl proptest::strategy::Strategy<Value = Terms> {
    use proptest::prelude::*;
    let ranges =
        (0..1_000_000_000u64, 0..1_000_000_000u64, 60_000..86_400_000u64, 1..300u64, 0..86_400_000u64);
    let course = (0..100_000u64, 0..4_000_000_000_000u64, 1..86_400_000u64, 300_000..86_400_000u64);
    (any_terms_draft().boxed(), ranges, course).prop_filter_map(
        "well formed",
        |(mut draft, ranges, course)| {
            let (floor, width, period, periods, grace) = ranges;
            let (fee_ppm, opens, open, settling) = course;
            let floor = Amount::from_units(floor).ok()?;
            draft.price =
                PriceRange { floor, ceiling: floor.checked_add(Amount::from_units(width).ok()?).ok()? };
            draft.term = Term {
                period: Span::from_milliseconds(period).ok()?,
                periods: Count::from_number(periods).ok()?,
                grace: Span::from_milliseconds(grace).ok()?,
            };
            draft.fee_ppm = Ppm::from_millionths(fee_ppm).ok()?;
            let most = draft.price.ceiling.checked_mul(periods).ok()?;
            draft.bond = draft.bond.max(fee(most, draft.fee_ppm).ok()?);
            let opens = Time::from_milliseconds(opens).ok()?;
            let closes = opens.after(Span::from_milliseconds(open).ok()?).ok()?;
            let settles = closes.after(Span::from_milliseconds(settling).ok()?).ok()?;
            draft.window = Window { opens, closes, settles };
            let mut names = Vec::new();
            draft.request.needs.retain(|need| {
                let new = !names.contains(&need.name);
                names.push(need.name.clone());
                new
            });
            Terms::new(draft).ok()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut TermsDraft)) -> String {
        let mut draft = sample_terms();
        change(&mut draft);
        Terms::new(draft).unwrap_err().to_string()
    }

    #[test]
    fn the_sample_is_well_formed_and_holds_its_escrow() {
        let terms = Terms::new(sample_terms()).unwrap();
        assert_eq!(terms.escrow().unwrap().to_units(), 5_050_000);
        assert_eq!(terms.name(), bid_name(&sample_terms()));
    }

    #[test]
    fn each_condition_is_named() {
        let amount = |units| Amount::from_units(units).unwrap();
        let span = |milliseconds| Span::from_milliseconds(milliseconds).unwrap();
        let time = |milliseconds| Time::from_milliseconds(milliseconds).unwrap();
        let number = |number| Count::from_number(number).unwrap();
        assert!(
            refused(|terms| {
                terms.request.labels = [crate::Label::new("k", &"v".repeat(1000))].into_iter().collect();
            })
            .starts_with("serialised terms have at most 1100 bytes, found 1")
        );
        assert_eq!(
            refused(|terms| terms.price.floor = amount(500_001)),
            "the floor 500001 is above the ceiling 500000"
        );
        assert_eq!(
            refused(|terms| terms.term.period = span(59_999)),
            "a period lasts at least 60000 ms, found 59999"
        );
        assert_eq!(
            refused(|terms| terms.term.periods = Count::ZERO),
            "there is at least 1 period, found none"
        );
        assert_eq!(
            refused(|terms| terms.term.grace = span(31_621_800_001)),
            "10 periods of 60000 ms with a grace of 31621800001 ms last longer than 31622400000 ms"
        );
        assert_eq!(
            refused(|terms| terms.bond = amount(49_999)),
            "the bond 49999 is below the fee 50000 on the highest price"
        );
        assert_eq!(
            refused(|terms| {
                terms.price.ceiling = Amount::MAX;
                terms.bond = Amount::MAX;
            }),
            "the highest price of all periods, its fee and the bond are 2^63 or more together"
        );
        assert_eq!(
            refused(|terms| terms.window.opens = time(2_000_000)),
            "the window opens at 2000000, which is not before it closes at 2000000"
        );
        assert_eq!(
            refused(|terms| terms.window.settles = time(2_299_999)),
            "at least 300000 ms lie between closing at 2000000 and settling at 2299999"
        );
        assert_eq!(
            refused(|terms| terms.window.settles = time(2_593_000_001)),
            "at most 2592000000 ms lie between opening at 1000000 and settling at 2593000001"
        );
        let over = Ppm::from_millionths(1_000_001).unwrap();
        assert_eq!(
            refused(|terms| terms.method = Method::auction(Ppm::ONE, over, Ppm::ONE)),
            "the weight of fit is at most 1000000, found 1000001"
        );
        let need = sample_terms().request.needs[0].clone();
        assert_eq!(
            refused(|terms| terms.request.needs = vec![need.clone(); 17]),
            "there are at most 16 needs, found 17"
        );
        assert_eq!(refused(|terms| terms.request.needs.push(need.clone())), "cpu is needed twice");
        assert_eq!(
            refused(|terms| terms.term.periods = number(u64::MAX >> 1)),
            "9223372036854775807 periods of 60000 ms with a grace of 120000 ms last longer than 31622400000 ms"
        );
    }
}
