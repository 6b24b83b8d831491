//! What Offer and Take have in common.

use super::{Held, Outcome, Refusal, StateOutput, context::Context};
use crate::rule::{Appraisal, appraise};
use crate::{Amount, Count, Grid, Ineligible, Quantity, Slot, Stage, State, Terms, Value, eligibility};

/// Refuses an answer that terms, grid or record do not allow; says how good it is, and under which grid.
pub(super) fn check_answer<'a>(
    context: Context<'a>,
    terms: &Terms,
    slot: &Slot,
    operator: Count,
    price: Amount,
    resources: &[Quantity],
) -> Result<(Appraisal, &'a Grid), Refusal> {
    let grid = context.grid(&slot.grid)?;
    let operator = context.operator(&slot.grid, operator)?;
    if terms.grid != slot.grid {
        return Err(Ineligible::OtherGrid { bid: terms.grid, grid: slot.grid }.into());
    }
    eligibility::check_answer(terms, operator, grid, price, resources)?;
    context.payable("refund", &terms.refund)?;
    Ok((appraise(terms, grid, &operator.reputation, price, resources)?, grid))
}

/// Refuses an open bid that does not hold just its reserve and escrow.
pub(super) fn check_funding(held: &Held<State>, terms: &Terms) -> Result<(), Refusal> {
    let expected = terms.funding()?;
    if held.value == expected {
        Ok(())
    } else {
        Err(Refusal::NotFunded { expected: Box::new(expected), found: Box::new(held.value.clone()) })
    }
}

/// The slot in another stage, holding this: all that a transition yields.
pub(super) fn slot_in(slot: &Slot, value: Value, stage: Stage) -> Outcome {
    let slot = Slot { stage, ..slot.clone() };
    Outcome::of_states(vec![StateOutput::new(value, slot)])
}

/// The name of a stage, for refusals.
pub(super) const fn stage_name(stage: &Stage) -> &'static str {
    match stage {
        Stage::Idle => "idle",
        Stage::Offered(_) => "offered",
        Stage::Leased(_) => "leased",
        Stage::Settled(_) => "settled",
    }
}

pub(super) const fn wrong_stage(expected: &'static str, stage: &Stage) -> Refusal {
    Refusal::WrongStage { expected, found: stage_name(stage) }
}
