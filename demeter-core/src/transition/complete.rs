//! Complete: an operator ends a lease that ran its course.

use super::lease::{lease_of, price_of, settled, unclaimed};
use super::{Outcome, Refusal, context::Context};
use crate::{Amount, Slot};

pub(super) fn complete(context: Context<'_>, slot: &Slot) -> Result<Outcome, Refusal> {
    let lease = lease_of(slot)?;
    let range = context.range()?;
    context.signed_by("owner", slot.owner)?;
    range.from(lease.end_of_grace()?)?;
    let due = unclaimed(lease, lease.periods)?.checked_add(lease.bond)?;
    settled(context, slot, lease, range, due, price_of(lease, lease.periods)?, Amount::ZERO)
}
