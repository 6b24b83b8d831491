//! What can go wrong with a node's API.

use super::address::AddressError;
use crate::ClockError;
use crate::head::HeadError;

/// A node cannot be connected to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The text does not say where it is.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// It cannot be asked.
    #[error(transparent)]
    Head(#[from] HeadError),
    /// Its parameters cannot be used.
    #[error("protocol parameters of the head: {reason}")]
    Parameters {
        /// Why.
        reason: String,
    },
    /// It is not on a network that everyone knows, and its history tells of no slot with its time.
    #[error("the node does not tell how its slots relate to time: say so in the options")]
    NoClock,
    /// Slots that relate to time in this way are not possible.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// No thread can be started for it.
    #[error("no thread can be started: {reason}")]
    Thread {
        /// What the system says.
        reason: String,
    },
}

/// A node does not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// It cannot be asked, or answers nonsense. It may have done it all the same.
    #[error(transparent)]
    Head(#[from] HeadError),
    /// It refuses.
    #[error("the node refuses with {status}: {reason}")]
    Refused {
        /// The status of its answer.
        status: u16,
        /// What it says.
        reason: String,
    },
}
