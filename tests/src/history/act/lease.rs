//! What is done to leases and purses.

use demeter_core::{Leased, MarketTransition, OutputReference, Slot, Stage};

use super::market::slots_in;
use super::registry::by_entities;
use crate::history::choice::Choice;
use crate::history::deed::{Act, Step};
use crate::history::ground::Ground;
use crate::history::walk::Walk;
use crate::make::{amount, count};

/// A lease, by the choice's object.
fn leased<'g>(ground: &'g Ground, choice: &Choice) -> Option<(OutputReference, &'g Slot, &'g Leased)> {
    let leases: Vec<_> = ground
        .slots()
        .into_iter()
        .filter_map(|(reference, slot)| match &slot.stage {
            Stage::Leased(lease) => Some((reference, slot, lease.as_ref())),
            _ => None,
        })
        .collect();
    choice.pick(&leases).copied()
}

/// The operator of a slot does something with it.
fn by_owner(ground: &Ground, slot: &Slot, step: Step) -> Option<Act> {
    Some(Act::transition(ground.cast.of_key(&slot.owner)?, step.signed_by(slot.owner)))
}

/// Pay is drawn: all of it, or of one period.
pub(super) fn claim(walk: &Walk, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let (reference, slot, lease) = leased(ground, choice)?;
    let never = ground.cast[ground.cast.of_key(&slot.owner)?].name.contains("never claims");
    let passed = lease.whole_periods(ground.now().time).min(lease.periods).to_number();
    let claimed = match choice.digits().below(3) {
        2 => lease.claimed.to_number() + 1,
        _ => passed,
    };
    if never || claimed <= lease.claimed.to_number() {
        return None;
    }
    let transition = MarketTransition::Claim { claimed: count(claimed) };
    by_owner(ground, slot, Step::new(ground, transition, reference))
}

/// A lease gets more periods; either side pays.
pub(super) fn extend(walk: &Walk, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let (reference, slot, lease) = leased(ground, choice)?;
    let mut digits = choice.digits();
    let transition = MarketTransition::Extend { periods: count(digits.of(&[1, 2, 5])) };
    let payer = if digits.below(3) < 2 { lease.application } else { slot.owner };
    let step = Step::new(ground, transition, reference)
        .reading(ground.grid().0)
        .signed_by(slot.owner)
        .signed_by(lease.application);
    Some(Act::transition(ground.cast.of_key(&payer)?, step))
}

/// An application ends its lease.
pub(super) fn close(walk: &Walk, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let (reference, _, lease) = leased(ground, choice)?;
    let step = Step::new(ground, MarketTransition::Close, reference).signed_by(lease.application);
    let step = step.within(ground, choice.digits().of(&[60, 1, 300]), None);
    Some(Act::transition(ground.cast.of_key(&lease.application)?, step))
}

/// An operator ends a lease that is over.
pub(super) fn complete(walk: &Walk, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let over: Vec<_> = ground
        .slots()
        .into_iter()
        .filter(|(_, slot)| match &slot.stage {
            Stage::Leased(lease) => lease.end_of_grace().is_ok_and(|end| end <= ground.now().time),
            _ => false,
        })
        .collect();
    let (reference, slot) = *choice.pick(&over)?;
    by_owner(ground, slot, Step::new(ground, MarketTransition::Complete, reference))
}

/// An operator gives up.
pub(super) fn resign(walk: &Walk, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let (reference, slot, _) = leased(ground, choice)?;
    let step = Step::new(ground, MarketTransition::Resign, reference);
    by_owner(ground, slot, step.within(ground, choice.digits().of(&[60, 1, 300]), None))
}

/// The entities rule: on parts of what is at stake.
pub(super) fn arbitrate(walk: &Walk, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let (reference, _, lease) = leased(ground, choice)?;
    let mut digits = choice.digits();
    let unclaimed = lease.price.to_units() * (lease.periods.to_number() - lease.claimed.to_number());
    let mut part = |of: u64| amount(of * u64::from(digits.below(4)) / 3);
    let transition = MarketTransition::Arbitrate {
        paid: part(unclaimed),
        slashed: part(lease.bond.to_units()),
        broken: part(lease.price.to_units() * lease.periods.to_number()),
    };
    let step = Step::new(ground, transition, reference).reading(ground.grid().0);
    by_entities(ground, step, digits.below(3))
}

/// A purse is emptied.
pub(super) fn collect(walk: &Walk, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let full: Vec<_> = slots_in(ground, |stage| matches!(stage, Stage::Idle | Stage::Settled(_)))
        .into_iter()
        .filter(|(_, slot)| {
            walk.books.slots()[&(slot.operator.to_number(), slot.index.to_number())].purse > 0
        })
        .collect();
    let (reference, slot) = *choice.pick(&full)?;
    by_owner(ground, slot, Step::new(ground, MarketTransition::Collect, reference))
}
