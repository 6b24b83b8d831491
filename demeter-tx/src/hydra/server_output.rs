//! What happens in a head, as its node tells all clients.

use demeter_core::TransactionId;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Raw;
use super::id::{HeadId, OnChainId};
use super::node_state::NodeState;
use super::number::{Decimal, Timestamp};
use super::party::{Host, Party};
use super::record::{Bare, record, tag_of, tagged};
use super::snapshot::{MultiSignature, Snapshot};
use super::transaction::TransactionEnvelope;
use super::utxo::UtxoJson;

/// Something that happened, with its number and time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedOutput {
    /// What happened.
    pub output: ServerOutput,
    /// Its number. Later ones are higher, with gaps.
    pub sequence: u64,
    /// When it happened.
    pub timestamp: Timestamp,
}

impl TimedOutput {
    pub(super) fn read(tag: Option<String>, raw: Raw) -> Result<Self, serde_json::Error> {
        let Stamp { seq: sequence, timestamp } = raw.decode()?;
        let output = ServerOutput::read(tag, raw, &["tag", SEQUENCE, TIMESTAMP])?;
        Ok(Self { output, sequence, timestamp })
    }
}

/// What stands beside an output, and nothing else of it.
#[derive(Deserialize)]
struct Stamp {
    seq: u64,
    timestamp: Timestamp,
}

const SEQUENCE: &str = "seq";
const TIMESTAMP: &str = "timestamp";

impl<'de> Deserialize<'de> for TimedOutput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Raw::deserialize(deserializer)?;
        Self::read(tag_of(&raw), raw).map_err(serde::de::Error::custom)
    }
}

