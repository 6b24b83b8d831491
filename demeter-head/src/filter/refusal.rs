//! Why something is not passed on.

use demeter_core::OutputReference;
use demeter_tx::head::{DepositError, FanoutError};
use demeter_tx::hydra::EnvelopeError;

use super::upstream::UpstreamError;

/// Why something is not passed on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// It is for those who run the node.
    #[error("{what} is for those who run this node, and is not passed on to it")]
    Reserved { what: String },
    /// It is not known here.
    #[error("expected the tag NewTx or Decommit, found {found}")]
    Unknown { found: String },
    /// It is not a message, or not a request of this kind.
    #[error("{0}")]
    Malformed(String),
    #[error("what cannot be read is not passed on: {0}")]
    Envelope(#[from] EnvelopeError),
    #[error("what cannot be read is not passed on: {0}")]
    Unreadable(String),
    /// hydra-node counts its outputs as made all the same, as we read `applyTxTo` of 2.3.0.
    #[error("the transaction is marked invalid: such ones are not passed on")]
    MarkedInvalid,
    #[error("the head could not be finalised any more: {0}")]
    Unfinalisable(FanoutError),
    #[error("output {index} would be at the {script}: what is there stays in the head")]
    Makes { index: u64, script: &'static str },
    #[error("input {reference} is at the {script}: what is there stays in the head")]
    Consumes { reference: OutputReference, script: &'static str },
    #[error("input {reference} is not in the last confirmed snapshot, so it is not known what it is")]
    UnknownInput { reference: OutputReference },
    #[error("input {reference} is at an address that cannot be read: {reason}")]
    UnreadableInput { reference: OutputReference, reason: String },
    #[error("an output would enter as {reference}, and the head holds another one by that reference")]
    InUse { reference: OutputReference },
    #[error("output {index} is at hydra's deposit validator and cannot be read as a deposit: {error}")]
    Deposit { index: u64, error: DepositError },
    #[error("it cannot be checked now: {0}")]
    Upstream(#[from] UpstreamError),
}
