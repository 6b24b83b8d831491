//! Retire: an operator leaves, and its tokens go back into the pool.

use super::answer::wrong_stage;
use super::{Held, Outcome, Refusal, StateOutput, context::Context};
use crate::limits::OPERATOR_RESERVE;
use crate::{Address, Amount, Asset, Pool, Slot, Stage, State, Token, Value};

const EXPECTED: &str = "a pool, an operator and all its slots";

pub(super) fn retire(context: Context<'_>, primary: &Held<State>, pool: &Pool) -> Result<Outcome, Refusal> {
    let grid = context.grid_of_market(&pool.grid)?;
    let others = context.step.inputs.get(1..).unwrap_or_default();
    let operator = others.iter().find_map(|held| match &held.state {
        State::Operator(operator) => Some((held, operator)),
        _ => None,
    });
    let Some((held, operator)) = operator else {
        return Err(context.wrong_inputs(EXPECTED));
    };
    context.holds(held, &pool.grid)?;
    let mut purse = Value::of_lovelace(OPERATOR_RESERVE);
    let mut slots = 0;
    for held in others {
        if let State::Slot(slot) = &held.state {
            check_slot(context, held, slot, pool, operator.number)?;
            purse = purse.plus(&Asset::Lovelace, held.value.lovelace())?;
            if grid.asset != Asset::Lovelace {
                purse = purse.plus(&grid.asset, held.value.amount_of(&grid.asset))?;
            }
            slots += 1;
        }
    }
    if slots != operator.slots.to_number() || others.len() as u64 != slots + 1 {
        return Err(context.wrong_inputs(EXPECTED));
    }
    let back = |token, count| {
        let idle = context.scripts.tokens_in(&primary.value, token, &pool.grid);
        idle.checked_add(Amount::from_units(count)?)
    };
    let value = context.pool_after(primary, pool, back(Token::Operator, 1)?, back(Token::Slot, slots)?)?;
    let payments = if context.step.signers.contains(&operator.owner) {
        // What was the operator's goes where its owner says.
        Vec::new()
    } else {
        context.quorum(&grid.entities, grid.threshold)?;
        context.payment(Address::of_key(operator.owner), purse).into_iter().collect()
    };
    Ok(Outcome { payments, ..Outcome::of_states(vec![StateOutput::new(value, *pool)]) })
}

fn check_slot(
    context: Context<'_>,
    held: &Held<State>,
    slot: &Slot,
    pool: &Pool,
    number: crate::Count,
) -> Result<(), Refusal> {
    context.holds(held, &pool.grid)?;
    if slot.stage != Stage::Idle {
        return Err(wrong_stage("idle", &slot.stage));
    }
    if slot.operator != number {
        return Err(Refusal::OtherOperator { expected: number, found: slot.operator });
    }
    Ok(())
}
