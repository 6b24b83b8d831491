//! Requests.

use std::time::Duration;

use demeter_core::Time;
use demeter_head::ServerOptions;
use demeter_tx::ProtocolParameters;
use serde_json::{Value, json};

use crate::harness::*;
use crate::valid::check;

#[tokio::test]
async fn what_the_head_is_can_be_read() {
    let server = Server::start().await;
    let (status, utxo) = server.request("GET", "/snapshot/utxo", "").await;
    assert_eq!((status, utxo.as_object().unwrap().len()), (200, 60));
    check("UTxO", &utxo);
    let (status, snapshot) = server.request("GET", "/snapshot", "").await;
    assert_eq!((status, &snapshot["snapshot"]["number"]), (200, &json!(1)));
    assert_eq!(snapshot["snapshot"]["utxoToCommit"], utxo);
    check("ConfirmedSnapshot", &snapshot);
    server.head.apply(&payment(0, 1)).unwrap();
    // The server hears of it as clients do.
    let mut client = server.connect("?history=yes").await;
    while client.receive().await["snapshot"]["number"] != 2 {}
    let (_, snapshot) = server.request("GET", "/snapshot", "").await;
    assert_eq!(snapshot["snapshot"]["confirmed"], json!([envelope(&payment(0, 1))]));
    check("ConfirmedSnapshot", &snapshot);
    let (status, seen) = server.request("GET", "/snapshot/last-seen", "").await;
    assert_eq!((status, seen.clone()), (200, json!({ "tag": "LastSeenSnapshot", "lastSeen": 2 })));
    check("SeenSnapshot", &seen);
    let (status, state) = server.request("GET", "/head", "").await;
    assert_eq!((status, &state["tag"]), (200, &json!("Open")));
    assert_eq!(state["contents"]["coordinatedHeadState"]["localUTxO"], snapshot["snapshot"]["utxo"]);
    check("HeadState", &state);
    assert_eq!(server.request("GET", "/commits", "").await, (200, json!([])));
    let (status, parameters) = server.request("GET", "/protocol-parameters", "").await;
    assert_eq!(status, 200);
    check("ProtocolParameters", &parameters);
    let read = ProtocolParameters::from_json(&parameters.to_string()).unwrap();
    assert_eq!(read, settings().parameters);
    server.stop().await;
}

#[tokio::test]
async fn a_transaction_is_answered_as_soon_as_anything_is_known() {
    let server = Server::start().await;
    let mut client = server.connect("").await;
    client.receive().await;
    let body = envelope(&payment(0, 1)).to_string();
    let (status, answer) = server.request("POST", "/transaction", &body).await;
    assert_eq!((status, answer.clone()), (202, json!({ "tag": "SubmitTxSubmitted" })));
    check("SubmitL2TxResponse", &answer);
    assert_eq!(tags(&client.receive_all(2).await), ["TxValid", "SnapshotConfirmed"]);
    let (status, answer) = server.request("POST", "/transaction", &body).await;
    assert_eq!((status, &answer["tag"]), (400, &json!("SubmitTxInvalid")));
    check("SubmitL2TxResponse", &answer);
    for body in ["", "{}", "[]", r#"{"cborHex":"80"}"#] {
        let (status, answer) = server.request("POST", "/transaction", body).await;
        assert!(status == 400 && answer.is_string(), "{body}: {answer}");
    }
    server.stop().await;
}

#[tokio::test]
async fn one_that_waits_too_long_is_answered_all_the_same() {
    // Time does not pass by itself, so the transaction waits for its slot.
    let head = demeter_tx::head::EmbeddedHead::open_with(
        settings(),
        purses(),
        Time::from_milliseconds(START).unwrap(),
        &demeter_tx::head::HeadOptions::default().longest_wait(demeter_core::Span::from_seconds(10).unwrap()),
    );
    let options = ServerOptions::default().transaction_timeout(Duration::from_millis(50));
    let server = Server::of(head.unwrap(), options).await;
    let body = envelope(&payment_from(0, payee(1), Some(5))).to_string();
    let (status, answer) = server.request("POST", "/transaction", &body).await;
    let timeout = "Transaction submission timed out after 0.05s seconds";
    assert_eq!((status, answer), (202, json!({ "tag": "SubmitTxSubmitted", "timeout": timeout })));
    server.stop().await;
}

