//! Deposit: grid and pool move into a head.

use super::context::Context;
use super::{DepositOutput, Held, Outcome, Refusal};
use crate::{Address, Commit, Deposit, Grid, ScriptHash, State, Time};

const EXPECTED: &str = "a grid and its pool";

pub(super) fn deposit(
    context: Context<'_>,
    primary: &Held<State>,
    grid: &Grid,
    head: ScriptHash,
    deadline: Time,
) -> Result<Outcome, Refusal> {
    let [pool @ Held { state: State::Pool(_), .. }] = context.others(1, EXPECTED)? else {
        return Err(context.wrong_inputs(EXPECTED));
    };
    context.holds(pool, &grid.id)?;
    context.quorum(&grid.entities, grid.threshold)?;
    let mut held = [primary, pool];
    held.sort_by_key(|held| held.reference);
    let commits = held.map(|held| Commit::of(context.scripts, held)).into();
    let output = DepositOutput {
        address: Address::of_script(grid.deposit),
        value: primary.value.checked_add(&pool.value)?,
        datum: Deposit { head, deadline, commits },
    };
    Ok(Outcome { deposit: Some(output), ..Outcome::default() })
}
