//! Why a snapshot cannot be taken over.

use super::id::HydraKey;
use super::record::{Bare, record, tagged};
use super::utxo::UtxoJson;

tagged! {
    /// Why a snapshot cannot be taken over.
    pub enum SideLoadRequirementFailure {
        /// It is another beginning.
        InitialSnapshotMismatch(Bare) = "SideLoadInitialSnapshotMismatch",
        /// Its number is too low.
        NumberInvalid(Numbers) = "SideLoadSnNumberInvalid",
        /// Its version is not the head's.
        VersionInvalid(Versions) = "SideLoadSvNumberInvalid",
        /// Other outputs are about to enter.
        UtxoToCommitInvalid(ToCommit) = "SideLoadUTxOToCommitInvalid",
        /// Other outputs are about to leave.
        UtxoToDecommitInvalid(ToDecommit) = "SideLoadUTxOToDecommitInvalid",
        /// Its signatures are wrong.
        MultiSignatureInvalid(Signatures) = "SideLoadInvalidMultisignature",
    }
}

record! {
    /// Numbers of snapshots.
    pub struct Numbers {
        /// The one's that was sent.
        requested: u64 = required "requestedSn",
        /// The last one's.
        last_seen: u64 = required "lastSeenSn",
    }
}

record! {
    /// Versions of snapshots.
    pub struct Versions {
        /// The one's that was sent.
        requested: u64 = required "requestedSv",
        /// The head's.
        last_seen: u64 = required "lastSeenSv",
    }
}

record! {
    /// Outputs that are about to enter.
    pub struct ToCommit {
        /// By the snapshot that was sent.
        requested: Option<UtxoJson> = nullable "requestedSc",
        /// By the last one.
        last_seen: Option<UtxoJson> = nullable "lastSeenSc",
    }
}

record! {
    /// Outputs that are about to leave.
    pub struct ToDecommit {
        /// By the snapshot that was sent.
        requested: Option<UtxoJson> = nullable "requestedSd",
        /// By the last one.
        last_seen: Option<UtxoJson> = nullable "lastSeenSd",
    }
}

record! {
    /// Signatures that are wrong.
    pub struct Signatures {
        /// The signatures.
        signatures: String = required "multisig",
        /// The keys of the parties.
        keys: Vec<HydraKey> = required "vkeys",
    }
}
