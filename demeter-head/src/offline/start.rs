//! From arguments to a head, and how it is served.

use std::fs;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use demeter_core::Time;
use demeter_tx::founding::opening;
use demeter_tx::head::{ClockMode, EmbeddedHead, HeadOptions, MachineTime, TimeSource as _};
use demeter_tx::hydra::{
    ChainConfig, Decimal, NodeConfig, OfflineChain, ParametersJson, UnknownFields, UtxoJson,
};
use demeter_tx::{ClockError, LedgerSettings, Network, ProtocolParameters, UtxoSet};
use tokio::net::TcpListener;

use super::arguments::Arguments;
use super::clock::Clock;
use super::error::OfflineError;
use super::files::{content, read};
use super::genesis::Genesis;
use super::grid::{GridPlan, GridReport};
use crate::{Identity, ServerOptions};

/// The head in its folder.
const HEAD: &str = "demeter.head";
/// From where its history is told.
const HISTORY: &str = "history.json";
/// What users were told of the grid that it began with.
const GRID: &str = "grid.json";
/// How many events a head keeps at least.
const KEPT_EVENTS: usize = 16_384;

/// A head, and how it is to be served.
pub(super) struct Started {
    pub(super) head: EmbeddedHead,
    pub(super) options: ServerOptions,
    pub(super) listener: TcpListener,
    pub(super) address: SocketAddr,
    pub(super) monitoring: Option<SocketAddr>,
    /// What users are told of the grid.
    pub(super) grid: Option<GridReport>,
}

/// Opens the head and listens: nothing is written before it is known that all files can be read.
pub(super) async fn start(arguments: &Arguments) -> Result<Started, OfflineError> {
    let seed = arguments.offline_head_seed.clone();
    let identity = match &arguments.hydra_signing_key {
        Some(path) => Identity::read(path, seed)?,
        None => Identity::development(seed),
    };
    let given = Given::read(arguments)?;
    let (listener, address) = listen(SocketAddr::new(arguments.api_host, arguments.api_port)).await?;
    let monitoring = match arguments.monitoring_port {
        Some(port) => Some(listen(SocketAddr::new(arguments.api_host, port)).await?),
        None => None,
    };
    let mut options = ServerOptions::new(identity)
        .control(arguments.control)
        .legacy_tx_valid(arguments.legacy_tx_valid)
        .transaction_timeout(Duration::from_secs(arguments.api_transaction_timeout))
        .rotate_after(arguments.persistence_rotate_after)
        .config(config(arguments, address.port()));
    if let Some(written) = &given.written {
        options = options.parameters(written.clone());
    }
    if let Some(folder) = &arguments.persistence_dir {
        options = options.checkpoint(folder.join(HISTORY));
    }
    let (head, grid) = given.open(arguments).await?;
    let told = monitoring.as_ref().map(|(_, address)| *address);
    if let Some((listener, _)) = monitoring {
        options = options.monitoring(listener);
    }
    Ok(Started { head, options, listener, address, monitoring: told, grid })
}

/// What the files of the user hold.
struct Given {
    genesis: Genesis,
    parameters: ProtocolParameters,
    /// The parameters as they are written.
    written: Option<ParametersJson>,
    outputs: UtxoSet,
    grid: Option<GridPlan>,
}

impl Given {
    fn read(arguments: &Arguments) -> Result<Self, OfflineError> {
        let genesis = arguments.ledger_genesis.as_deref().map(Genesis::read).transpose()?;
        let network = genesis.map_or(Network::Testnet, |genesis| genesis.network);
        let grid = arguments.grid.as_deref().map(|path| GridPlan::read(path, network)).transpose()?;
        let genesis = match (genesis, &grid) {
            (Some(genesis), _) => genesis,
            (None, Some(grid)) => Genesis::of(grid.start)?,
            (None, None) => Genesis::now()?,
        };
        let (parameters, written) = match &arguments.ledger_protocol_parameters {
            Some(path) => {
                let written: ParametersJson = read(path)?;
                (written.parameters().map_err(|error| content(path, error))?, Some(written))
            }
            None => (ProtocolParameters::hydra_l2()?, None),
        };
        let outputs = match &arguments.initial_utxo {
            Some(path) => read::<UtxoJson>(path)?.outputs().map_err(|error| content(path, error))?,
            None => UtxoSet::new(),
        };
        Ok(Self { genesis, parameters, written, outputs, grid })
    }

