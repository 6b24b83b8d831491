//! Extend: operator and application add periods to their lease.

use super::lease::{lease_of, leased, price_of, with_payment};
use super::{Outcome, Refusal, context::Context};
use crate::limits::MAX_TERM;
use crate::terms::term_fits;
use crate::{Count, Leased, Slot, fee};

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
    // The difference of two fees: extending period by period costs no less than at once.
    let whole_price = price_of(lease, periods)?;
    let whole_fee = fee(whole_price, lease.fee_ppm)?;
    whole_price.checked_add(whole_fee)?.checked_add(lease.bond)?;
    let fee = whole_fee.checked_sub(fee(price_of(lease, lease.periods)?, lease.fee_ppm)?)?;
    let outcome = leased(context, slot, Leased { periods, ..lease.clone() })?;
    Ok(with_payment(context, outcome, grid.treasury, lease, fee))
}