impl Serialize for TimedOutput {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let ServerOutput::Unknown(unknown) = &self.output {
            return unknown.raw.serialize(serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        self.output.write(&mut map)?;
        map.serialize_entry(SEQUENCE, &self.sequence)?;
        map.serialize_entry(TIMESTAMP, &self.timestamp)?;
        map.end()
    }
}

tagged! {
    /// Something that happened, by hydra-node's tags.
    pub enum ServerOutput {
        /// The node is connected to the head's network.
        NetworkConnected(Bare) = "NetworkConnected",
        /// The node is no longer connected to the head's network.
        NetworkDisconnected(Bare) = "NetworkDisconnected",
        /// A peer speaks another version.
        NetworkVersionMismatch(VersionMismatch) = "NetworkVersionMismatch",
        /// Peers were told of other peers.
        NetworkClusterIdMismatch(ClusterMismatch) = "NetworkClusterIDMismatch",
        /// A peer came.
        PeerConnected(Peer) = "PeerConnected",
        /// A peer went.
        PeerDisconnected(Peer) = "PeerDisconnected",
        /// A head was opened.
        HeadIsOpen(Opened) = "HeadIsOpen",
        /// The head was closed.
        HeadIsClosed(Closed) = "HeadIsClosed",
        /// The closing was contested.
        HeadIsContested(Closed) = "HeadIsContested",
        /// The head can be finalised.
        ReadyToFanout(OfHead) = "ReadyToFanout",
        /// The head was finalised.
        HeadIsFinalized(Finalized) = "HeadIsFinalized",
        /// A transaction was found valid. It is not final yet.
        TxValid(TransactionValid) = "TxValid",
        /// A transaction was found invalid, or valid no longer.
        TxInvalid(Box<TransactionInvalid>) = "TxInvalid",
        /// A snapshot was signed by all: its transactions are final.
        SnapshotConfirmed(Box<SnapshotConfirmed>) = "SnapshotConfirmed",
        /// Others opened a head.
        IgnoredHeadInitializing(IgnoredHead) = "IgnoredHeadInitializing",
        /// Outputs were asked to leave.
        DecommitRequested(Box<DecommitRequested>) = "DecommitRequested",
        /// Outputs cannot leave.
        DecommitInvalid(Box<DecommitInvalid>) = "DecommitInvalid",
        /// Outputs will leave.
        DecommitApproved(DecommitApproved) = "DecommitApproved",
        /// Outputs have left.
        DecommitFinalized(DecommitFinalized) = "DecommitFinalized",
        /// A deposit was made.
        CommitRecorded(CommitRecorded) = "CommitRecorded",
        /// A deposit is taken up.
        DepositActivated(DepositTime) = "DepositActivated",
        /// A deposit came too late.
        DepositExpired(DepositTime) = "DepositExpired",
        /// Outputs will enter.
        CommitApproved(CommitApproved) = "CommitApproved",
        /// Outputs have entered.
        CommitFinalized(CommitFinalized) = "CommitFinalized",
        /// A deposit was taken back.
        CommitRecovered(CommitRecovered) = "CommitRecovered",
        /// A snapshot was taken over: what was valid but not confirmed is gone.
        SnapshotSideLoaded(SnapshotSideLoaded) = "SnapshotSideLoaded",
        /// The node's log begins anew from here.
        EventLogRotated(Box<EventLogRotated>) = "EventLogRotated",
        /// The node lags behind L1, and refuses inputs.
        NodeUnsynced(ChainTime) = "NodeUnsynced",
        /// The node no longer lags behind L1.
        NodeSynced(ChainTime) = "NodeSynced",
    }
}

record! {
    /// Versions of the network's protocol that do not fit.
    pub struct VersionMismatch {
        /// The node's.
        ours: u64 = required "ourVersion",
        /// The peer's, if it said.
        theirs: Option<u64> = nullable "theirVersion",
    }
}

record! {
    /// Peers that do not fit.
    pub struct ClusterMismatch {
        /// Those of the network.
        cluster_peers: String = required "clusterPeers",
        /// Those that the node was told of.
        misconfigured_peers: String = required "misconfiguredPeers",
    }
}

record! {
    /// A peer.
    pub struct Peer {
        /// Where it listens.
        peer: Host = required "peer",
    }
}

record! {
    /// A head.
    pub struct OfHead {
        /// The head.
        head_id: HeadId = required "headId",
    }
}

record! {
    /// A head was opened.
    pub struct Opened {
        /// The head.
        head_id: HeadId = required "headId",
        /// Its parties. Older versions do not tell.
        parties: Option<Vec<Party>> = optional "parties",
    }
}

record! {
    /// A head was closed, or that contested.
    pub struct Closed {
        /// The head.
        head_id: HeadId = required "headId",
        /// The snapshot that it is closed with.
        snapshot_number: u64 = required "snapshotNumber",
        /// Until when that can be contested.
        contestation_deadline: Timestamp = required "contestationDeadline",
    }
}

record! {
    /// A head was finalised.
    pub struct Finalized {
        /// The head.
        head_id: HeadId = required "headId",
        /// The outputs that are on L1 now.
        utxo: UtxoJson = required "finalizedUTxO",
    }
}

record! {
    /// A transaction was found valid.
    pub struct TransactionValid {
        /// The head.
        head_id: HeadId = required "headId",
        /// The transaction.
        transaction: TransactionId = required "transactionId",
    }
}

record! {
    /// Why a transaction is invalid.
    pub struct ValidationError {
        /// What the ledger says.
        reason: String = required "reason",
    }
}

record! {
    /// A transaction was found invalid.
    pub struct TransactionInvalid {
        /// The head.
        head_id: HeadId = required "headId",
        /// The outputs that it was applied to.
        utxo: UtxoJson = required "utxo",
        /// The transaction.
        transaction: TransactionEnvelope = required "transaction",
        /// Why it is invalid.
        validation_error: ValidationError = required "validationError",
    }
}

record! {
    /// A snapshot was signed by all.
    pub struct SnapshotConfirmed {
        /// The head.
        head_id: HeadId = required "headId",
        /// The snapshot.
        snapshot: Snapshot = required "snapshot",
        /// The signatures.
        signatures: Option<MultiSignature> = optional "signatures",
    }
}

record! {
    /// A head that the node is no party of.
    pub struct IgnoredHead {
        /// The head.
        head_id: HeadId = required "headId",
        /// How long its closing can be contested, in seconds.
        contestation_period: Decimal = required "contestationPeriod",
        /// Its parties.
        parties: Vec<Party> = required "parties",
        /// Its parties on L1.
        participants: Vec<OnChainId> = required "participants",
    }
}

record! {
    /// Outputs were asked to leave.
    pub struct DecommitRequested {
        /// The head.
        head_id: HeadId = required "headId",
        /// The transaction that makes the outputs.
        transaction: TransactionEnvelope = required "decommitTx",
        /// The outputs.
        utxo: UtxoJson = required "utxoToDecommit",
    }
}

record! {
    /// Outputs cannot leave.
    pub struct DecommitInvalid {
        /// The head.
        head_id: HeadId = required "headId",
        /// The transaction that makes the outputs.
        transaction: TransactionEnvelope = required "decommitTx",
        /// Why.
        reason: DecommitInvalidReason = required "decommitInvalidReason",
    }
}

tagged! {
    /// Why outputs cannot leave.
    pub enum DecommitInvalidReason {
        /// The transaction is invalid.
        Invalid(DecommitTransactionInvalid) = "DecommitTxInvalid",
        /// Others are about to leave.
        InFlight(DecommitInFlight) = "DecommitAlreadyInFlight",
    }
}

record! {
    /// The transaction is invalid.
    pub struct DecommitTransactionInvalid {
        /// The outputs that it was applied to.
        utxo: UtxoJson = required "localUTxO",
        /// Why it is invalid.
        validation_error: ValidationError = required "validationError",
    }
}

record! {
    /// Others are about to leave.
    pub struct DecommitInFlight {
        /// The transaction that makes them.
        other: TransactionId = required "otherDecommitTxId",
    }
}

record! {
    /// Outputs will leave.
    pub struct DecommitApproved {
        /// The head.
        head_id: HeadId = required "headId",
        /// The transaction that makes them.
        transaction: TransactionId = required "decommitTxId",
        /// The outputs.
        utxo: UtxoJson = required "utxoToDecommit",
    }
}

record! {
    /// Outputs have left.
    pub struct DecommitFinalized {
        /// The head.
        head_id: HeadId = required "headId",
        /// The outputs, as they are on L1.
        utxo: UtxoJson = required "distributedUTxO",
    }
}

record! {
    /// A deposit was made.
    pub struct CommitRecorded {
        /// The head.
        head_id: HeadId = required "headId",
        /// The outputs that shall enter.
        utxo: UtxoJson = required "utxoToCommit",
        /// The transaction that made the deposit.
        deposit: TransactionId = required "pendingDeposit",
        /// Until when it must have been taken up.
        deadline: Timestamp = required "deadline",
    }
}

record! {
    /// A deposit, and the time.
    pub struct DepositTime {
        /// The head.
        head_id: HeadId = required "headId",
        /// The transaction that made the deposit.
        deposit: TransactionId = required "depositTxId",
        /// Until when it must have been taken up.
        deadline: Timestamp = required "deadline",
        /// What time it was on L1.
        chain_time: Timestamp = required "chainTime",
    }
}

record! {
    /// Outputs will enter.
    pub struct CommitApproved {
        /// The head.
        head_id: HeadId = required "headId",
        /// The outputs.
        utxo: UtxoJson = required "utxoToCommit",
    }
}

record! {
    /// Outputs have entered.
    pub struct CommitFinalized {
        /// The head.
        head_id: HeadId = required "headId",
        /// The transaction that made the deposit.
        deposit: TransactionId = required "depositTxId",
    }
}

record! {
    /// A deposit was taken back.
    pub struct CommitRecovered {
        /// The head.
        head_id: HeadId = required "headId",
        /// The outputs, as they are on L1.
        utxo: UtxoJson = required "recoveredUTxO",
        /// The transaction that made the deposit.
        deposit: TransactionId = required "recoveredTxId",
    }
}

record! {
    /// A snapshot was taken over.
    pub struct SnapshotSideLoaded {
        /// The head.
        head_id: HeadId = required "headId",
        /// Its number.
        snapshot_number: u64 = required "snapshotNumber",
    }
}

record! {
    /// The node's log begins anew.
    pub struct EventLogRotated {
        /// From here.
        checkpoint: NodeState = required "checkpoint",
    }
}

record! {
    /// How far a node is behind L1.
    pub struct ChainTime {
        /// The slot of the last block seen.
        slot: u64 = required "chainSlot",
        /// When that slot began.
        time: Timestamp = required "chainTime",
        /// How long ago that was, in seconds.
        drift: Decimal = required "drift",
    }
}
