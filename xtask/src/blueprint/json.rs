//! JSON whose objects keep the order they were written in.
//!
//! `serde_json` can keep it too, but by a feature that would then change the output of every other crate of the
//! workspace.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// Any JSON.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Json {
    Null,
    Boolean(bool),
    Number(serde_json::Number),
    Text(String),
    Array(Vec<Json>),
    Object(IndexMap<String, Json>),
}

impl Json {
    /// The value of a key, if this is an object that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(fields) => fields.get(key),
            _ => None,
        }
    }

    /// The text, if this is one.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_kinds_survive() {
        let text = r#"{"b":[null,true,-1,18446744073709551615],"a":{"z":"1","y":{}}}"#;
        let json: Json = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&json).unwrap(), text);
        assert_eq!(json.get("a").and_then(|a| a.get("z")).and_then(Json::as_text), Some("1"));
    }
}
