//! What a client sends over the socket.

use demeter_core::TransactionId;

use super::record::{Bare, record, tagged};
use super::snapshot::ConfirmedSnapshot;
use super::transaction::TransactionEnvelope;
use crate::SignedTransaction;

record! {
    /// Submits a transaction.
    pub struct NewTransaction {
        /// The transaction.
        transaction: TransactionEnvelope = required "transaction",
    }
}

record! {
    /// Asks for a deposit back.
    pub struct Recover {
        /// The transaction that made the deposit.
        deposit: TransactionId = required "recoverTxId",
    }
}

record! {
    /// Asks for outputs to leave the head.
    pub struct Decommit {
        /// The transaction whose outputs shall leave.
        transaction: TransactionEnvelope = required "decommitTx",
    }
}

record! {
    /// Asks the node to take over a snapshot.
    pub struct SideLoad {
        /// The snapshot.
        snapshot: ConfirmedSnapshot = required "snapshot",
    }
}

tagged! {
    /// What a client sends over the socket.
    pub enum ClientInput {
        /// Open a head.
        Init(Bare) = "Init",
        /// Submit a transaction.
        NewTx(Box<NewTransaction>) = "NewTx",
        /// Get a deposit back.
        Recover(Recover) = "Recover",
        /// Let outputs leave the head.
        Decommit(Box<Decommit>) = "Decommit",
        /// Close the head.
        Close(Bare) = "Close",
        /// Close the head if it holds nothing but ada.
        SafeClose(Bare) = "SafeClose",
        /// Contest how the head was closed.
        Contest(Bare) = "Contest",
        /// Finalise the head.
        Fanout(Bare) = "Fanout",
        /// Take over a snapshot.
        SideLoadSnapshot(Box<SideLoad>) = "SideLoadSnapshot",
    }
}

impl ClientInput {
    /// Submits a transaction.
    pub fn submit(transaction: &SignedTransaction) -> Self {
        let transaction = transaction.into();
        Self::NewTx(Box::new(NewTransaction { transaction, unknown: super::UnknownFields::new() }))
    }
}
