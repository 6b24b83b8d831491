//! The document's parts, in the order in which aiken writes them.
//!
//! Unknown fields are refused: a later aiken may say something that must not be dropped unseen.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::json::Json;
use crate::error::Error;

/// A CIP-57 blueprint.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) preamble: Preamble,
    pub(super) validators: Vec<Handler>,
    #[serde(default)]
    pub(super) definitions: IndexMap<String, Json>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Preamble {
    title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    version: String,
    plutus_version: String,
    pub(super) compiler: Compiler,
    license: String,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compiler {
    name: String,
    pub(super) version: String,
}

/// One handler of one validator; all handlers of a validator share its code.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Handler {
    /// `module.validator.handler`.
    pub(super) title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) datum: Option<Json>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) redeemer: Option<Json>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) parameters: Vec<Json>,
    pub(super) compiled_code: String,
    pub(super) hash: String,
}

impl Document {
    /// Reads what aiken wrote.
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text)
            .map_err(|source| Error::Json { what: "the blueprint that aiken wrote".into(), source })
    }

    /// The text of the committed file.
    pub(super) fn render(&self) -> Result<String, Error> {
        serde_json::to_string_pretty(self)
            .map(|text| text + "\n")
            .map_err(|source| Error::Json { what: "the blueprint".into(), source })
    }
}

impl Handler {
    /// Module and validator.
    pub(super) fn contract(&self) -> &str {
        self.title.rsplit_once('.').map_or("", |(contract, _)| contract)
    }

    /// The handler's own name: `spend`, `mint`, `else`, ...
    pub(super) fn name(&self) -> &str {
        self.title.rsplit_once('.').map_or("", |(_, name)| name)
    }
}
