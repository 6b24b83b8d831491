//! What comes through, as if there were no filter.

use std::sync::Arc;

use demeter_head::ServerOptions;
use demeter_tx::head::{Head as _, SubmitError, UtxoQuery};
use demeter_tx::hydra::{HydraHead, HydraOptions};
use serde_json::{Value, json};

use crate::fixture::*;
use crate::harness::*;
use crate::node::{HttpNode, SocketNode};

#[tokio::test]
async fn what_a_node_says_is_heard_as_it_was_said() {
    let server = Server::start().await;
    let filter = Filter::start(server.address).await;
    // Once it greets, it has begun.
    server.connect("").await.receive().await;
    for number in 0..3 {
        server.head.apply(&payment(number, 1)).unwrap();
    }
    let to = bech32(payee(2));
    for query in ["", "?history=yes", "?history=yes&snapshot-utxo=no", &format!("any?address={to}&x=1")] {
        let (mut plain, mut filtered) = (server.connect(query).await, filter.connect(query).await);
        let told = plain.receive_until("Greetings").await;
        assert_eq!(filtered.receive_until("Greetings").await, told, "{query}");
        assert_eq!(told.len() > 3, query.contains("history=yes"), "{query}");
    }
    // Of two payments, who asked for one payee is told of one.
    let mut choosy = filter.connect(&format!("?address={to}")).await;
    choosy.receive().await;
    for (number, payee) in [(4, 1), (5, 2)] {
        server.head.apply(&payment(number, payee)).unwrap();
    }
    assert_eq!(choosy.receive_until("SnapshotConfirmed").await.pop().unwrap()["snapshot"]["number"], 6);
    filter.stop().await;
    server.stop().await;
}

#[tokio::test]
async fn what_can_be_read_is_read() {
    let server = Server::start().await;
    let filter = Filter::start(server.address).await;
    for path in [
        "/head",
        "/snapshot",
        "/snapshot/utxo",
        "/snapshot/last-seen",
        "/commits",
        "/protocol-parameters",
        "/config",
        "/demeter/clock",
        "/nothing",
        "/head/",
        "/",
    ] {
        let plain = exchange(server.address, "GET", path, "origin: http://x\r\n", "").await;
        let filtered = exchange(filter.address, "GET", path, "origin: http://x\r\n", "").await;
        assert_eq!((filtered.status, &filtered.body), (plain.status, &plain.body), "{path}");
        for header in ["access-control-allow-origin: *", "content-type: application/json"] {
            assert!(filtered.headers.contains(header), "{path}: {}", filtered.headers);
        }
    }
    let preflight = "origin: http://x\r\naccess-control-request-method: POST\r\n";
    let granted = exchange(filter.address, "OPTIONS", "/transaction", preflight, "").await;
    assert!(
        granted.status == 200 && granted.headers.contains("access-control-allow-methods: get, head, post")
    );
    filter.stop().await;
    server.stop().await;
}

#[tokio::test]
async fn transactions_are_submitted_and_all_are_told() {
    let server = Server::start().await;
    let filter = Filter::start(server.address).await;
    let (mut plain, mut filtered) = (server.connect("").await, filter.connect("").await);
    plain.receive().await;
    filtered.receive().await;
    filtered.send(&new_tx(&payment(0, 1))).await;
    for client in [&mut plain, &mut filtered] {
        assert_eq!(tags(&client.receive_all(2).await), ["TxValid", "SnapshotConfirmed"]);
    }
    // As bytes, too, and whatever the envelope says of its type.
    let mut input = new_tx(&payment(1, 1));
    input["transaction"]["type"] = json!("anything");
    filtered.send_raw(tokio_tungstenite::tungstenite::Message::binary(input.to_string())).await;
    assert_eq!(tags(&filtered.receive_all(2).await), ["TxValid", "SnapshotConfirmed"]);
    let body = envelope(&payment(2, 1)).to_string();
    let submitted = json!({ "tag": "SubmitTxSubmitted" });
    assert_eq!(filter.request("POST", "/transaction", &body).await, (202, submitted));
    let (status, answer) = filter.request("POST", "/transaction", &body).await;
    assert_eq!((status, &answer["tag"]), (400, &json!("SubmitTxInvalid")));
    // These reach the node, which has no main chain.
    let body = envelope(&payment(3, 1)).to_string();
    let answer = filter.request("POST", "/cardano-transaction", &body).await;
    assert_eq!(answer, (200, json!({ "tag": "TransactionSubmitted" })));
    let (status, answer) = filter.request("POST", "/commit", "{}").await;
    assert_eq!((status, &answer["failureReason"]), (400, &json!("not implemented")));
    assert_eq!(filter.request("POST", "/decommit", &body).await, (400, json!("Decommit invalid")));
    filter.stop().await;
    server.stop().await;
}

