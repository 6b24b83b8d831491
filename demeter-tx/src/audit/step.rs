//! One transaction: whether the contract allows it, and what of the grid it consumes and makes.

use demeter_core::transition::{self, Demand, Held, OutputView, Payment, Refusal, demand};
use demeter_core::{
    Amount, MarketTransition, OutputReference, PlutusData as _, Scripts, State, Time, Transition, Value,
};

use super::Auditor;
use super::finding::{Content, Fault, Finding, Place, Weight};
use super::reading::{Reading, verified_signers};
use super::report::Recorded;
use super::states::{States, told_of};
use crate::decoded::Anatomy;
use crate::{Output, SignedTransaction};

/// A transaction that has to do with the grid.
pub(super) struct Step {
    pub(super) place: Place,
    /// What the contract demands of it, if it allows it at all.
    pub(super) demand: Option<Demand>,
    /// Why the contract does not allow it as it is.
    pub(super) refusal: Option<Refusal>,
    /// Whether it rests on what the history does not hold.
    pub(super) unexplained: bool,
    pub(super) lower: Option<Time>,
    pub(super) upper: Option<Time>,
    /// The states of the grid that it consumes.
    pub(super) consumed: Vec<Held<State>>,
    /// The states of the grid that it makes.
    pub(super) made: Vec<Held<State>>,
    outputs: Vec<OutputView>,
}

impl Auditor {
    /// Reads a transaction that a snapshot confirms.
    pub(super) fn follow(&mut self, transaction: &SignedTransaction, place: Place, recorded: &mut Recorded) {
        self.figures.transactions += 1;
        let anatomy = match Anatomy::of(transaction) {
            Ok(anatomy) => anatomy,
            Err(reason) => {
                let fault = Fault::Unreadable { reason };
                recorded.findings.push(Finding { place, weight: Weight::Gap, fault });
                return self.interrupted();
            }
        };
        let effect = &anatomy.effect;
        let made: Vec<_> = effect
            .made
            .iter()
            .map(|(reference, output)| (*reference, output, self.states.read(*reference, output)))
            .collect();
        if self.concerns(&anatomy, &made) {
            self.figures.concerned += 1;
            let step = self.examine(transaction, &anatomy, &made, place, recorded);
            self.enter(&step, recorded);
        }
        for ghost in self.apply(&effect.consumed, made) {
            self.lose(&ghost, recorded);
        }
        self.reached = self.reached.max(anatomy.from.unwrap_or_default());
    }

