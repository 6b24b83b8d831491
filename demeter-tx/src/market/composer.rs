//! From plans to transactions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use demeter_core::transition::{Held, Outcome, Payment, Range, Refusal, StateOutput, Step, apply, genesis};
use demeter_core::{
    Address, Asset, AssetName, Bid, Credential, Genesis, Grid, MarketRedeemer, OutputReference,
    PlutusData as _, Redeemer, Script, ScriptHash, State, Terms, Transition, Value,
};

use super::{ComposeError, Contract, Funds, Plan, SlotRange, StateError, read_state};
use crate::builder::{BuildError, TransactionBuilder, UnsignedTransaction};
use crate::{Data, LedgerScript, LedgerSettings, Output, OutputDraft, PlutusScript, UtxoSet};

/// Composes the transactions of a contract for one ledger.
#[derive(Clone, Debug)]
pub struct Composer {
    contract: Contract,
    settings: Arc<LedgerSettings>,
    published: BTreeMap<ScriptHash, (OutputReference, Output)>,
}

/// What the genesis transaction founds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenesisPlan {
    /// What is minted, out of which seed, before when.
    pub genesis: Genesis,
    /// The grid. Its id must be what seed and deadline make it: [`demeter_core::codec::grid_id`].
    pub grid: Grid,
    /// When the transaction is valid.
    pub range: SlotRange,
}

impl Composer {
    /// Composes for a ledger on which nothing is published yet: scripts are attached to each transaction.
    pub fn new(contract: Contract, settings: impl Into<Arc<LedgerSettings>>) -> Self {
        Self { contract, settings: settings.into(), published: BTreeMap::new() }
    }

    /// Refers to the contract's scripts where outputs at `holder` carry them.
    ///
    /// Anybody can publish a script, and spend the output again: `holder` is somebody trusted to leave it. Of two
    /// outputs with the same script the first counts.
    #[must_use]
    pub fn with_published(mut self, holder: &Address, utxos: &UtxoSet) -> Self {
        let ours = [self.contract.registry().hash(), self.contract.market().hash()];
        for (reference, output) in utxos.iter().filter(|(_, output)| output.address() == holder) {
            let Some(script) = output.reference_script().map(LedgerScript::hash) else { continue };
            if ours.contains(&script) {
                self.published.entry(script).or_insert_with(|| (*reference, output.clone()));
            }
        }
        self
    }

    /// The contract.
    pub const fn contract(&self) -> &Contract {
        &self.contract
    }

    /// The ledger composed for.
    pub fn settings(&self) -> &LedgerSettings {
        &self.settings
    }

    /// Publishes one of the contract's scripts in an output at `holder`, for transactions to refer to.
    ///
    /// # Errors
    /// The funds do not suffice.
    pub fn publish(
        &self,
        script: Script,
        holder: Address,
        funds: &Funds,
    ) -> Result<UnsignedTransaction, ComposeError> {
        let script = self.script(script).clone();
        let draft = OutputDraft::new(holder, Default::default())
            .with_reference_script(script)
            .topped_up(&self.settings.parameters)?;
        self.fund(self.start(funds).pay(draft), funds)
    }

    /// Founds a grid: mints its tokens and makes Grid and Pool.
    ///
    /// # Errors
    /// The contract refuses, or the funds (which must hold the seed) do not suffice.
    pub fn genesis(&self, plan: &GenesisPlan, funds: &Funds) -> Result<UnsignedTransaction, ComposeError> {
        let GenesisPlan { genesis: minting, grid, range } = plan;
        let scripts = self.contract.scripts();
        let founding = genesis(&scripts, minting, grid, &[minting.seed], Some(self.times(*range)?))?;
        let seed = known(&funds.utxos, minting.seed)?;
        let mut builder = valid(self.start(funds), Some(*range)).spend(minting.seed, seed).mint(
            scripts.registry,
            quantities(&founding.minted),
            Data::from_cbor(minting.encode())?,
        );
        builder = self.with_script(builder, Script::Registry);
        for state in &founding.outcome.states {
            builder = builder.pay(self.state_draft(state)?);
        }
        self.fund(builder, funds)
    }

    /// Places a bid: pays its reserve and escrow to `market`.
    ///
    /// # Errors
    /// What is left of the bid would go to a script of the contract, or the funds do not suffice.
    pub fn place(&self, terms: &Terms, funds: &Funds) -> Result<UnsignedTransaction, ComposeError> {
        self.place_within(terms, None, funds)
    }

