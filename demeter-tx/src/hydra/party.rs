//! Parties of a head, and what it is opened with.

use std::fmt;

use super::id::{HydraKey, OnChainId};
use super::number::Decimal;
use super::record::record;

record! {
    /// A party, named by the key that it signs snapshots with.
    pub struct Party {
        /// The key.
        key: HydraKey = required "vkey",
    }
}

record! {
    /// Where a node listens.
    pub struct Host {
        /// Its name or address.
        hostname: String = required "hostname",
        /// Its port.
        port: u16 = required "port",
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.hostname, self.port)
    }
}

record! {
    /// What a head is opened with.
    pub struct HeadParameters {
        /// How long a closing can be contested, in seconds.
        contestation_period: Decimal = required "contestationPeriod",
        /// The parties.
        parties: Vec<Party> = required "parties",
    }
}

record! {
    /// What a node runs with. Its own signing key is never told.
    pub struct Environment {
        /// The party that the node is.
        party: Party = required "party",
        /// The other parties.
        other_parties: Vec<Party> = required "otherParties",
        /// All parties on L1.
        participants: Vec<OnChainId> = required "participants",
        /// How long a closing can be contested, in seconds.
        contestation_period: Decimal = required "contestationPeriod",
        /// How long a deposit waits before it is taken up, in seconds.
        deposit_period: Decimal = required "depositPeriod",
        /// How old the last block may be before the node counts as out of sync, in seconds.
        unsynced_period: Decimal = required "unsyncedPeriod",
        /// The peers that it was told of.
        configured_peers: String = required "configuredPeers",
    }
}
