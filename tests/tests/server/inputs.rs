//! What clients send that is no transaction to submit.

use serde_json::{Value, json};

use crate::harness::*;

/// Two clients that have been greeted.
async fn two(server: &Server) -> (Client, Client) {
    let (mut first, mut second) = (server.connect("").await, server.connect("").await);
    first.receive().await;
    second.receive().await;
    (first, second)
}

#[tokio::test]
async fn what_is_not_understood_is_told_to_who_sent_it_alone() {
    let server = Server::start().await;
    let (mut sender, mut other) = two(&server).await;
    let mut wrong_id = new_tx(&payment(0, 1));
    wrong_id["transaction"]["txId"] = json!("00".repeat(32));
    let mut no_transaction = new_tx(&payment(0, 1));
    no_transaction["transaction"] = json!({ "cborHex": "80" });
    let inputs = [
        "garbage".to_owned(),
        String::new(),
        "{}".to_owned(),
        "[1,2".to_owned(),
        json!({ "tag": "Unheard" }).to_string(),
        json!({ "tag": "NewTx" }).to_string(),
        json!({ "tag": "Recover", "recoverTxId": "zz" }).to_string(),
        wrong_id.to_string(),
        no_transaction.to_string(),
    ];
    for input in inputs {
        sender.send_text(&input).await;
        let answer = sender.receive().await;
        assert_eq!((answer.get("tag"), &answer["input"]), (None, &json!(input)));
        assert!(!answer["reason"].as_str().unwrap().is_empty());
    }
    // What the other hears next is about something else.
    sender.send(&json!({ "tag": "Init" })).await;
    assert_eq!(other.receive().await["tag"], "CommandFailed");
    server.stop().await;
}

#[tokio::test]
async fn what_an_open_head_cannot_do_is_told_to_all() {
    let server = Server::start().await;
    let (mut first, mut second) = two(&server).await;
    for tag in ["Init", "Contest", "Fanout"] {
        first.send(&json!({ "tag": tag })).await;
        for client in [&mut first, &mut second] {
            let failed = client.receive().await;
            assert_eq!(
                (&failed["tag"], &failed["clientInput"]),
                (&json!("CommandFailed"), &json!({ "tag": tag }))
            );
            assert_eq!(failed["state"]["tag"], "Open");
            assert_eq!(failed.get("seq"), None);
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_closing_leads_nowhere_as_there_is_no_chain() {
    let server = Server::start().await;
    let (mut first, _second) = two(&server).await;
    for input in [
        json!({ "tag": "Close" }),
        json!({ "tag": "SafeClose" }),
        json!({ "tag": "Recover", "recoverTxId": "00".repeat(32) }),
    ] {
        first.send(&input).await;
    }
    first.send(&new_tx(&payment(0, 1))).await;
    assert_eq!(first.receive().await["tag"], "TxValid");
    server.stop().await;
}

#[tokio::test]
async fn tokens_keep_a_head_from_being_closed_safely() {
    let mut utxos = purses();
    let draft = demeter_tx::OutputDraft::new(
        payee(1),
        demeter_core::Value::of_lovelace(demeter_tests::make::amount(5_000_000))
            .plus(&demeter_tests::make::token(0xab, b"x"), demeter_tests::make::amount(1))
            .unwrap(),
    );
    utxos.insert(demeter_tests::make::reference(9, 0), draft.finish(demeter_tx::Network::Testnet));
    let start = demeter_core::Time::from_milliseconds(START).unwrap();
    let head = demeter_tx::head::EmbeddedHead::open(settings(), utxos, start).unwrap();
    let server = Server::of(head, demeter_head::ServerOptions::default()).await;
    let mut client = server.connect("").await;
    client.receive().await;
    client.send(&json!({ "tag": "SafeClose" })).await;
    let answer = client.receive().await;
    let reason = answer["reason"].as_str().unwrap();
    assert!(reason.starts_with("Cannot SafeClose with non-ADA assets present: policy abab"), "{reason}");
    server.stop().await;
}

#[tokio::test]
async fn nothing_leaves_a_head_without_a_chain() {
    let server = Server::start().await;
    let (mut first, mut second) = two(&server).await;
    let decommit = |transaction: Value| json!({ "tag": "Decommit", "decommitTx": transaction });
    first.send(&decommit(envelope(&payment(0, 1)))).await;
    for client in [&mut first, &mut second] {
        let invalid = client.receive().await;
        assert_eq!(invalid["tag"], "DecommitInvalid");
        let reason = &invalid["decommitInvalidReason"];
        assert_eq!(reason["tag"], "DecommitTxInvalid");
        assert_eq!(reason["validationError"]["reason"], "this head has no main chain: nothing can leave it");
    }
    // One that breaks a rule of the ledger is told which.
    server.head.apply(&payment(1, 1)).unwrap();
    first.receive_all(2).await;
    first.send(&decommit(envelope(&payment(1, 1)))).await;
    let invalid = first.receive().await;
    let reason = invalid["decommitInvalidReason"]["validationError"]["reason"].as_str().unwrap();
    assert!(reason.contains("input"), "{reason}");
    server.stop().await;
}

#[tokio::test]
async fn only_the_snapshot_that_the_head_has_can_be_taken_over() {
    let server = Server::start().await;
    let (mut client, _other) = two(&server).await;
    client.send(&new_tx(&payment(0, 1))).await;
    client.receive_all(2).await;
    let (_, snapshot) = server.request("GET", "/snapshot", "").await;
    let with = |change: fn(&mut Value)| {
        let mut snapshot = snapshot.clone();
        change(&mut snapshot);
        snapshot
    };
    let initial = json!({ "tag": "InitialSnapshot", "headId": snapshot["snapshot"]["headId"] });
    let cases = [
        (initial, "SideLoadInitialSnapshotMismatch"),
        (with(|snapshot| snapshot["snapshot"]["number"] = json!(1)), "SideLoadSnNumberInvalid"),
        (with(|snapshot| snapshot["snapshot"]["version"] = json!(0)), "SideLoadSvNumberInvalid"),
        (with(|snapshot| snapshot["snapshot"]["utxoToCommit"] = json!({})), "SideLoadUTxOToCommitInvalid"),
        (with(|snapshot| snapshot["snapshot"]["number"] = json!(3)), "SideLoadInvalidMultisignature"),
        (
            with(|snapshot| snapshot["signatures"]["multiSignature"][0] = json!("00".repeat(64))),
            "SideLoadInvalidMultisignature",
        ),
    ];
    for (snapshot, failure) in cases {
        client.send(&json!({ "tag": "SideLoadSnapshot", "snapshot": snapshot })).await;
        let rejected = client.receive().await;
        assert_eq!(rejected["tag"], "SideLoadSnapshotRejected");
        assert_eq!(rejected["requirementFailure"]["tag"], failure);
        let (status, body) = server.request("POST", "/snapshot", &snapshot.to_string()).await;
        assert_eq!((status, &body["tag"]), (400, &json!(failure)));
        client.receive().await;
    }
    client.send(&json!({ "tag": "SideLoadSnapshot", "snapshot": snapshot })).await;
    let told = client.receive_all(2).await;
    assert_eq!(tags(&told), ["SnapshotConfirmed", "SnapshotSideLoaded"]);
    let (status, body) = server.request("POST", "/snapshot", &snapshot.to_string()).await;
    assert_eq!((status, body), (200, json!("OK")));
    server.stop().await;
}
