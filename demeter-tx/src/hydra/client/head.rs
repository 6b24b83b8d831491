//! The head itself.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use async_trait::async_trait;
use demeter_core::{Span, TransactionId};
use futures_util::StreamExt as _;
use futures_util::stream::{BoxStream, unfold};
use hyper::StatusCode;
use tokio::runtime::{Builder, Handle};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tracing::Instrument as _;

use super::address::NodeAddress;
use super::error::ConnectError;
use super::learn;
use super::ledger::{Known, shows};
use super::metrics::HydraMetrics;
use super::options::HydraOptions;
use super::request::{Answer, again, read};
use super::worker::{self, Command, SNAPSHOT_UTXO, Shared, Told, greetings, utxo_of, work};
use crate::head::{
    ConfirmError, EventStream, Head, HeadError, HeadTime, InvalidReason, Lagged, SnapshotNumber, SubmitError,
    UtxoQuery, check_fanout,
};
use crate::hydra::session::{Fate, Rejection};
use crate::hydra::{
    ClockJson, ConfirmedSnapshot, Greetings, NodeConfig, ParametersJson, ServerMessage, TimedOutput, UtxoJson,
};
use crate::ledger::LedgerError;
use crate::{LedgerSettings, Network, ProtocolParameters, SignedTransaction, Slot, SlotClock, UtxoSet};

/// Whatever a node says, in order. It ends when the head does.
pub type MessageStream = BoxStream<'static, Result<Arc<ServerMessage>, Lagged>>;

/// A head that a hydra-node keeps, by the node's API.
///
/// Copies of it share one session, which a thread of its own drives; so it works under any executor. The session ends
/// with the last copy.
///
/// ```no_run
/// use demeter_tx::hydra::{HydraHead, HydraOptions};
/// # async fn example() -> Result<(), demeter_tx::hydra::ConnectError> {
/// let head = HydraHead::connect("ws://127.0.0.1:4001", HydraOptions::default()).await?;
/// # Ok(())
/// # }
/// ```
///
/// # What is different from an embedded head
///
/// - [`Head::submit`] holds a transaction until the head has come to its first slot, and submits again what a node has
///   dropped. One that is final already is none that is refused: whoever submits it again is told that it is valid.
/// - Where neither a node nor its history tells what became of a transaction, both [`Head::submit`] and [`Head::confirm`] say
///   [`HeadError::Undecided`], after [`SessionOptions::fate`](crate::hydra::session::SessionOptions::fate).
/// - What would keep the head from being finalised is refused before it is sent ([`check_fanout`]), unless the options
///   say otherwise.
/// - Where a connection was lost, and where outputs entered or left the head, readers of events get a [`Lagged`] of one:
///   they must read the outputs anew.
/// - A transaction that was confirmed while there was no connection counts as confirmed by the last snapshot.
///
/// # What is traced
///
/// By `tracing`, at the level DEBUG: what the session does in the span `hydra_session`, of the node's address, and each
/// call in a span `submit` or `confirm`, of the transaction's id. [`HydraHead::metrics`] counts.
#[derive(Clone)]
pub struct HydraHead {
    shared: Arc<Shared>,
    commands: mpsc::UnboundedSender<Command>,
    runtime: Handle,
    options: Arc<HydraOptions>,
    settings: Arc<LedgerSettings>,
    main_chain: Arc<ProtocolParameters>,
}

