//! Clients that are too many, ask for too much, send too much, or read too slowly.

use std::num::NonZeroU32;
use std::time::Duration;

use demeter_head::Limits;
use demeter_head::filter::{FilterOptions, Rate};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::fixture::*;
use crate::harness::*;
use crate::node::{HttpNode, SocketNode};

/// The limits of servers but for one.
fn limited(change: impl FnOnce(&mut Limits)) -> impl FnOnce(FilterOptions) -> FilterOptions {
    let mut limits = Limits::default();
    change(&mut limits);
    move |options| options.limits(limits)
}

fn rate(per_second: u32, burst: u32) -> Rate {
    Rate { per_second: NonZeroU32::new(per_second).unwrap(), burst: NonZeroU32::new(burst).unwrap() }
}

#[tokio::test]
async fn connections_are_counted() {
    let server = Server::start().await;
    type Change = fn(FilterOptions) -> FilterOptions;
    let cases: [(Change, &str); 2] = [
        (|options| options.connections_each(2), "there are too many connections from your address"),
        (limited_to_two, "there are too many clients"),
    ];
    for (change, reason) in cases {
        let filter = Filter::with(server.address, change).await;
        let (mut first, mut second) = (filter.connect("").await, filter.connect("").await);
        first.receive().await;
        second.receive().await;
        let refused = within(connect_async(format!("ws://{}/", filter.address))).await;
        assert!(matches!(&refused, Err(Error::Http(response)) if response.status() == 503), "{refused:?}");
        assert_eq!(filter.request("GET", "/commits", "").await, (503, json!(reason)));
        drop(first);
        // Until the filter notices.
        within(async { while filter.request("GET", "/commits", "").await.0 != 200 {} }).await;
        second.send(&new_tx(&payment(0, 1))).await;
        assert!(second.receive().await["tag"].is_string());
        filter.stop().await;
    }
    server.stop().await;
}

fn limited_to_two(options: FilterOptions) -> FilterOptions {
    limited(|limits| limits.clients = 2)(options)
}

#[tokio::test]
async fn requests_are_counted_with_time() {
    let node = HttpNode::start(json!({})).await;
    let filter = Filter::with(node.address, |options| options.rate(rate(1, 3))).await;
    let mut statuses = Vec::new();
    for _ in 0..20 {
        let response = exchange(filter.address, "GET", "/commits", "", "").await;
        if response.status == 429 {
            assert!(response.body.starts_with("\"too many requests: the next one is answered in "));
            assert!(response.headers.contains("retry-after: 1"), "{}", response.headers);
        }
        statuses.push(response.status);
    }
    assert_eq!(statuses[..3], [200; 3]);
    assert!(statuses.contains(&429), "{statuses:?}");
    assert_eq!(node.asked().len(), statuses.iter().filter(|status| **status == 200).count());
    filter.stop().await;
}

#[tokio::test]
async fn who_sends_too_fast_is_slowed_down_and_loses_nothing() {
    let node = SocketNode::start().await;
    let filter = Filter::with(node.address, |options| options.rate(rate(20, 2))).await;
    let (mut client, mut heard) = tokio::join!(filter.connect(""), node.accept());
    let began = Instant::now();
    for number in 0..6 {
        client.send(&new_tx(&payment(number, 1))).await;
    }
    for number in 0..6 {
        let input: serde_json::Value = serde_json::from_str(&heard.hear().await).unwrap();
        assert_eq!(input, new_tx(&payment(number, 1)));
    }
    // Connecting was one of two at once; of six messages, five wait 50 ms each.
    assert!(began.elapsed() >= Duration::from_millis(200), "{:?}", began.elapsed());
    filter.stop().await;
}

#[tokio::test]
async fn what_is_too_long_is_not_taken() {
    let node = SocketNode::start().await;
    let filter = Filter::with(
        node.address,
        limited(|limits| (limits.message_bytes, limits.body_bytes) = (4_096, 1_000)),
    )
    .await;
    let (mut client, _heard) = tokio::join!(filter.connect(""), node.accept());
    client.send_text(&"x".repeat(5_000)).await;
    assert_eq!(client.end().await, Some((1009, "the message is too long".to_owned())));
    let answer = filter.request("POST", "/transaction", &"x".repeat(1_001)).await;
    assert_eq!(answer, (413, json!("the body is too long")));
    filter.stop().await;
}

