//! Why an offer wins or loses.

use std::fmt;

use crate::rule::{Rank, cheapness, fit};
use crate::{Amount, Leader, Merit, Method, Ppm, TermsDraft, codec};

/// Where an offer stands among the offers on a bid, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Standing {
    /// 1 for the best.
    pub place: usize,
    /// The offer.
    pub offer: Leader,
    /// How far its price is below the ceiling.
    pub cheapness: Ppm,
    /// How near its resources come to what is preferred.
    pub fit: Ppm,
    /// The operator's score that its merit was made with; unknown where reputation has no weight, because then
    /// it does not matter.
    pub score: Option<Ppm>,
    /// What decided between it and the best offer.
    pub verdict: Verdict,
}

/// What decided between an offer and the best one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Verdict {
    /// It is the best.
    Best,
    /// It has less merit.
    LessMerit {
        /// How much less.
        by: Merit,
        /// What costs it most.
        mostly: Criterion,
    },
    /// It has the same merit, but asks for more.
    HigherPrice {
        /// How much more, for one period.
        by: Amount,
    },
    /// It has the same merit and price; the tie, which falls differently for each bid, went to the other operator.
    Tie,
    /// It is as good an offer of the same operator, from a slot further back.
    HigherIndex,
    /// It is the best offer, given twice.
    Same,
}

/// What an auction weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Criterion {
    /// Cheapness.
    Price,
    /// Fit.
    Fit,
    /// Score.
    Reputation,
}

impl fmt::Display for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Price => "price",
            Self::Fit => "fit",
            Self::Reputation => "reputation",
        })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Best => f.write_str("the best offer"),
            Self::LessMerit { by, mostly } => write!(f, "{by} points less merit, mostly for its {mostly}"),
            Self::HigherPrice { by } => write!(f, "the same merit, but {by} more a period"),
            Self::Tie => f.write_str("the same merit and price, but the tie went to the other operator"),
            Self::HigherIndex => f.write_str("the same offer from a slot further back"),
            Self::Same => f.write_str("the best offer, given twice"),
        }
    }
}

/// There is nothing to explain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExplainError {
    /// Offers are made in auctions only: a race goes to whoever comes first.
    #[error("the bid is a race, which has no offers")]
    Race,
}

/// Says for each offer on a bid where it stands and why, best first.
///
/// # Errors
/// The bid is not an auction.
pub fn explain(terms: &TermsDraft, offers: &[Leader]) -> Result<Vec<Standing>, ExplainError> {
    let Method::Auction { price, fit, reputation } = terms.method else {
        return Err(ExplainError::Race);
    };
    let weights = [price, fit, reputation].map(Ppm::to_millionths);
    let bid = codec::bid_name(terms);
    let mut ranked: Vec<(Rank, &Leader)> =
        offers.iter().map(|offer| (Rank::new(&bid, offer), offer)).collect();
    ranked.sort_by(|(one, _), (other, _)| other.cmp(one));
    let Some((_, best)) = ranked.first().copied() else {
        return Ok(Vec::new());
    };
    let best_parts = Parts::of(terms, weights, best);
    let standings = ranked.iter().enumerate().map(|(position, (_, offer))| {
        let parts = Parts::of(terms, weights, offer);
        let verdict =
            if position == 0 { Verdict::Best } else { decide(best, offer, &best_parts, &parts, weights) };
        Standing {
            place: position + 1,
            offer: (*offer).clone(),
            cheapness: parts.cheapness,
            fit: parts.fit,
            score: parts.score,
            verdict,
        }
    });
    Ok(standings.collect())
}

struct Parts {
    cheapness: Ppm,
    fit: Ppm,
    score: Option<Ppm>,
}

impl Parts {
    fn of(terms: &TermsDraft, weights: [u64; 3], offer: &Leader) -> Self {
        let cheapness = cheapness(&terms.price, offer.price);
        let fit = fit(&terms.request.needs, &offer.resources);
        let [w_price, w_fit, w_reputation] = weights.map(u128::from);
        let known = w_price * u128::from(cheapness.to_millionths()) + w_fit * u128::from(fit.to_millionths());
        let score = u128::from(offer.merit.to_points())
            .checked_sub(known)
            .and_then(|rest| rest.checked_div(w_reputation))
            .and_then(|score| Ppm::try_from(score).ok());
        Self { cheapness, fit, score }
    }

    /// The weighted parts.
    fn points(&self, weights: [u64; 3]) -> [i128; 3] {
        let [w_price, w_fit, w_reputation] = weights.map(i128::from);
        let [cheapness, fit, score] = [self.cheapness, self.fit, self.score.unwrap_or(Ppm::ZERO)]
            .map(|part| i128::from(part.to_millionths()));
        [w_price * cheapness, w_fit * fit, w_reputation * score]
    }
}

