//! Extend: operator and application add periods to their lease.

use super::lease::{lease_of, leased, price_of, with_payment};
use super::{Outcome, Refusal, context::Context};
use crate::limits::MAX_TERM;
use crate::terms::{fee_on, term_fits};
use crate::{Amount, Count, Leased, RangeError, Slot};

const OUT_OF_RANGE: RangeError = RangeError { name: "fee", operation: "multiplication" };

pub(super) fn extend(context: Context<'_>, slot: &Slot, more: Count) -> Result<Outcome, Refusal> {
    let lease = lease_of(slot)?;
    let grid = context.grid(&slot.grid)?;
    context.signed_by("owner", slot.owner)?;
    context.signed_by("application", lease.application)?;
    if more == Count::ZERO {
        return Err(Refusal::NoMorePeriods);
    }
    let periods = lease.periods.checked_add(more)?;
    if !term_fits(lease.period, periods, lease.grace) {
        return Err(Refusal::TermTooLong { limit: MAX_TERM });
    }
    price_of(lease, periods)?.checked_add(lease.bond)?;
    // The difference of two fees: extending period by period costs no less than at once.
    let fee_of = |periods| {
        let price = u128::from(price_of(lease, periods)?.to_units());
        fee_on(price, lease.fee_ppm).ok_or(Refusal::Range(OUT_OF_RANGE))
    };
    let fee = Amount::try_from(fee_of(periods)?.saturating_sub(fee_of(lease.periods)?))?;
    let outcome = leased(context, slot, Leased { periods, ..lease.clone() })?;
    Ok(with_payment(context, outcome, grid.treasury, lease, fee))
}
