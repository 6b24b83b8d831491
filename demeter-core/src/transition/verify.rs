//! A whole transaction, checked as both validators check it.

use super::{
    Datum, DepositOutput, Held, InputView, Outcome, OutputView, Payment, Range, Refusal, Step,
    TransactionView, apply, genesis,
};
use crate::{
    Address, Amount, Asset, Credential, Genesis, Grid, GridId, MarketRedeemer, OutputReference, PlutusData,
    Redeemer, RegistryRedeemer, Script, Scripts, State, StateKind, Token, Transition, Value,
};

/// Checks a whole transaction as both validators, and the policy, would: each input of ours by its own redeemer,
/// and the outputs that the one primary input demands.
///
/// Gives what the transition yields; nothing where the transaction touches none of our scripts.
///
/// # Errors
/// The first condition that is violated.
pub fn verify(scripts: &Scripts, transaction: &TransactionView) -> Result<Outcome, Refusal> {
    let demand = demand(scripts, transaction)?;
    demand.check(scripts, transaction)?;
    Ok(demand.outcome)
}

/// What a whole transaction must yield, whatever its outputs are: all that [`verify`] checks but these.
///
/// It is for those who want to say what the outputs should have been.
///
/// # Errors
/// The first condition that is violated.
pub fn demand(scripts: &Scripts, transaction: &TransactionView) -> Result<Demand, Refusal> {
    let view = View { scripts, transaction };
    let mut demand = Demand::default();
    if view.mints_ours() {
        demand.outcome = view.check_genesis()?;
    }
    for input in &transaction.inputs {
        let transition = match view.script_at(input) {
            Some(script) => view.transition_of(input, script)?,
            None => continue,
        };
        match transition {
            Some((script, transition)) => {
                let outcome = view.check_primary(input, script, transition.clone())?;
                demand = Demand { transition: Some(transition), outcome };
            }
            None => view.check_follower(input)?,
        }
    }
    Ok(demand)
}

/// What a transaction must yield.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// By which transition; none where a grid is founded, or none of our scripts is touched.
    pub transition: Option<Transition>,
    /// What it yields.
    pub outcome: Outcome,
}

impl Demand {
    /// Checks that a transaction has the outputs that are demanded.
    ///
    /// # Errors
    /// The first output that is missing or another.
    pub fn check(&self, scripts: &Scripts, transaction: &TransactionView) -> Result<(), Refusal> {
        View { scripts, transaction }.check_outputs(&self.outcome)
    }
}

struct View<'a> {
    scripts: &'a Scripts,
    transaction: &'a TransactionView,
}

impl<'a> View<'a> {
    fn script_at(&self, input: &InputView) -> Option<Script> {
        match input.output.address.payment {
            Credential::Script(hash) if hash == self.scripts.registry => Some(Script::Registry),
            Credential::Script(hash) if hash == self.scripts.market => Some(Script::Market),
            _ => None,
        }
    }

