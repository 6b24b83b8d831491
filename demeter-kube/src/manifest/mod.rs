//! Kubernetes manifests, read as far as the counting of their needs goes.

mod claim;
mod controller;
mod error;
mod field;
mod needs;
mod node;
mod object;
mod order;
mod pod;
mod requests;
mod scalar;
mod workload;
mod yaml;

pub use error::{FieldFault, Location, ManifestError, ReadError, YamlFault};
pub use object::ObjectSummary;
pub use workload::{SIZE_LIMIT, Workload};
