//! What becomes of an operator's record.

use demeter_core::Stage;
use demeter_core::limits::UPDATE_INTERVAL;
use demeter_tx::market::{Declaration, Plan};
use demeter_tx::view::{SlotName, StageKind, Subject};

use super::desk::Desk;
use super::{Operator, Reason};
use crate::{Action, Bounds, Decision};

impl Operator {
    /// What was ordered about the record.
    pub(super) fn tend_record(&self, desk: &Desk<'_>) -> Vec<Decision> {
        let subject = Subject::Operator(self.number);
        let decided = [self.update(desk), self.retire(desk)];
        decided.into_iter().flatten().map(|decided| Decision::of(subject, decided)).collect()
    }

    fn update(&self, desk: &Desk<'_>) -> Option<Result<(Action, Reason), Reason>> {
        let record = desk.biddable.operator;
        let declare = self.orders.declare.as_ref()?;
        if *declare == Declaration::of(&record.state) || self.orders.retire {
            return None;
        }
        Some(self.check_record_keys([record.state.owner, declare.owner]).and_then(|()| {
            let until = record.state.updated.after(UPDATE_INTERVAL);
            let until = until.map_err(|_| Reason::OutOfRange { what: "the time of the next update" })?;
            if desk.now < until {
                return Err(Reason::Rests { until });
            }
            let plan = Plan::update(record.reference, declare.clone()).signed_by(record.state.owner);
            Ok((Action::transition(plan, Bounds::from(until)), Reason::Updates))
        }))
    }

    fn retire(&self, desk: &Desk<'_>) -> Option<Result<(Action, Reason), Reason>> {
        if !self.orders.retire {
            return None;
        }
        let record = desk.biddable.operator;
        Some(self.check_record_keys([record.state.owner]).and_then(|()| {
            let pool = desk.view.pool().ok_or(Reason::NoPool)?;
            let slots: Vec<_> = desk.view.slots_of(self.number).collect();
            for index in 0..record.state.slots.to_number() {
                let held = slots.iter().find(|held| held.state.index.to_number() == index);
                let stage = held.map(|held| &held.state.stage);
                if stage != Some(&Stage::Idle) {
                    let index = demeter_core::Count::from_number(index).unwrap_or_default();
                    let slot = SlotName { operator: self.number, index };
                    return Err(Reason::SlotBusy { slot, stage: stage.map(StageKind::of) });
                }
            }
            let slots = slots.iter().map(|held| held.reference);
            let plan = Plan::retire(pool.reference, record.reference, slots, desk.biddable.grid.reference);
            let plan = plan.signed_by(record.state.owner);
            Ok((Action::transition(plan, Bounds::default()), Reason::Retires))
        }))
    }

    fn check_record_keys(&self, keys: impl IntoIterator<Item = demeter_core::KeyHash>) -> Result<(), Reason> {
        match keys.into_iter().find(|key| !self.keys.contains(key)) {
            Some(key) => Err(Reason::KeyNotHeld { key }),
            None => Ok(()),
        }
    }
}
