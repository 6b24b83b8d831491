//! The golden vectors: readable files that pin bytes, names and refusals for every language.
//!
//! `tests/vectors/<type>.json` holds values with their bytes, `tests/vectors/<type>.refused.json` bytes with the
//! words in which they are refused. `cargo xtask vectors` writes them.

use std::collections::BTreeMap;
use std::fmt::Debug;

use demeter_core::codec::grid_id;
use demeter_core::{Genesis, GridId, MarketRedeemer, PlutusData, RegistryRedeemer, State, Terms};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::sample::{self, Sample};

/// The folder of the files, from the root of the repository.
pub const FOLDER: &str = "tests/vectors";

/// A file of vectors.
#[derive(Debug, Deserialize, Serialize)]
pub struct File<V> {
    /// What the file is about.
    pub description: String,
    /// What the bytes are of: `state`, `terms`, `genesis`, `registry_redeemer` or `market_redeemer`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The vectors.
    pub vectors: Vec<V>,
}

/// A value and its bytes.
#[derive(Debug, Deserialize, Serialize)]
pub struct Vector<T> {
    /// What is special about it.
    pub description: String,
    /// The value, as the types of `demeter-core` write it.
    pub value: T,
    /// The one way in which it is written, in hexadecimal.
    pub cbor: String,
    /// The name that the value gives: of terms the bid's, of the redeemer of the policy the grid's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Bytes that are refused.
#[derive(Debug, Deserialize, Serialize)]
pub struct Refusal {
    /// What is wrong with them.
    pub description: String,
    /// The bytes, in hexadecimal.
    pub cbor: String,
    /// The words of the refusal.
    pub error: String,
}

/// What the vectors are of.
pub trait Subject: PlutusData + Serialize + DeserializeOwned + PartialEq + Debug {
    /// As files call it.
    const KIND: &'static str;

    /// The name that the value gives, if it gives one.
    fn name(&self) -> Option<String> {
        None
    }
}

impl Subject for State {
    const KIND: &'static str = "state";
}

impl Subject for Terms {
    const KIND: &'static str = "terms";

    fn name(&self) -> Option<String> {
        Some(Terms::name(self).to_string())
    }
}

impl Subject for Genesis {
    const KIND: &'static str = "genesis";

    fn name(&self) -> Option<String> {
        Some(founded(self).to_string())
    }
}

impl Subject for RegistryRedeemer {
    const KIND: &'static str = "registry_redeemer";
}

impl Subject for MarketRedeemer {
    const KIND: &'static str = "market_redeemer";
}

/// The grid that a redeemer of the policy founds.
pub fn founded(genesis: &Genesis) -> GridId {
    grid_id(&genesis.seed, genesis.deadline)
}

/// The texts of all files, by their names, as our types make them now.
///
/// # Panics
/// A sample that shall be refused is not.
pub fn files() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut healthy = |name: &str, text| files.insert(format!("{name}.json"), text);
    healthy("grid", healthy_file("Grids.", sample::grids()));
    healthy("pool", healthy_file("Pools.", sample::pools()));
    healthy("operator", healthy_file("Operators.", sample::operators()));
    healthy("slot", healthy_file("Slots in every stage.", sample::slots()));
    healthy("bid", healthy_file("Bids, open and led.", sample::bids()));
    healthy("terms", healthy_file("Terms, each with the name of its bid.", sample::all_terms()));
    healthy(
        "genesis",
        healthy_file("Redeemers of the policy, each with the name of its grid.", sample::genesis()),
    );
    healthy("registry_redeemer", healthy_file("Redeemers at registry.", sample::registry_redeemers()));
    healthy("market_redeemer", healthy_file("Redeemers at market.", sample::market_redeemers()));
    let mut refused = |name: &str, text| files.insert(format!("{name}.refused.json"), text);
    for (name, samples) in sample::refused_states() {
        refused(
            name,
            refused_file::<State>(&format!("Data at the place of a {name} that is none."), samples),
        );
    }
    refused("terms", refused_file::<Terms>("Terms that may not stand.", sample::refused_terms()));
    refused(
        "genesis",
        refused_file::<Genesis>("What is no redeemer of the policy.", sample::refused_genesis()),
    );
    refused(
        "registry_redeemer",
        refused_file::<RegistryRedeemer>(
            "What is no redeemer at registry.",
            sample::refused_registry_redeemers(),
        ),
    );
    refused(
        "market_redeemer",
        refused_file::<MarketRedeemer>("What is no redeemer at market.", sample::refused_market_redeemers()),
    );
    files
}

fn healthy_file<T: Subject>(description: &str, samples: Vec<Sample<T>>) -> String {
    let vectors = samples.into_iter().map(|Sample { description, value }| Vector {
        description,
        cbor: hex::encode(value.encode()),
        name: value.name(),
        value,
    });
    render(description, T::KIND, vectors.collect())
}

fn refused_file<T: Subject>(description: &str, samples: Vec<Sample<Vec<u8>>>) -> String {
    let vectors = samples.into_iter().map(|Sample { description, value }| {
        let error = match T::decode(&value) {
            Err(error) => error.to_string(),
            Ok(taken) => panic!("{description}: {} was taken for {taken:?}", hex::encode(value)),
        };
        Refusal { description, cbor: hex::encode(value), error }
    });
    render(description, T::KIND, vectors.collect())
}

fn render<V: Serialize>(description: &str, kind: &str, vectors: Vec<V>) -> String {
    let file = File { description: description.to_owned(), kind: kind.to_owned(), vectors };
    serde_json::to_string_pretty(&file).expect("every value is JSON") + "\n"
}
