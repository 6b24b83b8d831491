//! Our types on hydra's own samples.

use std::collections::BTreeMap;

use demeter_tests::conformance::exact::Exact;
use demeter_tests::conformance::run::run;
use demeter_tests::conformance::samples::{parameters, samples};
use demeter_tests::conformance::schema::Api;
use demeter_tx::hydra::{
    DatumJson, OutputJson, OutputJsonError, ParametersJson, Raw, TransactionEnvelope, data_of_json,
};
use demeter_tx::keys::AddressError;
use demeter_tx::{Data, ProtocolParameters};
use serde::de::DeserializeOwned;
use serde_json::json;

/// Every object in a sample that has this field, and can be read as what such objects are.
fn collect<T: DeserializeOwned>(raw: &Raw, field: &str, found: &mut Vec<T>) {
    if let Ok(items) = raw.decode::<Vec<Raw>>() {
        items.iter().for_each(|item| collect(item, field, found));
    } else if let Ok(fields) = raw.decode::<BTreeMap<String, Raw>>() {
        if fields.contains_key(field) {
            found.extend(raw.decode());
        }
        fields.values().for_each(|inner| collect(inner, field, found));
    }
}

fn all<T: DeserializeOwned>(field: &str) -> Vec<T> {
    let mut found = Vec::new();
    samples().iter().for_each(|sample| collect(&sample.raw, field, &mut found));
    found
}

#[test]
#[ignore = "needs DEMETER_SHARED"]
fn nothing_is_wrong_with_the_samples() {
    let outcome = run();
    assert_eq!(outcome.failures, Vec::<String>::new());
    assert_eq!((outcome.samples, outcome.equal), (SAMPLES, SAMPLES));
}

/// How many there are, with the reference parameters.
const SAMPLES: u64 = 118;

/// Outputs at Byron addresses are told apart; all others are read, and written as hydra wrote them.
#[test]
#[ignore = "needs DEMETER_SHARED"]
fn outputs_are_read_and_written_as_hydra_does() {
    let (mut read, mut byron, mut pointers) = (0, 0, 0);
    for json in all::<OutputJson>("address") {
        match json.output() {
            Ok(output) => {
                let written = OutputJson::from(&output);
                let [written, json] =
                    [&written, &json].map(|output| Exact::of(&serde_json::to_string(output).unwrap()));
                assert_eq!(json.difference(&written), None);
                read += 1;
            }
            Err(OutputJsonError::Address(AddressError::Byron)) => byron += 1,
            Err(OutputJsonError::Address(AddressError::Pointer)) => pointers += 1,
            Err(error) => unreachable!("{json:?}: {error}"),
        }
    }
    assert_eq!((read, byron, pointers), OUTPUTS);
}

/// How many outputs can be read, and how many are at Byron and at pointer addresses.
const OUTPUTS: (u32, u32, u32) = (412, 4, 1);

/// The tree says the same as the bytes, which are all encoded as the ledger does.
#[test]
#[ignore = "needs DEMETER_SHARED"]
fn data_mean_what_their_bytes_mean() {
    let mut count = 0;
    for output in all::<OutputJson>("inlineDatumRaw") {
        let DatumJson::Inline { json: Some(json), raw: Some(raw), .. } = &output.datum else { continue };
        assert_eq!(data_of_json(json).unwrap(), Data::from_cbor(raw.as_bytes()).unwrap());
        count += 1;
    }
    assert_eq!(count, 96);
}

#[test]
#[ignore = "needs DEMETER_SHARED"]
fn transactions_are_read_and_written_as_hydra_does() {
    let envelopes = all::<TransactionEnvelope>("cborHex");
    let transactions = envelopes.iter().filter(|envelope| envelope.kind.as_deref() == Some("Tx ConwayEra"));
    let mut count = 0;
    for envelope in transactions {
        let transaction = envelope.transaction().unwrap();
        let mut written = TransactionEnvelope::from(&transaction);
        assert_eq!(written.cbor, envelope.cbor);
        // Drafts of commits in older versions have another note and no id.
        if envelope.id.is_none() {
            written.id = None;
            written.description.clone_from(&envelope.description);
        }
        assert_eq!(written, *envelope);
        count += 1;
    }
    assert_eq!(count, 92);
}

/// Ours for a head are hydra's, with all that no rule in a head depends on, but for what only votes depend on.
#[test]
#[ignore = "needs DEMETER_SHARED"]
fn our_parameters_are_the_reference() {
    let reference: ParametersJson = parameters().raw.decode().unwrap();
    let ours = ProtocolParameters::hydra_l2().unwrap();
    let mut written = ParametersJson::from(&ours);
    for (name, raw) in &reference.unknown {
        assert!(
            ["committee", "dRep", "govAction", "pool"].iter().any(|start| name.starts_with(start)),
            "{name}"
        );
        written.unknown.insert(name.clone(), raw.clone());
    }
    // The reference has costs of builtins to come after those of Plutus that there is.
    assert_eq!(written, reference);
    assert_eq!(reference.parameters().unwrap(), ours);
}

/// A schema that took anything would prove nothing.
#[test]
#[ignore = "needs DEMETER_SHARED"]
fn the_schema_refuses_what_is_wrong() {
    let api = Api::read();
    let good = json!({ "tag": "TxValid", "headId": "00", "transactionId": "ab".repeat(32), "seq": 1,
        "timestamp": "2026-11-21T15:40:01Z" });
    assert_eq!(api.violations("TxValid", &good), []);
    for (field, value) in [
        ("tag", json!("TxInvalid")),
        ("headId", json!(1)),
        ("transactionId", json!("xy")),
        ("seq", json!(-1)),
        ("timestamp", json!("yesterday")),
    ] {
        let mut bad = good.clone();
        bad[field] = value;
        let violations = api.violations("TxValid", &bad);
        assert_eq!(violations.len(), 1, "{field}: {violations:?}");
        assert_eq!(violations[0].place, format!("/{field}"));
        bad.as_object_mut().unwrap().remove(field);
        assert_eq!(api.violations("TxValid", &bad).len(), 1, "{field}");
    }
}

/// Each but one can be compiled, so that any message of a server can be held against its own.
#[test]
#[ignore = "needs DEMETER_SHARED"]
fn every_schema_can_be_used() {
    let api = Api::read();
    let components = api.components();
    assert!(components.len() > 80, "{}", components.len());
    let unusable = components.into_iter().filter_map(|name| api.fault(&name).map(|fault| (name, fault)));
    let unusable: Vec<_> = unusable.collect();
    assert_eq!(unusable, [("SimpleCommitRequest".to_owned(), NO_COIN.to_owned())]);
}

/// It refers to a schema that api.yaml does not have; nothing refers to it.
const NO_COIN: &str = "Pointer '/components/schemas/Coin' does not exist";
