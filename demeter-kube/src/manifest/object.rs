//! One object of a manifest: what it is, and what it needs.

use std::collections::BTreeMap;

use demeter_core::{Count, Quantity, ResourceName};

use super::error::FieldFault;
use super::field::{Field, FieldError};
use crate::excerpt::{excerpt, one_line};

/// One object of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectSummary {
    /// Group and version of its kind: `apps/v1`.
    pub api_version: String,
    /// Its kind: `Deployment`.
    pub kind: String,
    /// The namespace that it names, if it does.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// How many pods it keeps.
    pub pods: Count,
    /// What all its pods and claims request together; resources of which it requests nothing are left out.
    pub requests: BTreeMap<ResourceName, Quantity>,
}

/// What an object is called.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) namespace: Option<String>,
    pub(super) name: String,
}

/// Kind and version that the items of a typed list need not repeat.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Inherited<'a> {
    pub(super) api_version: Option<&'a str>,
    pub(super) kind: Option<&'a str>,
}

impl Identity {
    pub(super) fn read(object: &Field<'_>, inherited: Inherited<'_>) -> Result<Self, FieldError> {
        let api_version = api_version(object, inherited)?;
        let kind = kind(object, inherited)?;
        let metadata = object.get("metadata")?;
        let namespace = match metadata.get("namespace")?.text()? {
            None | Some("") => None,
            Some(_) => Some(checked(&metadata.get("namespace")?, None, is_name)?),
        };
        let name = checked(&metadata.get("name")?, None, is_name)?;
        Ok(Self { api_version, kind, namespace, name })
    }

    /// The group of the kind, empty for Kubernetes' core.
    pub(super) fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }
}

/// The object's `kind`.
pub(super) fn kind(object: &Field<'_>, inherited: Inherited<'_>) -> Result<String, FieldError> {
    checked(&object.get("kind")?, inherited.kind, |text| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// The object's `apiVersion`.
pub(super) fn api_version(object: &Field<'_>, inherited: Inherited<'_>) -> Result<String, FieldError> {
    checked(&object.get("apiVersion")?, inherited.api_version, |text| {
        text.split('/').count() <= 2
            && text.split('/').all(|part| !part.is_empty())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'/'))
    })
}

/// Kind and name of an object that may be wrong, for errors.
pub(super) fn label(object: &Field<'_>) -> String {
    let text = |names: &[&str]| object.descend(names).ok().and_then(|field| field.text().ok().flatten());
    let kind = text(&["kind"]).map_or_else(|| "object".to_owned(), one_line);
    match text(&["metadata", "name"]) {
        Some(name) => format!("{kind}/{}", one_line(name)),
        None => format!("{kind} without a name"),
    }
}

fn checked(
    field: &Field<'_>,
    default: Option<&str>,
    is_valid: impl Fn(&str) -> bool,
) -> Result<String, FieldError> {
    match field.text()?.or(default) {
        None | Some("") => Err(field.error(FieldFault::Missing)),
        Some(text) if text.len() > 253 || !is_valid(text) => {
            Err(field.error(FieldFault::BadName { found: excerpt(text) }))
        }
        Some(text) => Ok(text.to_owned()),
    }
}

/// Whether some kind of object may have this name: a segment of a path.
fn is_name(text: &str) -> bool {
    !matches!(text, "." | "..")
        && !text.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '/' | '%'))
}
