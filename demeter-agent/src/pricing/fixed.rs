//! The same rates, whatever happens.

use demeter_core::Amount;

use super::{Declined, Job, Pricing, Rates};

/// Fixed rates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fixed {
    /// What is charged.
    pub rates: Rates,
}

impl Fixed {
    /// Charges these rates.
    pub const fn new(rates: Rates) -> Self {
        Self { rates }
    }
}

impl Pricing for Fixed {
    fn quote(&self, job: &Job<'_>) -> Result<Amount, Declined> {
        self.rates.price(job)
    }
}
