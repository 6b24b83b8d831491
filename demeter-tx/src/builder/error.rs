//! Why a transaction cannot be built.

use demeter_core::{Amount, Asset, Credential, KeyHash, OutputReference, RangeError, ScriptHash};

use crate::evaluate::{DecodeError, EvaluationError};
use crate::ledger::LedgerError;

/// A transaction cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// An input was added twice.
    #[error("input {reference} was added twice")]
    InputTwice {
        /// The input.
        reference: OutputReference,
    },
    /// An input that a script guards has no redeemer.
    #[error("input {reference} is guarded by script {script} and needs a redeemer")]
    RedeemerMissing {
        /// The input.
        reference: OutputReference,
        /// The script.
        script: ScriptHash,
    },
    /// An input that a key locks has a redeemer.
    #[error("input {reference} is locked by a key and takes no redeemer")]
    RedeemerNotNeeded {
        /// The input.
        reference: OutputReference,
    },
    /// A native script is called with a redeemer.
    #[error("script {script} is native and takes no redeemer")]
    RedeemerForNative {
        /// The script.
        script: ScriptHash,
    },
    /// A program that is a policy, or whose account is withdrawn from, has no redeemer.
    #[error("script {script} is a program and needs a redeemer")]
    RedeemerAbsent {
        /// The script.
        script: ScriptHash,
    },
    /// A script is neither attached nor carried by an output that is spent or referred to.
    #[error("script {script} is neither attached nor carried by an input or reference input")]
    ScriptAbsent {
        /// The script.
        script: ScriptHash,
    },
    /// A native script does not hold.
    #[error("native script {script} does not hold with the keys that are to sign and the slots stated")]
    NativeScriptFails {
        /// The script.
        script: ScriptHash,
    },
    /// An account was to be withdrawn from twice.
    #[error("{} was to be withdrawn from twice", named(.account))]
    WithdrawalTwice {
        /// Whose account.
        account: Credential,
    },
    /// A policy was to be minted under twice.
    #[error("policy {policy} was to be minted under twice")]
    MintTwice {
        /// The policy.
        policy: ScriptHash,
    },
    /// A quantity of zero was to be minted, or nothing at all.
    #[error("nothing was to be minted under policy {policy}")]
    MintOfNothing {
        /// The policy.
        policy: ScriptHash,
    },
    /// The inputs and what is minted do not cover the outputs, the fee and what is burned.
    #[error("the inputs lack {lacking} {asset}")]
    NotEnough {
        /// The asset that there is not enough of.
        asset: Asset,
        /// How much is lacking.
        lacking: u128,
    },
    /// What is left over is too little for an output of its own.
    #[error("the change holds at least {minimum} lovelace, found {found}: {lacking} are lacking")]
    ChangeTooSmall {
        /// The least that the change must hold.
        minimum: Amount,
        /// What it would hold.
        found: Amount,
        /// How much is lacking.
        lacking: Amount,
    },
    /// The collateral covers neither its share of the fee nor the output that returns its tokens.
    #[error("the collateral lacks {lacking} lovelace")]
    CollateralTooSmall {
        /// How much is lacking.
        lacking: u128,
    },
    /// A script fails, or cannot be run.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    /// The ledger would refuse the transaction.
    #[error("the ledger would refuse the transaction: {0}")]
    Refused(#[from] LedgerError),
    /// The transaction cannot be read back.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The fee depends on the scripts' use in a way that has no end.
    #[error("the fee does not settle")]
    FeeUnsettled,
    /// An amount left its range.
    #[error(transparent)]
    Range(#[from] RangeError),
}

/// A transaction is not signed by all who must sign it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("keys that have not signed: {}", listed(.missing))]
pub struct SigningError {
    /// The keys that have not.
    pub missing: Vec<KeyHash>,
}

fn listed(keys: &[KeyHash]) -> String {
    keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn named(account: &Credential) -> String {
    match account {
        Credential::Key(hash) => format!("the account of key {hash}"),
        Credential::Script(hash) => format!("the account of script {hash}"),
    }
}
