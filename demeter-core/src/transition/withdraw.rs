//! Withdraw: an offer that did not win becomes idle again.

use super::answer::{slot_in, wrong_stage};
use super::{Held, Outcome, Refusal, context::Context};
use crate::{Slot, Stage, State};

pub(super) fn withdraw(context: Context<'_>, primary: &Held<State>, slot: &Slot) -> Result<Outcome, Refusal> {
    let range = context.range()?;
    let Stage::Offered(offered) = &slot.stage else {
        return Err(wrong_stage("offered", &slot.stage));
    };
    context.signed_by("owner", slot.owner)?;
    range.from(offered.until)?;
    Ok(slot_in(slot, primary.value.clone(), Stage::Idle))
}