impl HydraHead {
    /// Connects to a node: `ws://HOST:PORT`.
    ///
    /// # Errors
    /// The node cannot be asked, its parameters cannot be used, or it cannot be told how its slots relate to time.
    pub async fn connect(node: &str, options: HydraOptions) -> Result<Self, ConnectError> {
        let address: NodeAddress = node.parse()?;
        let main_chain = match &options.main_chain {
            Some(parameters) => parameters.clone(),
            None => ProtocolParameters::mainnet().map_err(parameters)?,
        };
        let shared = Arc::new(Shared::new(address, &options));
        let (commands, orders) = mpsc::unbounded_channel();
        let (ready, is_ready) = oneshot::channel();
        let lost = Arc::new(Mutex::new("nothing came".to_owned()));
        let working = work(Arc::clone(&shared), options.clone(), orders, ready, Arc::clone(&lost));
        let session = tracing::debug_span!("hydra_session", node = %shared.address);
        let runtime = start(working.instrument(session))?;
        let options = Arc::new(options);
        let learned = {
            let (shared, options) = (Arc::clone(&shared), Arc::clone(&options));
            runtime.spawn(async move { settings(&shared, &options).await })
        };
        let settings = Arc::new(learned.await.map_err(|_| stopped())??);
        let patience = options.session.answer.saturating_mul(2);
        let live =
            runtime.spawn(async move { timeout(patience, is_ready).await.is_ok_and(|ready| ready.is_ok()) });
        if !live.await.is_ok_and(|live| live) {
            let reason = lost.lock().unwrap_or_else(PoisonError::into_inner).clone();
            return Err(HeadError::Unreachable { reason }.into());
        }
        Ok(Self { shared, commands, runtime, options, settings, main_chain: Arc::new(main_chain) })
    }

    /// Where the node is.
    pub fn address(&self) -> &NodeAddress {
        &self.shared.address
    }

    /// What was counted since the node was connected to.
    pub fn metrics(&self) -> HydraMetrics {
        self.shared.metrics()
    }

    /// Whatever the node says from now on, also what is not known here.
    pub fn messages(&self) -> MessageStream {
        let messages = self.shared.messages.subscribe();
        let stream = unfold(messages, |mut messages| async {
            match messages.recv().await {
                Ok(message) => Some((Ok(message), messages)),
                Err(RecvError::Lagged(missed)) => Some((Err(Lagged { missed }), messages)),
                Err(RecvError::Closed) => None,
            }
        });
        stream.boxed()
    }

    /// What has happened in the head until now, as far as the node remembers.
    ///
    /// # Errors
    /// The node cannot be asked, or says what cannot be read.
    pub async fn history(&self) -> Result<Vec<TimedOutput>, HeadError> {
        let (shared, options) = (Arc::clone(&self.shared), Arc::clone(&self.options));
        self.run(async move { history(&shared, &options).await }).await
    }

