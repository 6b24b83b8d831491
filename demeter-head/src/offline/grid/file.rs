//! The file as it is written.

use std::path::Path;

use demeter_tx::hydra::Timestamp;
use serde::Deserialize;

use super::super::OfflineError;
use super::super::files::{content, text};

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    pub(super) start: Option<Timestamp>,
    pub(super) seed: Option<String>,
    pub(super) publish: Option<bool>,
    #[serde(default)]
    pub(super) grid: WrittenGrid,
    pub(super) party: Option<Vec<WrittenParty>>,
}

/// What the grid is.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenGrid {
    pub(super) asset: Option<String>,
    pub(super) entities: Option<Vec<String>>,
    pub(super) admission: Option<u64>,
    pub(super) threshold: Option<u64>,
    pub(super) fee_ppm: Option<u64>,
    pub(super) treasury: Option<String>,
    pub(super) prior: Option<u64>,
    pub(super) penalty: Option<u64>,
    pub(super) half_life: Option<String>,
    pub(super) operators: Option<u64>,
    pub(super) slots: Option<u64>,
}

/// Somebody with money.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenParty {
    pub(super) name: String,
    pub(super) key: Option<String>,
    pub(super) lovelace: Option<u64>,
    pub(super) asset: Option<u64>,
}

/// Reads a file; what is wrong comes with its place.
pub(super) fn read(path: &Path) -> Result<Written, OfflineError> {
    let text = text(path)?;
    let line = |error: &toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        before.map_or_else(String::new, |before| format!("line {}: ", before.matches('\n').count() + 1))
    };
    let syntax = |error: toml::de::Error| content(path, format!("{}{}", line(&error), error.message()));
    let reader = toml::Deserializer::parse(&text).map_err(syntax)?;
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let (place, error) = (error.path().to_string(), error.into_inner());
        // Of what stands outside all tables nothing more is known than the line.
        let place = if place == "." { String::new() } else { format!("{place}: ") };
        content(path, format!("{place}{}{}", line(&error), error.message()))
    })
}
