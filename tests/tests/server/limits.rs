//! Clients that read slowly, or send too much, or are too many.

use std::time::Duration;

use demeter_head::{Limits, ServerOptions};
use serde_json::json;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::harness::*;

async fn limited(change: impl FnOnce(&mut Limits)) -> Server {
    let mut limits = Limits::default();
    change(&mut limits);
    Server::with(ServerOptions::default().limits(limits)).await
}

#[tokio::test]
async fn a_client_that_does_not_read_is_dropped_and_nobody_waits_for_it() {
    let server = limited(|limits| limits.queue_bytes = 1 << 20).await;
    let mut slow = server.connect("").await;
    let mut quick = server.connect("?snapshot-utxo=no").await;
    quick.receive().await;
    // Refusals of an open head tell all of it: each is 60 outputs long, and the sockets hold some megabytes.
    for _ in 0..800 {
        quick.send(&json!({ "tag": "Init" })).await;
        assert!(matches!(quick.frame().await, Some(Message::Text(_))));
    }
    // What the slow one can still read ends without a farewell.
    let mut frames = 0;
    while let Some(frame) = slow.frame().await {
        assert!(!matches!(frame, Message::Close(_)), "{frame:?}");
        frames += 1;
    }
    assert!(frames < 800, "{frames}");
    quick.send(&new_tx(&payment(0, 1))).await;
    assert_eq!(quick.receive().await["tag"], "TxValid");
    server.stop().await;
}

#[tokio::test]
async fn a_message_that_is_too_long_ends_the_connection() {
    let server = limited(|limits| limits.message_bytes = 4_096).await;
    let (mut client, mut other) = (server.connect("").await, server.connect("").await);
    client.receive().await;
    other.receive().await;
    client.send_text(&"x".repeat(5_000)).await;
    assert_eq!(client.end().await, Some((1009, "the message is too long".to_owned())));
    other.send(&new_tx(&payment(0, 1))).await;
    assert_eq!(other.receive().await["tag"], "TxValid");
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused() {
    let server = limited(|limits| limits.body_bytes = 1_000).await;
    let (status, answer) = server.request("POST", "/transaction", &"x".repeat(1_001)).await;
    assert_eq!((status, answer), (413, json!("the body is too long")));
    server.stop().await;
}

#[tokio::test]
async fn clients_are_counted() {
    let server = limited(|limits| limits.clients = 2).await;
    let (mut first, mut second) = (server.connect("").await, server.connect("").await);
    first.receive().await;
    second.receive().await;
    let refused = within(connect_async(format!("ws://{}/", server.address))).await;
    assert!(matches!(&refused, Err(Error::Http(response)) if response.status() == 503), "{refused:?}");
    drop(first);
    // Until the server notices.
    let mut third = within(async {
        loop {
            if let Ok((socket, _)) = connect_async(format!("ws://{}/", server.address)).await {
                return socket;
            }
        }
    })
    .await;
    drop(third.close(None).await);
    server.stop().await;
}

#[tokio::test]
async fn pings_are_sent_and_answered() {
    let options = ServerOptions::default().ping_interval(Duration::from_millis(20));
    let server = Server::with(options).await;
    let mut client = server.connect("").await;
    client.receive().await;
    assert!(matches!(client.frame().await, Some(Message::Ping(_))));
    client.send_raw(Message::Ping(vec![1, 2].into())).await;
    loop {
        match client.frame().await.unwrap() {
            Message::Pong(payload) => break assert_eq!(payload.as_ref(), [1, 2]),
            Message::Ping(_) => {}
            other => panic!("expected a pong, found {other:?}"),
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn who_is_there_at_the_end_is_told() {
    let server = Server::start().await;
    let mut client = server.connect("").await;
    client.receive().await;
    let told = tokio::spawn(async move { client.end().await });
    server.stop().await;
    assert_eq!(within(told).await.unwrap(), Some((1001, "the server ends".to_owned())));
}