    fn at(&self, script: Script) -> impl Iterator<Item = &'a InputView> {
        self.transaction.inputs.iter().filter(move |input| self.script_at(input) == Some(script))
    }

    fn mints_ours(&self) -> bool {
        self.our_mint().next().is_some()
    }

    fn our_mint(&self) -> impl Iterator<Item = &'a (Asset, i64)> {
        let registry = self.scripts.registry;
        self.transaction
            .minted
            .iter()
            .filter(move |(asset, _)| matches!(asset, Asset::Token { policy, .. } if *policy == registry))
    }

    fn range(&self) -> Option<Range> {
        Some(Range { lower: self.transaction.lower?, upper: self.transaction.upper? })
    }

    /// The transition of a primary input; none of one that follows.
    fn transition_of(
        &self,
        input: &InputView,
        script: Script,
    ) -> Result<Option<(Script, Transition)>, Refusal> {
        let bytes = input.redeemer.as_ref().ok_or(Refusal::MissingRedeemer { input: input.reference })?;
        let malformed = |error| Refusal::MalformedRedeemer { input: input.reference, error };
        let transition = match script {
            Script::Registry => match RegistryRedeemer::decode(bytes).map_err(malformed)? {
                Redeemer::Act(transition) => Some(Transition::Registry(transition)),
                Redeemer::Follow => None,
            },
            Script::Market => match MarketRedeemer::decode(bytes).map_err(malformed)? {
                Redeemer::Act(transition) => Some(Transition::Market(transition)),
                Redeemer::Follow => None,
            },
        };
        Ok(transition.map(|transition| (script, transition)))
    }

    fn check_primary(
        &self,
        input: &InputView,
        script: Script,
        transition: Transition,
    ) -> Result<Outcome, Refusal> {
        if self.mints_ours() {
            return Err(Refusal::Minted);
        }
        let ours: Vec<&InputView> = match script {
            Script::Market => {
                if let Some(other) = self.at(Script::Registry).next() {
                    return Err(Refusal::RegistryInput { input: other.reference });
                }
                self.at(Script::Market).collect()
            }
            Script::Registry => {
                let with_tokens = self.transaction.inputs.iter();
                with_tokens.filter(|other| self.scripts.any_token_in(&other.output.value)).collect()
            }
        };
        let mut inputs = vec![self.held(input)?];
        for other in ours.iter().filter(|other| other.reference != input.reference) {
            inputs.push(self.held(other)?);
        }
        let step = Step {
            transition,
            inputs,
            references: self.references(),
            range: self.range(),
            signers: self.transaction.signatories.clone(),
        };
        apply(self.scripts, &step)
    }

    /// What is read, as far as it may count: at `registry` each state, and at `market` only the first output, and
    /// that only where it is just a state.
    fn references(&self) -> Vec<Held<State>> {
        let mut market_seen = false;
        let states = self.transaction.references.iter().filter_map(|input| {
            let counts = match self.script_at(input)? {
                Script::Registry => true,
                Script::Market => {
                    let first = !market_seen;
                    market_seen = true;
                    let output = &input.output;
                    first && output.address.stake.is_none() && !output.has_reference_script
                }
            };
            if counts { self.held(input).ok() } else { None }
        });
        states.collect()
    }

    fn held(&self, input: &InputView) -> Result<Held<State>, Refusal> {
        let state = state_in(input)?;
        if self.script_at(input) != Some(state.script()) {
            return Err(Refusal::Misplaced { input: input.reference });
        }
        Ok(Held { reference: input.reference, value: input.output.value.clone(), state })
    }

    /// A slot may follow a bid, or an operator or pool of its grid; an operator may follow the pool of its grid, and
    /// a pool its grid.
    fn check_follower(&self, input: &InputView) -> Result<(), Refusal> {
        let leads = match self.held(input)?.state {
            State::Slot(slot) => {
                self.bid_is_consumed()
                    || self.holder_at_registry(Token::Operator, &slot.grid)
                    || self.holder_at_registry(Token::Pool, &slot.grid)
            }
            State::Operator(operator) => self.holder_at_registry(Token::Pool, &operator.grid),
            State::Pool(pool) => self.holder_at_registry(Token::Grid, &pool.grid),
            State::Grid(_) | State::Bid(_) => false,
        };
        if leads { Ok(()) } else { Err(Refusal::CannotFollow { input: input.reference }) }
    }

    fn bid_is_consumed(&self) -> bool {
        self.at(Script::Market).any(|other| state_in(other).is_ok_and(|state| state.kind() == StateKind::Bid))
    }

    fn holder_at_registry(&self, token: Token, grid: &GridId) -> bool {
        self.at(Script::Registry)
            .any(|other| self.scripts.tokens_in(&other.output.value, token, grid) > Amount::ZERO)
    }

    fn check_genesis(&self) -> Result<Outcome, Refusal> {
        let bytes = self.transaction.policy_redeemer.as_ref().ok_or(Refusal::MissingPolicyRedeemer)?;
        let redeemer = Genesis::decode(bytes).map_err(|error| Refusal::MalformedPolicyRedeemer { error })?;
        let first = self.transaction.outputs.first().ok_or(Refusal::MissingOutput { position: 0 })?;
        let no_grid = Refusal::StateOutput { position: 0, state: StateKind::Grid, part: "datum" };
        let grid = match &first.datum {
            Datum::Inline(bytes) => Grid::decode(bytes).map_err(|_| no_grid)?,
            Datum::None | Datum::Hash => return Err(no_grid),
        };
        let consumed: Vec<OutputReference> =
            self.transaction.inputs.iter().map(|input| input.reference).collect();
        let founding = genesis(self.scripts, &redeemer, &grid, &consumed, self.range())?;
        let mut minted = Value::default();
        for (asset, count) in self.our_mint() {
            let count = u64::try_from(*count).map_err(|_| Refusal::WrongMint)?;
            minted = minted.plus(asset, Amount::from_units(count)?)?;
        }
        if minted != founding.minted {
            return Err(Refusal::WrongMint);
        }
        Ok(founding.outcome)
    }

    fn check_outputs(&self, outcome: &Outcome) -> Result<(), Refusal> {
        let output_at = |position: usize| {
            self.transaction.outputs.get(position).ok_or(Refusal::MissingOutput { position })
        };
        for (position, expected) in outcome.states.iter().enumerate() {
            let address = self.scripts.address(expected.script);
            if let Some(part) = difference(&address, &expected.value, &expected.state, output_at(position)?) {
                return Err(Refusal::StateOutput { position, state: expected.state.kind(), part });
            }
        }
        for (position, expected) in (outcome.states.len()..).zip(&outcome.deposit) {
            let DepositOutput { address, value, datum } = expected;
            if let Some(part) = difference(address, value, datum, output_at(position)?) {
                return Err(Refusal::DepositOutput { position, part });
            }
        }
        for (position, payment) in (outcome.exact_outputs()..).zip(&outcome.payments) {
            if let Some(part) = shortfall(payment, output_at(position)?) {
                return Err(Refusal::PaymentOutput { position, part });
            }
        }
        Ok(())
    }
}

