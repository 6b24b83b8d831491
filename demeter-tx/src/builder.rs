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
//! # Scripts
//! A script is attached, or carried by an output that is spent or referred to. A program gets a redeemer where it is
//! called; a native script gets none, but must hold with the keys that are going to sign and the slots that the
//! transaction is valid in. Whose signature it counts on is the caller's choice, as several may do:
//!
//! ```
//! use demeter_core::{Address, Amount, KeyHash, OutputReference, Time, TransactionId, Value};
//! use demeter_tx::builder::TransactionBuilder;
//! use demeter_tx::{LedgerSettings, NativeRule, NativeScript, Network, OutputDraft, ProtocolParameters, SlotClock};
//!
//! # let parameters = ProtocolParameters::mainnet()?;
//! # let clock = SlotClock::of_seconds(Time::ZERO)?;
//! # let settings = LedgerSettings { network: Network::Testnet, parameters, clock };
//! let keys = [1, 2, 3].map(|seed| KeyHash::from_bytes([seed; 28]));
//! let two_of_three = NativeScript::from(NativeRule::AtLeast(2, keys.map(NativeRule::Key).to_vec()));
//! let chest = Address::of_script(two_of_three.hash());
//! # let ada = |count: u64| Amount::from_units(count * 1_000_000).map(Value::of_lovelace);
//! let held = OutputDraft::new(chest, ada(50)?).finish(settings.network);
//! # let reference = OutputReference { transaction: TransactionId::from_bytes([7; 32]), index: 0 };
//! let unsigned = TransactionBuilder::new(settings, chest)
//!     .spend(reference, held)
//!     .attach(two_of_three)
//!     .with_signature_of(keys[0])
//!     .with_signature_of(keys[2])
//!     .pay(OutputDraft::new(Address::of_key(keys[1]), ada(5)?))
//!     .build()?;
//! assert_eq!(unsigned.missing_signers(), [keys[0], keys[2]].into());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Scripts run once with the limit as their budget; what they used, and the margin if one is set, is what the
//! transaction declares. Where there are fees they run again, as a fee changes the change, until the fee holds.

mod assemble;
mod balance;
mod error;
mod scripts;
mod unsigned;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use demeter_core::{Address, Amount, AssetName, Credential, KeyHash, OutputReference, Ppm, ScriptHash};

use crate::decoded::Decoded;
use crate::evaluate::{Budget, Machine, Purpose, RedeemerPointer, run};
use crate::ledger::{Charged, check_built, minimum_fee};
use crate::{
    Data, ExecutionUnits, LedgerScript, LedgerSettings, Output, OutputDraft, SignedTransaction, Slot, UtxoSet,
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
    withdrawals: BTreeMap<Account, Option<Data>>,
    signers: BTreeSet<KeyHash>,
    /// Keys that sign although the body does not require it.
    other_signers: BTreeSet<KeyHash>,
    scripts: BTreeMap<ScriptHash, LedgerScript>,
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
    redeemer: Option<Data>,
}

/// A reward account. Accounts are in the ledger's order, which is that of redeemer indices.
///
/// Source: ledger `Credential`: those of scripts before those of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Account {
    Script(ScriptHash),
    Key(KeyHash),
}

