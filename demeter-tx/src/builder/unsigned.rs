//! What a builder makes.

use std::collections::{BTreeMap, BTreeSet};

use demeter_core::{Amount, KeyHash, OutputReference, TransactionId};

use super::SigningError;
use crate::evaluate::RedeemerPointer;
use crate::keys::{SignError, Signer};
use crate::{ExecutionUnits, Output, SignedTransaction, TransactionError, UtxoSet};

/// A transaction that is complete but for signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsignedTransaction {
    pub(super) transaction: SignedTransaction,
    pub(super) needed: BTreeSet<KeyHash>,
    pub(super) resolved: UtxoSet,
    pub(super) outputs: Vec<Output>,
    pub(super) summary: Summary,
}

/// What a transaction costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Its size in bytes once all have signed.
    pub size: u64,
    /// Its fee, in lovelace.
    pub fee: Amount,
    /// What is declared for each script.
    pub units: BTreeMap<RedeemerPointer, ExecutionUnits>,
}

impl Summary {
    /// What is declared for all scripts together.
    pub fn total_units(&self) -> ExecutionUnits {
        ExecutionUnits::total(self.units.values().copied())
    }
}

impl UnsignedTransaction {
    /// The transaction's id.
    pub const fn id(&self) -> TransactionId {
        self.transaction.id()
    }

    /// What each key signs.
    pub const fn sign_hash(&self) -> [u8; 32] {
        self.transaction.sign_hash()
    }

    /// The bytes of the body.
    pub fn body(&self) -> &[u8] {
        self.transaction.body()
    }

    /// The keys that must sign: those that lock inputs, collateral or accounts, the required signers, and those that
    /// native scripts count on.
    pub const fn needed_signers(&self) -> &BTreeSet<KeyHash> {
        &self.needed
    }

    /// The keys that must sign and have not yet.
    pub fn missing_signers(&self) -> BTreeSet<KeyHash> {
        let signed: BTreeSet<KeyHash> = self.transaction.signers().collect();
        self.needed.difference(&signed).copied().collect()
    }

    /// What it costs.
    pub const fn summary(&self) -> &Summary {
        &self.summary
    }

    /// The outputs that it spends, refers to and puts up as collateral.
    pub const fn resolved(&self) -> &UtxoSet {
        &self.resolved
    }

    /// The outputs that it makes, with their references: to build on before it is submitted.
    pub fn outputs(&self) -> impl Iterator<Item = (OutputReference, &Output)> {
        let transaction = self.id();
        (0u64..)
            .zip(&self.outputs)
            .map(move |(index, output)| (OutputReference { transaction, index }, output))
    }

    /// The transaction with the signatures so far: to send to others who sign, in hex.
    pub const fn transaction(&self) -> &SignedTransaction {
        &self.transaction
    }

    /// Adds the signature of a key.
    ///
    /// # Errors
    /// The signature is not of this transaction by this key.
    pub fn add_witness(&mut self, public_key: [u8; 32], signature: [u8; 64]) -> Result<(), TransactionError> {
        self.transaction.add_witness(public_key, signature)
    }

    /// Has a signer sign.
    ///
    /// # Errors
    /// The signer does not sign, or signs something else.
    pub async fn sign(&mut self, signer: &dyn Signer) -> Result<(), SignError> {
        let witness = signer.sign_body(self.body()).await?.checked(&self.id())?;
        self.transaction.insert_unverified(*witness.key.as_bytes(), *witness.signature.as_bytes());
        Ok(())
    }

    /// Adds the signatures that another copy has, and nothing else of it: scripts and data are here already, and what
    /// a co-signer adds to them would spoil the transaction.
    ///
    /// # Errors
    /// The other is not a copy of this transaction, or a signature in it is wrong.
    pub fn merge(&mut self, other: &SignedTransaction) -> Result<(), TransactionError> {
        self.transaction.merge_signatures(other)
    }

    /// The transaction, once all have signed.
    ///
    /// # Errors
    /// Some have not.
    pub fn finish(self) -> Result<SignedTransaction, SigningError> {
        let missing: Vec<KeyHash> = self.missing_signers().into_iter().collect();
        if missing.is_empty() { Ok(self.transaction) } else { Err(SigningError { missing }) }
    }
}
