//! What a charter asks for and the grid does not say yet.

use demeter_core::transition::{Held, Range, Step, apply};
use demeter_core::{
    Count, Grid, Labels, MarketTransition, Operator, OutputReference, Refusal, RegistryTransition, Slot,
    Stage, Time, Transition,
};
use demeter_tx::market::{Plan, Rotation, Ruling};
use demeter_tx::view::{GridView, SlotName, Subject};

use super::{Charter, LeaseName, Reason};

/// Something to be done by a quorum, as far as one charter goes.
pub(super) struct Wanted {
    pub(super) subject: Subject,
    pub(super) plan: Result<Plan, Reason>,
    pub(super) reason: Reason,
}

impl Charter {
    /// All that the charter asks for and the grid does not say.
    pub(super) fn wanted(&self, view: &GridView, grid: &Held<Grid>, now: Time) -> Vec<Wanted> {
        let mut wanted: Vec<Wanted> =
            self.rulings.iter().map(|(lease, ruling)| ruled(view, grid, *lease, *ruling, now)).collect();
        wanted.extend(self.expelled.iter().map(|operator| expelled(view, grid, *operator)));
        wanted.extend(
            self.endorsed.iter().filter_map(|(number, labels)| endorsed(view, grid, *number, labels)),
        );
        if let Some(rotation) = &self.rotation
            && Rotation::of(&grid.state) != *rotation
        {
            let plan = Ok(Plan::rotate(grid.reference, rotation.clone()));
            wanted.push(Wanted { subject: Subject::Grid, plan, reason: Reason::Rotates });
        }
        wanted
    }

    /// Why the charter asks for a transition that others propose.
    pub(super) fn assent(
        &self,
        transition: &Transition,
        consumed: &[OutputReference],
        view: &GridView,
        grid: &Held<Grid>,
    ) -> Result<Reason, Reason> {
        let not_in_charter = || Reason::NotInCharter { transition: transition.name() };
        let primary = *consumed.first().ok_or_else(not_in_charter)?;
        match transition {
            Transition::Registry(RegistryTransition::Admit { .. }) => self.admits(transition, view),
            Transition::Registry(RegistryTransition::Endorse { endorsed }) => {
                let operator = operator_at(view, primary).ok_or_else(not_in_charter)?.state.number;
                let labels = self.endorsed.get(&operator).filter(|labels| *labels == endorsed);
                let labels = labels.ok_or_else(not_in_charter)?.clone();
                Ok(Reason::Endorses { operator, labels })
            }
            Transition::Registry(RegistryTransition::Rotate { .. }) => {
                let wanted =
                    self.rotation.as_ref().map(|rotation| Plan::rotate(grid.reference, rotation.clone()));
                let same = wanted.is_some_and(|plan| plan.transition() == transition);
                if same { Ok(Reason::Rotates) } else { Err(not_in_charter()) }
            }
            Transition::Market(MarketTransition::Arbitrate { paid, slashed, broken }) => {
                let slot = view.slots().find(|held| held.reference == primary).ok_or_else(not_in_charter)?;
                let Stage::Leased(lease) = &slot.state.stage else { return Err(not_in_charter()) };
                let lease = LeaseName { slot: SlotName::of(&slot.state), start: lease.start };
                let proposed = Ruling { paid: *paid, slashed: *slashed, broken: *broken };
                if self.rulings.get(&lease) == Some(&proposed) {
                    Ok(Reason::Arbitrates { lease })
                } else {
                    Err(not_in_charter())
                }
            }
            Transition::Registry(RegistryTransition::Retire) => {
                let operator = consumed.iter().find_map(|reference| operator_at(view, *reference));
                let operator = operator.map(|held| held.state.number);
                let operator = operator.filter(|number| self.expelled.contains(number));
                operator.map(|operator| Reason::Expels { operator }).ok_or_else(not_in_charter)
            }
            _ => Err(not_in_charter()),
        }
    }

