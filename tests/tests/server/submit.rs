//! What becomes of transactions.

use demeter_head::{Identity, ServerOptions};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::harness::*;

#[tokio::test]
async fn a_transaction_is_valid_then_confirmed_and_never_again() {
    let server = Server::start().await;
    let mut client = server.connect("").await;
    client.receive().await;
    let transaction = payment(3, 1);
    client.send(&new_tx(&transaction)).await;
    let told = client.receive_all(2).await;
    assert_eq!(tags(&told), ["TxValid", "SnapshotConfirmed"]);
    assert_eq!(told[0]["transactionId"], transaction.id().to_string());
    assert!(told[0].get("transaction").is_none());
    let snapshot = &told[1]["snapshot"];
    assert_eq!((&snapshot["number"], &snapshot["version"]), (&json!(2), &json!(1)));
    assert_eq!(snapshot["confirmed"], json!([envelope(&transaction)]));
    let utxo = snapshot["utxo"].as_object().unwrap();
    assert!(!utxo.contains_key(&purse(3).to_string()));
    let paid = &utxo[&format!("{}#0", transaction.id())];
    assert_eq!((&paid["address"], &paid["value"]["lovelace"]), (&json!(bech32(payee(1))), &json!(5_000_000)));

    client.send(&new_tx(&transaction)).await;
    let again = client.receive().await;
    assert_eq!(again["tag"], "TxInvalid");
    assert_eq!(again["transaction"], envelope(&transaction));
    assert!(again["validationError"]["reason"].as_str().unwrap().contains("input"), "{again}");
    server.stop().await;
}

#[tokio::test]
async fn a_transaction_may_come_in_bytes_and_call_itself_anything() {
    let server = Server::start().await;
    let mut client = server.connect("").await;
    client.receive().await;
    let mut input = new_tx(&payment(0, 1));
    input["transaction"] = json!({ "type": "Witnessed Tx", "cborHex": input["transaction"]["cborHex"] });
    client.send_raw(Message::binary(input.to_string().into_bytes())).await;
    assert_eq!(client.receive().await["tag"], "TxValid");
    server.stop().await;
}

#[tokio::test]
async fn one_that_is_not_valid_yet_waits_for_half_a_second_at_most() {
    let server = Server::with(ServerOptions::default().control(true)).await;
    let mut client = server.connect("?snapshot-utxo=no").await;
    client.receive().await;
    // A second is more than a virtual clock's half.
    client.send(&new_tx(&payment_from(0, payee(1), Some(1)))).await;
    assert_eq!(client.receive().await["tag"], "TxInvalid");
    let advance = |milliseconds: u64| json!({ "milliseconds": milliseconds }).to_string();
    let (status, now) = server.request("POST", "/demeter/advance", &advance(600)).await;
    assert_eq!((status, now), (200, json!({ "time": START + 600, "slot": 0 })));
    client.send(&new_tx(&payment_from(0, payee(1), Some(1)))).await;
    // It waits, and others do not wait for it.
    client.send(&new_tx(&payment(1, 2))).await;
    let other = client.receive_all(2).await;
    assert_eq!(other[0]["transactionId"], payment(1, 2).id().to_string());
    let (_, now) = server.request("POST", "/demeter/advance", &advance(400)).await;
    assert_eq!(now["slot"], 1);
    let told = client.receive_all(2).await;
    assert_eq!(tags(&told), ["TxValid", "SnapshotConfirmed"]);
    assert_eq!(told[1]["timestamp"], "2026-01-01T00:00:01.000Z");
    server.stop().await;
}

#[tokio::test]
async fn old_clients_can_be_told_the_transaction() {
    let options = ServerOptions::new(Identity::development("0001".parse().unwrap())).legacy_tx_valid(true);
    let server = Server::with(options).await;
    let mut client = server.connect("").await;
    client.receive().await;
    client.send(&new_tx(&payment(0, 1))).await;
    let text = loop {
        if let Some(Message::Text(text)) = client.frame().await {
            break text;
        }
    };
    let valid: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&valid["tag"], &valid["transaction"]), (&json!("TxValid"), &envelope(&payment(0, 1))));
    server.stop().await;
}
