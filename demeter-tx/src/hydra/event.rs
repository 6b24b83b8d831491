//! Outputs of a node as events of a head.

use std::sync::Arc;

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
/// A transaction in it is none, or states the id of another.
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
            let transactions: Result<Vec<_>, EnvelopeError> =
                snapshot.confirmed.iter().map(|envelope| envelope.transaction().map(Arc::new)).collect();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SignedTransaction;
    use crate::hydra::{ServerMessage, TransactionEnvelope};

    const TRANSACTION: &str = "84a300d901028001800200a0f5f6";

    fn event(text: &str) -> Result<Option<Event>, EventError> {
        let text = format!(r#"{{"headId":"00","seq":1,"timestamp":"2026-11-21T15:40:01Z",{text}}}"#);
        let message = ServerMessage::from_json(&text).unwrap();
        let ServerMessage::Output(timed) = &message else { panic!("expected an output, found {message:?}") };
        head_event(&timed.output)
    }

    fn snapshot(envelope: &str) -> String {
        format!(
            r#""tag":"SnapshotConfirmed","signatures":{{"multiSignature":[]}},"snapshot":{{"headId":"00","version":0,
            "number":7,"confirmed":[{envelope}],"utxo":{{}},"utxoToCommit":null,"utxoToDecommit":null}}"#
        )
    }

    #[test]
    fn what_happens_to_transactions_is_an_event() {
        let transaction: SignedTransaction = TRANSACTION.parse().unwrap();
        let id = transaction.id();
        let valid = event(&format!(r#""tag":"TxValid","transactionId":"{id}""#)).unwrap();
        assert_eq!(valid, Some(Event::TxValid { transaction: id }));

        let envelope = serde_json::to_string(&TransactionEnvelope::from(&transaction)).unwrap();
        let invalid = event(&format!(
            r#""tag":"TxInvalid","utxo":{{}},"transaction":{envelope},"validationError":{{"reason":"no"}}"#
        ));
        let reason = InvalidReason::Reported("no".into());
        assert_eq!(invalid.unwrap(), Some(Event::TxInvalid { transaction: id, reason }));

        let confirmed = event(&snapshot(&envelope)).unwrap();
        let transactions = vec![Arc::new(transaction)];
        let number = SnapshotNumber::from_number(7);
        assert_eq!(confirmed, Some(Event::SnapshotConfirmed { number, transactions }));
    }

    #[test]
    fn what_happens_to_the_node_is_none() {
        assert_eq!(event(r#""tag":"NetworkConnected""#).unwrap(), None);
        assert_eq!(event(r#""tag":"ReadyToFanout""#).unwrap(), None);
    }

    #[test]
    fn a_transaction_that_is_none_is_an_error() {
        let envelope = r#"{"type":"","description":"","cborHex":"00"}"#;
        let error = event(&snapshot(envelope)).unwrap_err().to_string();
        assert!(error.starts_with("SnapshotConfirmed: not a transaction"), "{error}");
    }
}