    fn admits(&self, transition: &Transition, view: &GridView) -> Result<Reason, Reason> {
        let Transition::Registry(RegistryTransition::Admit { owner, labels, slots, .. }) = transition else {
            return Err(Reason::NotInCharter { transition: transition.name() });
        };
        if let Some(known) = view.operators_of(owner).next() {
            return Err(Reason::HasRecord { operator: known.state.number });
        }
        let most = *self.admission.owners.get(owner).ok_or(Reason::NotListed { owner: *owner })?;
        if *slots > most {
            return Err(Reason::TooManySlots { asked: *slots, most });
        }
        if let Some(allowed) = &self.admission.labels
            && let Some(label) = labels.iter().find(|label| !allowed.contains(label))
        {
            return Err(Reason::LabelNotAllowed { label: label.clone() });
        }
        Ok(Reason::Admits { owner: *owner })
    }
}

fn operator_at(view: &GridView, reference: OutputReference) -> Option<&Held<Operator>> {
    view.operators().find(|held| held.reference == reference)
}

fn endorsed(view: &GridView, grid: &Held<Grid>, number: Count, labels: &Labels) -> Option<Wanted> {
    let subject = Subject::Operator(number);
    let reason = Reason::Endorses { operator: number, labels: labels.clone() };
    let Some(operator) = view.operator(number) else {
        return Some(Wanted { subject, plan: Err(Reason::NoOperator { operator: number }), reason });
    };
    if operator.state.endorsed == *labels {
        return None;
    }
    let plan = Plan::endorse(operator.reference, grid.reference, labels.clone());
    Some(Wanted { subject, plan: Ok(plan), reason })
}

fn ruled(view: &GridView, grid: &Held<Grid>, lease: LeaseName, ruling: Ruling, now: Time) -> Wanted {
    let (subject, reason) = (Subject::Slot(lease.slot), Reason::Arbitrates { lease });
    let slot = view
        .slot(lease.slot)
        .filter(|held| matches!(&held.state.stage, Stage::Leased(found) if found.start == lease.start));
    let Some(slot) = slot else { return Wanted { subject, plan: Err(Reason::NoLease { lease }), reason } };
    let plan = Plan::arbitrate(slot.reference, grid.reference, ruling);
    let plan = match refusal(view, &plan, slot, grid, now) {
        Some(why) => Err(Reason::RulingRefused { why: Box::new(why) }),
        None => Ok(plan),
    };
    Wanted { subject, plan, reason }
}

/// Why the contract would refuse a ruling that enough entities sign.
fn refusal(view: &GridView, plan: &Plan, slot: &Held<Slot>, grid: &Held<Grid>, now: Time) -> Option<Refusal> {
    let slot =
        Held { reference: slot.reference, value: slot.value.clone(), state: slot.state.clone().into() };
    let read =
        Held { reference: grid.reference, value: grid.value.clone(), state: grid.state.clone().into() };
    let step = Step {
        transition: plan.transition().clone(),
        inputs: vec![slot],
        references: vec![read],
        range: Some(Range { lower: now, upper: now }),
        signers: grid.state.entities.iter().copied().collect(),
    };
    apply(view.scripts(), &step).err()
}

fn expelled(view: &GridView, grid: &Held<Grid>, number: Count) -> Wanted {
    let (subject, reason) = (Subject::Operator(number), Reason::Expels { operator: number });
    let plan = retire(view, grid, number);
    Wanted { subject, plan, reason }
}

fn retire(view: &GridView, grid: &Held<Grid>, number: Count) -> Result<Plan, Reason> {
    let operator = view.operator(number).ok_or(Reason::NoOperator { operator: number })?;
    let slots: Vec<&Held<Slot>> = view.slots_of(number).collect();
    if let Some(busy) = slots.iter().find(|held| held.state.stage != Stage::Idle) {
        return Err(Reason::SlotBusy { slot: SlotName::of(&busy.state) });
    }
    if (slots.len() as u64) < operator.state.slots.to_number() {
        return Err(Reason::SlotLeads { operator: number });
    }
    let pool = view.pool().ok_or(Reason::NoPool)?;
    let slots = slots.into_iter().map(|held| held.reference);
    Ok(Plan::retire(pool.reference, operator.reference, slots, grid.reference))
}
