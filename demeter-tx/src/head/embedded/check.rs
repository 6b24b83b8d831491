//! Checking a transaction while others change the head.

use demeter_core::OutputReference;

use super::state::State;
use crate::evaluate::Machine;
use crate::ledger::{Applied, Candidate, LedgerError, Validity};
use crate::{LedgerSettings, Slot, UtxoSet};

/// What a check says.
pub(super) type Verdict = Result<Applied, LedgerError>;

/// What a transaction is checked against: the outputs that it names, as far as they are there, and the slot.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    named: Vec<OutputReference>,
    outputs: UtxoSet,
    slot: Slot,
}

/// A verdict, and what it rests on.
#[derive(Debug)]
pub(super) struct Checked {
    view: View,
    validity: Validity,
    pub(super) verdict: Verdict,
}

impl View {
    /// What a transaction sees of a head.
    pub(super) fn of(state: &State, candidate: &Candidate<'_>) -> Self {
        let named: Vec<OutputReference> = candidate.named().copied().collect();
        let outputs = named.iter().filter_map(|one| Some((*one, state.utxos.get(one)?.clone()))).collect();
        Self { named, outputs, slot: state.now.slot }
    }

    /// Checks the transaction that this is the view of.
    pub(super) fn check(
        self,
        candidate: &Candidate<'_>,
        settings: &LedgerSettings,
        machine: Machine,
    ) -> Checked {
        let verdict = candidate.validate(machine, &self.outputs, settings, self.slot);
        Checked { view: self, validity: candidate.validity(), verdict }
    }
}

impl Checked {
    /// Of a transaction that cannot be read, whatever there is.
    pub(super) fn unreadable(error: LedgerError) -> Self {
        Self { view: View::default(), validity: Validity::default(), verdict: Err(error) }
    }

    /// Whether the verdict would be the same now.
    ///
    /// NOTE: outputs are compared, not only looked for: after something was taken back there may be another one of the
    /// same reference.
    pub(super) fn holds(&self, state: &State) -> bool {
        let in_time = |slot| self.validity.contains(slot);
        let same_time =
            self.view.slot == state.now.slot || (in_time(self.view.slot) && in_time(state.now.slot));
        same_time && self.view.named.iter().all(|one| state.utxos.get(one) == self.view.outputs.get(one))
    }

    /// What the verdict would be in another slot.
    pub(super) fn at(
        &self,
        slot: Slot,
        candidate: &Candidate<'_>,
        settings: &LedgerSettings,
        machine: Machine,
    ) -> Self {
        View { slot, ..self.view.clone() }.check(candidate, settings, machine)
    }
}

#[cfg(test)]
pub(super) use interlude::Interlude;

#[cfg(test)]
mod interlude {
    use std::fmt;
    use std::sync::Mutex;

    type Scene = Box<dyn FnMut() + Send>;

    /// What a test has happen between a check and the second look.
    #[derive(Default)]
    pub(in super::super) struct Interlude(Mutex<Option<Scene>>);

    impl Interlude {
        pub(in super::super) fn stage(&self, scene: impl FnMut() + Send + 'static) {
            *self.0.lock().unwrap() = Some(Box::new(scene));
        }

        /// Once at a time: what the scene itself submits has no interlude.
        pub(in super::super) fn play(&self) {
            let scene = self.0.lock().unwrap().take();
            if let Some(mut scene) = scene {
                scene();
                self.0.lock().unwrap().get_or_insert(scene);
            }
        }
    }

    impl fmt::Debug for Interlude {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Interlude")
        }
    }
}
