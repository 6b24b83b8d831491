//! What can go wrong while a head is served.

use std::io;
use std::path::PathBuf;

use demeter_tx::head::HeadError;

/// A head cannot be served, or no longer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The head cannot be asked.
    #[error(transparent)]
    Head(#[from] HeadError),
    /// The file from which the history is told cannot be written.
    #[error("{}: {source}", .path.display())]
    Checkpoint {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no thread to be had.
    #[error("no thread for inputs: {0}")]
    Thread(io::Error),
    /// The listener has failed.
    #[error("no connections can be taken: {0}")]
    Listener(io::Error),
    /// What happened in the head could no longer be followed.
    #[error("the events of the head can no longer be followed")]
    Lost,
}
