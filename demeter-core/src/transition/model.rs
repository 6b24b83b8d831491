//! What a transition takes, and what it gives.

use std::collections::BTreeSet;

use crate::limits::MAX_RANGE;
use crate::{Address, Deposit, KeyHash, OutputReference, Refusal, Script, State, Time, Transition, Value};

/// A state in its output, at its own script's address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Held<S> {
    /// Which output.
    pub reference: OutputReference,
    /// What it holds.
    pub value: Value,
    /// The state.
    pub state: S,
}

/// Between which times a transaction happens: from the lower bound on, and before the upper one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Range {
    /// "From" a time means that this is at least that time.
    pub lower: Time,
    /// "Before" a time means that this is at most that time.
    pub upper: Time,
}

impl Range {
    pub(super) fn check_length(self) -> Result<Self, Refusal> {
        let found = self.upper.since(self.lower);
        if found > MAX_RANGE {
            return Err(Refusal::RangeTooLong { limit: MAX_RANGE, found });
        }
        Ok(self)
    }

    pub(super) fn from(self, from: Time) -> Result<(), Refusal> {
        if self.lower < from { Err(Refusal::TooEarly { from, lower: self.lower }) } else { Ok(()) }
    }

    pub(super) fn before(self, before: Time) -> Result<(), Refusal> {
        if self.upper > before { Err(Refusal::TooLate { before, upper: self.upper }) } else { Ok(()) }
    }
}

/// Whose signatures a transaction carries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Signers(BTreeSet<KeyHash>);

impl Signers {
    /// Whether this key signs.
    pub fn contains(&self, key: &KeyHash) -> bool {
        self.0.contains(key)
    }

    /// The keys in their order.
    pub fn iter(&self) -> impl Iterator<Item = &KeyHash> {
        self.0.iter()
    }
}

impl FromIterator<KeyHash> for Signers {
    fn from_iter<I: IntoIterator<Item = KeyHash>>(keys: I) -> Self {
        Self(keys.into_iter().collect())
    }
}

/// A transition with all that it depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which transition, with what its redeemer tells.
    pub transition: Transition,
    /// The states consumed: the primary one first, the others in any order.
    pub inputs: Vec<Held<State>>,
    /// The states read, in the order of the transaction (by output reference).
    pub references: Vec<Held<State>>,
    /// When; none where a bound is missing, which only transitions that do not read time allow.
    pub range: Option<Range>,
    /// Who signs.
    pub signers: Signers,
}

/// What a transition yields: the first outputs of its transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The states, from output 0 on: each output is just this.
    pub states: Vec<StateOutput>,
    /// Instead of states, output 0 of a transaction by which grid and pool leave for a head: it is just this.
    pub deposit: Option<DepositOutput>,
    /// The payments, right after the states: each output is at least this.
    pub payments: Vec<Payment>,
}

impl Outcome {
    /// These states, and nothing paid.
    pub(super) fn of_states(states: Vec<StateOutput>) -> Self {
        Self { states, ..Self::default() }
    }

    /// How many outputs stand before the payments.
    pub fn exact_outputs(&self) -> usize {
        self.states.len().saturating_add(usize::from(self.deposit.is_some()))
    }
}

/// An output with a state: at its script's address without staking part, with its datum inline, without a reference
/// script, and with just this value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateOutput {
    /// At which script.
    pub script: Script,
    /// What it holds.
    pub value: Value,
    /// Its datum.
    pub state: State,
}

impl StateOutput {
    pub(super) fn new(value: Value, state: impl Into<State>) -> Self {
        let state = state.into();
        Self { script: state.script(), value, state }
    }
}

/// An output of hydra's deposit validator: at its address without staking part, with its datum inline, without a
/// reference script, and with just this value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepositOutput {
    /// Where hydra looks for deposits: the grid says which script that is.
    pub address: Address,
    /// All that the recorded outputs hold.
    pub value: Value,
    /// Its datum.
    pub datum: Deposit,
}

/// A payment to a third party, in an output without a reference script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// To whom.
    pub address: Address,
    /// At least this; whoever submits adds what the ledger asks of an output.
    pub value: Value,
    /// The inline datum: the reference of the primary input, so that no output pays twice.
    pub tag: OutputReference,
}
