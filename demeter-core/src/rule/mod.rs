//! The allocation rule: which offer is better, and by how much.
//!
//! All arithmetic is on integers that are not negative; division rounds down; nothing else rounds. It is the same
//! arithmetic as in `validators/lib/demeter/rule.ak`, and gives the same integers.
//!
//! - [`score`]: how good a record is, in millionths; [`record`] adds a settlement to one.
//! - [`cheapness`] and [`fit`]: how good a price and resources are, in millionths.
//! - [`merit`]: the three weighed; [`Rank`]: the total order of the offers on a bid.
//! - [`entry`] and [`ramped`]: when an operator may respond to a race, and the most it may ask for.

mod merit;
mod race;
mod rank;
mod score;

pub use merit::{Appraisal, appraise, cheapness, fit, merit};
pub use race::{entry, ramped};
pub use rank::{Rank, tie};
pub use score::{record, score};

use crate::Ppm;

/// The whole, in millionths.
const ONE: u128 = Ppm::ONE.to_millionths() as u128;

/// A part of the whole; clamped to it, which rounding down never needs.
fn part(numerator: u128, denominator: u128) -> Ppm {
    let millionths =
        numerator.checked_mul(ONE).and_then(|scaled| scaled.checked_div(denominator)).unwrap_or(ONE);
    Ppm::try_from(millionths.min(ONE)).unwrap_or(Ppm::ONE)
}
