//! One client on a socket, and its own connection to the node.

use std::borrow::Cow;
use std::future::{Future, pending};
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use demeter_tx::hydra::{InvalidInput, ServerMessage, UnknownFields};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite;

use super::clients::Admission;
use super::input::passed;
use super::queue::{Behind, Frame, Inbox, Queue, line};
use super::shared::Shared;
use crate::query::Wants;
use crate::socket::is_too_long;

/// A connection to the node.
type Node = WebSocketStream<TcpStream>;
type NodeSink = SplitSink<Node, tungstenite::Message>;
type NodeStream = SplitStream<Node>;

/// How many pings a client may leave unanswered.
const PINGS: u32 = 3;
/// The longest reason that a close frame has room for, in bytes.
const LONGEST_REASON: usize = 123;

/// Serves one client until it goes, or is dropped, or the node goes, or the filter ends.
pub(crate) async fn relay(
    shared: Arc<Shared>,
    admission: Arc<Admission>,
    wants: Wants,
    client: WebSocket,
    node: Node,
) {
    let (queue, inbox) = line(shared.options.limits.queue_bytes);
    let (sink, stream) = client.split();
    let (node_sink, node_stream) = node.split();
    tokio::select! {
        () = Writer { shared: &shared, sink }.run(inbox) => {}
        () = told(&shared, &queue, wants, node_stream) => {}
        () = read(&shared, &admission, &queue, stream, node_sink) => {}
    }
}

/// Puts in line what the node says, until the client has fallen behind.
async fn told(shared: &Shared, queue: &Queue, wants: Wants, mut node: NodeStream) {
    // History is as long as it is, and read as fast as the client takes it: until it has caught up, which it must in time.
    let (mut past, mut greeted) = (wants.history, false);
    let until = Instant::now() + shared.options.answer;
    loop {
        let text = match node.next().await {
            Some(Ok(tungstenite::Message::Text(text))) => Utf8Bytes::try_from(Bytes::from(text)),
            Some(Ok(tungstenite::Message::Close(frame))) => {
                let reason = frame.map_or_else(String::new, |frame| format!(": {}", frame.reason));
                return gone(queue, &format!("the node has closed the connection{reason}")).await;
            }
            // The library answers pings, while it is read from.
            Some(Ok(_)) => continue,
            Some(Err(error)) => return gone(queue, &format!("the node is gone: {error}")).await,
            None => return gone(queue, "the node is gone").await,
        };
        // NOTE: what comes as text is UTF-8 already.
        let text = text.unwrap_or_default();
        greeted = greeted || (past && is_greetings(&text));
        past = past && !(greeted && queue.is_empty()) && Instant::now() < until;
        let put = match past {
            true => queue.put_within(text, shared.options.limits.send).await,
            false => queue.put(text),
        };
        if put == Err(Behind) {
            return;
        }
    }
}

/// Says that the node is gone, once all that it said has been told.
async fn gone(queue: &Queue, reason: &str) {
    queue.part(close_code::AGAIN, reason);
    pending().await
}

#[derive(Deserialize)]
struct Tagged<'t> {
    #[serde(borrow, default)]
    tag: Cow<'t, str>,
}

/// Whether this is where history ends.
fn is_greetings(text: &str) -> bool {
    serde_json::from_str::<Tagged<'_>>(text).is_ok_and(|message| message.tag == "Greetings")
}

/// Reads what the client sends, and tells the node of it what it may be told.
async fn read(
    shared: &Shared,
    admission: &Admission,
    queue: &Queue,
    mut client: SplitStream<WebSocket>,
    mut node: NodeSink,
) {
    let silence = shared.options.ping.saturating_mul(PINGS);
    loop {
        // Who does not even answer pings is gone.
        let Ok(message) = timeout(silence, client.next()).await else { return };
        let text = match message {
            Some(Ok(Message::Text(text))) => text.as_str().to_owned(),
            Some(Ok(Message::Binary(bytes))) => String::from_utf8_lossy(&bytes).into_owned(),
            // The library answers pings and farewells, while it is read from.
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_))) => continue,
            Some(Err(error)) if is_too_long(&error) => {
                queue.part(close_code::SIZE, "the message is too long");
                return pending().await;
            }
            Some(Err(_)) | None => return,
        };
        // Who sends too fast is read from more slowly, and loses nothing.
        sleep(admission.reserve()).await;
        match passed(shared, &text).await {
            Ok(input) => {
                let sent = timeout(shared.options.connect, node.send(tungstenite::Message::text(input)));
                match sent.await {
                    // A node that is gone says so where it is read from.
                    Ok(Ok(()) | Err(_)) => {}
                    Err(_) => return gone(queue, "the node does not take what it is sent").await,
                }
            }
            Err(refusal) => {
                let (reason, unknown) = (refusal.to_string(), UnknownFields::new());
                let invalid = ServerMessage::InvalidInput(InvalidInput { reason, input: text, unknown });
                if queue.put(invalid.to_json().into()) == Err(Behind) {
                    return;
                }
            }
        }
    }
}

struct Writer<'a> {
    shared: &'a Shared,
    sink: SplitSink<WebSocket, Message>,
}

impl Writer<'_> {
    /// Sends what is in line, until the client no longer takes it or is to part.
    async fn run(mut self, mut inbox: Inbox) {
        let shared = self.shared;
        let mut pings = interval(shared.options.ping);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        pings.reset();
        loop {
            let message = tokio::select! {
                biased;
                () = shared.ended() => return self.part(close_code::AWAY, "the server ends".to_owned()).await,
                frame = inbox.next() => match frame {
                    Some(Frame::Text(text)) => Message::Text(text),
                    Some(Frame::Part(code, reason)) => return self.part(code, reason).await,
                    None => return,
                },
                _ = pings.tick() => Message::Ping(Bytes::new()),
            };
            if self.send(message).await.is_none() {
                return;
            }
        }
    }

    /// Sends a message, if the client takes it in time.
    fn send(&mut self, message: Message) -> impl Future<Output = Option<()>> {
        let sent = timeout(self.shared.options.limits.send, self.sink.send(message));
        async move { sent.await.ok()?.ok() }
    }

    /// Says why the connection ends, to whoever still listens.
    async fn part(mut self, code: u16, mut reason: String) {
        reason.truncate(reason.floor_char_boundary(LONGEST_REASON));
        self.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
    }
}
