//! Claim: an operator draws the pay of the periods that have passed.

use super::lease::{lease_of, leased, whole_periods};
use super::{Outcome, Refusal, context::Context};
use crate::{Count, Leased, Slot};

pub(super) fn claim(context: Context<'_>, slot: &Slot, claimed: Count) -> Result<Outcome, Refusal> {
    let lease = lease_of(slot)?;
    let range = context.range()?;
    context.signed_by("owner", slot.owner)?;
    if claimed <= lease.claimed {
        return Err(Refusal::NotMoreClaimed { claimed: lease.claimed, found: claimed });
    }
    let elapsed = whole_periods(lease, range.lower);
    if claimed > elapsed {
        return Err(Refusal::ClaimedTooMuch { elapsed, found: claimed });
    }
    leased(context, slot, Leased { claimed, ..lease.clone() })
}
