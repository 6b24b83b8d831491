//! Resign: an operator gives up its lease.

use super::lease::{lease_of, price_of, settled, unclaimed, whole_periods, with_payment};
use super::{Outcome, Refusal, context::Context};
use crate::Slot;

pub(super) fn resign(context: Context<'_>, slot: &Slot) -> Result<Outcome, Refusal> {
    let lease = lease_of(slot)?;
    let range = context.range()?;
    context.signed_by("owner", slot.owner)?;
    let whole = whole_periods(lease, range.lower);
    let broken = price_of(lease, lease.periods.checked_sub(whole)?)?;
    let (due, kept) = (unclaimed(lease, whole)?, price_of(lease, whole)?);
    let outcome = settled(context, slot, lease, range, due, kept, broken)?;
    Ok(with_payment(context, outcome, lease.refund, lease, broken.checked_add(lease.bond)?))
}
