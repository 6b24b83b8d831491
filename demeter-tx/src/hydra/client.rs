//! A head that a hydra-node keeps.

mod address;
mod api;
mod control;
mod error;
mod head;
mod learn;
mod ledger;
mod metrics;
mod options;
mod request;
mod socket;
mod worker;

pub use address::{AddressError, NodeAddress};
pub use control::ControlClient;
pub use error::{ConnectError, RequestError};
pub use head::{HydraHead, MessageStream};
pub use metrics::HydraMetrics;
pub use options::HydraOptions;
