//! How many pods an object keeps, and of which spec.
//!
//! - Pod: itself.
//! - Deployment, StatefulSet, ReplicaSet, ReplicationController: `replicas`, 1 if absent, 0 if 0. The pods
//!   that a rolling update adds for a while (`maxSurge`) are not counted.
//! - DaemonSet: one, because a lease is of one slot, not of a number of nodes.
//! - Job: `parallelism`, 1 if absent, and no more than `completions` if that is given. A suspended job counts
//!   as if it ran, because it is to run.
//! - CronJob: one job. That is its limit under `Forbid` and `Replace`. Under `Allow` Kubernetes has no limit;
//!   runs that overlap wait for the quota.
//! - PersistentVolumeClaim: no pod, and its storage. A StatefulSet's claim templates count once per replica.

use super::claim::{add_claims, claim_needs};
use super::error::FieldFault;
use super::field::{Field, FieldError};
use super::needs::Needs;
use super::object::Identity;
use super::pod::pod_needs;
use crate::excerpt::excerpt;

/// The pods of an object, and what all of them need.
#[derive(Debug, Default)]
pub(super) struct Share {
    pub(super) pods: u64,
    pub(super) needs: Needs,
}

/// Counts an object. Kinds that keep no pods and claim no storage need nothing.
pub(super) fn share(identity: &Identity, object: &Field<'_>) -> Result<Share, FieldError> {
    let spec = object.get("spec")?;
    match (identity.group(), identity.kind.as_str()) {
        ("", "Pod") => copies(&spec, 1, pod_needs(&spec)?),
        ("apps" | "extensions", "Deployment" | "ReplicaSet") | ("", "ReplicationController") => {
            copies(&spec, replicas(&spec)?, template_needs(&spec)?)
        }
        ("apps", "StatefulSet") => {
            let mut needs = template_needs(&spec)?;
            add_claims(&mut needs, &spec.get("volumeClaimTemplates")?)?;
            copies(&spec, replicas(&spec)?, needs)
        }
        ("apps" | "extensions", "DaemonSet") => copies(&spec, 1, template_needs(&spec)?),
        ("batch", "Job") => job(&spec),
        ("batch", "CronJob") => {
            let policy = spec.get("concurrencyPolicy")?;
            match policy.text()? {
                None | Some("" | "Allow" | "Forbid" | "Replace") => {}
                Some(other) => {
                    return Err(policy.error(FieldFault::UnknownValue {
                        expected: "Allow, Forbid or Replace",
                        found: excerpt(other),
                    }));
                }
            }
            job(&spec.descend(&["jobTemplate", "spec"])?)
        }
        ("", "PersistentVolumeClaim") => Ok(Share { pods: 0, needs: claim_needs(object)? }),
        _ => Ok(Share::default()),
    }
}

fn replicas(spec: &Field<'_>) -> Result<u64, FieldError> {
    Ok(spec.get("replicas")?.count()?.unwrap_or(1))
}

fn template_needs(spec: &Field<'_>) -> Result<Needs, FieldError> {
    pod_needs(&spec.descend(&["template", "spec"])?)
}

fn job(spec: &Field<'_>) -> Result<Share, FieldError> {
    let parallelism = spec.get("parallelism")?.count()?.unwrap_or(1);
    let pods = match spec.get("completions")?.count()? {
        Some(completions) => parallelism.min(completions),
        None => parallelism,
    };
    copies(spec, pods, template_needs(spec)?)
}

fn copies(spec: &Field<'_>, pods: u64, needs: Needs) -> Result<Share, FieldError> {
    let needs = needs.times(pods).map_err(|overflow| spec.overflow(overflow))?;
    Ok(Share { pods, needs })
}
