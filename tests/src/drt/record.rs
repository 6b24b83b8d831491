//! Transactions with the verdict that both engines must give, in files.
//!
//! `tests/vectors/verdicts.json` has an accepted transaction of each transition and one for each reason of refusal;
//! `cargo xtask differential --save` makes it anew. `tests/vectors/disagreements.json` has each transaction on which
//! the engines ever differed; the same command adds to it, and nothing is taken away.
//!
//! The hashes of the two scripts are left open, so that a change of the contract alone makes few of them stale: only
//! where one is within a longer byte string, which is written in chunks, as in the datum of a deposit.

use demeter_core::transition::{Datum, InputView, OutputView, Signers, TransactionView};
use demeter_core::{Address, Asset, OutputReference, Scripts, Time, Value};
use serde::{Deserialize, Serialize};

use crate::repository;
use crate::vector::{FOLDER, File};

/// The file of examples.
pub const VERDICTS: &str = "verdicts.json";
/// The file of what the engines once differed on.
pub const DISAGREEMENTS: &str = "disagreements.json";
/// The verdict where a transaction is accepted; anything else is the code of a refusal.
pub const ACCEPTED: &str = "accepted";

/// A transaction with its verdict.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// What it is, or how it was found.
    pub description: String,
    /// `accepted`, or the code of the mirror's refusal.
    pub verdict: String,
    /// The transaction.
    pub transaction: Transaction,
}

/// A transaction as the contract sees it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Transaction {
    inputs: Vec<Input>,
    references: Vec<Input>,
    outputs: Vec<Output>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    minted: Vec<(Asset, i64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy_redeemer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lower: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    upper: Option<Time>,
    signatories: Signers,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Input {
    reference: OutputReference,
    output: Output,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    redeemer: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Output {
    address: Address,
    value: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    datum: Option<Attached>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    has_reference_script: bool,
}

/// A datum: only its hash, or its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Attached {
    Hash,
    Inline(String),
}

impl From<&TransactionView> for Transaction {
    fn from(view: &TransactionView) -> Self {
        Self {
            inputs: view.inputs.iter().map(Input::from).collect(),
            references: view.references.iter().map(Input::from).collect(),
            outputs: view.outputs.iter().map(Output::from).collect(),
            minted: view.minted.clone(),
            policy_redeemer: view.policy_redeemer.as_ref().map(hex::encode),
            lower: view.lower,
            upper: view.upper,
            signatories: view.signatories.clone(),
        }
    }
}

impl From<&InputView> for Input {
    fn from(view: &InputView) -> Self {
        let redeemer = view.redeemer.as_ref().map(hex::encode);
        Self { reference: view.reference, output: Output::from(&view.output), redeemer }
    }
}

impl From<&OutputView> for Output {
    fn from(view: &OutputView) -> Self {
        let datum = match &view.datum {
            Datum::None => None,
            Datum::Hash => Some(Attached::Hash),
            Datum::Inline(bytes) => Some(Attached::Inline(hex::encode(bytes))),
        };
        let has_reference_script = view.has_reference_script;
        Self { address: view.address, value: view.value.clone(), datum, has_reference_script }
    }
}

impl Transaction {
    /// The transaction for the engines.
    ///
    /// # Panics
    /// Bytes are not written in hexadecimal.
    pub fn view(&self) -> TransactionView {
        TransactionView {
            inputs: self.inputs.iter().map(Input::view).collect(),
            references: self.references.iter().map(Input::view).collect(),
            outputs: self.outputs.iter().map(Output::view).collect(),
            minted: self.minted.clone(),
            policy_redeemer: self.policy_redeemer.as_ref().map(bytes),
            lower: self.lower,
            upper: self.upper,
            signatories: self.signatories.clone(),
        }
    }
}

impl Input {
    fn view(&self) -> InputView {
        let redeemer = self.redeemer.as_ref().map(bytes);
        InputView { reference: self.reference, output: self.output.view(), redeemer }
    }
}

impl Output {
    fn view(&self) -> OutputView {
        let datum = match &self.datum {
            None => Datum::None,
            Some(Attached::Hash) => Datum::Hash,
            Some(Attached::Inline(text)) => Datum::Inline(bytes(text)),
        };
        let has_reference_script = self.has_reference_script;
        OutputView { address: self.address, value: self.value.clone(), datum, has_reference_script }
    }
}

fn bytes(text: &String) -> Vec<u8> {
    hex::decode(text).expect("hexadecimal digits")
}

/// What stands for the hash of each script.
fn open_hashes(scripts: &Scripts) -> [(&'static str, String); 2] {
    [("<registry>", scripts.registry.to_string()), ("<market>", scripts.market.to_string())]
}

/// Vectors as the text of a file.
///
/// # Panics
/// Something is no JSON.
pub fn render(scripts: &Scripts, description: &str, vectors: Vec<Vector>) -> String {
    let file = File { description: description.to_owned(), kind: "verdict".to_owned(), vectors };
    let text = serde_json::to_string_pretty(&file).expect("every transaction is JSON") + "\n";
    open_hashes(scripts).iter().fold(text, |text, (open, hash)| text.replace(hash, open))
}

/// The vectors in the text of a file.
///
/// # Panics
/// It is not one.
pub fn parse(scripts: &Scripts, text: &str) -> Vec<Vector> {
    let closed =
        open_hashes(scripts).iter().fold(text.to_owned(), |text, (open, hash)| text.replace(open, hash));
    let file: File<Vector> = serde_json::from_str(&closed).expect("a file of verdicts");
    file.vectors
}

/// The vectors of a committed file; none where there is no such file.
///
/// # Panics
/// It is not one.
pub fn committed(scripts: &Scripts, file: &str) -> Vec<Vector> {
    match std::fs::read_to_string(repository::path(&format!("{FOLDER}/{file}"))) {
        Ok(text) => parse(scripts, &text),
        Err(_) => Vec::new(),
    }
}
