//! Nodes that are away, go, come back, or are none.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use demeter_head::{ServeError, ServerOptions, serve};
use demeter_tx::head::{EmbeddedHead, Head as _};
use demeter_tx::hydra::session::SessionOptions;
use demeter_tx::hydra::{HydraHead, HydraOptions};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Error;

use crate::fixture::*;
use crate::harness::*;
use crate::node::SocketNode;

/// A node at a given address.
struct Node {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), ServeError>>,
}

impl Node {
    async fn at(address: SocketAddr, head: EmbeddedHead) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let shutdown = async { drop(stopped.await) };
        Self { address, stop, task: tokio::spawn(serve(head, ServerOptions::default(), listener, shutdown)) }
    }

    async fn stop(self) {
        drop(self.stop);
        within(self.task).await.unwrap().unwrap();
    }
}

fn head() -> EmbeddedHead {
    let start = demeter_core::Time::from_milliseconds(START).unwrap();
    EmbeddedHead::open(Arc::new(settings()), purses(), start).unwrap()
}

fn anywhere() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// What a client is told that would open a socket.
async fn not_opened(filter: &Filter) -> u16 {
    match within(connect_async(format!("ws://{}/", filter.address))).await {
        Err(Error::Http(response)) => response.status().as_u16(),
        other => panic!("expected a refusal, found {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_are_told_that_the_node_is_gone_and_served_when_it_is_back() {
    let head = head();
    let node = Node::at(anywhere(), head.clone()).await;
    let address = node.address;
    let filter = Filter::start(address).await;
    let session = SessionOptions {
        first_pause: Duration::from_millis(5),
        last_pause: Duration::from_millis(50),
        ..SessionOptions::default()
    };
    let options = HydraOptions::default().clock(settings().clock).session(session);
    let agent = within(HydraHead::connect(&filter.address.to_string(), options)).await.unwrap();
    let mut client = filter.connect("").await;
    client.receive().await;
    node.stop().await;
    let told = (1013, "the node has closed the connection: the server ends".to_owned());
    assert_eq!(client.end().await, Some(told));
    assert_eq!(not_opened(&filter).await, 502);
    let (status, answer) = filter.request("GET", "/head", "").await;
    let away = "the node behind this filter cannot be reached: ";
    assert!(status == 502 && answer.as_str().unwrap().starts_with(away), "{answer}");
    // What the filter itself refuses it refuses all the same.
    let body = envelope(&minting(0, 1)).to_string();
    assert_eq!(filter.request("POST", "/transaction", &body).await.0, 400);
    let node = Node::at(address, head.clone()).await;
    let mut client = filter.connect("").await;
    assert_eq!(client.receive().await["tag"], "Greetings");
    // A client that comes back by itself does so here.
    let transaction = payment(0, 1);
    within(agent.submit(transaction.clone())).await.unwrap();
    within(agent.confirm(transaction.id())).await.unwrap();
    filter.stop().await;
    node.stop().await;
}

#[tokio::test]
async fn a_node_that_is_killed_is_gone() {
    let node = SocketNode::start().await;
    let filter = Filter::start(node.address).await;
    let (mut client, mut killed) = tokio::join!(filter.connect(""), node.accept());
    killed.say(r#"{"tag":"NetworkConnected","seq":1,"timestamp":"2026-01-01T00:00:00Z"}"#).await;
    drop(killed);
    // What it said before is told first.
    assert_eq!(client.receive().await["tag"], "NetworkConnected");
    let (code, reason) = client.end().await.unwrap();
    assert!(code == 1013 && reason.starts_with("the node is gone"), "{code} {reason}");
    filter.stop().await;
}

#[tokio::test]
async fn what_is_no_node_is_a_bad_gateway() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            drop(stream.write_all(b"220 mail.example ESMTP\r\n").await);
        }
    });
    let filter = Filter::start(address).await;
    assert_eq!(not_opened(&filter).await, 502);
    assert_eq!(filter.request("GET", "/head", "").await.0, 502);
    filter.stop().await;
}

#[tokio::test]
async fn a_node_that_says_nothing_is_not_waited_for() {
    // Nobody accepts: the system does, and that is all.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let short = Duration::from_millis(50);
    let filter = Filter::with(listener.local_addr().unwrap(), |options| options.patience(short, short)).await;
    assert_eq!(not_opened(&filter).await, 504);
    let (status, answer) = filter.request("POST", "/decommit", &envelope(&payment(0, 1)).to_string()).await;
    let late = "the node behind this filter has not answered within 50 ms";
    assert_eq!((status, answer.as_str()), (504, Some(late)));
    filter.stop().await;
}

#[tokio::test]
async fn who_is_there_at_the_end_is_told() {
    let node = SocketNode::start().await;
    let filter = Filter::start(node.address).await;
    let (mut client, _heard) = tokio::join!(filter.connect(""), node.accept());
    let told = tokio::spawn(async move { client.end().await });
    filter.stop().await;
    assert_eq!(within(told).await.unwrap(), Some((1001, "the server ends".to_owned())));
}
