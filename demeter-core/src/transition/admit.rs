//! Admit: an operator joins.

use super::{Held, Outcome, Refusal, StateOutput, context::Context};
use crate::limits::{MAX_SLOTS, OPERATOR_RESERVE, SLOT_RESERVE};
use crate::{
    Amount, Asset, Count, KeyHash, Labels, Operator, Pool, Reputation, Resources, Slot, Stage, State, Text,
    Time, Token,
};

/// What a newcomer says of itself.
pub(super) struct Newcomer<'a> {
    pub(super) owner: KeyHash,
    pub(super) endpoint: &'a Text,
    pub(super) capacity: &'a Resources,
    pub(super) labels: &'a Labels,
    pub(super) slots: Count,
}

pub(super) fn admit(
    context: Context<'_>,
    primary: &Held<State>,
    pool: &Pool,
    newcomer: Newcomer<'_>,
) -> Result<Outcome, Refusal> {
    let Newcomer { owner, endpoint, capacity, labels, slots } = newcomer;
    context.others(0, "a pool alone")?;
    let grid = context.grid_of_market(&pool.grid)?;
    context.signed_by("owner", owner)?;
    context.quorum(&grid.entities, grid.admission)?;
    if slots == Count::ZERO || slots.to_number() > MAX_SLOTS {
        return Err(Refusal::SlotsOutOfRange { limit: MAX_SLOTS, found: slots });
    }
    let operator = Operator {
        grid: pool.grid,
        number: pool.next,
        owner,
        endpoint: endpoint.clone(),
        capacity: capacity.clone(),
        labels: labels.clone(),
        endorsed: Labels::default(),
        reputation: Reputation::default(),
        slots,
        updated: Time::ZERO,
    };
    check_size(&operator)?;
    let one = Count::from_number(1)?;
    let operators_left = left(context, primary, pool, Token::Operator, one)?;
    let slots_left = left(context, primary, pool, Token::Slot, slots)?;
    let pool_value = context.pool_after(primary, pool, operators_left, slots_left)?;
    let idle = |index| Slot { grid: pool.grid, operator: pool.next, index, owner, stage: Stage::Idle };
    let state_value =
        |token, reserve| context.state_value(token, &pool.grid, reserve, &Asset::Lovelace, Amount::ZERO);
    let mut states = vec![
        StateOutput::new(pool_value, Pool { grid: pool.grid, next: pool.next.checked_add(one)? }),
        StateOutput::new(state_value(Token::Operator, OPERATOR_RESERVE)?, operator),
    ];
    for index in 0..slots.to_number() {
        let slot = idle(Count::from_number(index)?);
        states.push(StateOutput::new(state_value(Token::Slot, SLOT_RESERVE)?, slot));
    }
    Ok(Outcome::of_states(states))
}

/// Refuses a record so long that a report might not fit into it.
pub(super) fn check_size(operator: &Operator) -> Result<(), Refusal> {
    let (limit, found) = (Operator::MAX_WRITTEN_SIZE, operator.size_when_new());
    if found > limit { Err(Refusal::OperatorTooLong { limit, found }) } else { Ok(()) }
}

/// The idle tokens of the pool without so many.
fn left(
    context: Context<'_>,
    held: &Held<State>,
    pool: &Pool,
    token: Token,
    needed: Count,
) -> Result<Amount, Refusal> {
    let found = context.scripts.tokens_in(&held.value, token, &pool.grid);
    let taken = Amount::from_units(needed.to_number())?;
    found.checked_sub(taken).map_err(|_| Refusal::PoolExhausted { token, needed, found })
}