    /// Opens the head that is in the folder, or creates one.
    async fn open(self, arguments: &Arguments) -> Result<(EmbeddedHead, Option<GridReport>), OfflineError> {
        let kept = arguments.persistence_rotate_after.saturating_mul(2).max(KEPT_EVENTS);
        let options =
            HeadOptions::default().kept_events(NonZeroUsize::new(kept).unwrap_or(NonZeroUsize::MIN));
        let chosen = arguments.clock.map(|Clock(mode)| mode);
        let mode = chosen.unwrap_or(ClockMode::Real);
        let head = arguments.persistence_dir.as_ref().map(|folder| (folder, folder.join(HEAD)));
        if let Some((folder, path)) = &head
            && is_there(path)?
        {
            let options = chosen.map_or(options.clone(), |mode| options.clone().clock(mode));
            // The file of the grid counts no more; what was told of it then still holds.
            let grid = self.grid.map(|_| GridReport::kept(&folder.join(GRID))).transpose()?.flatten();
            return Ok((EmbeddedHead::open_at(path, &options)?, grid));
        }
        let options = options.clock(mode);
        let Self { genesis: Genesis { network, clock }, parameters, mut outputs, grid, .. } = self;
        let settings = LedgerSettings { network, parameters, clock };
        let mut start = clock.zero_time();
        let mut told = None;
        if let Some(plan) = grid {
            let (founded, report) = plan.found(&settings).await?;
            for (reference, output) in founded {
                if outputs.insert(reference, output).is_some() {
                    let reason = format!("there is an output at {reference} among the initial ones as well");
                    return Err(content(plan.path(), reason));
                }
            }
            start = opening(&clock).map_err(ClockError::from)?;
            told = Some(report);
        }
        let time = beginning(mode, start);
        let Some((folder, path)) = head else {
            return Ok((EmbeddedHead::open_with(settings, outputs, time, &options)?, told));
        };
        fs::create_dir_all(folder).map_err(|source| OfflineError::File { path: folder.clone(), source })?;
        if let Some(report) = &told {
            report.keep(&folder.join(GRID))?;
        }
        Ok((EmbeddedHead::create(&path, settings, outputs, time, &options)?, told))
    }
}

/// A virtual clock begins as early as it can, another when it is, if that is not too early.
fn beginning(mode: ClockMode, start: Time) -> Time {
    match mode {
        ClockMode::Virtual => start,
        _ => MachineTime.time().max(start),
    }
}