fn decide(best: &Leader, offer: &Leader, best_parts: &Parts, parts: &Parts, weights: [u64; 3]) -> Verdict {
    if let Ok(by) = best.merit.checked_sub(offer.merit)
        && by > Merit::ZERO
    {
        let [price, fit, reputation] = best_parts.points(weights);
        let [own_price, own_fit, own_reputation] = parts.points(weights);
        let (price, fit, reputation) = (price - own_price, fit - own_fit, reputation - own_reputation);
        let mostly = if price >= fit && price >= reputation {
            Criterion::Price
        } else if fit >= reputation {
            Criterion::Fit
        } else {
            Criterion::Reputation
        };
        return Verdict::LessMerit { by, mostly };
    }
    if let Ok(by) = offer.price.checked_sub(best.price)
        && by > Amount::ZERO
    {
        return Verdict::HigherPrice { by };
    }
    if best.operator != offer.operator {
        Verdict::Tie
    } else if best.index != offer.index {
        Verdict::HigherIndex
    } else {
        Verdict::Same
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bid::any_leader;
    use crate::rule::{merit, tie};
    use crate::terms::sample_terms;
    use crate::{Count, KeyHash, Quantity};
    use proptest::prelude::*;

    fn offer(operator: u64, index: u64, price: u64, cpu: u64, score: u64) -> Leader {
        let terms = sample_terms();
        let price = Amount::from_units(price).unwrap();
        let resources = [cpu, 1 << 30].map(|units| Quantity::from_units(units).unwrap()).to_vec();
        let (cheapness, fit) = (cheapness(&terms.price, price), fit(&terms.request.needs, &resources));
        Leader {
            operator: Count::from_number(operator).unwrap(),
            index: Count::from_number(index).unwrap(),
            owner: KeyHash::from_bytes([9; 28]),
            price,
            resources,
            merit: merit(&terms.method, cheapness, fit, Ppm::from_millionths(score).unwrap()).unwrap(),
        }
    }

    fn verdicts(offers: &[Leader]) -> Vec<String> {
        let standings = explain(&sample_terms(), offers).unwrap();
        standings.iter().map(|standing| standing.verdict.to_string()).collect()
    }

    #[test]
    fn each_criterion_is_named() {
        let best = offer(1, 0, 100_000, 4000, 500_000);
        let costly = offer(2, 0, 200_000, 4000, 500_000);
        let small = offer(3, 0, 100_000, 1000, 600_000);
        let unproven = offer(4, 0, 100_000, 4000, 400_000);
        assert_eq!(
            verdicts(&[costly.clone(), best.clone(), small, unproven]),
            [
                "the best offer",
                "100000000000 points less merit, mostly for its reputation",
                "250000000000 points less merit, mostly for its price",
                "900000000000 points less merit, mostly for its fit",
            ]
        );
        let mut dear = costly;
        dear.merit = best.merit;
        assert_eq!(verdicts(&[dear, best])[1], "the same merit, but 100000 more a period");
    }

    #[test]
    fn ties_fall_to_the_lower_hash_and_then_to_the_lower_slot() {
        let bid = codec::bid_name(&sample_terms());
        let offers = [offer(1, 0, 100_000, 4000, 0), offer(2, 0, 100_000, 4000, 0)];
        let winner = offers.iter().min_by_key(|offer| tie(&bid, offer.operator)).unwrap();
        let standings = explain(&sample_terms(), &offers).unwrap();
        assert_eq!((&standings[0].offer, standings[1].verdict), (winner, Verdict::Tie));
        let slots = [offer(1, 1, 100_000, 4000, 0), offer(1, 0, 100_000, 4000, 0)];
        assert_eq!(verdicts(&slots), ["the best offer", "the same offer from a slot further back"]);
        assert_eq!(
            verdicts(&[slots[0].clone(), slots[0].clone()]),
            ["the best offer", "the best offer, given twice"]
        );
        assert_eq!(
            Verdict::Tie.to_string(),
            "the same merit and price, but the tie went to the other operator"
        );
    }

    #[test]
    fn the_score_is_found_again() {
        let standings = explain(&sample_terms(), &[offer(1, 0, 333_333, 1234, 456_789)]).unwrap();
        assert_eq!(standings[0].score.unwrap().to_millionths(), 456_789);
    }

    #[test]
    fn a_race_has_no_offers() {
        let terms = TermsDraft { method: Method::race(crate::Span::ZERO), ..sample_terms() };
        let error = explain(&terms, &[]).unwrap_err();
        assert_eq!(error.to_string(), "the bid is a race, which has no offers");
    }

    proptest! {
        #[test]
        fn places_follow_the_order(offers in proptest::collection::vec(any_leader(), 0..6)) {
            let terms = sample_terms();
            let bid = codec::bid_name(&terms);
            let standings = explain(&terms, &offers).unwrap();
            prop_assert_eq!(standings.len(), offers.len());
            for pair in standings.windows(2) {
                prop_assert!(!Rank::better(&bid, &pair[1].offer, &pair[0].offer));
            }
        }
    }
}
