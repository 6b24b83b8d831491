//! What operators and entities do at `registry`.

use demeter_core::{
    Labels, MarketTransition, Operator, OutputReference, RegistryTransition, Resources, Stage,
};

use super::place::{gold, needs};
use crate::history::cast::{Party, Role};
use crate::history::choice::{Choice, Digits};
use crate::history::deed::{Act, Step};
use crate::history::ground::{ENTITIES, Ground};
use crate::history::walk::Walk;
use crate::make::{amount, count, ppm, quantity, script, span};

/// An operator joins.
pub(super) fn admit(walk: &Walk, choice: &Choice) -> Option<Act> {
    let party = choice.actor(&walk.ground.cast.of_role(Role::Operator))?;
    admitted(walk, party, choice)
}

fn admitted(walk: &Walk, party: Party, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let mine = walk.books.operators().values().filter(|operator| operator.party == party).count();
    let mut digits = choice.digits();
    if mine > 1 {
        return None;
    }
    let owner = ground.cast.key_hash(party, digits.below(2) as usize);
    let transition = RegistryTransition::Admit {
        owner,
        endpoint: "https://operator.example".into(),
        capacity: capacity(&mut digits),
        labels: gold(),
        slots: count(digits.of(&[2, 1, 4, 3])),
    };
    let step = Step::new(ground, transition, ground.pool().0)
        .reading(ground.grid().0)
        .signed_by(owner)
        .signed_by_all(ground.quorum(digits.below(3)));
    Some(Act::transition(party, step))
}

fn capacity(digits: &mut Digits) -> Resources {
    let whole = digits.below(3) < 2;
    let most = |need: demeter_core::Need| (need.name, if whole { need.preferred } else { need.required });
    needs().into_iter().map(most).chain([("pods".into(), quantity(10))]).collect()
}

/// An operator changes its key or its capacity.
pub(super) fn update(walk: &Walk, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let operators = ground.operators();
    let (reference, operator) = choice.pick(&operators)?;
    let party = ground.cast.of_key(&operator.owner)?;
    let mut digits = choice.digits();
    let owner = ground.cast.key_hash(party, digits.below(2) as usize);
    let transition = RegistryTransition::Update {
        owner,
        endpoint: "https://other.example".into(),
        capacity: capacity(&mut digits),
        labels: operator.labels.clone(),
    };
    let step = Step::new(ground, transition, *reference).signed_by(operator.owner).signed_by(owner);
    Some(Act::transition(party, step))
}

/// A slot learns its operator's key, from anyone.
pub(super) fn rekey(walk: &Walk, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let stale: Vec<_> = ground
        .slots()
        .into_iter()
        .filter_map(|(reference, slot)| {
            let (at, operator) = ground.operator(slot.operator.to_number())?;
            (operator.owner != slot.owner).then_some((reference, at))
        })
        .collect();
    let (slot, operator) = *choice.pick(&stale)?;
    let step = Step::new(ground, MarketTransition::Rekey, slot).reading(operator);
    Some(Act::transition(walk.anyone(choice)?, step))
}

/// The entities vouch for a label, or no longer do.
pub(super) fn endorse(walk: &Walk, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let operators = ground.operators();
    let (reference, _) = choice.pick(&operators)?;
    let mut digits = choice.digits();
    let endorsed = if digits.below(3) < 2 { gold() } else { Labels::default() };
    let step =
        Step::new(ground, RegistryTransition::Endorse { endorsed }, *reference).reading(ground.grid().0);
    by_entities(ground, step, digits.below(3))
}

/// The entities change the grid.
pub(super) fn rotate(walk: &Walk, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let (reference, _) = ground.grid();
    let mut digits = choice.digits();
    let entities = ground.cast.of_role(Role::Entity);
    let governing = entities.iter().cycle().skip(digits.below(5) as usize).take(ENTITIES.0);
    let treasury = digits.of(&ground.cast.of_role(Role::Treasury));
    let transition = RegistryTransition::Rotate {
        deposit: script(0xdd),
        entities: governing.map(|entity| ground.cast.key_hash(*entity, 0)).collect(),
        admission: count(digits.of(&[2, 1, 3])),
        threshold: count(ENTITIES.1),
        fee_ppm: ppm(digits.of(&[10_000, 0, 7_001, 30_000])),
        treasury: ground.cast.address(treasury),
        prior: amount(digits.of(&[5_000_000, 1, 100_000_000])),
        penalty: count(digits.of(&[4, 0, 20])),
        half_life: span(digits.of(&[86_400_000, 3_600_000])),
    };
    by_entities(ground, Step::new(ground, transition, reference), digits.below(3))
}

