//! One client on a socket.

use std::future::Future;
use std::sync::Arc;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use demeter_tx::hydra::ServerMessage;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::book::History;
use crate::broadcast::Broadcast;
use crate::hub::{Inbox, Messages};
use crate::input::handle;
use crate::query::Wants;
use crate::shared::Shared;

type Sink = SplitSink<WebSocket, Message>;

/// How many messages are sent together at most: in between, a client can be told to go.
const TOGETHER: usize = 64;

/// Serves one client until it goes, or is dropped, or the server ends.
pub(crate) async fn serve(shared: Arc<Shared>, wants: Wants, socket: WebSocket) {
    // What the client is told begins where the history ends: both are taken at once.
    let (history, greetings, inbox) = {
        let mut state = shared.lock();
        let history = wants.history.then(|| state.book.history());
        let greetings = state.book.scribe.greetings(&state.book.view, shared.head.tick());
        (history, ServerMessage::Greetings(Box::new(greetings)), state.hub.join(wants.clone()))
    };
    let number = inbox.number;
    let greetings = Broadcast::new(greetings).text_for(&wants);
    let (sink, stream) = socket.split();
    let (received, inputs) = mpsc::channel(1);
    let writer = Writer { shared: &shared, sink };
    tokio::select! {
        () = writer.run(history, greetings, &wants, inbox, inputs) => {}
        () = read(&shared, number, stream, received) => {}
    }
    shared.lock().hub.leave(number);
}

/// Why a client is told to go.
#[derive(Clone, Copy, Debug)]
enum Parting {
    /// It sent too much at once.
    TooLong,
}

/// Reads what the client sends, and does it.
async fn read(
    shared: &Shared,
    number: u64,
    mut stream: SplitStream<WebSocket>,
    parting: mpsc::Sender<Parting>,
) {
    loop {
        let text = match stream.next().await {
            Some(Ok(Message::Text(text))) => text.as_str().to_owned(),
            Some(Ok(Message::Binary(bytes))) => String::from_utf8_lossy(&bytes).into_owned(),
            // The library answers pings and farewells, while it is read from.
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_))) => continue,
            Some(Err(error)) if is_too_long(&error) => {
                // The writer says so, and ends this.
                let _ = parting.send(Parting::TooLong).await;
                return std::future::pending().await;
            }
            Some(Err(_)) | None => return,
        };
        if let Some(answer) = handle(shared, &text).await {
            shared.lock().hub.send_to(number, answer.to_json().into());
        }
    }
}

/// Whether a client has sent more at once than it may.
pub(crate) fn is_too_long(error: &axum::Error) -> bool {
    // NOTE: axum does not give the error itself, and this is how the library calls it.
    error.to_string().starts_with("Space limit exceeded")
}

struct Writer<'a> {
    shared: &'a Shared,
    sink: Sink,
}

impl Writer<'_> {
    /// Writes what has happened, then greets, then writes what happens.
    async fn run(
        mut self,
        history: Option<History>,
        greetings: Option<Utf8Bytes>,
        wants: &Wants,
        mut inbox: Inbox,
        mut parting: mpsc::Receiver<Parting>,
    ) {
        let shared = self.shared;
        let told = async {
            let mut history = history;
            while let Some(text) = history.as_mut().and_then(|history| history.next(wants)) {
                self.send(Message::Text(text)).await?;
            }
            if let Some(greetings) = greetings {
                self.send(Message::Text(greetings)).await?;
            }
            Some(())
        };
        tokio::select! {
            told = told => if told.is_none() { return },
            // Who falls behind while it reads the history is dropped like any other.
            _ = &mut inbox.dropped => return,
            () = shared.ended() => {}
        }
        let mut pings = interval(shared.ping);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        pings.reset();
        loop {
            let message = tokio::select! {
                biased;
                () = shared.ended() => return self.part(close_code::AWAY, "the server ends").await,
                Some(Parting::TooLong) = parting.recv() => {
                    return self.part(close_code::SIZE, "the message is too long").await;
                }
                message = inbox.messages.next() => match message {
                    Some(text) => Message::Text(text),
                    None => return,
                },
                _ = pings.tick() => Message::Ping(axum::body::Bytes::new()),
            };
            let sent = tokio::select! {
                sent = self.send_all(message, &mut inbox.messages) => sent,
                _ = &mut inbox.dropped => return,
            };
            if sent.is_none() {
                return;
            }
        }
    }

    /// Sends a message and some of those that wait behind it, together: each by itself is a call to the system, and where
    /// clients are many most of the time goes there.
    async fn send_all(&mut self, message: Message, messages: &mut Messages) -> Option<()> {
        let most = self.shared.limits.send;
        timeout(most, self.sink.feed(message)).await.ok()?.ok()?;
        for _ in 1..TOGETHER {
            let Some(text) = messages.waiting() else { break };
            timeout(most, self.sink.feed(Message::Text(text))).await.ok()?.ok()?;
        }
        timeout(most, self.sink.flush()).await.ok()?.ok()
    }

    /// Sends a message, if the client takes it in time.
    fn send(&mut self, message: Message) -> impl Future<Output = Option<()>> {
        let most = self.shared.limits.send;
        let sent = timeout(most, self.sink.send(message));
        async move { sent.await.ok()?.ok() }
    }

    /// Says why the connection ends, to whoever still listens.
    async fn part(mut self, code: u16, reason: &'static str) {
        let frame = CloseFrame { code, reason: reason.into() };
        self.send(Message::Close(Some(frame))).await;
    }
}
