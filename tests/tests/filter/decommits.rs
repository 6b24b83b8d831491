//! What may leave the head.

use demeter_core::{Address, OutputReference};
use demeter_head::ServerOptions;
use demeter_tests::make::reference;
use demeter_tx::UtxoSet;
use demeter_tx::head::EmbeddedHead;
use demeter_tx::hydra::UtxoJson;
use demeter_tx::market::Contract;
use serde_json::{Value, json};

use crate::fixture::*;
use crate::harness::*;
use crate::node::HttpNode;

const AT_REGISTRY: fn() -> OutputReference = || reference(9, 0);
const AT_MARKET: fn() -> OutputReference = || reference(9, 1);

/// Outputs at both scripts, the second with a part for staking, and a purse.
fn holdings() -> UtxoSet {
    let scripts = Contract::embedded().unwrap().scripts();
    let staked = Address { stake: Some(payee(1).payment), ..Address::of_script(scripts.market) };
    let mut utxos = purses();
    utxos.insert(AT_REGISTRY(), output(Address::of_script(scripts.registry)));
    utxos.insert(AT_MARKET(), output(staked));
    utxos
}

#[tokio::test]
async fn what_is_at_the_contract_stays_in_the_head() {
    let start = demeter_core::Time::from_milliseconds(START).unwrap();
    let head = EmbeddedHead::open(settings(), holdings(), start).unwrap();
    let server = Server::of(head, ServerOptions::default()).await;
    let filter = Filter::start(server.address).await;
    let (mut client, mut other) = (filter.connect("").await, server.connect("").await);
    client.receive().await;
    other.receive().await;
    let scripts = Contract::embedded().unwrap().scripts();
    let plain = output(payee(1));
    let cases = [
        (
            unsigned(&[purse(0)], &[plain.clone(), output(Address::of_script(scripts.market))]),
            "output 1 would be at the market: what is there stays in the head".to_owned(),
        ),
        (
            unsigned(&[purse(0)], &[output(Address::of_script(scripts.registry))]),
            "output 0 would be at the registry: what is there stays in the head".to_owned(),
        ),
        (
            unsigned(&[purse(0), AT_MARKET()], std::slice::from_ref(&plain)),
            format!("input {} is at the market: what is there stays in the head", AT_MARKET()),
        ),
        (
            unsigned(&[AT_REGISTRY()], std::slice::from_ref(&plain)),
            format!("input {} is at the registry: what is there stays in the head", AT_REGISTRY()),
        ),
        (
            unsigned(&[purse(0), reference(9, 2)], std::slice::from_ref(&plain)),
            format!(
                "input {} is not in the last confirmed snapshot, so it is not known what it is",
                reference(9, 2)
            ),
        ),
    ];
    for (transaction, expected) in cases {
        let reason = refusal(&mut client, &decommit(&transaction).to_string()).await;
        assert_eq!(reason, expected);
        let body = envelope(&transaction).to_string();
        assert_eq!(filter.request("POST", "/decommit", &body).await, (400, json!(expected)));
    }
    // What is not at the contract may leave, as far as the filter goes: this node tells all that it cannot.
    client.send(&decommit(&payment(0, 1))).await;
    for client in [&mut client, &mut other] {
        let invalid = client.receive().await;
        assert_eq!(
            (&invalid["tag"], &invalid["decommitTx"]),
            (&json!("DecommitInvalid"), &envelope(&payment(0, 1)))
        );
    }
    filter.stop().await;
    server.stop().await;
}

#[tokio::test]
async fn the_scripts_can_be_others() {
    let node = HttpNode::start(serde_json::to_value(UtxoJson::from(&holdings())).unwrap()).await;
    let other = demeter_core::ScriptHash::from_bytes([0x55; 28]);
    let built_in = Contract::embedded().unwrap().scripts();
    let options = |_| {
        let scripts = demeter_core::Scripts { registry: other, market: other };
        demeter_head::filter::FilterOptions::new(node.address.to_string().parse().unwrap(), scripts)
    };
    let filter = Filter::with(node.address, options).await;
    let to = |script| envelope(&unsigned(&[purse(0)], &[output(Address::of_script(script))])).to_string();
    let answer = filter.request("POST", "/decommit", &to(other)).await;
    assert_eq!(answer, (400, json!("output 0 would be at the registry: what is there stays in the head")));
    assert_eq!(filter.request("POST", "/decommit", &to(built_in.market)).await, (200, json!("done")));
    filter.stop().await;
}

#[tokio::test]
async fn what_is_not_known_does_not_leave() {
    // At a Byron address, say.
    let utxo = json!({ purse(0).to_string(): { "address": "37btjrVyb4K", "value": { "lovelace": 1 } } });
    for (utxo, status, fault) in [
        (utxo, 400, format!("input {} is at an address that cannot be read: ", purse(0))),
        (Value::Null, 502, "the node behind this filter does not say what its head holds: ".to_owned()),
    ] {
        let node = HttpNode::start(utxo).await;
        let filter = Filter::start(node.address).await;
        let body = envelope(&payment(0, 1)).to_string();
        let (found, answer) = filter.request("POST", "/decommit", &body).await;
        assert!(found == status && answer.as_str().unwrap().starts_with(&fault), "{found} {answer}");
        assert!(node.asked().is_empty());
        filter.stop().await;
    }
}
