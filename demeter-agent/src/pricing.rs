//! What an operator asks for its resources.
//!
//! A [`Pricing`] is asked for the price of a [`Job`]: the resources that a bid would get, for how long, and how full the
//! cluster would be with it. It answers at once and from what it knows: [`Fixed`] rates, [`CostPlus`] a markup that
//! grows as the cluster fills, or [`Quotes`] that a program gave before ([`External`]). What takes time happens at the
//! rim, so that an operator's decisions stay a function of what it knows.

mod cost_plus;
mod external;
mod fixed;
mod quotes;
mod rates;

use demeter_core::{Amount, BidName, Ppm, Quantity, RangeError, ResourceName, Terms, Time};

pub use cost_plus::{CostPlus, Markup};
pub use external::{Answer, External, ExternalError, ExternalOptions, Request};
pub use fixed::Fixed;
pub use quotes::Quotes;
pub use rates::{Rate, Rates};

/// What an operator would do for a bid, and is to be priced.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The name of the bid.
    pub bid: BidName,
    /// Its terms.
    pub terms: &'a Terms,
    /// What it would get: one amount for each need, in their order.
    pub resources: &'a [Quantity],
    /// How much of the cluster would be in use with it: the fullest of the resources that the bid needs.
    pub utilisation: Ppm,
}

/// A policy that names prices.
pub trait Pricing: Send + Sync {
    /// The least that the operator asks for one period of a job.
    ///
    /// # Errors
    /// It names none.
    fn quote(&self, job: &Job<'_>) -> Result<Amount, Declined>;
}

/// Why a policy names no price.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Declined {
    /// It has no rate for a resource that would be given.
    #[error("there is no rate for {resource}")]
    NoRate {
        /// Which one.
        resource: ResourceName,
    },
    /// It has not been asked yet, or has not answered.
    #[error("no price has been quoted yet")]
    Unquoted,
    /// It cannot be asked.
    #[error("no price can be asked for: {reason}")]
    Unavailable {
        /// Why.
        reason: Box<ExternalError>,
        /// In the head's time, when it is worth asking again.
        again: Time,
    },
    /// It does not want the job.
    #[error("the pricing policy declines: {reason}")]
    Refused {
        /// What it says.
        reason: String,
    },
    /// The price cannot be counted.
    #[error("the price is out of range: {0}")]
    Range(#[from] RangeError),
}

impl Declined {
    /// A stable name of the condition, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoRate { .. } => "no_rate",
            Self::Unquoted => "unquoted",
            Self::Unavailable { .. } => "policy_unavailable",
            Self::Refused { .. } => "policy_declines",
            Self::Range(_) => "price_out_of_range",
        }
    }
}

#[cfg(test)]
mod tests;
