//! What it costs, and a markup that grows as the cluster fills.

use demeter_core::{Amount, Ppm, RangeError};

use super::{Declined, Job, Pricing, Rates};

/// What is added to the cost, in millionths of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Markup {
    /// On an empty cluster.
    pub empty: Ppm,
    /// On a full one; between the two it rises, or falls, linearly.
    pub full: Ppm,
}

impl Markup {
    /// The markup at a utilisation, rounded down; beyond the whole, that of the whole.
    pub fn at(&self, utilisation: Ppm) -> Ppm {
        let whole = u128::from(Ppm::ONE.to_millionths());
        let used = u128::from(utilisation.to_millionths()).min(whole);
        // INVARIANT: a mean of two ratios is in range, and the products are below 2^63 * 2^20.
        let mean = (u128::from(self.full.to_millionths()) * used
            + u128::from(self.empty.to_millionths()) * (whole - used))
            / whole;
        Ppm::try_from(mean).unwrap_or(self.full)
    }
}

/// Cost and markup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CostPlus {
    /// What the resources cost the operator.
    pub costs: Rates,
    /// What it adds.
    pub markup: Markup,
}

impl CostPlus {
    /// These costs with this markup.
    pub const fn new(costs: Rates, markup: Markup) -> Self {
        Self { costs, markup }
    }
}

impl Pricing for CostPlus {
    fn quote(&self, job: &Job<'_>) -> Result<Amount, Declined> {
        let cost = u128::from(self.costs.price(job)?.to_units());
        let whole = u128::from(Ppm::ONE.to_millionths());
        let factor = whole + u128::from(self.markup.at(job.utilisation).to_millionths());
        let overflow = RangeError { name: "Amount", operation: "multiplication" };
        let price = cost.checked_mul(factor).ok_or(overflow)?.div_ceil(whole);
        Ok(Amount::try_from(price)?)
    }
}
