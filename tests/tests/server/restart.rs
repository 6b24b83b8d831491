//! A head on disk that is served again.

use std::num::NonZeroUsize;
use std::path::Path;

use demeter_core::Time;
use demeter_head::ServerOptions;
use demeter_tx::head::{EmbeddedHead, HeadOptions};
use serde_json::{Value, json};

use crate::harness::*;

fn created(folder: &Path, options: &HeadOptions) -> EmbeddedHead {
    let start = Time::from_milliseconds(START).unwrap();
    EmbeddedHead::create(folder.join("demeter.head"), settings(), purses(), start, options).unwrap()
}

fn opened(folder: &Path, options: &HeadOptions) -> EmbeddedHead {
    EmbeddedHead::open_at(folder.join("demeter.head"), options).unwrap()
}

fn options(folder: &Path) -> ServerOptions {
    ServerOptions::default().checkpoint(folder.join("history.json"))
}

async fn history(server: &Server) -> Vec<Value> {
    server.connect("?history=yes").await.receive_until("Greetings").await
}

async fn pay(server: &Server, numbers: std::ops::Range<u64>) {
    let mut client = server.connect("?snapshot-utxo=no").await;
    client.receive().await;
    for number in numbers {
        client.send(&new_tx(&payment(number, 1))).await;
        assert_eq!(tags(&client.receive_all(2).await), ["TxValid", "SnapshotConfirmed"]);
    }
}

#[tokio::test]
async fn the_history_is_told_again_but_for_what_was_refused() {
    let folder = tempfile::tempdir().unwrap();
    let kept = HeadOptions::default();
    let server = Server::of(created(folder.path(), &kept), options(folder.path())).await;
    pay(&server, 0..3).await;
    let (status, _) = server.request("POST", "/transaction", &envelope(&payment(0, 1)).to_string()).await;
    assert_eq!(status, 400);
    pay(&server, 3..5).await;
    let before = history(&server).await;
    let closed = server.head.clone();
    server.stop().await;
    drop(closed);
    let server = Server::of(opened(folder.path(), &kept), options(folder.path())).await;
    let after = history(&server).await;
    let expected: Vec<&Value> = before.iter().filter(|message| message["tag"] != "TxInvalid").collect();
    assert_eq!(after.iter().collect::<Vec<_>>(), expected);
    server.stop().await;
}

#[tokio::test]
async fn a_long_history_begins_anew_with_how_the_head_was() {
    let folder = tempfile::tempdir().unwrap();
    let kept = HeadOptions::default().kept_events(NonZeroUsize::new(12).unwrap());
    let rotating = |folder: &Path| options(folder).rotate_after(5);
    let server = Server::of(created(folder.path(), &kept), rotating(folder.path())).await;
    pay(&server, 0..10).await;
    let before = history(&server).await;
    assert_eq!(before[0]["tag"], "EventLogRotated");
    let (last, snapshots) = (&before[before.len() - 2], tags(&before));
    assert_eq!(last["snapshot"]["number"], 11);
    assert!(snapshots.len() <= 8, "{snapshots:?}");
    let held = &before[0]["checkpoint"]["headState"]["contents"]["coordinatedHeadState"];
    let first = before.iter().find(|message| message["tag"] == "SnapshotConfirmed").unwrap();
    let number = |value: &Value| value["snapshot"]["number"].as_u64().unwrap();
    assert_eq!(number(&held["confirmedSnapshot"]) + 1, number(first));
    assert!(before[0]["seq"].as_u64() < before[1]["seq"].as_u64());
    let closed = server.head.clone();
    server.stop().await;
    drop(closed);
    let server = Server::of(opened(folder.path(), &kept), rotating(folder.path())).await;
    assert_eq!(history(&server).await, before);
    server.stop().await;
}

#[tokio::test]
async fn a_history_that_does_not_lead_here_is_not_told() {
    let folder = tempfile::tempdir().unwrap();
    let kept = HeadOptions::default();
    let server = Server::of(created(folder.path(), &kept), options(folder.path())).await;
    pay(&server, 0..2).await;
    let closed = server.head.clone();
    server.stop().await;
    drop(closed);
    let path = folder.path().join("history.json");
    let mut checkpoint: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    checkpoint["utxo"].as_object_mut().unwrap().remove(&purse(59).to_string()).unwrap();
    for wrong in [checkpoint.to_string(), "{".to_owned(), json!({}).to_string()] {
        std::fs::write(&path, wrong).unwrap();
        let server = Server::of(opened(folder.path(), &kept), options(folder.path())).await;
        let told = history(&server).await;
        assert_eq!(tags(&told), ["EventLogRotated", "Greetings"]);
        assert_eq!(told[1]["snapshotUtxo"].as_object().unwrap().len(), 62);
        let closed = server.head.clone();
        server.stop().await;
        drop(closed);
    }
}
