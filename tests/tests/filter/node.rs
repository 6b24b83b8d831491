//! Nodes that only note what they are told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async};

use crate::harness::within;

/// A node that takes one socket at a time.
pub(crate) struct SocketNode {
    listener: TcpListener,
    pub(crate) address: SocketAddr,
}

impl SocketNode {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self { address: listener.local_addr().unwrap(), listener }
    }

    pub(crate) async fn accept(&self) -> NodeSocket {
        let (stream, _) = within(self.listener.accept()).await.unwrap();
        NodeSocket(within(accept_async(stream)).await.unwrap())
    }
}

/// The node's end of a socket.
pub(crate) struct NodeSocket(pub(crate) WebSocketStream<TcpStream>);

impl NodeSocket {
    /// The next message that the node is sent.
    pub(crate) async fn hear(&mut self) -> String {
        loop {
            match within(self.0.next()).await.unwrap().unwrap() {
                Message::Text(text) => return text.as_str().to_owned(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("expected a text, found {other:?}"),
            }
        }
    }

    pub(crate) async fn say(&mut self, text: &str) {
        within(self.0.send(Message::text(text))).await.unwrap();
    }
}

/// What a node was asked: method and path, headers, body.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) line: String,
    pub(crate) headers: String,
    pub(crate) body: String,
}

/// A node that answers all requests with 200, and says what its head holds.
pub(crate) struct HttpNode {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: JoinHandle<()>,
}

impl HttpNode {
    pub(crate) async fn start(utxo: Value) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Some(one) = attend(stream, &utxo).await else { continue };
                noted.lock().unwrap().push(one);
            }
        });
        Self { address, asked, task }
    }

    /// What it was asked but for what its head holds.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        let asked = self.asked.lock().unwrap().clone();
        asked.into_iter().filter(|one| one.line != "GET /snapshot/utxo").collect()
    }
}

impl Drop for HttpNode {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn attend(stream: TcpStream, utxo: &Value) -> Option<Asked> {
    let mut stream = BufReader::new(stream);
    let (mut line, mut headers, mut length) = (String::new(), String::new(), 0);
    stream.read_line(&mut line).await.ok()?;
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).await.ok()?;
        if header.trim().is_empty() {
            break;
        }
        let header = header.to_ascii_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        headers.push_str(&header);
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let line = line.rsplit_once(' ').unwrap().0.to_owned();
    let answer = if line == "GET /snapshot/utxo" { utxo.to_string() } else { "\"done\"".to_owned() };
    let length = answer.len();
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{answer}");
    stream.get_mut().write_all(answer.as_bytes()).await.ok()?;
    Some(Asked { line, headers, body: String::from_utf8(body).unwrap() })
}
