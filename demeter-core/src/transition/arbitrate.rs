//! Arbitrate: the entities rule on a lease.

use super::lease::{lease_of, price_of, settled, unclaimed, with_payment};
use super::{Outcome, Refusal, context::Context};
use crate::{Amount, Slot};

pub(super) fn arbitrate(
    context: Context<'_>,
    slot: &Slot,
    paid: Amount,
    slashed: Amount,
    broken: Amount,
) -> Result<Outcome, Refusal> {
    let lease = lease_of(slot)?;
    let range = context.range()?;
    let grid = context.grid(&slot.grid)?;
    context.quorum(&grid.entities, grid.threshold)?;
    let due = unclaimed(lease, lease.periods)?;
    let whole_price = price_of(lease, lease.periods)?;
    for (part, limit, found) in [
        ("what is paid", due, paid),
        ("what is slashed", lease.bond, slashed),
        ("what is broken", whole_price, broken),
    ] {
        if found > limit {
            return Err(Refusal::RulingTooHigh { part, limit, found });
        }
    }
    let amount = paid.checked_add(lease.bond)?.checked_sub(slashed)?;
    let kept = price_of(lease, lease.claimed)?.checked_add(paid)?;
    let outcome = settled(context, slot, lease, range, amount, kept, broken)?;
    let back = due.checked_sub(paid)?.checked_add(slashed)?;
    Ok(with_payment(context, outcome, lease.refund, lease, back))
}