#[tokio::test]
async fn what_needs_a_chain_is_answered_as_without_one() {
    let server = Server::with(ServerOptions::default().transaction_timeout(Duration::from_millis(20))).await;
    let transaction = envelope(&payment(0, 1)).to_string();
    let (status, answer) = server.request("POST", "/cardano-transaction", &transaction).await;
    assert_eq!((status, answer), (200, json!({ "tag": "TransactionSubmitted" })));
    let (status, answer) = server.request("POST", "/commit", "{}").await;
    let failed = json!({ "tag": "FailedToConstructDepositTx", "failureReason": "not implemented" });
    assert_eq!((status, &answer), (400, &failed));
    check("PostTxError", &answer);
    let (status, answer) = server.request("POST", "/commit", "[]").await;
    assert!(status == 400 && answer.is_string());
    assert_eq!(server.request("POST", "/decommit", &transaction).await, (400, json!("Decommit invalid")));
    let pending = |tag: &str| json!({ "tag": tag, "timeout": "Operation timed out after 0.02s seconds" });
    let path = format!("/commits/{}", "00".repeat(32));
    assert_eq!(server.request("DELETE", &path, "").await, (202, pending("RecoverSubmitted")));
    let (status, answer) = server.request("DELETE", "/commits/zz", "").await;
    assert_eq!(status, 400);
    assert!(answer.as_str().unwrap().starts_with("Cannot recover funds. Failed to parse TxId: "), "{answer}");
    let other = json!({ "tag": "InitialSnapshot", "headId": "00" }).to_string();
    assert_eq!(
        server.request("POST", "/snapshot", &other).await,
        (202, pending("SideLoadSnapshotSubmitted"))
    );
    server.stop().await;
}

#[tokio::test]
async fn what_is_not_there_is_a_bad_request() {
    let server = Server::start().await;
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/nothing"),
        ("GET", "/head/"),
        ("POST", "/head"),
        ("HEAD", "/head"),
        ("GET", "/commits/00"),
        ("GET", "/transaction"),
        // It was not said that clients may move the clock, nor what the server was started with.
        ("POST", "/demeter/advance"),
        ("GET", "/config"),
        ("GET", "/metrics"),
    ] {
        let (status, answer) = server.request(method, path, r#"{"milliseconds":1}"#).await;
        let expected = if method == "HEAD" { Value::Null } else { json!("Resource not found") };
        assert_eq!((status, answer), (400, expected), "{method} {path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn pages_of_other_origins_may_do_what_hydra_lets_them() {
    let server = Server::start().await;
    let get = |headers| exchange(server.address, "GET", "/commits", headers, "");
    assert!(!get("").await.headers.contains("access-control"));
    let allowed = get("origin: http://x\r\n").await;
    assert!(allowed.status == 200 && allowed.headers.contains("access-control-allow-origin: *"));
    let preflight = |asked: &str| {
        let headers = format!("origin: http://x\r\n{asked}");
        let address = server.address;
        async move { exchange(address, "OPTIONS", "/transaction", &headers, "").await }
    };
    let granted = preflight("access-control-request-method: POST\r\n").await;
    assert!(
        granted.status == 200 && granted.headers.contains("access-control-allow-methods: get, head, post")
    );
    for (asked, fault) in [
        ("", "found none"),
        ("access-control-request-method: DELETE\r\n", "asked for DELETE"),
        (
            "access-control-request-method: POST\r\naccess-control-request-headers: content-type\r\n",
            "asked for content-type",
        ),
    ] {
        let refused = preflight(asked).await;
        assert!(refused.status == 400 && refused.body.ends_with(fault), "{refused:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn time_that_passes_by_itself_is_not_moved() {
    let server = Server::with(ServerOptions::default().control(true)).await;
    for (body, fault) in [("{}", "milliseconds"), (r#"{"milliseconds":-1}"#, "invalid"), ("", "EOF")] {
        let (status, answer) = server.request("POST", "/demeter/advance", body).await;
        assert!(status == 400 && answer.as_str().unwrap().contains(fault), "{body}: {answer}");
    }
    server.stop().await;
    let options = demeter_tx::head::HeadOptions::default().clock(demeter_tx::head::ClockMode::Real);
    let start = Time::from_milliseconds(START).unwrap();
    let head = demeter_tx::head::EmbeddedHead::open_with(settings(), purses(), start, &options).unwrap();
    let server = Server::of(head, ServerOptions::default().control(true)).await;
    let answer = server.request("POST", "/demeter/advance", r#"{"milliseconds":1}"#).await;
    assert_eq!(answer, (400, json!("time passes by itself in this head")));
    server.stop().await;
}

#[tokio::test]
async fn the_clock_is_told() {
    let server = Server::start().await;
    let expected = json!({ "zeroTime": START, "zeroSlot": 0, "slotLength": 1_000 });
    assert_eq!(server.request("GET", "/demeter/clock", "").await, (200, expected));
    assert_eq!(server.request("POST", "/demeter/clock", "").await.0, 400);
    server.stop().await;
}

#[tokio::test]
async fn metrics_count_what_hydra_counts() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let metrics = listener.local_addr().unwrap();
    let server = Server::with(ServerOptions::default().monitoring(listener)).await;
    let mut client = server.connect("").await;
    client.receive().await;
    client.send(&new_tx(&payment(0, 1))).await;
    client.receive_all(2).await;
    client.send(&new_tx(&payment(0, 1))).await;
    client.receive().await;
    let text = exchange(metrics, "GET", "/metrics", "", "").await.body;
    for line in ["hydra_head_inputs 2", "hydra_head_requested_tx 2", "hydra_head_confirmed_tx 1"] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    server.stop().await;
}
