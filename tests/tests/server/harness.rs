//! A server in this process, and clients of it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use demeter_core::{Address, OutputReference, Time, TransactionId, Value as Holding};
use demeter_head::{ServeError, ServerOptions, serve};
use demeter_tests::make::amount;
use demeter_tx::builder::TransactionBuilder;
use demeter_tx::head::EmbeddedHead;
use demeter_tx::hydra::TransactionEnvelope;
use demeter_tx::keys::{NetworkAddress, PaymentKey, Signer as _};
use demeter_tx::{
    LedgerSettings, Network, OutputDraft, ProtocolParameters, SignedTransaction, Slot, SlotClock, UtxoSet,
};
use futures_executor::block_on;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::valid::check_message;

/// Longer than anything here takes, on a machine that is busy.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// When the heads of these tests begin.
pub(crate) const START: u64 = 1_767_225_600_000;

pub(crate) fn settings() -> LedgerSettings {
    let start = Time::from_milliseconds(START).unwrap();
    LedgerSettings {
        network: Network::Testnet,
        parameters: ProtocolParameters::hydra_l2().unwrap(),
        clock: SlotClock::of_seconds(start).unwrap(),
    }
}

/// Who pays: an output of 100 ada for each number below.
pub(crate) fn payer() -> PaymentKey {
    PaymentKey::from_seed(&[7; 32])
}

const PURSES: u64 = 60;

pub(crate) fn purse(number: u64) -> OutputReference {
    OutputReference { transaction: TransactionId::from_bytes([0x77; 32]), index: number }
}

pub(crate) fn purses() -> UtxoSet {
    let draft =
        OutputDraft::new(Address::of_key(payer().key_hash()), Holding::of_lovelace(amount(100_000_000)));
    (0..PURSES).map(|number| (purse(number), draft.finish(Network::Testnet))).collect()
}

/// Somebody who is paid.
pub(crate) fn payee(seed: u8) -> Address {
    Address::of_key(PaymentKey::from_seed(&[seed; 32]).key_hash())
}

pub(crate) fn bech32(address: Address) -> String {
    NetworkAddress::new(Network::Testnet, address).to_string()
}

/// A payment of 5 ada out of a purse, from a slot on.
pub(crate) fn payment_from(number: u64, to: Address, from: Option<u64>) -> SignedTransaction {
    let mut builder = TransactionBuilder::new(settings(), Address::of_key(payer().key_hash()))
        .spend(purse(number), purses()[&purse(number)].clone())
        .pay(OutputDraft::new(to, Holding::of_lovelace(amount(5_000_000))));
    if let Some(from) = from {
        builder = builder.valid_from(Slot::from_number(from));
    }
    let mut transaction = builder.build().unwrap().transaction().clone();
    let witness = block_on(payer().sign_body(transaction.body())).unwrap();
    transaction.add_witness(*witness.key.as_bytes(), *witness.signature.as_bytes()).unwrap();
    transaction
}

pub(crate) fn payment(number: u64, to: u8) -> SignedTransaction {
    payment_from(number, payee(to), None)
}

pub(crate) fn envelope(transaction: &SignedTransaction) -> Value {
    serde_json::to_value(TransactionEnvelope::from(transaction)).unwrap()
}

pub(crate) fn new_tx(transaction: &SignedTransaction) -> Value {
    json!({ "tag": "NewTx", "transaction": envelope(transaction) })
}

/// A server in this process.
pub(crate) struct Server {
    pub(crate) head: EmbeddedHead,
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), ServeError>>,
}

impl Server {
    /// A new head with all purses.
    pub(crate) async fn start() -> Self {
        Self::with(ServerOptions::default()).await
    }

    pub(crate) async fn with(options: ServerOptions) -> Self {
        let start = Time::from_milliseconds(START).unwrap();
        let head = EmbeddedHead::open(Arc::new(settings()), purses(), start).unwrap();
        Self::of(head, options).await
    }

