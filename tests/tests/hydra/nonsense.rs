//! Whatever comes, nothing panics; and what is understood is written so that it is understood alike.

use demeter_tx::hydra::{
    ClientInput, ClientMessage, CommitRequest, HeadState, ParametersJson, ServerMessage, ServerOutput,
    TransactionEnvelope, UtxoJson, head_event,
};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Names of fields that mean something somewhere, so that nonsense gets past the first check.
const NAMES: &[&str] = &[
    "tag",
    "seq",
    "timestamp",
    "headId",
    "transactionId",
    "transaction",
    "cborHex",
    "txId",
    "utxo",
    "snapshot",
    "number",
    "version",
    "confirmed",
    "validationError",
    "reason",
    "input",
    "clientInput",
    "state",
    "drift",
    "contents",
    "address",
    "value",
    "lovelace",
    "inlineDatum",
    "inlineDatumRaw",
    "inlineDatumhash",
    "datumhash",
    "datum",
    "referenceScript",
    "script",
    "type",
    "scriptLanguage",
    "constructor",
    "fields",
    "int",
    "bytes",
    "list",
    "map",
    "peer",
    "hostname",
    "port",
    "parties",
    "vkey",
    "chainSlot",
    "chainTime",
    "utxoToCommit",
    "mode",
];

fn any_tag() -> impl Strategy<Value = &'static str> {
    let tags = [ServerOutput::TAGS, ClientMessage::TAGS, ClientInput::TAGS, HeadState::TAGS].concat();
    prop::sample::select([tags, vec!["Greetings", "InvalidInput", "NoSuchTag"]].concat())
}

fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        Just("2026-11-21T15:40:01Z".to_owned()),
        Just("84a300d901028001800200a0f5f6".to_owned()),
        Just("00".repeat(28)),
        Just("00".repeat(32)),
        any_tag().prop_map(str::to_owned),
        ".{0,12}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0..9u64).prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 80, 12, |inner| {
        let reference = "[0-9a-f]{64}#[0-9]{1,3}";
        let name = prop_oneof![
            8 => prop::sample::select(NAMES).prop_map(str::to_owned),
            1 => reference.prop_map(|reference| reference),
            1 => ".{0,6}",
        ];
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(name, inner, 0..12).prop_map(|fields| json!(fields)),
        ]
    })
}

/// Reads and writes a text as everything that is read from strangers.
fn exercise(text: &str) {
    if let Ok(message) = ServerMessage::from_json(text) {
        assert_eq!(ServerMessage::from_json(&message.to_json()).as_ref(), Ok(&message));
        if let ServerMessage::Output(timed) = &message {
            let _ = head_event(&timed.output);
        }
    }
    if let Ok(input) = ClientInput::from_json(text) {
        assert_eq!(ClientInput::from_json(&input.to_json()), Ok(input));
    }
    if let Ok(utxo) = serde_json::from_str::<UtxoJson>(text) {
        let (outputs, foreign) = utxo.split();
        assert_eq!(outputs.len() + foreign.len(), utxo.0.len());
    }
    if let Ok(envelope) = serde_json::from_str::<TransactionEnvelope>(text) {
        let _ = envelope.transaction();
    }
    let _ = serde_json::from_str::<CommitRequest>(text);
    let _ = serde_json::from_str::<ParametersJson>(text).map(|parameters| parameters.parameters());
}

proptest! {
    #[test]
    fn texts_do_not_panic(text in ".{0,60}") {
        exercise(&text);
    }

    #[test]
    fn values_do_not_panic(value in any_json()) {
        exercise(&value.to_string());
    }

    /// A tag that is known with fields that are not its own, and some that are.
    #[test]
    fn tags_with_wrong_fields_do_not_panic(tag in any_tag(), value in any_json()) {
        let mut value = if value.is_object() { value } else { json!({ "value": value }) };
        value["tag"] = tag.into();
        exercise(&value.to_string());
        value["seq"] = 1.into();
        value["timestamp"] = "2026-11-21T15:40:01Z".into();
        value["headId"] = "00".into();
        exercise(&value.to_string());
    }

    /// A message that is cut off or has one byte changed.
    #[test]
    fn damaged_messages_do_not_panic(cut in 0..MESSAGE.len(), place in 0..MESSAGE.len(), byte in 32u8..127) {
        exercise(&MESSAGE[..cut]);
        let mut bytes = MESSAGE.as_bytes().to_vec();
        bytes[place] = byte;
        exercise(&String::from_utf8(bytes).unwrap());
    }
}

const MESSAGE: &str = r#"{"tag":"TxInvalid","headId":"00ff","seq":3,"timestamp":"2026-11-21T15:40:01.5Z","utxo":
{"0000000000000000000000000000000000000000000000000000000000000000#1":{"address":
"addr_test1vz2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzerspjrlsz","value":{"lovelace":9007199254740993},
"datumhash":null,"inlineDatum":null,"inlineDatumRaw":null,"referenceScript":null}},"transaction":
{"type":"Tx ConwayEra","description":"","cborHex":"84a300d901028001800200a0f5f6"},"validationError":
{"reason":"no"},"extra":[1.50,{"a":null}]}"#;

/// The message itself is understood, or damage to it would show little.
#[test]
fn the_whole_message_is_understood() {
    let message = ServerMessage::from_json(MESSAGE).unwrap();
    assert!(matches!(message, ServerMessage::Output(_)), "{message:?}");
    assert!(message.to_json().contains(r#""extra":[1.50,{"a":null}]"#));
}

/// Fields and tags of another version are there to be seen, and are written again.
#[test]
fn what_is_not_known_is_surfaced() {
    let text =
        r#"{"tag":"HeadPartiallyFannedOut","headId":"00","seq":9,"big":123456789012345678901234567890.10}"#;
    let message = ServerMessage::from_json(text).unwrap();
    let ServerMessage::Unknown(unknown) = &message else { unreachable!("{message:?}") };
    assert_eq!(unknown.tag.as_deref(), Some("HeadPartiallyFannedOut"));
    assert_eq!(message.to_json(), text);
    let input = ClientInput::from_json(r#"{"tag":"PartialFanout","n":1.0}"#).unwrap();
    assert_eq!(input.to_json(), r#"{"tag":"PartialFanout","n":1.0}"#);
}

/// Only this one has no tag.
#[test]
fn an_input_that_was_not_understood_has_no_tag() {
    let text = r#"{"reason":"Error in $","input":"{}"}"#;
    let message = ServerMessage::from_json(text).unwrap();
    assert!(matches!(&message, ServerMessage::InvalidInput(invalid) if invalid.input == "{}"), "{message:?}");
    assert_eq!(message.to_json(), text);
}

#[test]
fn a_known_tag_without_its_fields_is_an_error() {
    let fault = |text: &str| ServerMessage::from_json(text).unwrap_err().to_string();
    assert_eq!(
        fault(r#"{"tag":"ReadyToFanout","seq":1,"timestamp":""}"#),
        "ReadyToFanout: missing field `headId` at line 1 column 46"
    );
    assert!(
        fault(r#"{"tag":"ReadyToFanout","headId":"00"}"#).starts_with("ReadyToFanout: missing field `seq`")
    );
    assert!(fault("{").starts_with("message: "));
}
