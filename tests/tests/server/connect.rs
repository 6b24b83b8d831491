//! What a client is told when it comes, for each way of asking.

use serde_json::Value;

use crate::harness::*;

const OPENING: [&str; 7] = [
    "HeadIsOpen",
    "CommitRecorded",
    "NetworkConnected",
    "DepositActivated",
    "SnapshotConfirmed",
    "CommitApproved",
    "CommitFinalized",
];

/// A head in which 1 and 2 were paid, and something was refused in between.
async fn used() -> Server {
    let server = Server::start().await;
    let mut client = server.connect("").await;
    assert_eq!(client.receive().await["tag"], "Greetings");
    for transaction in [payment(0, 1), payment(0, 1), payment(1, 2)] {
        client.send(&new_tx(&transaction)).await;
    }
    let told = client.receive_all(5).await;
    let expected = ["TxValid", "SnapshotConfirmed", "TxInvalid", "TxValid", "SnapshotConfirmed"];
    assert_eq!(tags(&told), expected);
    server
}

#[tokio::test]
async fn each_way_of_asking_gets_what_it_asks_for() {
    let server = used().await;
    let addresses = [None, Some(bech32(payee(1))), Some(bech32(payee(9)))];
    for history in ["", "history=no", "history=yes"] {
        for outputs in ["", "snapshot-utxo=no", "snapshot-utxo=yes"] {
            for address in &addresses {
                let filter = address.as_ref().map(|address| format!("address={address}")).unwrap_or_default();
                let query = format!("?{history}&{outputs}&{filter}");
                let mut client = server.connect(&query).await;
                let told = client.receive_until("Greetings").await;
                let mut expected: Vec<&str> = Vec::new();
                if history == "history=yes" {
                    expected.extend(OPENING);
                    expected.extend([
                        "TxValid",
                        "SnapshotConfirmed",
                        "TxInvalid",
                        "TxValid",
                        "SnapshotConfirmed",
                    ]);
                }
                // Snapshots alone are held back, and of these such as pay to others.
                let paid_first = address == &addresses[1];
                if address.is_some() {
                    let mut snapshots = 0;
                    expected.retain(|tag| {
                        snapshots += usize::from(*tag == "SnapshotConfirmed");
                        *tag != "SnapshotConfirmed" || (paid_first && snapshots == 2)
                    });
                }
                expected.push("Greetings");
                assert_eq!(tags(&told), expected, "{query}");
                check_outputs(&told, outputs != "snapshot-utxo=no", &query);
                check_numbers(&told, &query);
            }
        }
    }
    server.stop().await;
}

/// Outputs are in greetings and snapshots, or in none of them; elsewhere they always are.
fn check_outputs(told: &[Value], wanted: bool, query: &str) {
    for message in told {
        let has = match message["tag"].as_str().unwrap() {
            "Greetings" => message.get("snapshotUtxo").is_some(),
            "SnapshotConfirmed" => message["snapshot"].get("utxo").is_some(),
            "TxInvalid" => message.get("utxo").is_some() == wanted || !wanted,
            _ => continue,
        };
        assert_eq!(has, wanted || message["tag"] == "TxInvalid", "{query}: {}", message["tag"]);
    }
}

/// Numbers rise, and greetings have none.
fn check_numbers(told: &[Value], query: &str) {
    let (greetings, outputs) = told.split_last().unwrap();
    assert!(greetings.get("seq").is_none() && greetings.get("timestamp").is_none(), "{query}");
    let numbers: Vec<u64> = outputs.iter().map(|message| message["seq"].as_u64().unwrap()).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{query}: {numbers:?}");
    assert!(outputs.iter().all(|message| message["timestamp"] == "2026-01-01T00:00:00.000Z"), "{query}");
}

