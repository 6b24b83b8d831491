//! Why the ledger refuses a transaction.

use demeter_core::{Amount, Asset, Credential, KeyHash, OutputReference, RangeError, ScriptHash};

use crate::evaluate::{DecodeError, EvaluationError, RedeemerPointer};
use crate::{ExecutionUnits, Network, PlutusVersion, Slot};

/// A rule of the ledger that a transaction breaks: the first, in the order in which the rules are checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// The bytes are not a transaction.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The transaction has something that this ledger does not support.
    #[error("{what} are not supported: {reason}")]
    Unsupported {
        /// What it has.
        what: &'static str,
        /// Why there is no such thing here.
        reason: &'static str,
    },
    /// The transaction is marked as one whose scripts fail.
    #[error("the transaction is marked as one whose scripts fail")]
    MarkedInvalid,
    /// It spends nothing.
    #[error("the transaction has no inputs")]
    NoInputs,
    /// An input, reference input or collateral input does not exist, or no longer.
    #[error("input {reference} does not exist or is spent")]
    UnknownInput {
        /// The input.
        reference: OutputReference,
    },
    /// An input is also a reference input.
    #[error("input {reference} is also a reference input")]
    InputAlsoReferred {
        /// The input.
        reference: OutputReference,
    },
    /// The current slot is not within the validity interval.
    #[error(
        "slot {slot} is outside the validity interval from {} to before {}",
        bound(.from),
        bound(.before)
    )]
    OutsideValidity {
        /// The current slot.
        slot: Slot,
        /// The first slot in which the transaction is valid.
        from: Option<Slot>,
        /// The first slot in which it no longer is.
        before: Option<Slot>,
    },
    /// The fee is too small.
    #[error("the fee is at least {minimum}, found {found}")]
    FeeTooSmall {
        /// The least fee.
        minimum: Amount,
        /// The fee.
        found: Amount,
    },
    /// What goes in is not what comes out.
    #[error("of {asset}, {consumed} go in and {produced} come out")]
    NotConserved {
        /// The asset.
        asset: Asset,
        /// Inputs and what is minted.
        consumed: i128,
        /// Outputs, the fee and what is burned.
        produced: i128,
    },
    /// An output holds less than the minimum.
    #[error("output {index} holds at least {minimum} lovelace, found {found}")]
    BelowMinimum {
        /// The output's position; the return of collateral comes after the others.
        index: usize,
        /// The least it must hold.
        minimum: Amount,
        /// What it holds.
        found: Amount,
    },
    /// An output's value is too big.
    #[error("the value of output {index} has at most {maximum} bytes, found {found}")]
    ValueTooBig {
        /// The output's position; the return of collateral comes after the others.
        index: usize,
        /// The most bytes.
        maximum: u64,
        /// Its bytes.
        found: usize,
    },
    /// The transaction is too big.
    #[error("a transaction has at most {maximum} bytes, found {found}")]
    TooBig {
        /// The most bytes.
        maximum: u64,
        /// Its bytes, as the ledger counts them.
        found: u64,
    },
    /// The reference scripts are too big.
    #[error("reference scripts have at most {maximum} bytes together, found {found}")]
    ReferenceScriptsTooBig {
        /// The most bytes.
        maximum: u64,
        /// Their bytes.
        found: u64,
    },
    /// An output is on another network.
    #[error("output {index} is on {found}, expected {expected}")]
    OutputNetwork {
        /// The output's position; the return of collateral comes after the others.
        index: usize,
        /// The ledger's network.
        expected: Network,
        /// The output's.
        found: Network,
    },
    /// The transaction is for another network.
    #[error("the transaction is for network {found}, expected {}", .expected.id())]
    TransactionNetwork {
        /// The ledger's network.
        expected: Network,
        /// The number of the transaction's.
        found: u8,
    },
    /// There are scripts, but no collateral.
    #[error("a transaction with scripts has collateral inputs, found none")]
    NoCollateral,
    /// There is too much collateral.
    #[error("a transaction has at most {maximum} collateral inputs, found {found}")]
    TooMuchCollateral {
        /// The most inputs.
        maximum: u64,
        /// How many there are.
        found: usize,
    },
    /// A script guards collateral.
    #[error("collateral input {reference} is locked by a script")]
    CollateralLockedByScript {
        /// The input.
        reference: OutputReference,
    },
    /// Tokens among the collateral are not returned.
    #[error("collateral of {found} {asset} is not returned")]
    CollateralNotAda {
        /// The token.
        asset: Asset,
        /// How much of it is not returned, or returned too much.
        found: i128,
    },
    /// The collateral is too small.
    #[error("the collateral is at least {minimum} lovelace, found {found}")]
    CollateralTooSmall {
        /// The least.
        minimum: i128,
        /// What there is.
        found: i128,
    },
    /// The declared collateral is not the collateral.
    #[error("the collateral is declared as {declared} lovelace, found {found}")]
    CollateralDeclared {
        /// The field.
        declared: u64,
        /// Inputs less return.
        found: i128,
    },
    /// A signature is not of this transaction.
    #[error("the signature by key {key} is not of this transaction")]
    WrongSignature {
        /// The hash of the key.
        key: KeyHash,
    },
    /// A key that must sign has not.
    #[error("key {key} has not signed")]
    NotSigned {
        /// The hash of the key.
        key: KeyHash,
    },
    /// The metadata is not what the body says.
    #[error("the hash of the metadata is not the one in the body")]
    MetadataHash,
    /// A string in the metadata is too long.
    #[error("a string in the metadata has at most {maximum} bytes, found {found}")]
    MetadataString {
        /// The most bytes.
        maximum: usize,
        /// Its bytes.
        found: usize,
    },
    /// A reward account is on another network.
    #[error("a withdrawal is from an account on {found}, expected {expected}")]
    WithdrawalNetwork {
        /// The ledger's network.
        expected: Network,
        /// The account's.
        found: Network,
    },
    /// More than zero is withdrawn.
    #[error("{found} lovelace are withdrawn from the account of {account:?}, which holds none")]
    NothingToWithdraw {
        /// Whose account it is.
        account: Credential,
        /// How much is withdrawn.
        found: u64,
    },
    /// A key's account is not delegated to a representative.
    #[error("the account of key {key} is delegated to no representative")]
    NotDelegated {
        /// The hash of the key.
        key: KeyHash,
    },
    /// A native script that is needed does not hold.
    #[error("native script {hash} does not hold")]
    NativeScriptFails {
        /// The script.
        hash: ScriptHash,
    },
    /// A script is in a version of Plutus that the parameters have no costs for.
    #[error("script {hash} is in {version}, which has no cost model")]
    NoCostModel {
        /// The script.
        hash: ScriptHash,
        /// The version.
        version: PlutusVersion,
    },
    /// A script of Plutus V1 or V2 guards an output that has no datum: nobody can ever spend it.
    #[error("input {reference} has no datum, which its script cannot do without")]
    DatumAbsent {
        /// The input.
        reference: OutputReference,
    },
    /// A script that is needed is neither attached nor referred to.
    #[error("script {hash} is needed, but neither attached nor referred to")]
    ScriptMissing {
        /// The script.
        hash: ScriptHash,
    },
    /// A script that is attached is not needed, or referred to as well.
    #[error("script {hash} is attached, but not needed there")]
    ScriptNotNeeded {
        /// The script.
        hash: ScriptHash,
    },
    /// A script's bytes are not a program.
    #[error("script {hash} is not a program")]
    ScriptMalformed {
        /// The script.
        hash: ScriptHash,
    },
    /// A redeemer that is needed is not there.
    #[error("redeemer {pointer} is missing")]
    RedeemerMissing {
        /// The redeemer.
        pointer: RedeemerPointer,
    },
    /// A redeemer that is there is not needed.
    #[error("redeemer {pointer} is not needed")]
    RedeemerNotNeeded {
        /// The redeemer.
        pointer: RedeemerPointer,
    },
    /// A datum of which an input names the hash is not attached.
    #[error("the datum of hash {hash} is needed, but not attached")]
    DatumMissing {
        /// The datum's hash, in hexadecimal digits.
        hash: String,
    },
    /// A datum is attached that neither input nor output names.
    #[error("the datum of hash {hash} is attached, but not needed")]
    DatumNotNeeded {
        /// The datum's hash, in hexadecimal digits.
        hash: String,
    },
    /// The script-data hash is wrong.
    #[error("the script-data hash is {}, found {}", hash(.expected), hash(.found))]
    ScriptDataHash {
        /// What it must be.
        expected: Option<[u8; 32]>,
        /// What it is.
        found: Option<[u8; 32]>,
    },
    /// More is declared for the scripts than a transaction may use.
    #[error("scripts use at most {maximum}, declared are {found}")]
    UnitsAboveLimit {
        /// The most.
        maximum: ExecutionUnits,
        /// What is declared.
        found: ExecutionUnits,
    },
    /// A script did not succeed: phase 2.
    #[error(transparent)]
    Script(#[from] EvaluationError),
    /// An amount left its range on the way.
    #[error(transparent)]
    Range(#[from] RangeError),
}

fn bound(slot: &Option<Slot>) -> String {
    slot.map_or_else(|| "any".to_owned(), |slot| slot.to_string())
}

fn hash(hash: &Option<[u8; 32]>) -> String {
    hash.map_or_else(|| "absent".to_owned(), hex::encode)
}
