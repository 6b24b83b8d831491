//! Close: an application ends its lease.

use super::lease::{clamped, lease_of, price_of, settled, unclaimed, whole_periods};
use super::{Outcome, Refusal, context::Context};
use crate::{Amount, Count, Slot};

pub(super) fn close(context: Context<'_>, slot: &Slot) -> Result<Outcome, Refusal> {
    let lease = lease_of(slot)?;
    let range = context.range()?;
    context.signed_by("application", lease.application)?;
    let elapsed = range.upper.since(lease.start).to_milliseconds();
    let begun = Count::from_number(elapsed.div_ceil(lease.period.to_milliseconds().max(1)))?;
    let pay = unclaimed(lease, clamped(lease, begun))?;
    let kept = price_of(lease, whole_periods(lease, range.upper))?;
    settled(context, slot, lease, range, pay.checked_add(lease.bond)?, kept, Amount::ZERO)
}
