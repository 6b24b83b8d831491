//! What a node says first.

use std::collections::BTreeMap;

use super::id::HeadId;
use super::number::Timestamp;
use super::party::{Environment, Party};
use super::record::{named, record};
use super::utxo::UtxoJson;

named! {
    /// How far a head is.
    pub enum HeadStatus {
        /// There is none.
        Idle,
        /// It takes transactions.
        Open,
        /// It is closed, and may be contested.
        Closed,
        /// It can be finalised.
        FanoutPossible,
    }
}

named! {
    /// Whether a node has seen the last blocks of L1.
    pub enum SyncedStatus {
        /// It has.
        InSync,
        /// It is reading blocks, and refuses inputs meanwhile.
        CatchingUp,
    }
}

record! {
    /// How a node's network is.
    pub struct NetworkInfo {
        /// Whether the node is connected to it.
        connected: bool = required "networkConnected",
        /// Whether each peer is, by its host.
        peers: BTreeMap<String, bool> = required "peersInfo",
    }
}

record! {
    /// What a node says first on each connection: after the history, if that was asked for.
    pub struct Greetings {
        /// The party that the node is.
        me: Party = required "me",
        /// How far its head is.
        head_status: HeadStatus = required "headStatus",
        /// Its head, if there is one.
        head_id: Option<HeadId> = optional "hydraHeadId",
        /// The unspent outputs of the last confirmed snapshot, with those that are about to enter.
        snapshot_utxo: Option<UtxoJson> = optional "snapshotUtxo",
        /// When it was said. Version 2.3.0 does not tell.
        timestamp: Option<Timestamp> = optional "timestamp",
        /// The node's version.
        node_version: String = required "hydraNodeVersion",
        /// What it runs with.
        environment: Environment = required "env",
        /// How its network is.
        network: NetworkInfo = required "networkInfo",
        /// Whether it has seen the last blocks of L1.
        synced: SyncedStatus = required "chainSyncedStatus",
        /// The slot of the last block of L1 that it has seen: the head's time.
        current_slot: u64 = required "currentSlot",
    }
}
