//! What is sent over HTTP beside the socket.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Raw;
use super::record::{Bare, UnknownFields, record, tagged};
use super::transaction::TransactionEnvelope;
use super::utxo::UtxoJson;

/// What POST `/commit` takes, which answers with a [`TransactionEnvelope`] to be signed and submitted to L1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommitRequest {
    /// A transaction that spends what shall be deposited.
    Blueprint(Box<BlueprintCommit>),
    /// Outputs, in a field of their own.
    Simple(SimpleCommit),
    /// Outputs and nothing else.
    Direct(UtxoJson),
}

record! {
    /// A transaction that spends what shall be deposited.
    pub struct BlueprintCommit {
        /// The transaction.
        blueprint: TransactionEnvelope = required "blueprintTx",
        /// The outputs that it spends and refers to.
        utxo: UtxoJson = required "utxo",
        /// Where what is left of them goes.
        change_address: Option<String> = nullable "changeAddress",
    }
}

record! {
    /// Outputs that shall be deposited.
    pub struct SimpleCommit {
        /// The outputs.
        utxo: UtxoJson = required "utxoToCommit",
    }
}

impl<'de> Deserialize<'de> for CommitRequest {
    /// Reads the first form that fits, in hydra-node's order.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Raw::deserialize(deserializer)?;
        let fields: UnknownFields = raw.decode().map_err(serde::de::Error::custom)?;
        let read = if fields.contains_key("blueprintTx") {
            raw.decode().map(Self::Blueprint)
        } else if fields.contains_key("utxoToCommit") {
            raw.decode().map(Self::Simple)
        } else {
            raw.decode().map(Self::Direct)
        };
        read.map_err(serde::de::Error::custom)
    }
}

impl Serialize for CommitRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Blueprint(commit) => commit.serialize(serializer),
            Self::Simple(commit) => commit.serialize(serializer),
            Self::Direct(utxo) => utxo.serialize(serializer),
        }
    }
}

tagged! {
    /// What POST `/transaction` answers.
    pub enum SubmitResponse {
        /// 200: it is in a confirmed snapshot.
        Confirmed(SubmitConfirmed) = "SubmitTxConfirmed",
        /// 400: it is invalid.
        Invalid(SubmitInvalid) = "SubmitTxInvalid",
        /// 503: the node lags behind L1.
        Rejected(SubmitRejected) = "SubmitTxRejected",
        /// 202: it is valid, or the node has waited long enough.
        Submitted(TimedOut) = "SubmitTxSubmitted",
    }
}

record! {
    /// A transaction is in a confirmed snapshot.
    pub struct SubmitConfirmed {
        /// The snapshot.
        snapshot_number: u64 = required "snapshotNumber",
    }
}

record! {
    /// A transaction is invalid.
    pub struct SubmitInvalid {
        /// Why.
        validation_error: String = required "validationError",
    }
}

record! {
    /// A transaction was not taken.
    pub struct SubmitRejected {
        /// Why.
        reason: String = required "reason",
    }
}

record! {
    /// Something was begun.
    #[derive(Default)]
    pub struct TimedOut {
        /// That the node stopped waiting for it to end.
        timeout: Option<String> = optional "timeout",
    }
}

tagged! {
    /// What is answered, with 202, by an operation that takes longer than a node waits.
    pub enum Pending {
        /// DELETE `/commits/..`: the deposit will be given back.
        Recover(TimedOut) = "RecoverSubmitted",
        /// POST `/decommit`: the outputs will leave.
        Decommit(TimedOut) = "DecommitSubmitted",
        /// POST `/snapshot`: the snapshot will be taken over.
        SideLoadSnapshot(TimedOut) = "SideLoadSnapshotSubmitted",
    }
}

tagged! {
    /// What POST `/cardano-transaction` answers with 200; with 400, it is a [`super::PostTxError`].
    pub enum CardanoTransactionResponse {
        /// L1 has taken it.
        Submitted(Bare) = "TransactionSubmitted",
    }
}
