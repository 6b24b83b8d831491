//! What does not come through, and what who sent it is told.

use demeter_core::Value as Holding;
use demeter_tests::make::amount;
use demeter_tx::{Network, OutputDraft};
use serde_json::{Value, json};

use crate::fixture::*;
use crate::harness::*;
use crate::node::{HttpNode, SocketNode};
use crate::valid::check;

#[tokio::test]
async fn what_is_for_those_who_run_the_node_is_refused() {
    let node = SocketNode::start().await;
    let filter = Filter::start(node.address).await;
    let (mut client, mut heard) = tokio::join!(filter.connect(""), node.accept());
    let snapshot = json!({ "tag": "InitialSnapshot", "headId": "00" });
    for input in [
        json!({ "tag": "Init" }),
        json!({ "tag": "Close" }),
        json!({ "tag": "SafeClose" }),
        json!({ "tag": "Contest" }),
        json!({ "tag": "Fanout" }),
        json!({ "tag": "Recover", "recoverTxId": "00".repeat(32) }),
        json!({ "tag": "SideLoadSnapshot", "snapshot": snapshot }),
    ] {
        let reason = refusal(&mut client, &input.to_string()).await;
        let tag = input["tag"].as_str().unwrap();
        assert_eq!(reason, format!("{tag} is for those who run this node, and is not passed on to it"));
    }
    // What a later version knows is not known here.
    let reason = refusal(&mut client, r#"{"tag":"PartialFanout","utxoToFanout":{}}"#).await;
    assert_eq!(reason, "expected the tag NewTx or Decommit, found PartialFanout");
    // The node has heard nothing of it.
    client.send(&new_tx(&payment(0, 1))).await;
    assert_eq!(serde_json::from_str::<Value>(&heard.hear().await).unwrap(), new_tx(&payment(0, 1)));
    filter.stop().await;
    let node = HttpNode::start(json!({})).await;
    let filter = Filter::with(node.address, |options| options.deposits(false).config(false)).await;
    for (method, path, what) in [
        ("POST", "/snapshot", "POST /snapshot"),
        ("DELETE", "/commits/00", "DELETE /commits"),
        ("POST", "/commit", "POST /commit"),
        ("POST", "/cardano-transaction", "POST /cardano-transaction"),
        ("GET", "/config", "GET /config"),
    ] {
        let reason = format!("{what} is for those who run this node, and is not passed on to it");
        assert_eq!(filter.request(method, path, "{}").await, (400, json!(reason)));
    }
    for (method, path) in
        [("PUT", "/transaction"), ("POST", "/demeter/advance"), ("POST", "/"), ("GET", "/metrics")]
    {
        assert_eq!(filter.request(method, path, "{}").await, (400, json!("Resource not found")));
    }
    assert!(node.asked().is_empty(), "{:?}", node.asked());
    filter.stop().await;
}

#[tokio::test]
async fn nothing_is_minted_or_burned() {
    let server = Server::start().await;
    let filter = Filter::start(server.address).await;
    let (mut client, mut plain) = (filter.connect("").await, server.connect("").await);
    client.receive().await;
    plain.receive().await;
    let minting = minting(0, 5);
    let minted = "the head could not be finalised any more: it mints or burns ";
    for input in [new_tx(&minting), decommit(&minting)] {
        let reason = refusal(&mut client, &input.to_string()).await;
        assert!(reason.starts_with(minted) && reason.ends_with(".74: 5"), "{reason}");
    }
    let body = envelope(&minting).to_string();
    let (status, answer) = filter.request("POST", "/transaction", &body).await;
    assert_eq!((status, &answer["tag"]), (400, &json!("SubmitTxInvalid")));
    check("SubmitL2TxResponse", &answer);
    assert!(answer["validationError"].as_str().unwrap().starts_with(minted), "{answer}");
    let (status, answer) = filter.request("POST", "/decommit", &body).await;
    assert!(status == 400 && answer.as_str().unwrap().starts_with(minted), "{answer}");
    // A burn, though nobody has what it burns.
    let burn = format!("09a1581c{}a1417420", "ab".repeat(28));
    let burning = raw(&[purse(1)], &[output(payee(1))], &[&burn]);
    let input = json!({ "tag": "NewTx", "transaction": { "cborHex": burning } });
    let reason = refusal(&mut client, &input.to_string()).await;
    assert!(reason.starts_with(minted) && reason.ends_with(": -1"), "{reason}");
    // Without the filter, the head takes it.
    plain.send(&new_tx(&minting)).await;
    assert_eq!(tags(&plain.receive_all(2).await), ["TxValid", "SnapshotConfirmed"]);
    filter.stop().await;
    server.stop().await;
}

#[tokio::test]
async fn nothing_is_made_that_the_main_chain_could_not_take() {
    let node = HttpNode::start(json!({})).await;
    let filter = Filter::start(node.address).await;
    let small = OutputDraft::new(payee(1), Holding::of_lovelace(amount(1_000))).finish(Network::Testnet);
    let body = json!({ "cborHex": raw(&[purse(0)], &[small], &[]) }).to_string();
    let (status, answer) = filter.request("POST", "/transaction", &body).await;
    let expected = "the head could not be finalised any more: output 0 holds 1000 lovelace, L1 demands ";
    assert!(status == 400 && answer["validationError"].as_str().unwrap().starts_with(expected), "{answer}");
    assert!(node.asked().is_empty());
    filter.stop().await;
}

#[tokio::test]
async fn what_cannot_be_read_is_refused() {
    let node = SocketNode::start().await;
    let filter = Filter::start(node.address).await;
    let (mut client, mut heard) = tokio::join!(filter.connect(""), node.accept());
    let good = raw(&[purse(0)], &[output(payee(1))], &[]);
    let with = |fields: &[&str]| raw(&[purse(0)], &[output(payee(1))], fields);
    let marked = format!("{}f4f6", good.strip_suffix("f5f6").unwrap());
    let unread = "what cannot be read is not passed on: ";
    for (cbor, fault) in [
        // A field that no body has, one that is there twice.
        (with(&["181ea0"]), unread),
        (with(&["0200"]), unread),
        ("80".to_owned(), unread),
        (format!("{good}00"), unread),
        (marked, "the transaction is marked invalid: such ones are not passed on"),
    ] {
        for (tag, field) in [("NewTx", "transaction"), ("Decommit", "decommitTx")] {
            let input = json!({ "tag": tag, field: { "cborHex": cbor } });
            let reason = refusal(&mut client, &input.to_string()).await;
            assert!(reason.starts_with(fault), "{tag} {cbor}: {reason}");
        }
    }
    let mut wrong_id = new_tx(&payment(0, 1));
    wrong_id["transaction"]["txId"] = json!("00".repeat(32));
    let reason = refusal(&mut client, &wrong_id.to_string()).await;
    assert!(reason.starts_with(&format!("{unread}the envelope names transaction 0000")), "{reason}");
    let deep = "[".repeat(5_000);
    for input in ["", "garbage", "{}", "[1,2", "\u{0}", "null", r#"{"tag":7}"#, r#"{"tag":"NewTx"}"#, &deep] {
        assert!(!refusal(&mut client, input).await.is_empty());
    }
    client.send_raw(tokio_tungstenite::tungstenite::Message::binary([0xff, 0xfe].as_slice())).await;
    assert_eq!(client.receive().await["input"], "\u{fffd}\u{fffd}");
    // It goes on all the same.
    client.send(&new_tx(&payment(0, 1))).await;
    assert_eq!(serde_json::from_str::<Value>(&heard.hear().await).unwrap(), new_tx(&payment(0, 1)));
    filter.stop().await;
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused() {
    let node = HttpNode::start(json!({})).await;
    let filter = Filter::start(node.address).await;
    for path in ["/transaction", "/decommit", "/commit", "/cardano-transaction"] {
        for body in ["", "[]", "7", "{\"cborHex\":", r#"{"cborHex":"80"}"#, r#"{"utxoToCommit":7}"#] {
            let (status, answer) = filter.request("POST", path, body).await;
            assert!(status == 400 && answer.is_string(), "{path} {body}: {status} {answer}");
        }
    }
    assert!(node.asked().is_empty(), "{:?}", node.asked());
    filter.stop().await;
}

/// 25 of the 92 transactions in hydra's samples are not read here, and so are not passed on.
#[tokio::test]
#[ignore = "needs the shared corpus"]
async fn the_samples_are_passed_on_or_refused() {
    let shared = std::env::var("DEMETER_SHARED").expect("DEMETER_SHARED names the corpus");
    let node = SocketNode::start().await;
    let filter = Filter::start(node.address).await;
    let (mut client, mut heard) = tokio::join!(filter.connect(""), node.accept());
    for kind in [
        "NewTx",
        "Decommit",
        "Close",
        "Contest",
        "Fanout",
        "Init",
        "Recover",
        "SafeClose",
        "SideLoadSnapshot",
    ] {
        let path = format!("{shared}/hydra/golden/ClientInput/{kind}.json");
        let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        for sample in file["samples"].as_array().unwrap() {
            if sample.to_string().len() > 60_000 {
                continue;
            }
            client.send(sample).await;
            tokio::select! {
                answer = within(client.receive()) => assert_eq!(answer.get("tag"), None),
                passed = heard.hear() => {
                    let passed: Value = serde_json::from_str(&passed).unwrap();
                    assert_eq!((kind, &passed["tag"]), ("NewTx", &json!("NewTx")));
                    assert_eq!(passed["transaction"]["cborHex"], sample["transaction"]["cborHex"]);
                }
            }
        }
    }
    filter.stop().await;
}
