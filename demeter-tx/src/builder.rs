//! Building transactions.
//!
//! A [`TransactionBuilder`] is told what to spend, to refer to, to pay and to mint; [`TransactionBuilder::build`]
//! sorts, balances, runs the scripts and checks the result against the ledger's own rules. The same calls in any
//! order (but for that of outputs) give the same bytes.
//!
//! It chooses nothing: which outputs to spend is the caller's decision, and an input too few is an error that
//! says how much is lacking. What is left over goes to one change output, after all others; to several, where its tokens
//! would make one too big for the ledger.
//!
//! Scripts run once with the limit as their budget; what they used, and the margin if one is set, is what the
//! transaction declares. Where there are fees they run again, as a fee changes the change, until the fee holds.

mod assemble;
mod balance;
mod error;
mod unsigned;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use demeter_core::{Address, Amount, AssetName, Credential, KeyHash, OutputReference, Ppm, ScriptHash};

use crate::decoded::Decoded;
use crate::evaluate::{Budget, Purpose, RedeemerPointer, run};
use crate::ledger::{Charged, check_built, minimum_fee};
use crate::{
    Data, ExecutionUnits, LedgerSettings, Output, OutputDraft, PlutusScript, PlutusVersion,
    SignedTransaction, Slot, UtxoSet,
};

pub use error::{BuildError, SigningError};
pub use unsigned::{Summary, UnsignedTransaction};

use assemble::Assembled;

/// How often the fee may be computed anew before it is given up.
const ROUNDS: usize = 16;

/// Collects what a transaction shall do.
#[derive(Clone, Debug)]
#[must_use]
pub struct TransactionBuilder {
    settings: Arc<LedgerSettings>,
    change: Address,
    inputs: BTreeMap<OutputReference, Input>,
    references: UtxoSet,
    collateral: UtxoSet,
    outputs: Vec<OutputDraft>,
    mint: BTreeMap<ScriptHash, Mint>,
    valid_from: Option<Slot>,
    valid_before: Option<Slot>,
    signers: BTreeSet<KeyHash>,
    scripts: BTreeMap<ScriptHash, PlutusScript>,
    data: BTreeMap<[u8; 32], Data>,
    margin: Ppm,
    /// The first thing that was wrong, reported by `build`.
    fault: Option<BuildError>,
}

#[derive(Clone, Debug)]
struct Input {
    output: Output,
    redeemer: Option<Data>,
}

#[derive(Clone, Debug)]
struct Mint {
    quantities: BTreeMap<AssetName, i64>,
    redeemer: Data,
}

impl TransactionBuilder {
    /// Starts a transaction for this ledger; what is left over goes to `change`.
    pub fn new(settings: impl Into<Arc<LedgerSettings>>, change: Address) -> Self {
        Self {
            settings: settings.into(),
            change,
            inputs: BTreeMap::new(),
            references: UtxoSet::new(),
            collateral: UtxoSet::new(),
            outputs: Vec::new(),
            mint: BTreeMap::new(),
            valid_from: None,
            valid_before: None,
            signers: BTreeSet::new(),
            scripts: BTreeMap::new(),
            data: BTreeMap::new(),
            margin: Ppm::ZERO,
            fault: None,
        }
    }

    /// Spends an output that a key locks.
    pub fn spend(self, reference: OutputReference, output: Output) -> Self {
        self.input(reference, output, None)
    }

    /// Spends an output that a script guards.
    pub fn spend_with(self, reference: OutputReference, output: Output, redeemer: Data) -> Self {
        self.input(reference, output, Some(redeemer))
    }

    /// Lets scripts see an output, or run the script that it carries, without spending it.
    pub fn refer(mut self, reference: OutputReference, output: Output) -> Self {
        self.references.insert(reference, output);
        self
    }

    /// Makes an output, after those asked for before.
    pub fn pay(mut self, output: OutputDraft) -> Self {
        self.outputs.push(output);
        self
    }