#[tokio::test]
async fn the_history_says_what_the_head_held_at_each_snapshot() {
    let server = used().await;
    let told = server.connect("?history=yes").await.receive_until("Greetings").await;
    let snapshots: Vec<&Value> =
        told.iter().filter(|message| message["tag"] == "SnapshotConfirmed").map(|m| &m["snapshot"]).collect();
    let figures: Vec<(u64, u64, usize, bool)> = snapshots
        .iter()
        .map(|snapshot| {
            let outputs = snapshot["utxo"].as_object().unwrap().len();
            let number = |name: &str| snapshot[name].as_u64().unwrap();
            (number("number"), number("version"), outputs, snapshot["utxoToCommit"].is_null())
        })
        .collect();
    // The purses enter with the first; each payment makes two outputs of one.
    assert_eq!(figures, [(1, 0, 0, false), (2, 1, 61, true), (3, 1, 62, true)]);
    let entered = snapshots[0]["utxoToCommit"].as_object().unwrap();
    assert_eq!(entered.len(), 60);
    let greetings = told.last().unwrap();
    assert_eq!(greetings["snapshotUtxo"], snapshots[2]["utxo"]);
    // One that was refused is told with the outputs of its time.
    let invalid = told.iter().find(|message| message["tag"] == "TxInvalid").unwrap();
    assert_eq!(invalid["utxo"], snapshots[1]["utxo"]);
    assert_eq!(invalid["transaction"], envelope(&payment(0, 1)));
    server.stop().await;
}

#[tokio::test]
async fn outputs_come_live_to_those_alone_who_want_them() {
    let server = Server::start().await;
    let mut without = server.connect("?snapshot-utxo=no").await;
    without.receive().await;
    let mut payments = (0..3).map(|number| new_tx(&payment(number, 1)));
    let mut pay = async |without: &mut Client, with: Option<&mut Client>| {
        without.send(&payments.next().unwrap()).await;
        let told = without.receive_all(2).await;
        assert!(told[1]["snapshot"].get("utxo").is_none(), "{}", told[1]);
        if let Some(with) = with {
            let others = with.receive_all(2).await;
            assert_eq!(others[1]["seq"], told[1]["seq"]);
            // The first snapshot that it sees has what came before it as well.
            assert_eq!(others[1]["snapshot"]["utxo"].as_object().unwrap().len(), 62);
        }
    };
    pay(&mut without, None).await;
    let mut with = server.connect("").await;
    with.receive().await;
    pay(&mut without, Some(&mut with)).await;
    drop(with);
    pay(&mut without, None).await;
    server.stop().await;
}

#[tokio::test]
async fn all_clients_are_told_in_one_order_with_the_same_words() {
    let server = Server::start().await;
    let mut clients = Vec::new();
    for _ in 0..8 {
        let mut client = server.connect("?snapshot-utxo=no").await;
        assert_eq!(client.receive().await["tag"], "Greetings");
        clients.push(client);
    }
    for (number, client) in (0..).zip(&mut clients) {
        for purse in 0..4 {
            client.send(&new_tx(&payment(number * 4 + purse, 1))).await;
        }
    }
    let mut all = Vec::new();
    for client in &mut clients {
        all.push(client.receive_all(64).await);
    }
    assert!(all.iter().all(|told| *told == all[0]));
    assert_eq!(tags(&all[0]).iter().filter(|tag| **tag == "SnapshotConfirmed").count(), 32);
    server.stop().await;
}

#[tokio::test]
async fn a_head_that_begins_empty_has_no_first_snapshot() {
    let head = demeter_tx::head::EmbeddedHead::open(
        settings(),
        demeter_tx::UtxoSet::new(),
        demeter_core::Time::from_milliseconds(START).unwrap(),
    );
    let server = Server::of(head.unwrap(), demeter_head::ServerOptions::default()).await;
    let told = server.connect("?history=yes").await.receive_until("Greetings").await;
    assert_eq!(
        tags(&told),
        ["HeadIsOpen", "CommitRecorded", "NetworkConnected", "DepositActivated", "Greetings"]
    );
    let (status, snapshot) = server.request("GET", "/snapshot", "").await;
    assert_eq!((status, &snapshot["tag"]), (200, &"InitialSnapshot".into()));
    let (_, seen) = server.request("GET", "/snapshot/last-seen", "").await;
    assert_eq!(seen["tag"], "NoSeenSnapshot");
    server.stop().await;
}

#[tokio::test]
async fn a_socket_opens_at_any_path_as_in_hydra() {
    let server = Server::start().await;
    let mut client = server.connect("some/where?history=yes").await;
    assert_eq!(client.receive().await["tag"], "HeadIsOpen");
    server.stop().await;
}

#[tokio::test]
async fn a_transaction_submitted_beside_the_server_is_told_as_well() {
    let server = Server::start().await;
    let mut client = server.connect("").await;
    client.receive().await;
    server.head.apply(&payment(0, 1)).unwrap();
    let told = client.receive_all(2).await;
    assert_eq!(tags(&told), ["TxValid", "SnapshotConfirmed"]);
    assert_eq!(told[1]["snapshot"]["confirmed"][0], envelope(&payment(0, 1)));
    server.stop().await;
}
