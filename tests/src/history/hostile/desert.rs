//! An operator leaves while its slots are out: behind offers, in the lead, or carrying leases.

use demeter_core::{Operator, OutputReference, Slot, Stage, State};

use super::Attempt;
use super::lie::Lie;
use crate::history::act::registry::retirement;
use crate::history::choice::Choice;
use crate::history::deed::Act;
use crate::history::walk::Walk;
use crate::make::count;

/// An operator retires as if all its slots were there and idle.
pub(super) fn desert(walk: &Walk, choice: &Choice) -> Option<Attempt> {
    let ground = &walk.ground;
    let slots_of = |operator: &Operator| {
        let slots = ground.slots().into_iter();
        slots.filter(|(_, slot)| slot.operator == operator.number).collect::<Vec<_>>()
    };
    let operators = ground.operators();
    let out = |operator: &Operator| {
        let slots = slots_of(operator);
        let there = slots.len() as u64;
        there < operator.slots.to_number() || slots.iter().any(|(_, slot)| slot.stage != Stage::Idle)
    };
    let busy: Vec<_> = operators.into_iter().filter(|(_, operator)| out(operator)).collect();
    let (record, operator) = *choice.pick(&busy)?;
    let slots = slots_of(operator);
    let value = |place: &OutputReference| Some(ground.utxos().get(place)?.value().clone());
    // Those that lead are inside bids, so there seem never to have been so many.
    let fewer = Operator { slots: count(slots.len() as u64), ..operator.clone() };
    let mut lie = Lie::told(record, State::from(fewer), value(&record)?);
    for (place, slot) in slots {
        let idle = Slot { stage: Stage::Idle, ..slot.clone() };
        lie = lie.and_told(place, State::from(idle), value(&place)?);
    }
    let by = ground.cast.of_key(&operator.owner)?;
    let act = Act::transition(by, retirement(ground, operator)?.signed_by(operator.owner));
    let transaction = lie.compose(walk, &act, &[])?;
    Some(Attempt { name: "desert", by, what: "retiring with slots out".into(), transaction })
}
