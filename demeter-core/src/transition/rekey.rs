//! Rekey: a slot learns its operator's new key.

use super::{Held, Outcome, Refusal, StateOutput, context::Context};
use crate::{Slot, State};

pub(super) fn rekey(context: Context<'_>, primary: &Held<State>, slot: &Slot) -> Result<Outcome, Refusal> {
    let owner = context.operator(&slot.grid, slot.operator)?.owner;
    if owner == slot.owner {
        return Err(Refusal::SameOwner { owner });
    }
    let slot = Slot { owner, ..slot.clone() };
    Ok(Outcome::of_states(vec![StateOutput::new(primary.value.clone(), slot)]))
}