fn is_there(path: &Path) -> Result<bool, OfflineError> {
    path.try_exists().map_err(|source| OfflineError::File { path: path.to_owned(), source })
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), OfflineError> {
    let failed = |source| OfflineError::Address { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// What GET `/config` answers: what hydra-node would, with its own defaults for what there is not here.
fn config(arguments: &Arguments, port: u16) -> NodeConfig {
    let named = |path: &Option<std::path::PathBuf>| {
        path.as_ref().map(|path| path.display().to_string()).unwrap_or_default()
    };
    let chain = OfflineChain {
        mode: "offline".to_owned(),
        head_seed: arguments.offline_head_seed.to_string(),
        initial_utxo: named(&arguments.initial_utxo),
        genesis: arguments.ledger_genesis.as_ref().map(|path| path.display().to_string()),
        unknown: UnknownFields::new(),
    };
    NodeConfig {
        node_id: "demeter-head".to_owned(),
        quiet: true,
        listen: "0.0.0.0:5001".to_owned(),
        advertise: None,
        api_host: arguments.api_host.to_string(),
        api_port: port,
        signing_key: named(&arguments.hydra_signing_key),
        verification_keys: Vec::new(),
        peers: Vec::new(),
        persistence_directory: named(&arguments.persistence_dir),
        protocol_parameters: named(&arguments.ledger_protocol_parameters),
        monitoring_port: arguments.monitoring_port,
        tls_certificate: None,
        tls_key: None,
        use_system_etcd: false,
        transaction_timeout: Decimal::from(arguments.api_transaction_timeout),
        rotate_after: u64::try_from(arguments.persistence_rotate_after).ok(),
        chain: ChainConfig::Offline(chain),
        unknown: UnknownFields::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use clap::Parser as _;
    use demeter_tx::head::{Head as _, UtxoQuery};
    use demeter_tx::hydra::UtxoJson;
    use tempfile::TempDir;

    use super::*;

    /// A folder of files, and a head that is kept in it.
    struct Files(TempDir);

    impl Files {
        fn new(grid: &str) -> Self {
            let files = Self(tempfile::tempdir().unwrap());
            files.write("grid.toml", grid);
            files
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn write(&self, name: &str, text: &str) {
            fs::write(self.path(name), text).unwrap();
        }

        async fn start(&self, more: &[&str]) -> Result<Started, OfflineError> {
            let paths = [("--grid", "grid.toml"), ("--persistence-dir", "kept")];
            let paths = paths.map(|(name, file)| [name.to_owned(), self.path(file).display().to_string()]);
            let own = ["demeter-head", "--api-port", "0"].map(str::to_owned);
            let all = own.into_iter().chain(paths.into_iter().flatten());
            let all = all.chain(more.iter().copied().map(str::to_owned));
            start(&Arguments::try_parse_from(all).unwrap()).await
        }
    }

    async fn outputs(started: &Started) -> UtxoSet {
        started.head.utxos(&UtxoQuery::All).await.unwrap()
    }

    #[tokio::test]
    async fn a_grid_counts_when_the_head_is_created() {
        let files = Files::new("");
        let first = files.start(&["--clock", "virtual"]).await.unwrap();
        // After the deadline of its grid.
        let now = first.head.now().await.unwrap();
        assert_eq!((now.time.to_milliseconds(), now.slot.to_number()), (1_767_232_800_000, 7_200));
        let (held, told) = (outputs(&first).await, first.grid.as_ref().unwrap().to_string());
        drop(first);
        // Another grid, by its time.
        files.write("grid.toml", "start = \"2026-02-01T00:00:00Z\"");
        let again = files.start(&[]).await.unwrap();
        assert_eq!((outputs(&again).await, again.grid.unwrap().to_string()), (held, told));
    }

    #[tokio::test]
    async fn a_head_without_a_grid_gets_none_later() {
        let files = Files::new("");
        let folder = files.path("kept").display().to_string();
        let arguments = ["demeter-head", "--api-port", "0", "--persistence-dir", &folder];
        drop(start(&Arguments::try_parse_from(arguments).unwrap()).await.unwrap());
        let started = files.start(&[]).await.unwrap();
        assert!(started.grid.is_none() && outputs(&started).await.is_empty());
    }

    #[tokio::test]
    async fn a_grid_stands_beside_other_outputs_unless_they_stand_in_its_place() {
        let files = Files::new("seed = \"1\"");
        let started = files.start(&[]).await.unwrap();
        let founded = outputs(&started).await;
        drop(started);
        fs::remove_dir_all(files.path("kept")).unwrap();
        let (first, output) = founded.first_key_value().unwrap();
        let elsewhere = demeter_core::OutputReference { index: 1_000, ..*first };
        let write = |at| {
            let outputs = UtxoSet::from([(at, output.clone())]);
            files.write("utxo.json", &serde_json::to_string(&UtxoJson::from(&outputs)).unwrap());
            files.path("utxo.json").display().to_string()
        };
        let path = write(*first);
        let refused = files.start(&["--initial-utxo", &path]).await.err().unwrap();
        let expected = format!(
            "{}: there is an output at {first} among the initial ones as well",
            files.path("grid.toml").display()
        );
        assert_eq!((refused.to_string(), refused.exit_code()), (expected, 2));
        assert!(!files.path("kept").exists(), "something was written");
        let path = write(elsewhere);
        let started = files.start(&["--initial-utxo", &path]).await.unwrap();
        assert_eq!(outputs(&started).await.len(), founded.len() + 1);
    }
}
