//! Transactions as JSON: text envelopes.

use demeter_core::TransactionId;

use super::id::Cbor;
use super::record::record;
use crate::{SignedTransaction, TransactionError};

/// What hydra-node writes as the type of every transaction.
const CONWAY: &str = "Tx ConwayEra";

record! {
    /// A transaction in a text envelope.
    ///
    /// hydra-node reads the bytes whatever the type says, and refuses the transaction if the id is there and is not
    /// that of the bytes; so does [`Self::transaction`].
    pub struct TransactionEnvelope {
        /// What cardano-cli calls the content.
        kind: Option<String> = optional "type",
        /// A note.
        description: Option<String> = optional "description",
        /// The transaction.
        cbor: Cbor = required "cborHex",
        /// Its id. Drafts of commits in older versions have none.
        id: Option<TransactionId> = optional "txId",
    }
}

/// An envelope does not hold a transaction.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// Its bytes are something else.
    #[error(transparent)]
    Transaction(#[from] TransactionError),
    /// It states the id of another.
    #[error("the envelope names transaction {stated}, its bytes are {found}")]
    Id {
        /// The id stated.
        stated: TransactionId,
        /// The id of the bytes.
        found: TransactionId,
    },
}

impl TransactionEnvelope {
    /// The transaction.
    ///
    /// # Errors
    /// The bytes are no transaction, or the envelope states the id of another.
    pub fn transaction(&self) -> Result<SignedTransaction, EnvelopeError> {
        let transaction = SignedTransaction::from_cbor(self.cbor.as_bytes())?;
        match self.id {
            Some(stated) if stated != transaction.id() => {
                Err(EnvelopeError::Id { stated, found: transaction.id() })
            }
            _ => Ok(transaction),
        }
    }

    /// The id: the one stated, else that of the bytes.
    ///
    /// # Errors
    /// None is stated, and the bytes are no transaction.
    pub fn transaction_id(&self) -> Result<TransactionId, EnvelopeError> {
        match self.id {
            Some(id) => Ok(id),
            None => Ok(self.transaction()?.id()),
        }
    }
}

impl From<&SignedTransaction> for TransactionEnvelope {
    fn from(transaction: &SignedTransaction) -> Self {
        Self {
            kind: Some(CONWAY.to_owned()),
            description: Some(String::new()),
            cbor: Cbor::from_bytes(transaction.to_cbor()),
            id: Some(transaction.id()),
            unknown: super::UnknownFields::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRANSACTION: &str = "84a300d901028001800200a0f5f6";

    fn envelope(id: &str) -> Result<TransactionEnvelope, serde_json::Error> {
        serde_json::from_str(&format!(r#"{{"type":"anything","cborHex":"{TRANSACTION}"{id}}}"#))
    }

    #[test]
    fn a_transaction_survives_whatever_its_type_is_called() {
        let transaction: SignedTransaction = TRANSACTION.parse().unwrap();
        assert_eq!(envelope("").unwrap().transaction().unwrap(), transaction);
        let written = serde_json::to_string(&TransactionEnvelope::from(&transaction)).unwrap();
        let expected = format!(
            r#"{{"type":"Tx ConwayEra","description":"","cborHex":"{TRANSACTION}","txId":"{}"}}"#,
            transaction.id()
        );
        assert_eq!(written, expected);
    }

    #[test]
    fn an_id_of_another_transaction_is_refused() {
        let id = SignedTransaction::from_cbor(&hex::decode(TRANSACTION).unwrap()).unwrap().id();
        let right = envelope(&format!(r#","txId":"{id}""#)).unwrap();
        assert!(right.transaction().is_ok());
        let wrong = envelope(&format!(r#","txId":"{}""#, "00".repeat(32))).unwrap();
        let error = wrong.transaction().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("the envelope names transaction {}, its bytes are {id}", "00".repeat(32))
        );
        assert!(envelope(r#","txId":"0""#).is_err());
    }
}
