//! The outputs of a history that an audit keeps: those at the contract's addresses, those with tokens of its policy, and
//! those that carry its scripts. All that a transition can consume or read is among them.

use std::collections::{BTreeMap, BTreeSet};

use demeter_core::transition::Held;
use demeter_core::{Asset, Credential, GridId, OutputReference, Scripts, Slot, State, Token, Value};

use crate::market::read_state;
use crate::view::{SlotName, Subject};
use crate::{LedgerScript, Output};

/// An output that is kept.
#[derive(Clone, Debug)]
struct Kept {
    output: Output,
    /// The state of this grid in it: with its token, or an open bid.
    state: Option<Held<State>>,
}

/// The outputs that count, by reference and by what they are.
#[derive(Clone, Debug)]
pub(super) struct States {
    scripts: Scripts,
    grid: GridId,
    tokens: [Asset; 4],
    kept: BTreeMap<OutputReference, Kept>,
    /// Where each thing with a token stands. Of each there is one.
    places: BTreeMap<Subject, OutputReference>,
}

impl States {
    pub(super) fn new(scripts: Scripts, grid: GridId) -> Self {
        let tokens = [Token::Grid, Token::Operator, Token::Pool, Token::Slot];
        let tokens = tokens.map(|token| scripts.token(token, &grid));
        Self { scripts, grid, tokens, kept: BTreeMap::new(), places: BTreeMap::new() }
    }

    pub(super) const fn scripts(&self) -> &Scripts {
        &self.scripts
    }

    pub(super) const fn grid(&self) -> GridId {
        self.grid
    }

    /// The tokens of the grid.
    pub(super) const fn tokens(&self) -> &[Asset; 4] {
        &self.tokens
    }

    pub(super) fn output(&self, reference: &OutputReference) -> Option<&Output> {
        Some(&self.kept.get(reference)?.output)
    }

    pub(super) fn state(&self, reference: &OutputReference) -> Option<&Held<State>> {
        self.kept.get(reference)?.state.as_ref()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Held<State>> {
        self.kept.values().filter_map(|kept| kept.state.as_ref())
    }

    pub(super) fn has(&self, subject: &Subject) -> bool {
        self.places.contains_key(subject)
    }

    /// The state of the grid in an output, if there is one.
    pub(super) fn read(&self, reference: OutputReference, output: &Output) -> Option<Held<State>> {
        let held = read_state(&self.scripts, reference, output).ok()?;
        let authentic = self.scripts.is_authentic(&held.state, &held.value);
        (held.state.grid() == self.grid && authentic).then_some(held)
    }

    /// The tokens of the grid in a value.
    pub(super) fn tokens_in(&self, value: &Value) -> Value {
        let ours = value.iter().filter(|(asset, _)| self.tokens.contains(asset));
        ours.fold(Value::default(), |sum, (asset, amount)| sum.plus(asset, amount).unwrap_or_default())
    }

    /// Whether an output has to do with the grid.
    pub(super) fn concerns(&self, reference: &OutputReference) -> bool {
        self.kept
            .get(reference)
            .is_some_and(|kept| kept.state.is_some() || !self.tokens_in(kept.output.value()).is_empty())
    }

    /// Keeps an output, if it counts. What had the same name before and is still there was consumed unseen.
    pub(super) fn insert(
        &mut self,
        reference: OutputReference,
        output: &Output,
        state: Option<Held<State>>,
    ) -> Option<Held<State>> {
        if !self.counts(output) {
            return None;
        }
        let subject = state.as_ref().and_then(|held| subject_of(&held.state));
        let before = subject.and_then(|subject| self.places.insert(subject, reference));
        let ghost = before.filter(|before| *before != reference).and_then(|before| self.kept.remove(&before));
        self.kept.insert(reference, Kept { output: output.clone(), state });
        ghost.and_then(|ghost| ghost.state)
    }

    /// Keeps an output of the beginning, if it counts. Should two have one name, nothing is known of which came first.
    pub(super) fn insert_given(&mut self, reference: OutputReference, output: &Output) {
        if self.counts(output) {
            let state = self.read(reference, output);
            if let Some(subject) = state.as_ref().and_then(|held| subject_of(&held.state)) {
                self.places.entry(subject).or_insert(reference);
            }
            self.kept.insert(reference, Kept { output: output.clone(), state });
        }
    }

    pub(super) fn remove(&mut self, reference: &OutputReference) {
        let Some(Kept { state: Some(held), .. }) = self.kept.remove(reference) else { return };
        if let Some(subject) = subject_of(&held.state)
            && self.places.get(&subject) == Some(reference)
        {
            self.places.remove(&subject);
        }
    }

    fn counts(&self, output: &Output) -> bool {
        let ours = |hash| hash == self.scripts.registry || hash == self.scripts.market;
        let at_ours = matches!(output.address().payment, Credential::Script(hash) if ours(hash));
        let carries = || match output.reference_script() {
            Some(LedgerScript::Plutus(script)) => ours(script.hash()),
            _ => false,
        };
        at_ours || self.scripts.any_token_in(output.value()) || carries()
    }

    /// The slots that do nothing, by operator.
    pub(super) fn operators_with_idle_slots(&self) -> BTreeSet<demeter_core::Count> {
        let idle = self.iter().filter_map(|held| match &held.state {
            State::Slot(Slot { operator, stage: demeter_core::Stage::Idle, .. }) => Some(*operator),
            _ => None,
        });
        idle.collect()
    }
}

/// What a state with a token is; an open bid has none, and no name of its own.
pub(super) fn subject_of(state: &State) -> Option<Subject> {
    Some(match state {
        State::Grid(_) => Subject::Grid,
        State::Pool(_) => Subject::Pool,
        State::Operator(operator) => Subject::Operator(operator.number),
        State::Slot(slot) => Subject::Slot(SlotName::of(slot)),
        State::Bid(bid) => Subject::Slot(SlotName::of_leader(bid.leader.as_ref()?)),
    })
}

/// What a state is to whoever reads of it: a bid is a bid.
pub(super) fn told_of(state: &State) -> Subject {
    match state {
        State::Bid(bid) => Subject::Bid(bid.name()),
        other => subject_of(other).unwrap_or(Subject::Grid),
    }
}