    /// Mints, or with negative quantities burns, under a policy.
    pub fn mint(
        mut self,
        policy: ScriptHash,
        quantities: impl IntoIterator<Item = (AssetName, i64)>,
        redeemer: Data,
    ) -> Self {
        let quantities: BTreeMap<AssetName, i64> = quantities.into_iter().collect();
        if quantities.is_empty() || quantities.values().any(|quantity| *quantity == 0) {
            self.faulty(BuildError::MintOfNothing { policy });
        }
        if self.mint.insert(policy, Mint { quantities, redeemer }).is_some() {
            self.faulty(BuildError::MintTwice { policy });
        }
        self
    }

    /// Valid in this slot and later ones.
    pub fn valid_from(mut self, slot: Slot) -> Self {
        self.valid_from = Some(slot);
        self
    }

    /// Valid in slots before this one.
    pub fn valid_before(mut self, slot: Slot) -> Self {
        self.valid_before = Some(slot);
        self
    }

    /// Requires the signature of a key; scripts see it.
    pub fn signed_by(mut self, key: KeyHash) -> Self {
        self.signers.insert(key);
        self
    }

    /// Puts up an output as collateral. Where no script runs, it is left out; what need not be at risk is
    /// returned to the change address.
    pub fn collateral(mut self, reference: OutputReference, output: Output) -> Self {
        self.collateral.insert(reference, output);
        self
    }

    /// Attaches a script that nothing referred to carries.
    pub fn attach(mut self, script: PlutusScript) -> Self {
        self.scripts.insert(script.hash(), script);
        self
    }

    /// Attaches the datum that an input names by its hash, or that an output names for others to know.
    pub fn attach_datum(mut self, data: Data) -> Self {
        self.data.insert(data.hash(), data);
        self
    }

    /// Declares this much more for each script than it used, in millionths of that. Nothing, by default.
    pub fn margin(mut self, margin: Ppm) -> Self {
        self.margin = margin;
        self
    }

    /// Whether this output is among those to be spent.
    pub fn spends(&self, reference: &OutputReference) -> bool {
        self.inputs.contains_key(reference)
    }

