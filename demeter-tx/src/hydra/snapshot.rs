//! Snapshots: what the parties of a head agree on.

use std::collections::BTreeMap;

use super::id::{HeadId, HydraKey, HydraSignature};
use super::record::{Bare, record, tagged};
use super::transaction::TransactionEnvelope;
use super::utxo::UtxoJson;

record! {
    /// A snapshot.
    pub struct Snapshot {
        /// The head.
        head_id: HeadId = required "headId",
        /// How often outputs have entered or left the head since it was opened.
        version: u64 = required "version",
        /// Its number.
        number: u64 = required "number",
        /// The transactions that lead to it from the one before.
        confirmed: Vec<TransactionEnvelope> = required "confirmed",
        /// The unspent outputs. A client can ask not to be sent them.
        utxo: Option<UtxoJson> = optional "utxo",
        /// The outputs that are about to enter the head.
        utxo_to_commit: Option<UtxoJson> = nullable "utxoToCommit",
        /// The outputs that are about to leave the head.
        utxo_to_decommit: Option<UtxoJson> = nullable "utxoToDecommit",
        /// The hash of what the parties sign for the outputs. Older versions have none.
        accumulator: Option<String> = optional "accumulator",
    }
}

record! {
    /// The signatures of all parties.
    pub struct MultiSignature {
        /// One of each, in the order of the parties.
        signatures: Vec<HydraSignature> = required "multiSignature",
    }
}

record! {
    /// A snapshot with the signatures of all parties.
    pub struct SignedSnapshot {
        /// The snapshot.
        snapshot: Snapshot = required "snapshot",
        /// The signatures.
        signatures: MultiSignature = required "signatures",
    }
}

record! {
    /// What a head begins with, signed by nobody.
    pub struct InitialSnapshot {
        /// The head.
        head_id: HeadId = required "headId",
        /// The outputs that it began with. Version 2.3.0 has none.
        utxo: Option<UtxoJson> = optional "initialUTxO",
    }
}

tagged! {
    /// A snapshot with which a head can be closed.
    pub enum ConfirmedSnapshot {
        /// None was signed yet.
        Initial(InitialSnapshot) = "InitialSnapshot",
        /// One that all parties signed.
        Confirmed(Box<SignedSnapshot>) = "ConfirmedSnapshot",
    }
}

record! {
    /// No snapshot is in flight.
    pub struct LastSeen {
        /// The number of the last.
        last_seen: u64 = required "lastSeen",
    }
}

record! {
    /// A snapshot was asked for.
    pub struct Requested {
        /// The number of the last.
        last_seen: u64 = required "lastSeen",
        /// The number of the one asked for.
        requested: u64 = required "requested",
    }
}

record! {
    /// A snapshot is being signed.
    pub struct Seen {
        /// The snapshot.
        snapshot: Snapshot = required "snapshot",
        /// The signatures so far, by party.
        signatories: BTreeMap<String, HydraSignature> = required "signatories",
    }
}

impl Seen {
    /// Whether this party has signed.
    pub fn is_signed_by(&self, key: &HydraKey) -> bool {
        self.signatories.contains_key(&key.to_string())
    }
}

tagged! {
    /// How far the signing of snapshots is: what GET `/snapshot/last-seen` answers.
    pub enum SeenSnapshot {
        /// None was ever asked for.
        None(Bare) = "NoSeenSnapshot",
        /// None is in flight.
        Last(LastSeen) = "LastSeenSnapshot",
        /// One was asked for.
        Requested(Requested) = "RequestedSnapshot",
        /// One is being signed.
        Seen(Box<Seen>) = "SeenSnapshot",
    }
}

impl SeenSnapshot {
    /// The number of the last snapshot, as far as it is told.
    pub fn last(&self) -> Option<u64> {
        match self {
            Self::None(_) => Some(0),
            Self::Last(last) => Some(last.last_seen),
            Self::Requested(requested) => Some(requested.last_seen),
            Self::Seen(seen) => Some(seen.snapshot.number),
            Self::Unknown(_) => None,
        }
    }
}