    /// Runs something where there is a runtime for it.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, HeadError>> + Send + 'static,
    ) -> Result<T, HeadError> {
        self.runtime.spawn(work).await.map_err(|_| stopped())?
    }

    pub(super) fn options(&self) -> &HydraOptions {
        &self.options
    }

    /// Reads, and tries again for a while where the node cannot be reached.
    pub(super) async fn read(&self, path: &'static str) -> Result<Answer, HeadError> {
        let (shared, options) = (Arc::clone(&self.shared), Arc::clone(&self.options));
        self.run(async move { get(&shared, &options, path).await }).await
    }

    async fn snapshot_utxo(&self) -> Result<UtxoJson, HeadError> {
        utxo_of(&self.read(SNAPSHOT_UTXO).await?)
    }

    fn command(&self, command: Command) -> Result<(), HeadError> {
        self.commands.send(command).map_err(|_| stopped())
    }

    /// The number of a snapshot by which a transaction is final.
    async fn number(&self, known: Option<SnapshotNumber>) -> Result<SnapshotNumber, HeadError> {
        if let Some(number) = known {
            return Ok(number);
        }
        match self.read("/snapshot").await?.granted()? {
            ConfirmedSnapshot::Confirmed(signed) => Ok(SnapshotNumber::from_number(signed.snapshot.number)),
            _ => Ok(SnapshotNumber::default()),
        }
    }

    /// Submits, and waits until it is known whether the transaction is valid.
    async fn submit_and_wait(&self, transaction: SignedTransaction) -> Result<TransactionId, SubmitError> {
        let id = transaction.id();
        if self.options.guarded
            && let Err(reason) = check_fanout(&transaction, &self.main_chain)
        {
            self.shared.count(|metrics| metrics.refused += 1);
            return Err(SubmitError::Unfinalisable { transaction: id, reason: Box::new(reason) });
        }
        let (answer, answered) = oneshot::channel();
        self.command(Command::Submit { transaction: Arc::new(transaction), answer })?;
        match answered.await.map_err(|_| stopped())? {
            Ok(()) => Ok(id),
            Err(fate) => Err(match fault(id, fate) {
                Ok(reason) => SubmitError::Invalid { transaction: id, reason },
                Err(error) => error.into(),
            }),
        }
    }

    /// Waits until a transaction is final, or never will be.
    async fn wait_for(&self, transaction: TransactionId) -> Result<SnapshotNumber, ConfirmError> {
        let (known, answered) = oneshot::channel();
        self.command(Command::Wait { transaction, known })?;
        let fate = match answered.await.map_err(|_| stopped())? {
            Known::Fate(fate) => fate,
            Known::Waits { fate, own } => {
                // It may have been confirmed before this client came; what was, has outputs as long as nobody spends them.
                if !own && shows(&self.snapshot_utxo().await?, &transaction) {
                    Fate::Confirmed { snapshot: None }
                } else {
                    fate.await.map_err(|_| stopped())?
                }
            }
        };
        match fate {
            Fate::Confirmed { snapshot } => Ok(self.number(snapshot).await?),
            other => Err(match fault(transaction, other) {
                Ok(reason) => ConfirmError::Invalid { transaction, reason },
                Err(error) => error.into(),
            }),
        }
    }
}

impl fmt::Debug for HydraHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HydraHead").field("address", &self.shared.address).finish_non_exhaustive()
    }
}

#[async_trait]
impl Head for HydraHead {
    async fn settings(&self) -> Result<Arc<LedgerSettings>, HeadError> {
        Ok(Arc::clone(&self.settings))
    }

    async fn utxos(&self, query: &UtxoQuery) -> Result<UtxoSet, HeadError> {
        // NOTE: what has no counterpart here, such as an output at a Byron address, nothing here can spend.
        let (mut outputs, _) = self.snapshot_utxo().await?.split();
        outputs.retain(|reference, output| query.matches(reference, output));
        Ok(outputs)
    }

    async fn submit(&self, transaction: SignedTransaction) -> Result<TransactionId, SubmitError> {
        let span =
            tracing::debug_span!("submit", node = %self.shared.address, transaction = %transaction.id());
        self.submit_and_wait(transaction).instrument(span).await
    }

    async fn confirm(&self, transaction: TransactionId) -> Result<SnapshotNumber, ConfirmError> {
        let span = tracing::debug_span!("confirm", node = %self.shared.address, %transaction);
        self.wait_for(transaction).instrument(span).await
    }

    async fn now(&self) -> Result<HeadTime, HeadError> {
        let (shared, options) = (Arc::clone(&self.shared), Arc::clone(&self.options));
        let greetings = self.run(async move { told(&shared, &options).await }).await?;
        let slot = Slot::from_number(greetings.current_slot);
        self.command(Command::Told(Box::new(greetings)))?;
        let time = self.settings.clock.time_of(slot);
        let time = time.map_err(|error| HeadError::Nonsense { reason: error.to_string() })?;
        Ok(HeadTime { time, slot })
    }

    fn events(&self) -> EventStream {
        let events = self.shared.events.subscribe();
        let stream = unfold(events, |mut events| async {
            let event = match events.recv().await {
                Ok(Told::Event(event)) => Ok(event),
                Ok(Told::Gap) => Err(Lagged { missed: 1 }),
                Err(RecvError::Lagged(missed)) => Err(Lagged { missed }),
                Err(RecvError::Closed) => return None,
            };
            Some((event, events))
        });
        stream.boxed()
    }
}

