//! The transactions in hydra's golden samples: what can be read of them, and what is carried unread.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests are tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use demeter_tx::evaluate::DecodeError;
use demeter_tx::{SignedTransaction, WireError};
use pallas_crypto::hash::Hasher;
use pallas_primitives::conway::MintedTx;
use serde_json::Value;

/// How many there are, and how many of them pallas reads.
const ALL: usize = 92;
const READABLE: usize = 67;

/// The ids of those that pallas does not read: each registers a pool whose metadata have a hash that is not 32 bytes
/// long. No head and no ledger of ours can apply them, but they come by in a head's history.
const UNREADABLE: &str = include_str!("unreadable.txt");

/// A transaction as a sample has it, with the id that it states: five state none.
struct Sample {
    bytes: Vec<u8>,
    id: Option<String>,
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the corpus has golden samples") {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

fn collect(value: &Value, samples: &mut Vec<Sample>) {
    if let (Some("Tx ConwayEra"), Some(cbor)) = (value["type"].as_str(), value["cborHex"].as_str()) {
        let id = value["txId"].as_str().map(str::to_owned);
        samples.push(Sample { bytes: hex::decode(cbor).unwrap(), id });
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, samples)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, samples)),
        _ => {}
    }
}

fn samples() -> Vec<Sample> {
    let shared = std::env::var_os("DEMETER_SHARED").expect("DEMETER_SHARED names the corpus");
    let mut paths = Vec::new();
    files(&Path::new(&shared).join("hydra/golden"), &mut paths);
    let mut samples = Vec::new();
    for path in paths {
        let sample = serde_json::from_slice(&std::fs::read(path).unwrap()).expect("samples are JSON");
        collect(&sample, &mut samples);
    }
    assert_eq!(samples.len(), ALL);
    samples
}

/// Whatever is in them: the same bytes again, and the id that hydra gives them, which is the hash of the body's bytes.
#[test]
#[ignore = "needs DEMETER_SHARED"]
fn every_transaction_is_carried_unchanged() {
    for Sample { bytes, id } in samples() {
        let carried = SignedTransaction::from_cbor(&bytes).unwrap();
        let computed = carried.id().to_string();
        assert_eq!(hex::encode(carried.to_cbor()), hex::encode(&bytes), "{computed}");
        assert_eq!(computed, Hasher::<256>::hash(carried.body()).to_string());
        assert_eq!(computed, id.unwrap_or_else(|| computed.clone()));
    }
}

#[test]
#[ignore = "needs DEMETER_SHARED"]
fn those_that_can_be_read_are_written_alike() {
    let mut readable = 0;
    let mut unreadable = BTreeSet::new();
    for Sample { bytes, .. } in samples() {
        let carried = SignedTransaction::from_cbor(&bytes).unwrap();
        let id = carried.id().to_string();
        match minicbor::decode::<MintedTx<'_>>(&bytes) {
            Ok(read) => {
                assert_eq!(hex::encode(minicbor::to_vec(&read).unwrap()), hex::encode(&bytes), "{id}");
                // Hydra's generators draw addresses that no output of ours can have.
                match carried.effect() {
                    Ok(_) | Err(DecodeError::Output { source: WireError::AddressKind { .. }, .. }) => {}
                    Err(error) => panic!("{id}: {error}"),
                }
                readable += 1;
            }
            Err(error) => {
                assert!(error.to_string().contains("Invalid hash size"), "{id}: {error}");
                let unknown = carried.effect().unwrap_err();
                assert!(unknown.to_string().contains("Invalid hash size"), "{id}: {unknown}");
                unreadable.insert(id);
            }
        }
    }
    assert_eq!(readable, READABLE);
    assert_eq!(unreadable, UNREADABLE.lines().map(str::to_owned).collect());
}
