#![doc = include_str!("../README.md")]

mod excerpt;
mod manifest;
mod quantity;

pub use manifest::{
    FieldFault, Location, ManifestError, ObjectSummary, ReadError, SIZE_LIMIT, Workload, YamlFault,
};
pub use quantity::{QuantityError, Unit, parse_quantity};
