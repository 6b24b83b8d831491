//! An operator that leaves the grid.

use demeter_core::{Count, StateKind};
use demeter_tx::market::Plan;

use crate::cast::Cast;
use crate::error::DemoError;
use crate::report::DepartureLine;
use crate::stage::Stage;

/// An operator gives its tokens back to the pool and takes its reserves along.
pub(crate) fn retire(stage: &mut Stage, cast: &Cast, number: Count) -> Result<DepartureLine, DemoError> {
    let (grid_at, _) = stage.grid()?;
    let pool_at = stage.find("pool", |state| state.kind() == StateKind::Pool)?.reference;
    let (record_at, record) = stage.operator(number)?;
    let party = cast.operator(number)?.acting_as(record.owner)?;
    let slots = stage.slots(number)?;
    let plan = Plan::retire(pool_at, record_at, slots.iter().map(|(slot_at, _)| *slot_at), grid_at);
    let before = stage.purse(party)?;
    stage.act(format!("Retire {}", party.name), plan, &[party])?;
    let taken = stage.purse(party)?.saturating_sub(before);
    let (name, all) = (&party.name, slots.len());
    stage.tell(format!("{name} leaves: its {all} slots go back to the pool, its reserves to its owner"))?;
    Ok(DepartureLine { time: stage.now()?, operator: name.clone(), slots: all, taken })
}
