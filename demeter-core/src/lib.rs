//! The pure heart of Demeter Fabric: datum types, codecs, the allocation rule and the transitions.
//!
//! No I/O, no clock, no randomness, no async.

mod address;
mod id;
mod integer;
mod output;
mod resource;
mod value;

pub use address::{Address, Credential};
pub use id::{BidName, GridId, IdError, KeyHash, ScriptHash, TransactionId, WorkloadHash};
pub use integer::{Amount, Count, INTEGER_LIMIT, Ppm, Quantity, RangeError, Span, Time};
pub use output::{OutputReference, OutputReferenceError};
pub use resource::ResourceName;
pub use value::{Asset, AssetName, AssetNameError, Value};
