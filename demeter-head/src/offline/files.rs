//! Files that the user gives.

use std::fs;
use std::path::Path;

use serde::de::DeserializeOwned;

use super::OfflineError;

/// The text of a file.
pub(super) fn text(path: &Path) -> Result<String, OfflineError> {
    fs::read_to_string(path).map_err(|source| OfflineError::File { path: path.to_owned(), source })
}

/// Reads a file of JSON; what is wrong comes with its place.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, OfflineError> {
    let text = text(path)?;
    let mut reader = serde_json::Deserializer::from_str(&text);
    let value = serde_path_to_error::deserialize(&mut reader);
    let value = value.map_err(|error| content(path, error))?;
    reader.end().map_err(|error| content(path, error))?;
    Ok(value)
}

/// A file does not hold what it should.
pub(super) fn content(path: &Path, reason: impl ToString) -> OfflineError {
    OfflineError::Content { path: path.to_owned(), reason: reason.to_string() }
}
