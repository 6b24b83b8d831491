//! Update: an operator changes what it says of itself.

use super::admit::check_size;
use super::{Held, Outcome, Refusal, StateOutput, context::Context};
use crate::limits::UPDATE_INTERVAL;
use crate::{KeyHash, Labels, Operator, Resources, State, Text};

pub(super) fn update(
    context: Context<'_>,
    primary: &Held<State>,
    operator: &Operator,
    owner: KeyHash,
    endpoint: &Text,
    capacity: &Resources,
    labels: &Labels,
) -> Result<Outcome, Refusal> {
    context.others(0, "an operator alone")?;
    let range = context.range()?;
    context.signed_by("owner", operator.owner)?;
    context.signed_by("new owner", owner)?;
    range.from(operator.updated.after(UPDATE_INTERVAL)?)?;
    let operator = Operator {
        owner,
        endpoint: endpoint.clone(),
        capacity: capacity.clone(),
        labels: labels.clone(),
        updated: range.upper,
        ..operator.clone()
    };
    check_size(&operator)?;
    Ok(Outcome::of_states(vec![StateOutput::new(primary.value.clone(), operator)]))
}
