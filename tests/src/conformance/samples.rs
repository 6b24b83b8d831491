//! The golden samples, and what each is read as.

use std::path::{Path, PathBuf};

use demeter_core::AssetName;
use demeter_tx::hydra::{
    CardanoTransactionResponse, Cbor, ClientInput, CommitRequest, ConfirmedSnapshot, Greetings, HeadState,
    HydraKey, NodeState, ParametersJson, Party, Raw, ServerMessage, ServerOutput, SubmitResponse,
    TimedOutput, TransactionEnvelope,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{corpus, text};

/// A golden sample.
pub struct Sample {
    /// Its file, from the corpus on.
    pub file: String,
    /// Its position there.
    pub position: usize,
    /// The sample.
    pub raw: Raw,
}

/// How the samples of a file are read.
pub struct Reading {
    /// Reads a sample, and writes it again.
    pub round_trip: fn(&Raw) -> Result<String, serde_json::Error>,
    /// The schema that it shall be valid against: a name, or a pointer. Some samples are of no part of the API.
    pub schema: Option<Schema>,
}

/// Which schema a sample has.
pub enum Schema {
    /// This one.
    Named(&'static str),
    /// The one that its tag names.
    OfTag,
    /// The one that its tag names, once it has a number and a time: the samples are what a node puts those into.
    OfTagNumbered,
}

impl Schema {
    /// The schema's name, and the value that shall be valid against it.
    ///
    /// # Panics
    /// The sample has no tag where it needs one.
    pub fn apply(&self, sample: &Raw) -> (String, Value) {
        let mut value: Value = sample.decode().unwrap();
        let tag = value["tag"].as_str().map(str::to_owned);
        let tag = || tag.expect("the sample has a tag");
        let name = match self {
            Self::Named(name) => (*name).to_owned(),
            Self::OfTag => tag(),
            Self::OfTagNumbered => {
                value["seq"] = 1.into();
                value["timestamp"] = "2026-11-21T15:40:01Z".into();
                tag()
            }
        };
        (name, value)
    }
}

/// All samples, in the order of their files.
///
/// # Panics
/// The files are not there or not what they were.
pub fn samples() -> Vec<Sample> {
    #[derive(Deserialize)]
    struct File {
        samples: Vec<Raw>,
    }
    let folder = corpus().join("golden");
    let mut paths = Vec::new();
    files(&folder, &mut paths);
    paths.sort();
    let mut samples = Vec::new();
    for path in paths {
        let file: File = serde_json::from_str(&text(&path)).expect("samples are JSON");
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        let of_file = file.samples.into_iter().enumerate();
        samples.extend(of_file.map(|(position, raw)| Sample { file: name.clone(), position, raw }));
    }
    samples
}

/// The reference protocol parameters, which are a sample in a file of their own.
///
/// # Panics
/// The file is not there.
pub fn parameters() -> Sample {
    let file = "protocol-parameters.json".to_owned();
    let raw = Raw::from_text(text(&corpus().join(&file))).expect("the parameters are JSON");
    Sample { file, position: 0, raw }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the corpus has golden samples") {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// How the samples of a file are read; `None` if nobody has said.
pub fn reading(file: &str) -> Option<Reading> {
    use Schema::{Named, OfTag, OfTagNumbered};
    let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
    let name = name.strip_suffix(".json")?;
    // `ReasonablySized (TYPE (Tx ConwayEra))`, and some without what is in brackets.
    let name = name.strip_prefix("ReasonablySized ").unwrap_or(name);
    let name = name.trim_start_matches('(').split(' ').next()?;
    let reading = |round_trip, schema| Some(Reading { round_trip, schema: Some(schema) });
    match (folder, name) {
        ("ClientInput", _) => reading(round_trip::<ClientInput>, OfTag),
        ("ServerOutput", _) => reading(round_trip::<ServerOutput>, OfTagNumbered),
        ("Greetings", _) => reading(message, Named("Greetings")),
        ("", "TimedServerOutput") => reading(timed, OfTag),
        ("", "HeadState") => reading(round_trip::<HeadState>, Named("HeadState")),
        ("", "NodeState") => reading(round_trip::<NodeState>, Named("NodeState")),
        ("", "SideLoadSnapshotRequest") => {
            reading(round_trip::<ConfirmedSnapshot>, Named("ConfirmedSnapshot"))
        }
        ("", "DraftCommitTxRequest") => reading(round_trip::<CommitRequest>, Named("DraftCommitTxRequest")),
        ("", "DraftCommitTxResponse" | "SubmitTxRequest" | "SubmitL2TxRequest") => {
            reading(round_trip::<TransactionEnvelope>, Named("Transaction"))
        }
        ("", "SubmitL2TxResponse") => reading(round_trip::<SubmitResponse>, Named("SubmitL2TxResponse")),
        ("", "TransactionSubmitted") => reading(
            round_trip::<CardanoTransactionResponse>,
            Named("/channels/~1cardano-transaction/subscribe/message/oneOf/0/payload"),
        ),
        ("", "Party") => reading(round_trip::<Party>, Named("Party")),
        ("", "protocol-parameters") => reading(round_trip::<ParametersJson>, Named("ProtocolParameters")),
        ("", "VerificationKey") => Some(Reading { round_trip: round_trip::<HydraKey>, schema: None }),
        ("", "AssetName") => Some(Reading { round_trip: round_trip::<AssetName>, schema: None }),
        ("", "PubKeyHash") => Some(Reading { round_trip: round_trip::<PubKeyHash>, schema: None }),
        _ => None,
    }
}

/// A key hash of hydra's contracts: no message has one.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PubKeyHash {
    key_hash: Cbor,
    tag: String,
}

fn round_trip<T: Serialize + DeserializeOwned>(raw: &Raw) -> Result<String, serde_json::Error> {
    serde_json::to_string(&raw.decode::<T>()?)
}

/// What comes over the socket, read as whatever may come.
fn message(raw: &Raw) -> Result<String, serde_json::Error> {
    let message: ServerMessage = raw.decode()?;
    assert!(matches!(message, ServerMessage::Greetings(_)), "not known: {message:?}");
    let _: Greetings = raw.decode()?;
    Ok(message.to_json())
}

fn timed(raw: &Raw) -> Result<String, serde_json::Error> {
    let output: TimedOutput = raw.decode()?;
    let message: ServerMessage = raw.decode()?;
    assert_eq!(message, ServerMessage::Output(Box::new(output)));
    Ok(message.to_json())
}
