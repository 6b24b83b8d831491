//! The socket: opened, read, written, given up.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::address::NodeAddress;
use super::request::{LONGEST, connect};
use crate::hydra::{Greetings, ServerMessage, TimedOutput};

/// A connection to a node's API.
pub(super) struct Socket {
    stream: WebSocketStream<TcpStream>,
    patience: Duration,
    silence: Duration,
}

impl Socket {
    /// Connects.
    pub(super) async fn open(
        address: &NodeAddress,
        history: bool,
        patience: Duration,
        silence: Duration,
    ) -> Result<Self, String> {
        let history = if history { "yes" } else { "no" };
        let url = format!("{address}/?history={history}&snapshot-utxo=no");
        let config = WebSocketConfig::default().max_message_size(Some(LONGEST)).max_frame_size(Some(LONGEST));
        let connected = async {
            let connected = client_async_with_config(url, connect(address).await?, Some(config)).await;
            connected.map_err(|error| error.to_string())
        };
        let (stream, _) = timeout(patience, connected).await.map_err(|_| late(patience))??;
        Ok(Self { stream, patience, silence })
    }

    /// What the node says first.
    pub(super) async fn greetings(mut self) -> Result<Greetings, String> {
        let patience = self.patience;
        let said = async {
            loop {
                if let ServerMessage::Greetings(greetings) = self.next().await? {
                    return Ok(*greetings);
                }
            }
        };
        timeout(patience, said).await.map_err(|_| late(patience))?
    }

    /// What has happened: all that comes before what the node says first.
    pub(super) async fn history(mut self) -> Result<Vec<TimedOutput>, String> {
        let mut outputs = Vec::new();
        loop {
            match self.next().await? {
                ServerMessage::Greetings(_) => return Ok(outputs),
                ServerMessage::Output(output) => outputs.push(*output),
                _ => {}
            }
        }
    }

    /// The next message.
    async fn next(&mut self) -> Result<ServerMessage, String> {
        loop {
            let message = timeout(self.silence, self.stream.next()).await.map_err(|_| late(self.silence))?;
            if let Some(text) = text_of(message)? {
                return ServerMessage::from_json(&text).map_err(|error| error.to_string());
            }
        }
    }

    /// Hands on what comes and sends what is to be sent, until one of them ends.
    pub(super) async fn run<T>(
        self,
        mut inputs: mpsc::UnboundedReceiver<String>,
        messages: &mpsc::Sender<T>,
        wrap: impl Fn(String) -> T,
    ) -> String {
        let (patience, silence) = (self.patience, self.silence);
        let (mut sink, mut stream) = self.stream.split();
        let write = async {
            while let Some(input) = inputs.recv().await {
                match timeout(patience, sink.send(Message::text(input))).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => return error.to_string(),
                    Err(_) => return late(patience),
                }
            }
            drop(timeout(patience, sink.close()).await);
            "the connection was given up".to_owned()
        };
        let read = async {
            loop {
                match timeout(silence, stream.next()).await.map_err(|_| late(silence)).and_then(text_of) {
                    Ok(Some(text)) => {
                        if messages.send(wrap(text)).await.is_err() {
                            return "nobody listens".to_owned();
                        }
                    }
                    Ok(None) => {}
                    Err(reason) => return reason,
                }
            }
        };
        tokio::select! {
            reason = write => reason,
            reason = read => reason,
        }
    }
}

/// The text of what came, if it is one and not a sign of life.
fn text_of(
    message: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>,
) -> Result<Option<String>, String> {
    match message {
        Some(Ok(Message::Text(text))) => Ok(Some(text.as_str().to_owned())),
        Some(Ok(Message::Binary(bytes))) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Some(Ok(Message::Close(_))) | None => Err("the node closed the connection".to_owned()),
        Some(Ok(_)) => Ok(None),
        Some(Err(error)) => Err(error.to_string()),
    }
}

fn late(patience: Duration) -> String {
    format!("nothing came within {} ms", patience.as_millis())
}