/// In what an output is not just this, with no reference script.
fn difference<T: PlutusData + PartialEq>(
    address: &Address,
    value: &Value,
    datum: &T,
    output: &OutputView,
) -> Option<&'static str> {
    if output.address != *address {
        Some("address")
    } else if output.value != *value {
        Some("value")
    } else if !holds_data(output, datum) {
        Some("datum")
    } else if output.has_reference_script {
        Some("reference script")
    } else {
        None
    }
}

fn state_in(input: &InputView) -> Result<State, Refusal> {
    match &input.output.datum {
        Datum::Inline(bytes) => {
            State::decode(bytes).map_err(|error| Refusal::MalformedState { input: input.reference, error })
        }
        Datum::None | Datum::Hash => Err(Refusal::MissingDatum { input: input.reference }),
    }
}

/// What a payment lacks.
fn shortfall(payment: &Payment, output: &OutputView) -> Option<&'static str> {
    if output.address != payment.address {
        Some("address")
    } else if !output.value.covers(&payment.value) {
        Some("value")
    } else if !holds_data(output, &payment.tag) {
        Some("datum")
    } else if output.has_reference_script {
        Some("reference script")
    } else {
        None
    }
}

/// Whether the inline datum is this, in whatever way it is written.
fn holds_data<T: PlutusData + PartialEq>(output: &OutputView, expected: &T) -> bool {
    match &output.datum {
        Datum::Inline(bytes) => T::decode(bytes).is_ok_and(|found| found == *expected),
        Datum::None | Datum::Hash => false,
    }
}