/// As many entities as decide sign, and the first pays.
pub(super) fn by_entities(ground: &Ground, step: Step, first: u32) -> Option<Act> {
    let quorum = ground.quorum(first);
    let payer = ground.cast.of_key(quorum.first()?)?;
    Some(Act::transition(payer, step.signed_by_all(quorum)))
}

/// A settled slot goes into the record, by anyone.
pub(super) fn report(walk: &Walk, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let settled: Vec<_> =
        ground.slots().into_iter().filter(|(_, slot)| matches!(slot.stage, Stage::Settled(_))).collect();
    let (slot, state) = choice.pick(&settled)?;
    let step = report_of(ground, *slot, state.operator.to_number())?;
    Some(Act::transition(walk.anyone(choice)?, step))
}

/// The report of a slot.
pub(in crate::history) fn report_of(ground: &Ground, slot: OutputReference, operator: u64) -> Option<Step> {
    let (record, _) = ground.operator(operator)?;
    let step = Step::new(ground, RegistryTransition::Report, record);
    Some(step.consuming(slot).reading(ground.grid().0))
}

/// An operator leaves.
pub(super) fn retire(walk: &Walk, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let operators = ground.operators();
    let (_, operator) = choice.pick(&operators)?;
    let party = ground.cast.of_key(&operator.owner)?;
    Some(Act::transition(party, retirement(ground, operator)?.signed_by(operator.owner)))
}

/// The entities turn an operator out.
pub(super) fn evict(walk: &Walk, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let operators = ground.operators();
    let (_, operator) = choice.pick(&operators)?;
    by_entities(ground, retirement(ground, operator)?, choice.digits().below(3))
}

/// All of an operator goes back to the pool; nobody signs yet.
pub(in crate::history) fn retirement(ground: &Ground, operator: &Operator) -> Option<Step> {
    let number = operator.number;
    let (record, _) = ground.operator(number.to_number())?;
    let step = Step::new(ground, RegistryTransition::Retire, ground.pool().0).consuming(record);
    let slots = ground.slots().into_iter().filter(|(_, slot)| slot.operator == number);
    Some(slots.fold(step, |step, (slot, _)| step.consuming(slot)).reading(ground.grid().0))
}

/// The one who flaps sheds its record: gives up leases, reports that, leaves, and joins anew.
pub(super) fn flap(walk: &Walk, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let flapper =
        ground.cast.of_role(Role::Operator).into_iter().find(|party| !ground.cast[*party].honest)?;
    let mine: Vec<_> = ground
        .slots()
        .into_iter()
        .filter(|(_, slot)| ground.cast.of_key(&slot.owner) == Some(flapper))
        .collect();
    for (reference, slot) in &mine {
        match &slot.stage {
            Stage::Leased(_) => {
                let step = Step::new(ground, MarketTransition::Resign, *reference).signed_by(slot.owner);
                return Some(Act::transition(flapper, step));
            }
            Stage::Settled(_) => {
                let step = report_of(ground, *reference, slot.operator.to_number())?;
                return Some(Act::transition(flapper, step));
            }
            Stage::Idle | Stage::Offered(_) => {}
        }
    }
    let operators = ground.operators();
    let own = operators.iter().find(|(_, operator)| ground.cast.of_key(&operator.owner) == Some(flapper));
    match own {
        Some((_, operator)) if operator.reputation.breached > amount(0) => {
            Some(Act::transition(flapper, retirement(ground, operator)?.signed_by(operator.owner)))
        }
        Some(_) => None,
        None => admitted(walk, flapper, choice),
    }
}
