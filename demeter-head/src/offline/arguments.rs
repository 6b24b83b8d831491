//! What the program is started with.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Parser;
use demeter_tx::hydra::HeadSeed;

use super::clock::Clock;

/// Serves a head in this process over hydra-node's own WebSocket and HTTP API.
///
/// Options that hydra-node has mean what they mean there.
#[derive(Debug, Parser)]
#[command(name = "demeter-head", version)]
pub struct Arguments {
    /// The unspent outputs that the head begins with, as JSON; none, if not given
    #[arg(long, value_name = "FILE")]
    pub initial_utxo: Option<PathBuf>,
    /// A grid that the head begins with, as TOML: founded, with its scripts published and parties funded, whose keys are
    /// printed
    #[arg(long, value_name = "FILE")]
    pub grid: Option<PathBuf>,
    /// The protocol parameters, as cardano-cli writes them; hydra's for a head, if not given
    #[arg(long, value_name = "FILE")]
    pub ledger_protocol_parameters: Option<PathBuf>,
    /// The Shelley genesis that says when slot 0 begins and how long slots are; now, or as the grid's file says, and a
    /// second, if not given
    #[arg(long, value_name = "FILE")]
    pub ledger_genesis: Option<PathBuf>,
    /// What the head's name follows from, in hexadecimal digits
    #[arg(long, value_name = "HEX", default_value = "00")]
    pub offline_head_seed: HeadSeed,
    /// The key that snapshots are signed with; one for development that follows from the seed, if not given
    #[arg(long, value_name = "FILE")]
    pub hydra_signing_key: Option<PathBuf>,
    /// The address to listen on
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    pub api_host: IpAddr,
    /// The port to listen on; 0 for any
    #[arg(long, value_name = "PORT", default_value_t = 4001)]
    pub api_port: u16,
    /// The port for metrics, at the same address; none, if not given
    #[arg(long, value_name = "PORT")]
    pub monitoring_port: Option<u16>,
    /// How many seconds a request waits for what it asked for
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub api_transaction_timeout: u64,
    /// The folder that the head is kept in, and found in when it is started again; in memory, if not given
    #[arg(long, value_name = "DIR")]
    pub persistence_dir: Option<PathBuf>,
    /// After how many events the history begins anew
    #[arg(long, value_name = "COUNT", default_value_t = 8192)]
    pub persistence_rotate_after: usize,
    /// How time passes: `real`, `virtual`, or `ticks:SECONDS` for steps as blocks of L1 make them; `real`, if not given,
    /// or what the head was created with
    #[arg(long, value_name = "CLOCK")]
    pub clock: Option<Clock>,
    /// Let clients move a virtual clock by POST /demeter/advance
    #[arg(long)]
    pub control: bool,
    /// Have TxValid carry the transaction, for clients of older versions
    #[arg(long)]
    pub legacy_tx_valid: bool,
}