    fn concerns(&self, anatomy: &Anatomy, made: &[Made<'_>]) -> bool {
        let states = &self.states;
        anatomy.effect.consumed.iter().any(|reference| states.concerns(reference))
            || made
                .iter()
                .any(|(_, output, state)| state.is_some() || !states.tokens_in(output.value()).is_empty())
            || anatomy.mint.keys().any(|asset| states.tokens().contains(asset))
    }

    /// What the transaction consumes goes, and what it makes comes. Gives what had the name of something that it makes,
    /// and must have been consumed unseen.
    fn apply(&mut self, consumed: &[OutputReference], made: Vec<Made<'_>>) -> Vec<Held<State>> {
        consumed.iter().for_each(|reference| self.states.remove(reference));
        let put = |(reference, output, state)| self.states.insert(reference, output, state);
        made.into_iter().filter_map(put).collect()
    }

    fn examine(
        &self,
        transaction: &SignedTransaction,
        anatomy: &Anatomy,
        made: &[Made<'_>],
        place: Place,
        recorded: &mut Recorded,
    ) -> Step {
        let scripts = self.states.scripts();
        let required = &anatomy.required_signers;
        let signers = if self.verifies {
            verified_signers(transaction, required)
        } else {
            required.iter().copied().collect()
        };
        let Reading { view, unknown_inputs, unknown_references } =
            Reading::of(anatomy, &self.states, &self.clock, signers);
        let (demand, refusal) = match demand(scripts, &view) {
            Ok(demand) => {
                let refusal = demand.check(scripts, &view).err();
                (Some(demand), refusal)
            }
            Err(refusal) => (None, Some(refusal)),
        };
        let tokens = self.token_faults(anatomy, made);
        let not_read = matches!(refusal, Some(Refusal::MissingReference { .. }));
        let unexplained = (!unknown_inputs.is_empty() && (refusal.is_some() || !tokens.is_empty()))
            || (!unknown_references.is_empty() && not_read);
        let states = |held: &Made<'_>| held.2.clone();
        let step = Step {
            place,
            demand,
            refusal,
            unexplained,
            lower: view.lower,
            upper: view.upper,
            consumed: self.consumed(anatomy),
            made: made.iter().filter_map(states).collect(),
            outputs: view.outputs,
        };
        let mut tell = |weight, fault| recorded.findings.push(Finding { place, weight, fault });
        if let Some(before) = anatomy.before.filter(|before| *before <= self.reached) {
            tell(Weight::Violation, Fault::TimeRunsBack { before, reached: self.reached });
        }
        if unexplained {
            let appeared = step.made.iter().map(|held| told_of(&held.state)).collect();
            let (inputs, references) = (unknown_inputs, unknown_references);
            // Where nothing was missed, it is the head that let it happen.
            let weight = if self.whole { Weight::Violation } else { Weight::Gap };
            tell(weight, Fault::Unexplained { inputs, references, appeared });
        } else {
            if let Some(refusal) = &step.refusal {
                tell(Weight::Violation, step.refused(scripts, refusal));
            }
            for fault in tokens.into_iter().chain(self.minted_again(anatomy, &step)) {
                tell(Weight::Violation, fault);
            }
        }
        for fault in step.astray(&self.states, made) {
            tell(Weight::Violation, fault);
        }
        step
    }

    fn consumed(&self, anatomy: &Anatomy) -> Vec<Held<State>> {
        let consumed = anatomy.effect.consumed.iter();
        consumed.filter_map(|reference| self.states.state(reference)).cloned().collect()
    }

    /// The tokens of the grid that come from nowhere, or go.
    fn token_faults(&self, anatomy: &Anatomy, made: &[Made<'_>]) -> Vec<Fault> {
        let count = |value: &Value, asset| i128::from(value.amount_of(asset).to_units());
        let faults = self.states.tokens().iter().filter_map(|asset| {
            let inputs = anatomy.effect.consumed.iter();
            let outputs = inputs.filter_map(|reference| self.states.output(reference));
            let consumed: i128 = outputs.map(|output| count(output.value(), asset)).sum();
            let made: i128 = made.iter().map(|(_, output, _)| count(output.value(), asset)).sum();
            let minted = anatomy.mint.get(asset).copied().unwrap_or_default();
            let amount = |count: i128| {
                u128::try_from(count)
                    .ok()
                    .and_then(|count| Amount::try_from(count).ok())
                    .unwrap_or(Amount::MAX)
            };
            (consumed + i128::from(minted) != made).then(|| Fault::Tokens {
                asset: asset.clone(),
                consumed: amount(consumed),
                minted,
                made: amount(made),
            })
        });
        faults.collect()
    }

    /// What is minted by a second founding, which the policy cannot tell from the first.
    fn minted_again(&self, anatomy: &Anatomy, step: &Step) -> Option<Fault> {
        let ours = |asset: &&demeter_core::Asset| self.states.tokens().contains(asset);
        let tokens: Vec<_> = anatomy
            .mint
            .iter()
            .filter(|(asset, _)| ours(asset))
            .map(|(asset, count)| (asset.clone(), *count))
            .collect();
        let founded = self.states.has(&crate::view::Subject::Grid);
        (founded && step.refusal.is_none() && !tokens.is_empty()).then_some(Fault::Minted { tokens })
    }
}

type Made<'a> = (OutputReference, &'a Output, Option<Held<State>>);

impl Step {
    /// Whether the contract allows the transition itself, be its outputs what they may.
    pub(super) const fn is_allowed(&self) -> bool {
        self.demand.is_some() && !self.unexplained
    }

    /// The transition, if it is allowed and of the market.
    pub(super) const fn transition(&self) -> Option<&MarketTransition> {
        match &self.demand {
            Some(Demand { transition: Some(Transition::Market(transition)), .. }) => Some(transition),
            _ => None,
        }
    }

    /// The first state that should come of it.
    pub(super) fn first_expected(&self) -> Option<&State> {
        Some(&self.demand.as_ref()?.outcome.states.first()?.state)
    }

    /// What the payments that are due were found to hold, each at most what is due.
    pub(super) fn payments(&self) -> Vec<Value> {
        let Some(Demand { outcome, .. }) = &self.demand else { return Vec::new() };
        let found = |(position, due): (usize, &Payment)| {
            let output = self.outputs.get(position).filter(|output| output.address == due.address);
            let tagged = output.filter(|output| tag_of(output) == Some(due.tag));
            tagged.map_or_else(Value::default, |output| least(&due.value, &output.value))
        };
        (outcome.exact_outputs()..).zip(&outcome.payments).map(found).collect()
    }

    fn refused(&self, scripts: &Scripts, refusal: &Refusal) -> Fault {
        let position = match refusal {
            Refusal::StateOutput { position, .. }
            | Refusal::DepositOutput { position, .. }
            | Refusal::PaymentOutput { position, .. }
            | Refusal::MissingOutput { position } => Some(*position),
            _ => None,
        };
        let found = position.and_then(|position| self.outputs.get(position)).map(content_of);
        Fault::Refused {
            transition: self.name(),
            refusal: Box::new(refusal.clone()),
            expected: position.and_then(|position| self.expected(scripts, position)).map(Box::new),
            found: found.map(Box::new),
        }
    }

    fn name(&self) -> Option<&'static str> {
        self.demand.as_ref()?.transition.as_ref().map(Transition::name)
    }

    /// What the contract demands of an output.
    fn expected(&self, scripts: &Scripts, position: usize) -> Option<Content> {
        let outcome = &self.demand.as_ref()?.outcome;
        if let Some(output) = outcome.states.get(position) {
            let (value, state) = (output.value.clone(), Some(output.state.clone()));
            return Some(Content { address: scripts.address(output.script), value, state, tag: None });
        }
        let payment = outcome.payments.get(position.checked_sub(outcome.exact_outputs())?)?;
        Some(Content {
            address: payment.address,
            value: payment.value.clone(),
            state: None,
            tag: Some(payment.tag),
        })
    }

    /// The tokens of the grid that are where none belongs: in no state of the grid, and not in a deposit.
    fn astray(&self, states: &States, made: &[Made<'_>]) -> Vec<Fault> {
        let outcome = self.demand.as_ref().map(|demand| &demand.outcome);
        let deposit = outcome.filter(|outcome| outcome.deposit.is_some()).map(|outcome| outcome.states.len());
        let strays = made.iter().enumerate().filter_map(|(position, (reference, output, state))| {
            let tokens = states.tokens_in(output.value());
            let belongs = state.is_some() || deposit == Some(position) && self.refusal.is_none();
            (!belongs && !tokens.is_empty()).then(|| Fault::Astray {
                output: *reference,
                address: *output.address(),
                tokens,
            })
        });
        strays.collect()
    }
}

fn content_of(output: &OutputView) -> Content {
    let state = match &output.datum {
        transition::Datum::Inline(bytes) => State::decode(bytes).ok(),
        transition::Datum::None | transition::Datum::Hash => None,
    };
    let tag = tag_of(output);
    Content { address: output.address, value: output.value.clone(), state, tag }
}

fn tag_of(output: &OutputView) -> Option<OutputReference> {
    match &output.datum {
        transition::Datum::Inline(bytes) => OutputReference::decode(bytes).ok(),
        transition::Datum::None | transition::Datum::Hash => None,
    }
}

/// Of each asset that is due, what was found, at most what is due.
fn least(due: &Value, found: &Value) -> Value {
    due.iter().fold(Value::default(), |sum, (asset, amount)| {
        sum.plus(asset, amount.min(found.amount_of(asset))).unwrap_or_default()
    })
}
