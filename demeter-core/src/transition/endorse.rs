//! Endorse: the entities vouch for labels of an operator.

use super::admit::check_size;
use super::{Held, Outcome, Refusal, StateOutput, context::Context};
use crate::{Labels, Operator, State};

pub(super) fn endorse(
    context: Context<'_>,
    primary: &Held<State>,
    operator: &Operator,
    endorsed: &Labels,
) -> Result<Outcome, Refusal> {
    context.others(0, "an operator alone")?;
    let grid = context.grid(&operator.grid)?;
    context.quorum(&grid.entities, grid.threshold)?;
    let operator = Operator { endorsed: endorsed.clone(), ..operator.clone() };
    check_size(&operator)?;
    Ok(Outcome::of_states(vec![StateOutput::new(primary.value.clone(), operator)]))
}
