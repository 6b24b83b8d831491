//! Outputs of a node as events of a head.

use demeter_core::TransactionId;

use super::server_output::ServerOutput;
use super::transaction::EnvelopeError;
use crate::head::{Event, InvalidReason, SnapshotNumber};

/// An output of a node cannot be read as an event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{tag}: {error}")]
pub struct EventError {
    /// The output's tag.
    pub tag: &'static str,
    /// What is wrong with a transaction in it.
    pub error: EnvelopeError,
}

/// The event that an output of a node stands for; none of most, which are about the node and L1.
///
/// # Errors
/// A transaction in it has no id that can be told.
pub fn head_event(output: &ServerOutput) -> Result<Option<Event>, EventError> {
    match output {
        ServerOutput::TxValid(valid) => Ok(Some(Event::TxValid { transaction: valid.transaction })),
        ServerOutput::TxInvalid(invalid) => {
            let transaction = invalid.transaction.transaction_id();
            let transaction = transaction.map_err(|error| EventError { tag: "TxInvalid", error })?;
            let reason = InvalidReason::Reported(invalid.validation_error.reason.clone());
            Ok(Some(Event::TxInvalid { transaction, reason }))
        }
        ServerOutput::SnapshotConfirmed(confirmed) => {
            let snapshot = &confirmed.snapshot;
            let transactions: Result<Vec<TransactionId>, EnvelopeError> =
                snapshot.confirmed.iter().map(|envelope| envelope.transaction_id()).collect();
            let transactions =
                transactions.map_err(|error| EventError { tag: "SnapshotConfirmed", error })?;
            Ok(Some(Event::SnapshotConfirmed {
                number: SnapshotNumber::from_number(snapshot.number),
                transactions,
            }))
        }
        _ => Ok(None),
    }
}
