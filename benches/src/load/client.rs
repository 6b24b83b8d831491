//! A plain client on a socket, as little of one as can tell what became of its transactions.

use std::borrow::Cow;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use demeter_tx::SignedTransaction;
use demeter_tx::hydra::ClientInput;
use futures_util::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::Outcome;

pub(super) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A transaction as a client sends it.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    id: String,
    text: Utf8Bytes,
}

impl Prepared {
    pub(super) fn of(transaction: &SignedTransaction) -> Self {
        // NOTE: what our own types write is JSON.
        let text = serde_json::to_string(&ClientInput::submit(transaction)).unwrap_or_default();
        Self { id: transaction.id().to_string(), text: text.into() }
    }
}

/// That a client's transaction was confirmed, and how long after it was sent; or why it was not.
pub(super) type Told = Result<Confirmed, String>;

/// Whose transaction was confirmed, and how long after it was sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Confirmed {
    pub(super) client: usize,
    pub(super) after: Duration,
}

/// What a client reads of a message.
#[derive(Deserialize)]
struct Seen<'a> {
    #[serde(borrow)]
    tag: Option<Cow<'a, str>>,
    #[serde(borrow)]
    snapshot: Option<Snapshot<'a>>,
    #[serde(borrow)]
    transaction: Option<Named<'a>>,
}

#[derive(Deserialize)]
struct Snapshot<'a> {
    #[serde(borrow)]
    confirmed: Vec<Named<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named<'a> {
    #[serde(borrow)]
    tx_id: Cow<'a, str>,
}

/// Connects, and waits for the greetings.
pub(super) async fn connect(address: SocketAddr, query: &str) -> Outcome<(Socket, Utf8Bytes)> {
    let (mut socket, _) = connect_async(format!("ws://{address}/{query}")).await?;
    if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
        stream.set_nodelay(true)?;
    }
    match socket.next().await {
        Some(Ok(Message::Text(text))) if text.contains("\"Greetings\"") => Ok((socket, text)),
        other => Err(format!("expected greetings, found {other:?}").into()),
    }
}

/// Sends what it is handed and tells what becomes of it, until it is handed nothing more.
pub(super) async fn serve(
    client: usize,
    socket: Socket,
    mut orders: mpsc::UnboundedReceiver<Prepared>,
    told: mpsc::UnboundedSender<Told>,
) {
    let (mut sink, mut stream) = socket.split();
    let mut unanswered: HashMap<String, Instant> = HashMap::new();
    loop {
        let answer = tokio::select! {
            order = orders.recv() => {
                let Some(Prepared { id, text }) = order else { break };
                unanswered.insert(id, Instant::now());
                sink.send(Message::Text(text)).await.map_err(|error| error.to_string())
            }
            message = stream.next() => match message {
                Some(Ok(Message::Text(text))) => read(client, &text, &mut unanswered, &told),
                Some(Ok(_)) => Ok(()),
                Some(Err(error)) => Err(error.to_string()),
                None => Err("the connection ended".to_owned()),
            },
        };
        if let Err(error) = answer {
            // Whoever gave the order gives up on all.
            drop(told.send(Err(format!("client {client}: {error}"))));
            return;
        }
    }
    drop(sink.send(Message::Close(None)).await);
}

fn read(
    client: usize,
    text: &str,
    unanswered: &mut HashMap<String, Instant>,
    told: &mpsc::UnboundedSender<Told>,
) -> Result<(), String> {
    if unanswered.is_empty() {
        return Ok(());
    }
    let now = Instant::now();
    let seen: Seen<'_> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    match seen.tag.as_deref() {
        Some("SnapshotConfirmed") => {
            for Named { tx_id } in seen.snapshot.into_iter().flat_map(|snapshot| snapshot.confirmed) {
                if let Some(sent) = unanswered.remove(&*tx_id) {
                    drop(told.send(Ok(Confirmed { client, after: now.duration_since(sent) })));
                }
            }
            Ok(())
        }
        Some("TxInvalid") if seen.transaction.is_some_and(|one| unanswered.contains_key(&*one.tx_id)) => {
            Err(format!("refused: {text}"))
        }
        Some("TxInvalid" | "TxValid") => Ok(()),
        _ => Err(format!("not expected: {text}")),
    }
}
