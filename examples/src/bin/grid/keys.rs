//! Keys that change: an operator's, and the entities'.

use demeter_core::{Count, Stage as SlotStage};
use demeter_tx::market::{Declaration, Plan, Rotation};

use crate::cast::{Cast, Party};
use crate::error::DemoError;
use crate::report::KeyLine;
use crate::stage::Stage;

/// An operator changes its key; then somebody without any part in it lets each of its slots know.
pub(crate) fn change(stage: &mut Stage, cast: &Cast, number: Count) -> Result<(), DemoError> {
    let operator = cast.operator(number)?;
    let (record_at, record) = stage.operator(number)?;
    let (old, new) = (operator.acting_as(record.owner)?, &operator.next_key);
    let declaration = Declaration { owner: new.hash(), ..Declaration::of(&record) };
    stage.act(format!("Update {}", old.name), Plan::update(record_at, declaration), &[old, new])?;
    let (record_at, _) = stage.operator(number)?;
    let slots = stage.slots(number)?;
    for (slot_at, slot) in &slots {
        let what = format!("Rekey slot {} of {}", slot.index, old.name);
        stage.act(what, Plan::rekey(*slot_at, record_at), &[&cast.pilot])?;
    }
    let leased = slots.iter().filter(|(_, slot)| matches!(slot.stage, SlotStage::Leased(_))).count();
    let (name, all) = (&old.name, slots.len());
    stage.tell(format!(
        "{name} changes its key; a stranger tells its {all} slots, {leased} of them under a lease"
    ))?;
    let line = KeyLine {
        time: stage.now()?,
        operator: name.clone(),
        from: old.hash(),
        to: new.hash(),
        slots: all,
        leased,
    };
    stage.keys.push(line);
    Ok(())
}

/// The last of the entities leaves, and a new one takes its place.
pub(crate) fn hand_over(stage: &mut Stage, cast: &Cast) -> Result<(), DemoError> {
    let (grid_at, grid) = stage.grid()?;
    let Some((leaving, staying)) = cast.entities.split_last() else { return Ok(()) };
    let entities = staying.iter().chain([&cast.new_entity]).map(Party::hash).collect();
    let plan = Plan::rotate(grid_at, Rotation { entities, ..Rotation::of(&grid) });
    let signers: Vec<&Party> = staying.iter().collect();
    stage.act("Rotate the entities".to_owned(), plan, &signers)?;
    stage.tell(format!("{} takes the place of {} among the entities", cast.new_entity.name, leaving.name))
}
