//! How good an offer is.

use super::{ONE, part, score};
use crate::{
    Amount, Grid, Merit, Method, Need, Ppm, PriceRange, Quantity, RangeError, Reputation, TermsDraft,
};

/// How far a price is below the ceiling, in millionths of the range; rounded down. All of it where floor and
/// ceiling are the same.
pub fn cheapness(range: &PriceRange, price: Amount) -> Ppm {
    if range.floor == range.ceiling {
        return Ppm::ONE;
    }
    let below = range.ceiling.to_units().saturating_sub(price.to_units());
    let width = range.ceiling.to_units().saturating_sub(range.floor.to_units());
    part(u128::from(below), u128::from(width))
}

/// How near the resources come to what is preferred: the mean, in millionths, over the needs that prefer more than
/// they require. Each part and the mean are rounded down. All of it where there is no such need.
pub fn fit(needs: &[Need], resources: &[Quantity]) -> Ppm {
    let parts = needs.iter().zip(resources).filter(|(need, _)| need.preferred > need.required).map(
        |(need, amount)| {
            let above = amount.min(&need.preferred).to_units().saturating_sub(need.required.to_units());
            let width = need.preferred.to_units().saturating_sub(need.required.to_units());
            part(u128::from(above), u128::from(width)).to_millionths()
        },
    );
    let (sum, count) = parts.fold((0u64, 0u64), |(sum, count), part| (sum + part, count + 1));
    sum.checked_div(count).and_then(|mean| Ppm::from_millionths(mean).ok()).unwrap_or(Ppm::ONE)
}

/// What an auction ranks by: the three parts under the method's weights. Nothing in a race.
///
/// # Errors
/// It is `2^63` or more, which no weight up to the whole gives.
pub fn merit(method: &Method, cheapness: Ppm, fit: Ppm, score: Ppm) -> Result<Merit, RangeError> {
    let Method::Auction { price: w_price, fit: w_fit, reputation: w_reputation } = method else {
        return Ok(Merit::ZERO);
    };
    // INVARIANT: the parts are at most the whole, and each product is below 2^63 * 2^20.
    let product = |weight: &Ppm, part: Ppm| {
        u128::from(weight.to_millionths()) * u128::from(part.to_millionths()).min(ONE)
    };
    Merit::try_from(product(w_price, cheapness) + product(w_fit, fit) + product(w_reputation, score))
}

/// How good an offer would be, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Appraisal {
    /// How far the price is below the ceiling.
    pub cheapness: Ppm,
    /// How near the resources come to what is preferred.
    pub fit: Ppm,
    /// How good the operator's record is when the bid opens.
    pub score: Ppm,
    /// The three weighed.
    pub merit: Merit,
}

/// Says how good an offer of this record, price and resources would be.
///
/// # Errors
/// The merit is `2^63` or more, which well-formed terms never give.
pub fn appraise(
    terms: &TermsDraft,
    grid: &Grid,
    reputation: &Reputation,
    price: Amount,
    resources: &[Quantity],
) -> Result<Appraisal, RangeError> {
    let cheapness = cheapness(&terms.price, price);
    let fit = fit(&terms.request.needs, resources);
    let score = score(grid, reputation, terms.window.opens);
    let merit = merit(&terms.method, cheapness, fit, score)?;
    Ok(Appraisal { cheapness, fit, score, merit })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ResourceName;

    fn range(floor: u64, ceiling: u64) -> PriceRange {
        let amount = |units| Amount::from_units(units).unwrap();
        PriceRange { floor: amount(floor), ceiling: amount(ceiling) }
    }

    fn need(name: &str, required: u64, preferred: u64) -> Need {
        let quantity = |units| Quantity::from_units(units).unwrap();
        Need { name: ResourceName::from(name), required: quantity(required), preferred: quantity(preferred) }
    }

    #[test]
    fn cheapness_is_the_part_of_the_range_below_the_ceiling() {
        let at = |price| cheapness(&range(10, 40), Amount::from_units(price).unwrap()).to_millionths();
        assert_eq!([at(10), at(20), at(30), at(40)], [1_000_000, 666_666, 333_333, 0]);
        assert_eq!(cheapness(&range(5, 5), Amount::from_units(5).unwrap()), Ppm::ONE);
    }

    #[test]
    fn fit_is_the_mean_over_preferences() {
        let needs = [need("cpu", 1, 4), need("memory", 5, 5), need("gpu", 0, 2)];
        let at = |amounts: [u64; 3]| {
            let amounts = amounts.map(|units| Quantity::from_units(units).unwrap());
            fit(&needs, &amounts).to_millionths()
        };
        assert_eq!(at([1, 5, 0]), 0);
        assert_eq!(at([2, 5, 0]), 166_666);
        assert_eq!(at([9, 9, 9]), 1_000_000);
        assert_eq!(fit(&[], &[]), Ppm::ONE);
    }

    #[test]
    fn merit_weighs_the_three() {
        let ppm = |millionths| Ppm::from_millionths(millionths).unwrap();
        let method = Method::auction(ppm(1), ppm(2), ppm(3));
        assert_eq!(merit(&method, ppm(10), ppm(100), ppm(1000)).unwrap().to_points(), 3210);
        assert_eq!(merit(&Method::race(crate::Span::ZERO), Ppm::ONE, Ppm::ONE, Ppm::ONE), Ok(Merit::ZERO));
    }
}