#[tokio::test]
async fn a_request_that_does_not_come_is_not_waited_for() {
    let node = HttpNode::start(json!({})).await;
    let filter = Filter::with(node.address, limited(|limits| limits.send = Duration::from_millis(50))).await;
    for (sent, answer) in [
        ("GET /head HTTP/1.1\r\nhost:", ""),
        (
            "POST /transaction HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 9\r\n\r\n{",
            "HTTP/1.1 408 ",
        ),
    ] {
        let mut stream = TcpStream::connect(filter.address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let mut told = String::new();
        within(stream.read_to_string(&mut told)).await.unwrap();
        assert!(told.starts_with(answer), "{told}");
    }
    assert!(node.asked().is_empty());
    filter.stop().await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_dropped_and_the_node_is_read_from() {
    let node = SocketNode::start().await;
    let filter = Filter::with(node.address, limited(|limits| limits.queue_bytes = 1 << 20)).await;
    let (mut slow, mut says) = tokio::join!(filter.connect(""), node.accept());
    // Far more than sockets hold; the node is not kept waiting.
    let text = format!("{:?}", "x".repeat(1 << 20));
    for _ in 0..64 {
        let said = within(futures_util::SinkExt::send(&mut says.0, Message::text(text.clone()))).await;
        if said.is_err() {
            break;
        }
    }
    let mut frames = 0;
    while let Some(frame) = slow.frame().await {
        assert!(!matches!(frame, Message::Close(_)), "{frame:?}");
        frames += 1;
    }
    assert!(frames < 64, "{frames}");
    filter.stop().await;
}

#[tokio::test]
async fn history_is_waited_for() {
    let node = SocketNode::start().await;
    let filter = Filter::with(node.address, limited(|limits| limits.queue_bytes = 1 << 16)).await;
    let (mut client, says) = tokio::join!(filter.connect("?history=yes"), node.accept());
    // More than there is room for at once, before the client begins to read.
    let said = tokio::spawn(async move {
        let mut says = says;
        for number in 0..64 {
            says.say(&json!({ "tag": "Past", "number": number, "filler": "x".repeat(1 << 18) }).to_string())
                .await;
        }
        says.say(r#"{"tag":"Greetings"}"#).await;
        says
    });
    for number in 0..64 {
        let frame = client.frame().await;
        let Some(Message::Text(text)) = frame else { panic!("expected text {number}, found {frame:?}") };
        let message: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(message["number"], number);
    }
    assert!(matches!(client.frame().await, Some(Message::Text(text)) if text.contains("Greetings")));
    // Then it is as anyone: what is too much at once is not waited for.
    let mut says = within(said).await.unwrap();
    for _ in 0..64 {
        let text = Message::text("x".repeat(1 << 20));
        if within(futures_util::SinkExt::send(&mut says.0, text)).await.is_err() {
            break;
        }
    }
    let mut frames = 0;
    while client.frame().await.is_some() {
        frames += 1;
    }
    assert!(frames < 64, "{frames}");
    filter.stop().await;
}

#[tokio::test]
async fn a_client_that_answers_no_pings_is_gone() {
    let node = SocketNode::start().await;
    let filter = Filter::with(node.address, |options| options.ping_interval(Duration::from_millis(20))).await;
    let (mut client, mut heard) = tokio::join!(filter.connect(""), node.accept());
    // This library answers pings while it is read from, and not otherwise.
    assert!(matches!(client.frame().await, Some(Message::Ping(_))));
    let end = within(futures_util::StreamExt::next(&mut heard.0)).await;
    assert!(!matches!(end, Some(Ok(Message::Text(_)))), "{end:?}");
    drop(client);
    filter.stop().await;
}