    /// The same, valid only in these slots: once they are over, whoever has lost sight of the transaction knows that it
    /// places nothing any more.
    ///
    /// # Errors
    /// As for [`Composer::place`].
    pub fn place_within(
        &self,
        terms: &Terms,
        range: Option<SlotRange>,
        funds: &Funds,
    ) -> Result<UnsignedTransaction, ComposeError> {
        if !self.contract.scripts().is_payable(&terms.refund) {
            return Err(Refusal::NotPayable { role: "refund", address: terms.refund }.into());
        }
        let state = State::from(Bid::open(terms.clone()));
        let output = StateOutput { script: state.script(), value: terms.funding()?, state };
        self.fund(valid(self.start(funds), range).pay(self.state_draft(&output)?), funds)
    }

    /// What a plan's transition would yield, without building anything.
    ///
    /// # Errors
    /// The contract refuses, or an output that the plan names is not there or holds no state.
    pub fn preview(&self, plan: &Plan, utxos: &UtxoSet) -> Result<Outcome, ComposeError> {
        Ok(apply(&self.contract.scripts(), &self.step(plan, utxos)?)?)
    }

    /// The transaction that makes a plan's transition happen, short of signatures.
    ///
    /// `utxos` must hold every output that the plan names; others do no harm. What the transition sets free and pays to
    /// nobody by name (the purse that Collect empties, the pay that Claim draws, what Cancel, Close and Retire set free)
    /// goes to the change address of `funds`, whoever's that is.
    ///
    /// # Errors
    /// The contract refuses, an output is not there, or the funds do not suffice.
    pub fn compose(
        &self,
        plan: &Plan,
        utxos: &UtxoSet,
        funds: &Funds,
    ) -> Result<UnsignedTransaction, ComposeError> {
        let outcome = self.preview(plan, utxos)?;
        if let Some(deposit) = &outcome.deposit {
            let deadline = deposit.datum.deadline;
            let end = plan.range.map(|range| self.times(range)).transpose()?.map(|range| range.upper);
            if end.is_none_or(|end| end >= deadline) {
                return Err(ComposeError::DepositDeadline { deadline, end });
            }
        }
        let mut builder = valid(self.start(funds), plan.range);
        let act = match &plan.transition {
            Transition::Registry(transition) => Redeemer::Act(transition.clone()).encode(),
            Transition::Market(transition) => Redeemer::Act(transition.clone()).encode(),
        };
        builder = self.consume(builder, utxos, plan.primary, act)?;
        for follower in &plan.followers {
            let follow = MarketRedeemer::Follow.encode();
            builder = self.consume(builder, utxos, *follower, follow)?;
        }
        for reference in &plan.reads {
            builder = builder.refer(*reference, known(utxos, *reference)?);
        }
        for state in &outcome.states {
            builder = builder.pay(self.state_draft(state)?);
        }
        if let Some(deposit) = &outcome.deposit {
            let datum = Data::from_cbor(deposit.datum.encode())?;
            let draft = OutputDraft::new(deposit.address, deposit.value.clone());
            builder = builder.pay(draft.with_inline_datum(datum));
        }
        for payment in &outcome.payments {
            builder = builder.pay(self.payment_draft(payment)?);
        }
        for key in &plan.signers {
            builder = builder.signed_by(*key);
        }
        self.fund(builder, funds)
    }

    /// The plan with its outputs read.
    fn step(&self, plan: &Plan, utxos: &UtxoSet) -> Result<Step, ComposeError> {
        let scripts = self.contract.scripts();
        let read = |reference: &OutputReference| -> Result<Held<State>, ComposeError> {
            Ok(read_state(&scripts, *reference, &known(utxos, *reference)?)?)
        };
        for reference in &plan.reads {
            if known(utxos, *reference)?.reference_script().is_some() {
                return Err(StateError::CarriesScript { reference: *reference }.into());
            }
        }
        let mut reads = plan.reads.clone();
        reads.sort_unstable();
        Ok(Step {
            transition: plan.transition.clone(),
            inputs: std::iter::once(&plan.primary)
                .chain(&plan.followers)
                .map(read)
                .collect::<Result<_, _>>()?,
            references: reads.iter().map(read).collect::<Result<_, _>>()?,
            range: plan.range.map(|range| self.times(range)).transpose()?,
            signers: plan.signers.iter().copied().collect(),
        })
    }

    fn times(&self, range: SlotRange) -> Result<Range, ComposeError> {
        let clock = &self.settings.clock;
        Ok(Range { lower: clock.time_of(range.from)?, upper: clock.time_of(range.before)? })
    }

