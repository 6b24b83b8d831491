//! What can go wrong with the filter itself.

use std::io;
use std::net::SocketAddr;

use demeter_tx::ParametersError;
use demeter_tx::market::BlueprintError;

/// A node cannot be filtered, or no longer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FilterError {
    /// The built-in parameters of L1 cannot be read.
    #[error(transparent)]
    Parameters(#[from] ParametersError),
    /// The built-in contract cannot be read.
    #[error(transparent)]
    Blueprint(#[from] BlueprintError),
    /// The address cannot be listened on.
    #[error("{address}: {source}")]
    Address {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// What is said at the start could not be said.
    #[error("standard output: {0}")]
    Output(#[from] io::Error),
    /// There are no threads or no signals to be had.
    #[error("the system: {0}")]
    Runtime(io::Error),
}
