//! Everything that a server sends, held against hydra's schema, where the corpus is there.

use std::sync::OnceLock;

use demeter_tests::conformance::schema::Api;
use serde_json::{Value, json};

/// The schema, if the corpus is there.
fn api() -> Option<&'static Api> {
    static API: OnceLock<Option<Api>> = OnceLock::new();
    API.get_or_init(|| {
        let shared = std::env::var_os("DEMETER_SHARED").filter(|path| !path.is_empty());
        shared.map(|_| Api::read())
    })
    .as_ref()
}

/// Fails unless a value is valid against a schema, given by its name or a pointer to it.
pub(crate) fn check(schema: &str, value: &Value) {
    let Some(api) = api() else { return };
    let violations = api.violations(schema, value);
    assert!(violations.is_empty(), "not a {schema}: {violations:?}\n{value:#}");
}

/// Fails unless a message over the socket is valid.
///
/// Where a client asked not to be sent outputs, they are put in first: the schema demands them all the same.
pub(crate) fn check_message(message: &Value, with_outputs: bool) {
    let Some(tag) = message["tag"].as_str() else {
        // The schema gives it a tag, which hydra-node does not send.
        let mut message = message.clone();
        message["tag"] = json!("InvalidInput");
        return check("InvalidInput", &message);
    };
    let mut message = message.clone();
    if tag == "SnapshotConfirmed" && !with_outputs {
        assert_eq!(message["snapshot"].as_object_mut().unwrap().insert("utxo".to_owned(), json!({})), None);
    }
    check(tag, &message);
}
