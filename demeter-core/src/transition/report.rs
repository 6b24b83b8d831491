//! Report: what a settled slot tells goes into its operator's record.

use super::answer::wrong_stage;
use super::{Held, Outcome, Refusal, StateOutput, context::Context};
use crate::rule::record;
use crate::{Operator, Slot, Stage, State};

pub(super) fn report(
    context: Context<'_>,
    primary: &Held<State>,
    operator: &Operator,
) -> Result<Outcome, Refusal> {
    let (held, slot) = context.other_slot("an operator and a settled slot")?;
    let grid = context.grid_of_market(&operator.grid)?;
    let Stage::Settled(settled) = &slot.stage else {
        return Err(wrong_stage("settled", &slot.stage));
    };
    context.holds(held, &operator.grid)?;
    if slot.operator != operator.number {
        return Err(Refusal::OtherOperator { expected: operator.number, found: slot.operator });
    }
    let reputation = record(&operator.reputation, settled.kept, settled.broken, settled.at, grid.half_life);
    let operator = Operator { reputation, ..operator.clone() };
    let idle = Slot { grid: operator.grid, stage: Stage::Idle, ..slot.clone() };
    let states =
        vec![StateOutput::new(primary.value.clone(), operator), StateOutput::new(held.value.clone(), idle)];
    Ok(Outcome::of_states(states))
}