impl From<Account> for Credential {
    fn from(account: Account) -> Self {
        match account {
            Account::Script(hash) => Self::Script(hash),
            Account::Key(hash) => Self::Key(hash),
        }
    }
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
            withdrawals: BTreeMap::new(),
            signers: BTreeSet::new(),
            other_signers: BTreeSet::new(),
            scripts: BTreeMap::new(),
            data: BTreeMap::new(),
            margin: Ppm::ZERO,
            fault: None,
        }
    }

    /// Spends an output that a key or a native script locks.
    pub fn spend(self, reference: OutputReference, output: Output) -> Self {
        self.input(reference, output, None)
    }

    /// Spends an output that a program guards.
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

    /// Mints, or with negative quantities burns, under a policy that is a program.
    pub fn mint(
        self,
        policy: ScriptHash,
        quantities: impl IntoIterator<Item = (AssetName, i64)>,
        redeemer: Data,
    ) -> Self {
        self.mint_under(policy, quantities.into_iter().collect(), Some(redeemer))
    }

    /// Mints, or with negative quantities burns, under a policy that is a native script.
    pub fn mint_native(
        self,
        policy: ScriptHash,
        quantities: impl IntoIterator<Item = (AssetName, i64)>,
    ) -> Self {
        self.mint_under(policy, quantities.into_iter().collect(), None)
    }

    /// Withdraws zero from the account of a key, which must sign, or of a native script, which must hold.
    ///
    /// Ledgers after protocol version 9 refuse it of keys, as nobody represents them.
    pub fn withdraw_zero(self, account: Credential) -> Self {
        let account = match account {
            Credential::Script(hash) => Account::Script(hash),
            Credential::Key(hash) => Account::Key(hash),
        };
        self.withdraw(account, None)
    }

    /// Withdraws zero from the account of a program, so that it runs once for the whole transaction.
    pub fn withdraw_zero_with(self, script: ScriptHash, redeemer: Data) -> Self {
        self.withdraw(Account::Script(script), Some(redeemer))
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

    /// Counts on the signature of a key that nothing else demands: a native script may hold by it. Unlike that of
    /// [`TransactionBuilder::signed_by`], no script sees it.
    pub fn with_signature_of(mut self, key: KeyHash) -> Self {
        self.other_signers.insert(key);
        self
    }

    /// Puts up an output as collateral. Where no script runs, it is left out; what need not be at risk is
    /// returned to the change address.
    pub fn collateral(mut self, reference: OutputReference, output: Output) -> Self {
        self.collateral.insert(reference, output);
        self
    }

    /// Attaches a script that nothing referred to carries.
    pub fn attach(mut self, script: impl Into<LedgerScript>) -> Self {
        let script = script.into();
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
        self.check_scripts()?;
        let known = self.known_outputs();
        let limit = self.settings.parameters.max_transaction_units;
        let mut fee = Amount::ZERO;
        let mut units: BTreeMap<RedeemerPointer, ExecutionUnits> =
            self.redeemers().into_keys().map(|pointer| (pointer, limit)).collect();
        for _ in 0..ROUNDS {
            if !units.is_empty() {
                let bytes = self.assemble(fee, &units)?.transaction.to_cbor();
                let decoded = Decoded::from_cbor(&bytes)?;
                let used =
                    run(Machine::default(), &decoded, &known, &self.settings, Budget::Limit(limit))?.units;
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

    fn mint_under(
        mut self,
        policy: ScriptHash,
        quantities: BTreeMap<AssetName, i64>,
        redeemer: Option<Data>,
    ) -> Self {
        if quantities.is_empty() || quantities.values().any(|quantity| *quantity == 0) {
            self.faulty(BuildError::MintOfNothing { policy });
        }
        if self.mint.insert(policy, Mint { quantities, redeemer }).is_some() {
            self.faulty(BuildError::MintTwice { policy });
        }
        self
    }

    fn withdraw(mut self, account: Account, redeemer: Option<Data>) -> Self {
        if self.withdrawals.insert(account, redeemer).is_some() {
            self.faulty(BuildError::WithdrawalTwice { account: account.into() });
        }
        self
    }

    /// The redeemers by their positions, which are known once all inputs are.
    fn redeemers(&self) -> BTreeMap<RedeemerPointer, &Data> {
        let spend = self.inputs.values().map(|input| input.redeemer.as_ref());
        let mint = self.mint.values().map(|mint| mint.redeemer.as_ref());
        let reward = self.withdrawals.values().map(Option::as_ref);
        placed(Purpose::Spend, spend)
            .chain(placed(Purpose::Mint, mint))
            .chain(placed(Purpose::Reward, reward))
            .collect()
    }

    /// The keys that must sign.
    fn needed_signers(&self) -> BTreeSet<KeyHash> {
        let locks = self.inputs.values().map(|input| &input.output).chain(self.used_collateral().values());
        let accounts = self.withdrawals.keys().map(|account| Credential::from(*account));
        let locks = locks.map(|output| output.address().payment).chain(accounts);
        let keys = locks.filter_map(|credential| match credential {
            Credential::Key(hash) => Some(hash),
            Credential::Script(_) => None,
        });
        keys.chain(self.signers.iter().chain(&self.other_signers).copied()).collect()
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
}

/// The redeemers of all of one purpose, by their positions.
fn placed<'d>(
    purpose: Purpose,
    redeemers: impl Iterator<Item = Option<&'d Data>>,
) -> impl Iterator<Item = (RedeemerPointer, &'d Data)> {
    (0u32..)
        .zip(redeemers)
        .filter_map(move |(index, redeemer)| Some((RedeemerPointer { purpose, index }, redeemer?)))
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
