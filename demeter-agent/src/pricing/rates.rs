//! Rates: so much for so many units of a resource, by the hour.

use std::collections::BTreeMap;

use demeter_core::{Amount, Quantity, RangeError, ResourceName};

use super::{Declined, Job};

/// Milliseconds in an hour.
const HOUR: u128 = 3_600_000;

/// What a resource costs for an hour.
///
/// A byte for an hour costs less than the smallest unit of any asset, so a rate is a price for many units: one gibibyte,
/// a thousand millicores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// The price, in integer units of the grid's settlement asset.
    pub price: Amount,
    /// For how many of the resource's units; of none, nothing is charged.
    pub per: Quantity,
}

/// The rates of the resources that an operator sells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    by_resource: BTreeMap<ResourceName, Rate>,
    base: Amount,
}

impl Rates {
    /// No rates yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a rate for a resource, in place of an earlier one.
    #[must_use]
    pub fn with(mut self, resource: impl Into<ResourceName>, rate: Rate) -> Self {
        self.by_resource.insert(resource.into(), rate);
        self
    }

    /// With a price for an hour of anything at all, whatever it uses.
    #[must_use]
    pub fn with_base(mut self, price: Amount) -> Self {
        self.base = price;
        self
    }

    /// What one period of a job costs: the sum over its resources, rounded up to a whole unit of the asset.
    ///
    /// # Errors
    /// A resource of which anything is given has no rate, or the sum is `2^63` or more.
    pub fn price(&self, job: &Job<'_>) -> Result<Amount, Declined> {
        let period = u128::from(job.terms.term.period.to_milliseconds());
        let overflow = || RangeError { name: "Amount", operation: "multiplication" };
        // In units of the asset for a millisecond, far finer than what is charged; each part is rounded up to one.
        let mut sum = u128::from(self.base.to_units()).checked_mul(period).ok_or_else(overflow)?;
        for (need, amount) in job.terms.request.needs.iter().zip(job.resources) {
            if *amount == Quantity::ZERO {
                continue;
            }
            let rate = self
                .by_resource
                .get(&need.name)
                .ok_or_else(|| Declined::NoRate { resource: need.name.clone() })?;
            let units = u128::from(amount.to_units()).checked_mul(u128::from(rate.price.to_units()));
            let part = units.and_then(|units| units.checked_mul(period)).ok_or_else(overflow)?;
            let per = u128::from(rate.per.to_units());
            let part = if per == 0 { 0 } else { part.div_ceil(per) };
            sum = sum.checked_add(part).ok_or_else(overflow)?;
        }
        Ok(Amount::try_from(sum.div_ceil(HOUR))?)
    }
}
