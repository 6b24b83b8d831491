//! What a node was started with: GET `/config`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Raw;
use super::number::Decimal;
use super::record::record;

record! {
    /// What a node was started with.
    pub struct NodeConfig {
        /// What the node calls itself.
        node_id: String = required "node-id",
        /// Whether it keeps silent.
        quiet: bool = required "quiet",
        /// Where it listens for peers.
        listen: String = required "listen",
        /// Where peers find it, if elsewhere.
        advertise: Option<String> = optional "advertise",
        /// The address that clients connect to.
        api_host: String = required "api-host",
        /// The port that clients connect to.
        api_port: u16 = required "api-port",
        /// The file of its signing key.
        signing_key: String = required "hydra-signing-key",
        /// The files of the other parties' keys.
        verification_keys: Vec<String> = required "hydra-verification-keys",
        /// Where its peers listen.
        peers: Vec<String> = required "peers",
        /// The folder that it keeps its state in.
        persistence_directory: String = required "persistence-dir",
        /// The file of the protocol parameters in the head.
        protocol_parameters: String = required "ledger-protocol-parameters",
        /// The port of its metrics.
        monitoring_port: Option<u16> = optional "monitoring-port",
        /// The file of its TLS certificate.
        tls_certificate: Option<String> = optional "tls-cert",
        /// The file of its TLS key.
        tls_key: Option<String> = optional "tls-key",
        /// Whether it uses an etcd that is installed.
        use_system_etcd: bool = required "use-system-etcd",
        /// How long it waits before it answers a request, in seconds.
        transaction_timeout: Decimal = required "api-transaction-timeout",
        /// After how many events its log begins anew.
        rotate_after: Option<u64> = optional "persistence-rotate-after",
        /// What it knows L1 by.
        chain: ChainConfig = required "chain",
    }
}

/// Defines an enum of records that a field `mode` tells apart.
macro_rules! moded {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident($content:ty) = $mode:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant($content),)*
            /// One that is not known here.
            Unknown(Raw),
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(Deserialize)]
                struct Moded {
                    mode: String,
                }
                let raw = Raw::deserialize(deserializer)?;
                let mode = raw.decode::<Moded>().map(|moded| moded.mode);
                match mode.as_deref() {
                    $(Ok($mode) => raw.decode().map(Self::$variant).map_err(serde::de::Error::custom),)*
                    _ => Ok(Self::Unknown(raw)),
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(content) => content.serialize(serializer),)*
                    Self::Unknown(raw) => raw.serialize(serializer),
                }
            }
        }
    };
}

moded! {
    /// What a node knows L1 by.
    pub enum ChainConfig {
        /// A cardano-node, or a service.
        Cardano(Box<CardanoChain>) = "cardano",
        /// Nothing: the head is this node's alone.
        Offline(OfflineChain) = "offline",
    }
}

record! {
    /// L1 itself.
    pub struct CardanoChain {
        /// `cardano`.
        mode: String = required "mode",
        /// The file of the node's key on L1.
        signing_key: String = required "cardano-signing-key",
        /// The files of the other parties' keys on L1.
        verification_keys: Vec<String> = required "cardano-verification-keys",
        /// How long a closing can be contested, in seconds.
        contestation_period: Decimal = required "contestation-period",
        /// How long a deposit waits before it is taken up, in seconds.
        deposit_period: Decimal = required "deposit-period",
        /// How old the last block may be before the node counts as out of sync, in seconds.
        unsynced_period: Decimal = required "unsynced-period",
        /// The block that it starts from.
        start_from: Option<String> = optional "start-chain-from",
        /// The transactions that published hydra's scripts.
        scripts: Option<Vec<String>> = optional "hydra-scripts-tx-id",
        /// Whom it asks.
        backend: ChainBackend = required "backend",
    }
}

record! {
    /// No L1.
    pub struct OfflineChain {
        /// `offline`.
        mode: String = required "mode",
        /// What the head's name follows from.
        head_seed: String = required "offline-head-seed",
        /// The file of the outputs that the head begins with.
        initial_utxo: String = required "initial-utxo",
        /// The file of the genesis that times and slots follow from.
        genesis: Option<String> = optional "ledger-genesis",
    }
}

moded! {
    /// Whom a node asks about L1.
    pub enum ChainBackend {
        /// A cardano-node on the same machine.
        Direct(DirectBackend) = "direct",
        /// A service.
        Blockfrost(BlockfrostBackend) = "blockfrost",
    }
}

record! {
    /// A cardano-node on the same machine.
    pub struct DirectBackend {
        /// `direct`.
        mode: String = required "mode",
        /// Its socket.
        socket: String = required "node-socket",
        /// Whether it is on mainnet.
        mainnet: Option<bool> = optional "mainnet",
        /// The number of the test network that it is on.
        testnet_magic: Option<u64> = optional "testnet-magic",
    }
}

record! {
    /// A service.
    pub struct BlockfrostBackend {
        /// `blockfrost`.
        mode: String = required "mode",
        /// The file of the account.
        project: String = required "project-path",
        /// How long a question may take, in seconds.
        query_timeout: Decimal = required "query-timeout",
        /// How long a question may be repeated, in seconds.
        retry_timeout: Decimal = required "retry-timeout",
    }
}