    /// Builds the transaction.
    ///
    /// # Errors
    /// The parts do not make a transaction that the ledger would accept: [`BuildError`] says why.
    pub fn build(self) -> Result<UnsignedTransaction, BuildError> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        self.check_redeemers()?;
        let known = self.known_outputs();
        let limit = self.settings.parameters.max_transaction_units;
        let mut fee = Amount::ZERO;
        let mut units: BTreeMap<RedeemerPointer, ExecutionUnits> =
            self.redeemers().into_keys().map(|pointer| (pointer, limit)).collect();
        for _ in 0..ROUNDS {
            if !units.is_empty() {
                let bytes = self.assemble(fee, &units)?.transaction.to_cbor();
                let decoded = Decoded::from_cbor(&bytes)?;
                let used = run(&decoded, &known, &self.settings, Budget::Limit(limit))?.units;
                units = used
                    .into_iter()
                    .map(|(pointer, used)| (pointer, with_margin(used, self.margin)))
                    .collect();
            }
            let assembled = self.assemble(fee, &units)?;
            let needed = self.needed_signers();
            let signed = with_placeholders(&assembled.transaction, needed.len());
            let size = signed.to_cbor().len() as u64;
            let minimum = minimum_fee(
                &self.settings.parameters,
                Charged {
                    size: size.saturating_sub(1),
                    units: ExecutionUnits::total(units.values().copied()),
                    reference_script_bytes: self.reference_script_bytes(),
                },
            )?;
            if minimum > fee {
                fee = minimum;
                continue;
            }
            let bytes = signed.to_cbor();
            check_built(&Decoded::from_cbor(&bytes)?, &signed, &known, &self.settings)?;
            let Assembled { transaction, outputs } = assembled;
            let summary = Summary { size, fee, units };
            return Ok(UnsignedTransaction { transaction, needed, resolved: known, outputs, summary });
        }
        Err(BuildError::FeeUnsettled)
    }

    fn input(mut self, reference: OutputReference, output: Output, redeemer: Option<Data>) -> Self {
        if self.inputs.insert(reference, Input { output, redeemer }).is_some() {
            self.faulty(BuildError::InputTwice { reference });
        }
        self
    }

    fn faulty(&mut self, fault: BuildError) {
        self.fault.get_or_insert(fault);
    }

    fn check_redeemers(&self) -> Result<(), BuildError> {
        for (reference, input) in &self.inputs {
            match (input.output.address().payment, &input.redeemer) {
                (Credential::Script(script), None) => {
                    return Err(BuildError::RedeemerMissing { reference: *reference, script });
                }
                (Credential::Key(_), Some(_)) => {
                    return Err(BuildError::RedeemerNotNeeded { reference: *reference });
                }
                (Credential::Script(_), Some(_)) | (Credential::Key(_), None) => {}
            }
        }
        Ok(())
    }

    /// The redeemers by their positions, which are known once all inputs are.
    fn redeemers(&self) -> BTreeMap<RedeemerPointer, &Data> {
        let spend = (0u32..).zip(self.inputs.values()).filter_map(|(index, input)| {
            Some((RedeemerPointer { purpose: Purpose::Spend, index }, input.redeemer.as_ref()?))
        });
        let mint = (0u32..)
            .zip(self.mint.values())
            .map(|(index, mint)| (RedeemerPointer { purpose: Purpose::Mint, index }, &mint.redeemer));
        spend.chain(mint).collect()
    }

    /// The keys that must sign.
    fn needed_signers(&self) -> BTreeSet<KeyHash> {
        let locks = self.inputs.values().map(|input| &input.output).chain(self.used_collateral().values());
        let locks = locks.filter_map(|output| match output.address().payment {
            Credential::Key(hash) => Some(hash),
            Credential::Script(_) => None,
        });
        locks.chain(self.signers.iter().copied()).collect()
    }

    /// The collateral, where a script runs.
    fn used_collateral(&self) -> &UtxoSet {
        static NONE: UtxoSet = UtxoSet::new();
        if self.redeemers().is_empty() { &NONE } else { &self.collateral }
    }

    /// All outputs that the transaction names.
    fn known_outputs(&self) -> UtxoSet {
        let inputs = self.inputs.iter().map(|(reference, input)| (*reference, input.output.clone()));
        let others = self.references.iter().chain(&self.collateral);
        inputs.chain(others.map(|(reference, output)| (*reference, output.clone()))).collect()
    }

    /// The versions of Plutus that the scripts are in which must run, as far as they are there.
    fn versions_used(&self) -> BTreeSet<PlutusVersion> {
        let spent = self.inputs.values().filter_map(|input| match input.output.address().payment {
            Credential::Script(hash) => Some(hash),
            Credential::Key(_) => None,
        });
        let carried = self.carriers().filter_map(|output| output.reference_script()?.as_plutus());
        let provided: BTreeMap<ScriptHash, &PlutusScript> =
            carried.chain(self.scripts.values()).map(|script| (script.hash(), script)).collect();
        let needed = spent.chain(self.mint.keys().copied());
        needed.filter_map(|hash| Some(provided.get(&hash)?.version())).collect()
    }

    /// The outputs that scripts can be referred to on.
    fn carriers(&self) -> impl Iterator<Item = &Output> {
        self.inputs.values().map(|input| &input.output).chain(self.references.values())
    }

    fn reference_script_bytes(&self) -> u64 {
        self.carriers()
            .filter_map(Output::reference_script)
            .fold(0, |sum: u64, script| sum.saturating_add(script.size() as u64))
    }
}

fn with_margin(used: ExecutionUnits, margin: Ppm) -> ExecutionUnits {
    let more = |units: u64| {
        let extra = u128::from(units) * u128::from(margin.to_millionths()) / 1_000_000;
        units.saturating_add(u64::try_from(extra).unwrap_or(u64::MAX))
    };
    ExecutionUnits { memory: more(used.memory), steps: more(used.steps) }
}

/// The transaction with as many signatures as it will have, to measure it.
fn with_placeholders(transaction: &SignedTransaction, count: usize) -> SignedTransaction {
    let mut signed = transaction.clone();
    for number in (0u64..).take(count) {
        let mut key = [0; 32];
        for (byte, digit) in key.iter_mut().zip(number.to_be_bytes()) {
            *byte = digit;
        }
        signed.insert_unverified(key, [0; 64]);
    }
    signed
}

#[cfg(test)]
mod tests;
