//! What can go wrong with the program.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use demeter_tx::head::OpenError;
use demeter_tx::{ClockError, ParametersError};

use crate::{IdentityError, ServeError};

/// The program cannot start, or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OfflineError {
    /// A file cannot be read.
    #[error("{}: {source}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file does not hold what it should.
    #[error("{}: {reason}", .path.display())]
    Content {
        /// Which.
        path: PathBuf,
        /// What is wrong, and where.
        reason: String,
    },
    /// The party's key cannot be read.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The built-in parameters cannot be read.
    #[error(transparent)]
    Parameters(#[from] ParametersError),
    /// The time is before the first slot.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// The head cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The address cannot be listened on.
    #[error("{address}: {source}")]
    Address {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The head cannot be served, or no longer.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// What is said at the start could not be said.
    #[error("standard output: {0}")]
    Output(#[from] io::Error),
    /// There are no threads or no signals to be had.
    #[error("the system: {0}")]
    Runtime(io::Error),
}

impl OfflineError {
    /// 2 for what the user gave, 1 for all else.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::File { .. } | Self::Content { .. } | Self::Identity(_) => 2,
            _ => 1,
        }
    }
}
