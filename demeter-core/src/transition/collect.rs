//! Collect: an operator empties its purse.

use super::answer::{slot_in, wrong_stage};
use super::{Outcome, Refusal, context::Context};
use crate::limits::SLOT_RESERVE;
use crate::{Amount, Asset, Slot, Stage, Token};

pub(super) fn collect(context: Context<'_>, slot: &Slot) -> Result<Outcome, Refusal> {
    if !matches!(slot.stage, Stage::Idle | Stage::Settled(_)) {
        return Err(wrong_stage("idle or settled", &slot.stage));
    }
    context.signed_by("owner", slot.owner)?;
    let value = context.state_value(Token::Slot, &slot.grid, SLOT_RESERVE, &Asset::Lovelace, Amount::ZERO)?;
    Ok(slot_in(slot, value, slot.stage.clone()))
}
