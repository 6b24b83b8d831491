//! A head with purses, served in this process, and clients of it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use demeter_core::{Address, OutputReference, Span, Time, TransactionId, Value};
use demeter_head::{ServeError, ServerOptions, serve};
use demeter_tests::chaos::{self, Proxy};
use demeter_tests::make::amount;
use demeter_tx::builder::TransactionBuilder;
use demeter_tx::head::{EmbeddedHead, HeadOptions};
use demeter_tx::hydra::session::SessionOptions;
use demeter_tx::hydra::{HydraHead, HydraOptions};
use demeter_tx::keys::{PaymentKey, Signer as _};
use demeter_tx::{
    LedgerSettings, Network, OutputDraft, ProtocolParameters, SignedTransaction, Slot, SlotClock, UtxoSet,
};
use futures_executor::block_on;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// When the heads of these tests begin.
const START: u64 = 1_767_225_600_000;
/// How many purses there are, of 100 ada each.
pub(crate) const PURSES: u64 = 60;
/// How long a server behind connections that fail may take to answer, on a machine that is busy.
pub(crate) const ANSWER: Duration = Duration::from_secs(2);

pub(crate) fn settings() -> LedgerSettings {
    LedgerSettings {
        network: Network::Testnet,
        parameters: ProtocolParameters::hydra_l2().unwrap(),
        clock: SlotClock::of_seconds(Time::from_milliseconds(START).unwrap()).unwrap(),
    }
}

pub(crate) fn seconds(count: u64) -> Span {
    Span::from_seconds(count).unwrap()
}

fn payer() -> PaymentKey {
    PaymentKey::from_seed(&[7; 32])
}

pub(crate) fn payers() -> Address {
    Address::of_key(payer().key_hash())
}

pub(crate) fn payee(seed: u8) -> Address {
    Address::of_key(PaymentKey::from_seed(&[seed; 32]).key_hash())
}

pub(crate) fn purse(number: u64) -> OutputReference {
    OutputReference { transaction: TransactionId::from_bytes([0x77; 32]), index: number }
}

pub(crate) fn purses() -> UtxoSet {
    let draft = OutputDraft::new(payers(), Value::of_lovelace(amount(100_000_000)));
    (0..PURSES).map(|number| (purse(number), draft.finish(Network::Testnet))).collect()
}

/// A payment of 5 ada out of purses that there may or may not be, not signed.
pub(crate) fn unsigned(numbers: &[u64], to: u8, from: Option<u64>) -> SignedTransaction {
    let held = purses()[&purse(0)].clone();
    let mut builder = TransactionBuilder::new(settings(), payers())
        .pay(OutputDraft::new(payee(to), Value::of_lovelace(amount(5_000_000))));
    for number in numbers {
        builder = builder.spend(purse(*number), held.clone());
    }
    if let Some(from) = from {
        builder = builder.valid_from(Slot::from_number(from));
    }
    builder.build().unwrap().transaction().clone()
}

/// The same, signed.
pub(crate) fn payment(numbers: &[u64], to: u8, from: Option<u64>) -> SignedTransaction {
    let mut transaction = unsigned(numbers, to, from);
    let witness = block_on(payer().sign_body(transaction.body())).unwrap();
    transaction.add_witness(*witness.key.as_bytes(), *witness.signature.as_bytes()).unwrap();
    transaction
}

/// A head with all purses, in which a transaction may wait for its slot for an hour.
pub(crate) fn embedded() -> EmbeddedHead {
    let start = Time::from_milliseconds(START).unwrap();
    let options = HeadOptions::default().longest_wait(seconds(3_600));
    EmbeddedHead::open_with(settings(), purses(), start, &options).unwrap()
}

/// A server of a head in this process.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<Result<(), ServeError>>,
}

impl Server {
    pub(crate) async fn start(head: &EmbeddedHead) -> Self {
        Self::with(head, ServerOptions::default()).await
    }

    pub(crate) async fn with(head: &EmbeddedHead, options: ServerOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let shutdown = async { drop(stopped.await) };
        let task = tokio::spawn(serve(head.clone(), options, listener, shutdown));
        Self { address, stop: Some(stop), task }
    }

    /// Ends the server, and waits for that.
    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        within(&mut self.task).await.unwrap().unwrap();
    }
}

/// Patience for a node on this machine that may be busy.
pub(crate) fn options(seed: u64) -> HydraOptions {
    patient(seed, 60)
}

/// The same with so many seconds for a transaction's fate.
fn patient(seed: u64, fate: u64) -> HydraOptions {
    let session = SessionOptions {
        answer: Duration::from_secs(5),
        snapshot: Duration::from_secs(5),
        fate: Duration::from_secs(fate),
        ask_time: Duration::from_millis(50),
        first_pause: Duration::from_millis(5),
        last_pause: Duration::from_millis(100),
        seed: Some(seed),
        ..SessionOptions::default()
    };
    HydraOptions::default().session(session).clock(settings().clock)
}

pub(crate) async fn connect(address: SocketAddr) -> Arc<HydraHead> {
    // Some things are never told: that is not waited for as long as elsewhere.
    Arc::new(within(HydraHead::connect(&address.to_string(), patient(1, 5))).await.unwrap())
}

/// A client behind connections that fail, perhaps before it knows how things are.
pub(crate) async fn connect_behind(proxy: &Proxy, seed: u64) -> Arc<HydraHead> {
    Arc::new(within(chaos::connect(proxy.address, settings().clock, seed, ANSWER)).await)
}

/// Longer than anything here takes, on a machine that is busy.
pub(crate) async fn within<T>(work: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(120), work).await.expect("it comes in time")
}