    fn start(&self, funds: &Funds) -> TransactionBuilder {
        TransactionBuilder::new(Arc::clone(&self.settings), funds.change)
    }

    const fn script(&self, script: Script) -> &PlutusScript {
        match script {
            Script::Registry => self.contract.registry(),
            Script::Market => self.contract.market(),
        }
    }

    /// Spends a state, with the script that guards it referred to or, where none is published, attached.
    fn consume(
        &self,
        builder: TransactionBuilder,
        utxos: &UtxoSet,
        reference: OutputReference,
        redeemer: Vec<u8>,
    ) -> Result<TransactionBuilder, ComposeError> {
        let output = known(utxos, reference)?;
        let scripts = self.contract.scripts();
        let builder = match output.address().payment {
            Credential::Script(hash) if hash == scripts.registry => {
                self.with_script(builder, Script::Registry)
            }
            Credential::Script(hash) if hash == scripts.market => self.with_script(builder, Script::Market),
            _ => builder,
        };
        Ok(builder.spend_with(reference, output, Data::from_cbor(redeemer)?))
    }

    fn with_script(&self, builder: TransactionBuilder, script: Script) -> TransactionBuilder {
        let script = self.script(script);
        match self.published.get(&script.hash()) {
            Some((reference, output)) => builder.refer(*reference, output.clone()),
            None => builder.attach(script.clone()),
        }
    }

    fn state_draft(&self, output: &StateOutput) -> Result<OutputDraft, ComposeError> {
        let address = self.contract.scripts().address(output.script);
        let datum = Data::from_cbor(output.state.encode())?;
        Ok(OutputDraft::new(address, output.value.clone()).with_inline_datum(datum))
    }

    fn payment_draft(&self, payment: &Payment) -> Result<OutputDraft, ComposeError> {
        let tag = Data::from_cbor(payment.tag.encode())?;
        let draft = OutputDraft::new(payment.address, payment.value.clone()).with_inline_datum(tag);
        Ok(draft.topped_up(&self.settings.parameters)?)
    }

    /// Spends as many of the funds as it takes, and puts up as many as collateral.
    fn fund(&self, builder: TransactionBuilder, funds: &Funds) -> Result<UnsignedTransaction, ComposeError> {
        let mut builder = builder;
        let funds = funds.without(self.contract.scripts().registry);
        let mut collateral = BTreeSet::new();
        if let Some(reference) = funds.richest() {
            builder = builder.collateral(reference, known(&funds.utxos, reference)?);
            collateral.insert(reference);
        }
        loop {
            let (lacking, error) = match builder.clone().build() {
                Ok(transaction) => return Ok(transaction),
                Err(BuildError::NotEnough { asset, lacking }) => {
                    (asset.clone(), BuildError::NotEnough { asset, lacking })
                }
                Err(error @ BuildError::ChangeTooSmall { .. }) => (Asset::Lovelace, error),
                Err(error @ BuildError::CollateralTooSmall { .. }) => {
                    let unused = |reference: &OutputReference| !collateral.contains(reference);
                    let next = funds.richest_in(&Asset::Lovelace, unused).ok_or(error)?;
                    builder = builder.collateral(next, known(&funds.utxos, next)?);
                    collateral.insert(next);
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let next = funds.richest_in(&lacking, |reference| !builder.spends(reference));
            let reference = next.ok_or(error)?;
            builder = builder.spend(reference, known(&funds.utxos, reference)?);
        }
    }
}

fn known(utxos: &UtxoSet, reference: OutputReference) -> Result<Output, ComposeError> {
    utxos.get(&reference).cloned().ok_or(ComposeError::NoOutput { reference })
}

fn valid(builder: TransactionBuilder, range: Option<SlotRange>) -> TransactionBuilder {
    match range {
        Some(SlotRange { from, before }) => builder.valid_from(from).valid_before(before),
        None => builder,
    }
}

/// A value of tokens as what is minted.
fn quantities(minted: &Value) -> Vec<(AssetName, i64)> {
    let tokens = minted.iter().filter_map(|(asset, amount)| match asset {
        Asset::Token { name, .. } => Some((name, amount)),
        Asset::Lovelace => None,
    });
    // INVARIANT: an amount is below 2^63.
    tokens.map(|(name, amount)| (name.clone(), amount.to_units().cast_signed())).collect()
}

#[cfg(test)]
mod tests;
