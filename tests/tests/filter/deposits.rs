//! What may enter the head.

use demeter_core::{
    Address, Commit, Deposit, OutputReference, PlutusData as _, ScriptHash, Text, Time, Value as Holding,
};
use demeter_tests::make::{amount, reference};
use demeter_tx::head::HYDRA_DEPOSIT;
use demeter_tx::hydra::UtxoJson;
use demeter_tx::{Data, Network, Output, OutputDraft};
use serde_json::{Value, json};

use crate::fixture::*;
use crate::harness::*;
use crate::node::HttpNode;
use crate::valid::check;

/// A deposit at a script of 5 ada for somebody, under this reference.
fn deposit(script: ScriptHash, under: OutputReference, lovelace: u64) -> Output {
    let credential = format!("d8799f581c{}ff", "11".repeat(28));
    let output = format!("d8799fd8799f{credential}d87a80ffa140a1401a004c4b40d87980d87a80ff");
    let commit = Commit { reference: under, output: Text::from_bytes(hex::decode(output).unwrap()) };
    let record = Deposit {
        head: ScriptHash::from_bytes([0xd1; 28]),
        deadline: Time::from_milliseconds(START).unwrap(),
        commits: vec![commit],
    };
    OutputDraft::new(Address::of_script(script), Holding::of_lovelace(amount(lovelace)))
        .with_inline_datum(Data::from_cbor(record.encode()).unwrap())
        .finish(Network::Testnet)
}

fn in_use() -> String {
    format!("an output would enter as {}, and the head holds another one by that reference", purse(3))
}

async fn node() -> HttpNode {
    HttpNode::start(serde_json::to_value(UtxoJson::from(&purses())).unwrap()).await
}

#[tokio::test]
async fn a_deposit_does_not_take_the_place_of_another_output() {
    let node = node().await;
    let filter = Filter::start(node.address).await;
    let body = |output| envelope(&unsigned(&[reference(8, 0)], &[output])).to_string();
    let other = ScriptHash::from_bytes([0x44; 28]);
    for script in [HYDRA_DEPOSIT, other] {
        let body = body(deposit(script, purse(3), 5_000_000));
        let (status, answer) = filter.request("POST", "/cardano-transaction", &body).await;
        assert_eq!((status, &answer["tag"]), (400, &json!("FailedToPostTx")));
        assert_eq!(answer["failureReason"], in_use());
        check("PostTxError", &answer);
    }
    let short = body(deposit(HYDRA_DEPOSIT, purse(3), 4_000_000));
    let (status, answer) = filter.request("POST", "/cardano-transaction", &short).await;
    let reason = answer["failureReason"].as_str().unwrap();
    let expected =
        "output 0 is at hydra's deposit validator and cannot be read as a deposit: a deposit holds";
    assert!(status == 400 && reason.starts_with(expected), "{answer}");
    assert!(node.asked().is_empty());
    // Under a reference that is free, it goes on to L1; and so does what is no deposit.
    for output in
        [deposit(HYDRA_DEPOSIT, reference(8, 1), 5_000_000), deposit(other, purse(3), 1), output(payee(1))]
    {
        let answer = filter.request("POST", "/cardano-transaction", &body(output)).await;
        assert_eq!(answer, (200, json!("done")));
    }
    assert_eq!(node.asked().len(), 3);
    filter.stop().await;
}

#[tokio::test]
async fn a_draft_does_not_either() {
    let node = node().await;
    let filter = Filter::start(node.address).await;
    let utxo = |under: OutputReference| {
        serde_json::to_value(UtxoJson::from(&[(under, output(payee(1)))].into_iter().collect())).unwrap()
    };
    let outputs = unsigned(&[reference(8, 0)], &[output(payee(1))]);
    let none = unsigned(&[reference(8, 0)], &[]);
    let blueprint = |blueprint, under| json!({ "blueprintTx": envelope(blueprint), "utxo": utxo(under) });
    for request in [utxo(purse(3)), json!({ "utxoToCommit": utxo(purse(3)) }), blueprint(&none, purse(3))] {
        let (status, answer) = filter.request("POST", "/commit", &request.to_string()).await;
        let failed = json!({ "tag": "FailedToConstructDepositTx", "failureReason": in_use() });
        assert_eq!((status, &answer), (400, &failed));
        check("PostTxError", &answer);
    }
    assert!(node.asked().is_empty());
    let passed = [
        utxo(reference(8, 0)),
        json!({ "utxoToCommit": utxo(reference(8, 0)) }),
        blueprint(&none, reference(8, 0)),
        // The outputs of a blueprint enter under its own id, and not as what it spends.
        blueprint(&outputs, purse(3)),
    ];
    for request in &passed {
        assert_eq!(filter.request("POST", "/commit", &request.to_string()).await, (200, json!("done")));
    }
    let mut bodies: Vec<Value> =
        node.asked().iter().map(|one| serde_json::from_str(&one.body).unwrap()).collect();
    for body in &mut bodies[2..] {
        assert_eq!(body.as_object_mut().unwrap().remove("changeAddress"), Some(Value::Null));
    }
    assert_eq!(bodies, passed);
    filter.stop().await;
}

/// The outputs of a blueprint that is a transaction of the head as well would take the place of that one's.
#[tokio::test]
async fn a_draft_does_not_repeat_what_the_head_did() {
    let transaction = unsigned(&[reference(8, 0)], &[output(payee(1))]);
    let made = OutputReference { transaction: transaction.id(), index: 0 };
    let held = UtxoJson::from(&[(made, output(payee(2)))].into_iter().collect());
    let node = HttpNode::start(serde_json::to_value(held).unwrap()).await;
    let filter = Filter::start(node.address).await;
    let request = json!({ "blueprintTx": envelope(&transaction), "utxo": {} }).to_string();
    let (status, answer) = filter.request("POST", "/commit", &request).await;
    let expected =
        format!("an output would enter as {made}, and the head holds another one by that reference");
    assert_eq!((status, &answer["failureReason"]), (400, &json!(expected)));
    filter.stop().await;
}
