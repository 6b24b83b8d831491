//! Requests and limits, of a container or of a pod as a whole.

use demeter_core::{Quantity, ResourceName};

use super::error::FieldFault;
use super::field::{Field, FieldError};
use super::needs::Needs;
use crate::quantity::Unit;

/// The names that may stand in a list of resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// `cpu`, `memory`, `ephemeral-storage`, huge pages and extended resources.
    Container,
    /// `cpu`, `memory` and huge pages.
    Pod,
}

/// A list of requests or limits.
pub(super) fn quantities(list: &Field<'_>, scope: Scope) -> Result<Needs, FieldError> {
    let mut needs = Needs::default();
    for (name, field) in list.entries()? {
        if !scope.knows(name) {
            return Err(field.error(FieldFault::UnknownResource));
        }
        needs.set(ResourceName::from(name), field.quantity(Unit::of(name))?);
    }
    Ok(needs)
}

/// What a container requests: where it names no request, its limit is one.
pub(super) fn container_requests(container: &Field<'_>) -> Result<Needs, FieldError> {
    let resources = container.get("resources")?;
    let (requests_field, limits_field) = (resources.get("requests")?, resources.get("limits")?);
    let mut requests = quantities(&requests_field, Scope::Container)?;
    let limits = quantities(&limits_field, Scope::Container)?;
    check_limits(&requests_field, &requests, &limits)?;
    for (name, limit) in limits.iter() {
        if requests.get(name).is_none() {
            requests.set(name.clone(), limit);
        }
    }
    Ok(requests)
}

/// Refuses what the API server refuses: a request above its limit, and overcommitment of what cannot be
/// overcommitted.
pub(super) fn check_limits(field: &Field<'_>, requests: &Needs, limits: &Needs) -> Result<(), FieldError> {
    for (name, request) in requests.iter() {
        let text = name.to_string();
        let fault = match limits.get(name) {
            limit if !is_overcommittable(&text) && limit != Some(request) => FieldFault::UnequalLimit,
            Some(limit) if request > limit => FieldFault::AboveLimit,
            _ => continue,
        };
        return Err(field.get(&text)?.error(fault));
    }
    Ok(())
}

/// The storage that a claim's spec requests, which must be some.
pub(super) fn storage(spec: &Field<'_>) -> Result<Quantity, FieldError> {
    let field = spec.descend(&["resources", "requests", "storage"])?;
    match field.quantity(Unit::Whole)? {
        Quantity::ZERO => Err(field.error(FieldFault::Zero)),
        quantity => Ok(quantity),
    }
}

pub(super) fn is_huge_page(name: &str) -> bool {
    name.starts_with("hugepages-")
}

fn is_overcommittable(name: &str) -> bool {
    !is_huge_page(name) && !name.contains('/')
}

impl Scope {
    fn knows(self, name: &str) -> bool {
        match name {
            "cpu" | "memory" => true,
            "ephemeral-storage" => self == Self::Container,
            _ if is_huge_page(name) => true,
            _ => self == Self::Container && is_extended(name),
        }
    }
}

/// Whether this is the name of an extended resource: `domain/name`.
fn is_extended(name: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphanumeric())
            && part.ends_with(|c: char| c.is_ascii_alphanumeric())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    // NOTE: names that begin with `requests.` are those of quotas.
    match name.split_once('/') {
        Some((domain, resource)) => {
            is_part(domain)
                && domain.len() <= 253
                && is_part(resource)
                && resource.len() <= 63
                && !name.starts_with("requests.")
        }
        None => false,
    }
}
