//! Genesis: a grid is founded, and all its tokens are minted.

use super::context::{check_grid, pool_value, state_value};
use super::{Outcome, Range, Refusal, StateOutput};
use crate::codec::grid_id;
use crate::limits::{GRID_RESERVE, POOL_RESERVE};
use crate::{Amount, Asset, Count, Genesis, Grid, OutputReference, Pool, Scripts, Token, Value};

/// What the founding of a grid yields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Founding {
    /// The grid and its pool; nothing is paid.
    pub outcome: Outcome,
    /// All that is minted of the registry's policy.
    pub minted: Value,
}

/// Founds a grid: checks all that the policy checks, and says what it yields.
///
/// The grid's `id` must be the one that seed and deadline give: [`grid_id`].
///
/// # Errors
/// The first condition that is violated.
pub fn genesis(
    scripts: &Scripts,
    genesis: &Genesis,
    grid: &Grid,
    consumed: &[OutputReference],
    range: Option<Range>,
) -> Result<Founding, Refusal> {
    let Genesis { seed, deadline, operators, slots } = genesis;
    let range = range.ok_or(Refusal::RangeNotFinite)?.check_length()?;
    if !consumed.contains(seed) {
        return Err(Refusal::SeedNotConsumed { seed: *seed });
    }
    range.before(*deadline)?;
    let id = grid_id(seed, *deadline);
    if grid.id != id {
        return Err(Refusal::OtherGridId);
    }
    for (token, count) in [(Token::Operator, operators), (Token::Slot, slots)] {
        if *count == Count::ZERO {
            return Err(Refusal::NoTokens { token });
        }
    }
    check_grid(scripts, grid)?;
    let (operators, slots) =
        (Amount::from_units(operators.to_number())?, Amount::from_units(slots.to_number())?);
    let grid_value = state_value(scripts, Token::Grid, &id, GRID_RESERVE, &Asset::Lovelace, Amount::ZERO)?;
    let pool = pool_value(scripts, &id, POOL_RESERVE, operators, slots)?;
    let held = grid_value.checked_add(&pool)?;
    let reserves = held.lovelace();
    let minted = held.minus(&Asset::Lovelace, reserves)?;
    let states = vec![
        StateOutput::new(grid_value, grid.clone()),
        StateOutput::new(pool, Pool { grid: id, next: Count::ZERO }),
    ];
    Ok(Founding { outcome: Outcome::of_states(states), minted })
}