/// What the filter did not read, and what stands twice, does not get through.
#[tokio::test]
async fn what_is_passed_on_is_written_anew() {
    let node = SocketNode::start().await;
    let filter = Filter::start(node.address).await;
    let (mut client, mut heard) = tokio::join!(filter.connect("?encoding=cbor"), node.accept());
    let transaction = envelope(&payment(0, 1));
    let spiced = transaction.to_string().replacen('{', r#"{"witness":[1,2],"#, 1);
    let inputs = [
        format!(r#"{{"tag":"Close","more":{{"tag":"Close"}},"tag":"NewTx","transaction":{spiced}}}"#),
        format!(r#"{{"transaction":{{"cborHex":"80"}},"tag":"NewTx","transaction":{spiced}}}"#),
    ];
    let mut passed = 0;
    for input in inputs {
        client.send_text(&input).await;
        // What is refused tells the client alone; then this is what the node hears next.
        client.send(&new_tx(&payment(1, 1))).await;
        let mut next: Value = serde_json::from_str(&heard.hear().await).unwrap();
        if next == new_tx(&payment(0, 1)) {
            passed += 1;
            next = serde_json::from_str(&heard.hear().await).unwrap();
        }
        assert_eq!(next, new_tx(&payment(1, 1)));
    }
    assert!(passed > 0, "spices alone are no reason to refuse");
    filter.stop().await;
    let node = HttpNode::start(json!({})).await;
    let filter = Filter::start(node.address).await;
    for path in ["/transaction", "/cardano-transaction", "/decommit?x=1"] {
        let headers = "accept: application/cbor\r\ncontent-type: application/cbor\r\nx-secret: 1\r\n";
        exchange(filter.address, "POST", path, headers, &spiced).await;
    }
    let commit = format!(r#"{{"blueprintTx":{spiced},"utxo":{{}},"utxoToCommit":{{}},"extra":1}}"#);
    filter.request("POST", "/commit", &commit).await;
    let asked = node.asked();
    let lines: Vec<_> = asked.iter().map(|one| one.line.as_str()).collect();
    // The decommit's input is not in that node's head.
    assert_eq!(lines, ["POST /transaction", "POST /cardano-transaction", "POST /commit"]);
    for one in &asked {
        assert!(!one.headers.contains("cbor") && !one.headers.contains("x-secret"), "{}", one.headers);
        let body: Value = serde_json::from_str(&one.body).unwrap();
        let expected = if one.line == "POST /commit" {
            json!({ "blueprintTx": transaction, "utxo": {}, "changeAddress": null })
        } else {
            transaction.clone()
        };
        assert_eq!(body, expected);
    }
    filter.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_client_works_as_without_it() {
    let server = Server::with(ServerOptions::default()).await;
    let filter = Filter::start(server.address).await;
    let connect = |options: HydraOptions| {
        let (address, options) = (filter.address.to_string(), options.clock(settings().clock));
        async move { Arc::new(within(HydraHead::connect(&address, options)).await.unwrap()) }
    };
    let head = connect(HydraOptions::default()).await;
    let transaction = payment(0, 1);
    within(head.submit(transaction.clone())).await.unwrap();
    within(head.confirm(transaction.id())).await.unwrap();
    let outputs = within(head.utxos(&UtxoQuery::All)).await.unwrap();
    assert_eq!(outputs, server.head.utxos(&UtxoQuery::All).await.unwrap());
    assert_eq!(within(head.now()).await.unwrap(), server.head.now().await.unwrap());
    let error = within(head.submit(transaction)).await;
    assert!(error.is_ok(), "one that is final already is valid: {error:?}");
    // What the filter refuses is told at once and for good, if the client does not refuse it itself.
    let unguarded = connect(HydraOptions::default().unguarded()).await;
    let error = within(unguarded.submit(minting(1, 5))).await.unwrap_err();
    let SubmitError::Invalid { reason, .. } = &error else { panic!("{error}") };
    assert!(reason.to_string().contains("the head could not be finalised any more: it mints"), "{reason}");
    filter.stop().await;
    server.stop().await;
}