/// Why a transaction is not final: because it is invalid, or because nobody can tell.
fn fault(transaction: TransactionId, fate: Fate) -> Result<InvalidReason, HeadError> {
    match fate {
        Fate::Rejected(Rejection::Invalid(reason)) => Ok(reason),
        Fate::Rejected(Rejection::HeadNotOpen) => {
            Err(HeadError::Unreachable { reason: Rejection::HeadNotOpen.to_string() })
        }
        Fate::Rejected(Rejection::Conflict { input: reference }) => {
            Ok(LedgerError::UnknownInput { reference }.into())
        }
        Fate::Rejected(rejection) => Ok(InvalidReason::Reported(rejection.to_string())),
        Fate::Confirmed { .. } | Fate::Unknown => Err(HeadError::Undecided { transaction }),
    }
}

fn stopped() -> HeadError {
    HeadError::Unreachable { reason: "its session has ended".to_owned() }
}

fn parameters(error: impl fmt::Display) -> ConnectError {
    ConnectError::Parameters { reason: error.to_string() }
}

/// Runs something on a thread of its own, and gives what else can run there.
fn start(working: impl Future<Output = ()> + Send + 'static) -> Result<Handle, ConnectError> {
    let failed = |error: std::io::Error| ConnectError::Thread { reason: error.to_string() };
    let runtime = Builder::new_current_thread().enable_io().enable_time().build().map_err(failed)?;
    let handle = runtime.handle().clone();
    let named = thread::Builder::new().name("demeter-hydra".to_owned());
    named.spawn(move || runtime.block_on(working)).map_err(failed)?;
    Ok(handle)
}

async fn get(shared: &Shared, options: &HydraOptions, path: &str) -> Result<Answer, HeadError> {
    read(&shared.address, path, options.session.answer, options.session.first_pause).await
}

/// What a node says first.
async fn told(shared: &Shared, options: &HydraOptions) -> Result<Greetings, HeadError> {
    let (patience, pause) = (options.session.answer, options.session.first_pause);
    let told = again(patience, pause, || greetings(&shared.address, patience, options.silence)).await;
    told.map_err(|reason| HeadError::Unreachable { reason })
}

async fn history(shared: &Shared, options: &HydraOptions) -> Result<Vec<TimedOutput>, HeadError> {
    let told = worker::history(&shared.address, options.session.answer, options.silence).await;
    told.map_err(|reason| HeadError::Unreachable { reason })
}

/// What a builder needs of a node's head.
async fn settings(shared: &Shared, options: &HydraOptions) -> Result<LedgerSettings, ConnectError> {
    let json: ParametersJson = get(shared, options, "/protocol-parameters").await?.granted()?;
    let config = get(shared, options, "/config").await?;
    // Not every server tells how it was started.
    let config: Option<NodeConfig> = (config.status == StatusCode::OK).then(|| config.value().ok()).flatten();
    let magic = config.and_then(|config| learn::magic(&config.chain));
    let network = options.network.or_else(|| magic.map(learn::network)).unwrap_or(Network::Testnet);
    let clock = match options.clock.or_else(|| magic.and_then(learn::known_clock)) {
        Some(clock) => clock,
        None => clock(shared, options).await?,
    };
    Ok(LedgerSettings { network, parameters: json.parameters().map_err(parameters)?, clock })
}

/// How the slots of a node relate to time whose network is not known: as it says, or as its history shows.
async fn clock(shared: &Shared, options: &HydraOptions) -> Result<SlotClock, ConnectError> {
    // No hydra-node has this.
    let told = get(shared, options, ClockJson::PATH).await?;
    if told.status == StatusCode::OK {
        return Ok(told.value::<ClockJson>()?.clock()?);
    }
    let length = u64::try_from(options.session.slot.as_millis()).unwrap_or(u64::MAX);
    let length = Span::from_milliseconds(length).map_err(crate::ClockError::from)?;
    learn::told_clock(&history(shared, options).await?, length)
}
