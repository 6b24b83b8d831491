//! Rotate: the entities change the grid.

use super::context::{Context, check_grid};
use super::{Held, Outcome, Refusal, StateOutput};
use crate::{Grid, GridDraft, RegistryTransition, State};

pub(super) fn rotate(
    context: Context<'_>,
    primary: &Held<State>,
    grid: &Grid,
    transition: &RegistryTransition,
) -> Result<Outcome, Refusal> {
    context.others(0, "a grid alone")?;
    let RegistryTransition::Rotate {
        deposit,
        entities,
        admission,
        threshold,
        fee_ppm,
        treasury,
        prior,
        penalty,
        half_life,
    } = transition
    else {
        return Err(context.wrong_inputs("a grid alone"));
    };
    context.quorum(&grid.entities, grid.threshold)?;
    let rotated = Grid::new(GridDraft {
        id: grid.id,
        market: grid.market,
        deposit: *deposit,
        asset: grid.asset.clone(),
        entities: entities.clone(),
        admission: *admission,
        threshold: *threshold,
        fee_ppm: *fee_ppm,
        treasury: *treasury,
        prior: *prior,
        penalty: *penalty,
        half_life: *half_life,
    })?;
    check_grid(context.scripts, &rotated)?;
    Ok(Outcome::of_states(vec![StateOutput::new(primary.value.clone(), rotated)]))
}
