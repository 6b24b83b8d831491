//! Validators for the components of hydra's `api.yaml`.
//!
//! The file is AsyncAPI: a tree of YAML in which schemas of JSON-Schema draft 7 stand under `components` and
//! `channels`. Its references name it by its file's name, and a second file by an address on the web. Both are put into
//! one document here, and the references turned into such within it, so that nothing is fetched.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use super::{corpus, text};

/// What references to the file itself start with.
const OURS: &str = "api.yaml#";
/// What references to the second file end with, before the fragment.
const CARDANO: &str = "cardano.json#";
/// Where the second file stands in the document.
const CARDANO_KEY: &str = "cardano";

/// The schema of hydra's API.
pub struct Api {
    document: Map<String, Value>,
    validators: Mutex<BTreeMap<String, Arc<Validator>>>,
}

/// Where a value breaks a schema.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// The way to the place in the value, with `*` for positions in lists, references and other keys of maps.
    pub place: String,
    /// What the validator says.
    pub fault: String,
}

impl Api {
    /// Reads the schema from the shared corpus.
    ///
    /// # Panics
    /// The files are not there or not what they were.
    pub fn read() -> Self {
        let folder = corpus().join("json-schemas");
        let api: Value = serde_saphyr::from_str(&text(&folder.join("api.yaml"))).expect("api.yaml is YAML");
        let cardano = serde_json::from_str(&text(&folder.join("cardanonical/cardano.json")));
        let mut document = Map::new();
        for key in ["components", "channels"] {
            document.insert(key.to_owned(), within(&api[key], ""));
        }
        let cardano: Value = cardano.expect("cardano.json is JSON");
        let definitions = json!({ "definitions": within(&cardano["definitions"], CARDANO_KEY) });
        document.insert(CARDANO_KEY.to_owned(), definitions);
        Self { document, validators: Mutex::default() }
    }

    /// The names of the schemas.
    pub fn components(&self) -> Vec<String> {
        let schemas = self.document["components"]["schemas"].as_object().expect("there are schemas");
        schemas.keys().cloned().collect()
    }

    /// Where a value breaks a schema, given by its name or by a pointer to it.
    ///
    /// # Panics
    /// There is no such schema, or it cannot be used.
    pub fn violations(&self, schema: &str, value: &Value) -> Vec<Violation> {
        let validator = self.validator(schema).unwrap_or_else(|fault| panic!("{schema}: {fault}"));
        let mut violations: Vec<_> = validator
            .iter_errors(value)
            .map(|error| Violation {
                place: generalised(&error.instance_path().to_string()),
                fault: shortened(&error.to_string()),
            })
            .collect();
        violations.sort();
        violations.dedup();
        violations
    }

    /// Why a schema cannot be used, if it cannot: what it refers to is missing, say.
    ///
    /// # Panics
    /// There is no such schema.
    pub fn fault(&self, schema: &str) -> Option<String> {
        self.validator(schema).err()
    }

    fn validator(&self, schema: &str) -> Result<Arc<Validator>, String> {
        let pointer =
            if schema.starts_with('/') { schema.to_owned() } else { format!("/components/schemas/{schema}") };
        let mut validators = self.validators.lock().unwrap();
        if let Some(validator) = validators.get(&pointer) {
            return Ok(Arc::clone(validator));
        }
        let whole = Value::Object(self.document.clone());
        assert!(whole.pointer(&pointer).is_some(), "api.yaml has nothing at {pointer}");
        let mut root = self.document.clone();
        root.insert("$ref".to_owned(), json!(format!("#{pointer}")));
        let options = jsonschema::options().with_draft(Draft::Draft7);
        let validator = options.build(&Value::Object(root)).map_err(|error| error.to_string())?;
        Ok(Arc::clone(validators.entry(pointer).or_insert(Arc::new(validator))))
    }
}

/// A part of a file with its references turned into such within the document, where the file stands at `key`.
fn within(part: &Value, key: &str) -> Value {
    match part {
        Value::Object(fields) => {
            let turned = |(name, value): (&String, &Value)| match value {
                Value::String(target) if name == "$ref" => (name.clone(), json!(turn(target, key))),
                value => (name.clone(), within(value, key)),
            };
            Value::Object(fields.iter().map(turned).collect())
        }
        Value::Array(items) => items.iter().map(|item| within(item, key)).collect(),
        other => other.clone(),
    }
}

fn turn(target: &str, key: &str) -> String {
    if let Some(pointer) = target.strip_prefix(OURS) {
        format!("#{pointer}")
    } else if let Some((_, pointer)) = target.split_once(CARDANO) {
        format!("#/{CARDANO_KEY}{pointer}")
    } else if let Some(pointer) = target.strip_prefix('#') {
        format!("#/{key}{pointer}")
    } else {
        panic!("api.yaml refers to {target}")
    }
}

/// A way with what differs from sample to sample left open.
fn generalised(path: &str) -> String {
    let step = |step: &str| {
        let digits = step.len() >= 56 && step.chars().take(56).all(|digit| digit.is_ascii_hexdigit());
        let position = !step.is_empty() && step.chars().all(|digit| digit.is_ascii_digit());
        if digits || position { "*".to_owned() } else { step.to_owned() }
    };
    path.split('/').map(step).collect::<Vec<_>>().join("/")
}

/// What the validator says, without the value that it says it of.
fn shortened(fault: &str) -> String {
    let end = |text: &str| text.char_indices().rev().nth(99).map_or(0, |(start, _)| start);
    fault[end(fault)..].to_owned()
}