    pub(crate) async fn of(head: EmbeddedHead, options: ServerOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let shutdown = async { drop(stopped.await) };
        let task = tokio::spawn(serve(head.clone(), options, listener, shutdown));
        Self { head, address, stop, task }
    }

    /// Ends the server, and waits for that.
    pub(crate) async fn stop(self) {
        drop(self.stop);
        within(self.task).await.unwrap().unwrap();
    }

    pub(crate) async fn connect(&self, query: &str) -> Client {
        Client::connect(self.address, query).await
    }

    /// Sends a request, and gives status and body.
    pub(crate) async fn request(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let response = exchange(self.address, method, path, "", body).await;
        (response.status, serde_json::from_str(&response.body).unwrap_or(Value::Null))
    }
}

pub(crate) async fn within<T>(work: impl Future<Output = T>) -> T {
    timeout(DEADLINE, work).await.expect("it comes in time")
}

/// A client on a socket.
pub(crate) struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    with_outputs: bool,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr, query: &str) -> Self {
        let (socket, _) = within(connect_async(format!("ws://{address}/{query}"))).await.unwrap();
        Self { socket, with_outputs: !query.contains("snapshot-utxo=no") }
    }

    pub(crate) async fn send(&mut self, message: &Value) {
        self.send_text(&message.to_string()).await;
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        within(self.socket.send(Message::text(text))).await.unwrap();
    }

    pub(crate) async fn send_raw(&mut self, message: Message) {
        within(self.socket.send(message)).await.unwrap();
    }

    /// The next frame, whatever it is.
    pub(crate) async fn frame(&mut self) -> Option<Message> {
        within(self.socket.next()).await?.ok()
    }

    /// The next message, which is valid.
    pub(crate) async fn receive(&mut self) -> Value {
        loop {
            match self.frame().await.expect("the connection goes on") {
                Message::Text(text) => {
                    let message: Value = serde_json::from_str(&text).unwrap();
                    check_message(&message, self.with_outputs);
                    return message;
                }
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("expected a text, found {other:?}"),
            }
        }
    }

    /// So many messages.
    pub(crate) async fn receive_all(&mut self, count: usize) -> Vec<Value> {
        let mut messages = Vec::new();
        for _ in 0..count {
            messages.push(self.receive().await);
        }
        messages
    }

    /// The messages up to one of this tag, which is the last of them.
    pub(crate) async fn receive_until(&mut self, tag: &str) -> Vec<Value> {
        let mut messages = Vec::new();
        loop {
            let message = self.receive().await;
            let found = message["tag"] == tag;
            messages.push(message);
            if found {
                return messages;
            }
        }
    }

    /// How the connection ends: the code and reason of the close frame, if there is one.
    pub(crate) async fn end(&mut self) -> Option<(u16, String)> {
        loop {
            match self.frame().await {
                Some(Message::Close(frame)) => {
                    return frame.map(|frame| (frame.code.into(), frame.reason.to_string()));
                }
                Some(_) => {}
                None => return None,
            }
        }
    }
}

pub(crate) fn tags(messages: &[Value]) -> Vec<&str> {
    messages.iter().map(|message| message["tag"].as_str().unwrap_or("-")).collect()
}

/// The answer to a request.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: String,
    pub(crate) body: String,
}

/// Sends a request with headers of one's own, each with its line's end.
pub(crate) async fn exchange(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> Response {
    let mut stream = within(TcpStream::connect(address)).await.unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}",
        body.len()
    );
    // A server that refuses a body may close before it has read all of it.
    let _ = within(stream.write_all(request.as_bytes())).await;
    let mut bytes = Vec::new();
    let _ = within(stream.read_to_end(&mut bytes)).await;
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.unwrap_or_else(|| panic!("not an answer: {text:?}"));
    Response { status, headers: head.to_ascii_lowercase(), body: body.to_owned() }
}
