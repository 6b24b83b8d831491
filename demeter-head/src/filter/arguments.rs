//! What the filter is started with.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use clap::Args;
use demeter_core::{ScriptHash, Scripts};
use demeter_tx::hydra::NodeAddress;
use demeter_tx::market::{BlueprintError, Contract};

use super::options::{FilterOptions, Rate};
use crate::Limits;

/// Stands before a hydra-node and lets strangers read, submit transactions and make deposits, and nothing else.
#[derive(Clone, Debug, Args)]
pub struct ProxyArguments {
    /// The node's API: ws://HOST:PORT or http://HOST:PORT
    #[arg(long, value_name = "URL")]
    pub upstream: NodeAddress,
    /// The address to listen on
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    pub api_host: IpAddr,
    /// The port to listen on; 0 for any
    #[arg(long, value_name = "PORT", default_value_t = 4010)]
    pub api_port: u16,
    /// The hash of the registry, whose outputs stay in the head; that of this version's contract, if not given
    #[arg(long, value_name = "HASH")]
    pub registry: Option<ScriptHash>,
    /// The hash of the market, whose outputs stay in the head; that of this version's contract, if not given
    #[arg(long, value_name = "HASH")]
    pub market: Option<ScriptHash>,
    /// The most connections at once
    #[arg(long, value_name = "COUNT", default_value_t = 1_024)]
    pub connections: usize,
    /// The most connections of one address, or of one network of 64 bits in IPv6
    #[arg(long, value_name = "COUNT", default_value_t = 32)]
    pub connections_each: usize,
    /// How many requests and messages a second one address has in the long run
    #[arg(long, value_name = "COUNT", default_value = "50")]
    pub rate: NonZeroU32,
    /// How many requests and messages one address has at once
    #[arg(long, value_name = "COUNT", default_value = "200")]
    pub burst: NonZeroU32,
    /// The longest message over a socket
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 10)]
    pub message_bytes: usize,
    /// The longest body of a request
    #[arg(long, value_name = "BYTES", default_value_t = 256 << 10)]
    pub body_bytes: usize,
    /// How much may wait for a client that reads slowly
    #[arg(long, value_name = "BYTES", default_value_t = 16 << 20)]
    pub queue_bytes: usize,
    /// How long a client may take for one message, or for one request
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub client_timeout: u64,
    /// How long the node may take to answer
    #[arg(long, value_name = "SECONDS", default_value_t = 330)]
    pub upstream_timeout: u64,
    /// Refuse POST /commit and POST /cardano-transaction
    #[arg(long)]
    pub no_deposits: bool,
    /// Refuse GET /config, which names files and peers of the node
    #[arg(long)]
    pub no_config: bool,
}

impl ProxyArguments {
    /// How the node is to be filtered.
    ///
    /// # Errors
    /// The built-in contract cannot be read.
    pub fn options(&self) -> Result<FilterOptions, BlueprintError> {
        let built_in = Contract::embedded()?.scripts();
        let scripts = Scripts {
            registry: self.registry.unwrap_or(built_in.registry),
            market: self.market.unwrap_or(built_in.market),
        };
        let options = FilterOptions::new(self.upstream.clone(), scripts);
        let limits = Limits {
            clients: self.connections,
            message_bytes: self.message_bytes,
            body_bytes: self.body_bytes,
            queue_bytes: self.queue_bytes,
            send: Duration::from_secs(self.client_timeout),
            ..options.limits
        };
        let connect = options.connect;
        Ok(options
            .limits(limits)
            .connections_each(self.connections_each)
            .rate(Rate { per_second: self.rate, burst: self.burst })
            .patience(connect, Duration::from_secs(self.upstream_timeout))
            .deposits(!self.no_deposits)
            .config(!self.no_config))
    }
}
