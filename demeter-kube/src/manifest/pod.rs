//! What a pod requests, counted as Kubernetes' scheduler and quota count it.
//!
//! Per resource, a pod requests the larger of
//! - what its containers and sidecars (init containers with `restartPolicy: Always`) request together, and
//! - what any one init container requests together with the sidecars started before it.
//!
//! What the pod requests as a whole (`spec.resources`, KEP-2837) replaces that figure; a limit of the pod as
//! a whole stands in where neither requests anything. The pod's `overhead` is added, and the storage of its
//! generic ephemeral volumes.

use super::claim::add_ephemeral_volumes;
use super::error::FieldFault;
use super::field::{Field, FieldError};
use super::needs::Needs;
use super::requests::{Scope, check_limits, container_requests, is_huge_page, quantities};

/// What one pod of this spec needs.
pub(super) fn pod_needs(spec: &Field<'_>) -> Result<Needs, FieldError> {
    let mut needs = container_needs(spec)?;
    apply_pod_level(&mut needs, spec)?;

    let overhead = spec.get("overhead")?;
    needs
        .add_all(&quantities(&overhead, Scope::Container)?)
        .map_err(|overflow| overhead.overflow(overflow))?;
    add_ephemeral_volumes(&mut needs, spec)?;
    Ok(needs)
}

fn container_needs(spec: &Field<'_>) -> Result<Needs, FieldError> {
    let containers = spec.get("containers")?;
    let items = containers.items()?;
    if items.is_empty() {
        return Err(containers.error(FieldFault::Missing));
    }
    let mut running = Needs::default();
    for container in &items {
        running.add_all(&container_requests(container)?).map_err(|overflow| container.overflow(overflow))?;
    }

    let mut sidecars = Needs::default();
    let mut peak = Needs::default();
    for container in &spec.get("initContainers")?.items()? {
        let mut step = container_requests(container)?;
        let overflowed = |overflow| container.overflow(overflow);
        if container.get("restartPolicy")?.text()? == Some("Always") {
            running.add_all(&step).map_err(overflowed)?;
            sidecars.add_all(&step).map_err(overflowed)?;
            peak.raise_to(&sidecars);
        } else {
            step.add_all(&sidecars).map_err(overflowed)?;
            peak.raise_to(&step);
        }
    }
    running.raise_to(&peak);
    Ok(running)
}

/// Replaces the containers' figures by those of the pod as a whole.
fn apply_pod_level(needs: &mut Needs, spec: &Field<'_>) -> Result<(), FieldError> {
    let resources = spec.get("resources")?;
    let requests_field = resources.get("requests")?;
    let mut requests = quantities(&requests_field, Scope::Pod)?;
    let limits_field = resources.get("limits")?;
    let limits = quantities(&limits_field, Scope::Pod)?;
    for (name, limit) in limits.iter() {
        // Huge pages cannot be overcommitted: their limit is their request, whatever the containers ask for.
        let is_default = is_huge_page(&name.to_string()) || needs.get(name).is_none();
        if requests.get(name).is_none() && is_default {
            requests.set(name.clone(), limit);
        }
    }
    check_limits(&requests_field, &requests, &limits)?;
    for (name, request) in requests.iter() {
        if needs.get(name).is_some_and(|containers| request < containers) {
            return Err(requests_field.get(&name.to_string())?.error(FieldFault::BelowContainers));
        }
        needs.set(name.clone(), request);
    }
    Ok(())
}
