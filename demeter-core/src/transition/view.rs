//! A whole transaction, as far as the validators look at it.

use super::Signers;
use crate::{Address, Asset, OutputReference, Time, Value};

/// A transaction as the validators see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransactionView {
    /// What is consumed, sorted by reference.
    pub inputs: Vec<InputView>,
    /// What is read, sorted by reference; redeemers there mean nothing.
    pub references: Vec<InputView>,
    /// What is made, in order.
    pub outputs: Vec<OutputView>,
    /// What is minted, or burned below zero.
    pub minted: Vec<(Asset, i64)>,
    /// The redeemer of the registry's policy, where it mints.
    pub policy_redeemer: Option<Vec<u8>>,
    /// From when on, if that is bounded.
    pub lower: Option<Time>,
    /// Before when, if that is bounded.
    pub upper: Option<Time>,
    /// Whose signatures are required.
    pub signatories: Signers,
}

/// An input, or what is only read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputView {
    /// Which output.
    pub reference: OutputReference,
    /// The output itself.
    pub output: OutputView,
    /// The bytes of its redeemer, where it has one.
    pub redeemer: Option<Vec<u8>>,
}

/// An output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputView {
    /// Where it stands.
    pub address: Address,
    /// What it holds.
    pub value: Value,
    /// What is attached to it.
    pub datum: Datum,
    /// Whether it carries a reference script.
    pub has_reference_script: bool,
}

/// What is attached to an output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Datum {
    /// Nothing.
    #[default]
    None,
    /// Only the hash of a datum.
    Hash,
    /// The bytes of a datum.
    Inline(Vec<u8>),
}
