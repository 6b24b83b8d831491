//! Connections that are cut and servers that die: nothing is lost, doubled or misreported.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use demeter_core::TransactionId;
use demeter_tx::SignedTransaction;
use demeter_tx::head::{EmbeddedHead, Event, EventSequence, Head, HeadOptions, SubmitError, UtxoQuery};
use demeter_tx::hydra::{HydraHead, UtxoJson};
use futures_util::future::join_all;
use futures_util::{FutureExt as _, StreamExt as _};

use crate::ground::*;
use crate::proxy::Proxy;

/// What a client was told of a transaction in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Confirmed,
    Invalid,
}

/// Thirty purses pay once. Each third of them is wanted by two payments that cannot both be had; they want another purse
/// besides, which nobody else does.
fn payments() -> Vec<SignedTransaction> {
    let payments = (0..30).flat_map(|number| match number % 3 {
        0 => vec![payment(&[number, 40 + number / 3], 1, None), payment(&[number, 50 + number / 3], 2, None)],
        _ => vec![payment(&[number], 1, None)],
    });
    payments.collect()
}

/// Submits all of them at once, and waits for what becomes of each.
async fn submit_all(head: Arc<HydraHead>) -> BTreeMap<TransactionId, Told> {
    let told = payments().into_iter().map(|payment| {
        let head = Arc::clone(&head);
        async move {
            let id = payment.id();
            let told = match head.submit(payment).await {
                Ok(_) => head.confirm(id).await.map(|_| Told::Confirmed).map_err(|error| error.to_string()),
                Err(SubmitError::Invalid { .. }) => Ok(Told::Invalid),
                Err(error) => Err(error.to_string()),
            };
            (id, told.unwrap())
        }
    });
    within(join_all(told)).await.into_iter().collect()
}

/// What the head itself says: each transaction that it confirmed, as often as it did.
fn confirmed(head: &EmbeddedHead) -> Vec<TransactionId> {
    let mut events = head.events_from(EventSequence::from_number(0)).unwrap();
    let mut ids = Vec::new();
    while let Some(Some(Ok(event))) = events.next().now_or_never() {
        if let Event::SnapshotConfirmed { transactions, .. } = event.event {
            ids.extend(transactions.iter().map(|transaction| transaction.id()));
        }
    }
    ids
}

async fn check(head: &EmbeddedHead, told: &BTreeMap<TransactionId, Told>, case: &str) {
    let confirmed = confirmed(head);
    let distinct: BTreeSet<_> = confirmed.iter().copied().collect();
    assert_eq!(confirmed.len(), distinct.len(), "{case}: something is doubled");
    let said: BTreeSet<_> =
        told.iter().filter(|(_, told)| **told == Told::Confirmed).map(|(id, _)| *id).collect();
    assert_eq!(said, distinct, "{case}: something is lost or misreported");
    // Of two that want the same purse one was taken, and every other one.
    assert_eq!(said.len(), 30, "{case}");
    let mut expected = purses();
    let payments: BTreeMap<_, _> = payments().into_iter().map(|payment| (payment.id(), payment)).collect();
    for id in &confirmed {
        payments[id].effect().unwrap().apply_to(&mut expected);
    }
    assert_eq!(head.utxos(&UtxoQuery::All).await.unwrap(), expected, "{case}");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_cut() {
    let mut cut = 0;
    for seed in 0..12 {
        let head = embedded();
        let server = Server::start(&head).await;
        let proxy = Proxy::start(server.address, seed, 8).await;
        let client = connect_behind(&proxy, seed).await;
        let told = submit_all(Arc::clone(&client)).await;
        check(&head, &told, &format!("seed {seed}")).await;
        cut += 8 - proxy.cuts_left();
        drop(client);
        server.stop().await;
    }
    assert!(cut > 30, "only {cut} connections were cut");
}

/// The program, with a head on disk; killed when a test is over.
struct Program {
    child: Child,
    address: SocketAddr,
}

impl Program {
    fn start(folder: &Path) -> Self {
        let path = |name: &str| folder.join(name).display().to_string();
        let mut child = Command::new(env!("CARGO_BIN_EXE_head"))
            .args(["--api-port", "0", "--clock", "virtual"])
            .args(["--initial-utxo", &path("utxo.json"), "--ledger-genesis", &path("genesis.json")])
            .args(["--persistence-dir", &path("kept")])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit_once("http://").unwrap_or_else(|| panic!("no address: {line:?}")).1;
        Self { child, address: address.parse().unwrap() }
    }
}

impl Drop for Program {
    /// As `kill -9` does it.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_is_killed() {
    for seed in 0..3 {
        let folder = tempfile::tempdir().unwrap();
        let utxo = serde_json::to_string(&UtxoJson::from(&purses())).unwrap();
        std::fs::write(folder.path().join("utxo.json"), utxo).unwrap();
        let genesis = r#"{"systemStart":"2026-01-01T00:00:00Z","slotLength":1}"#;
        std::fs::write(folder.path().join("genesis.json"), genesis).unwrap();
        let mut program = Program::start(folder.path());
        let proxy = Proxy::start(program.address, seed, 0).await;
        let client = connect_behind(&proxy, seed).await;
        let told = tokio::spawn(submit_all(Arc::clone(&client)));
        // In the middle of it: when so many have become final.
        for confirmed in [seed * 3, 6 + seed * 5] {
            let reached = async {
                while client.metrics().confirmed < confirmed || client.metrics().sent == 0 {
                    tokio::task::yield_now().await;
                }
            };
            within(reached).await;
            drop(program);
            program = Program::start(folder.path());
            proxy.turn_to(program.address);
        }
        let told = within(told).await.unwrap();
        let lost = client.metrics().connections_lost;
        drop(program);
        let head = EmbeddedHead::open_at(folder.path().join("kept/demeter.head"), &HeadOptions::default());
        check(&head.unwrap(), &told, &format!("seed {seed}, {lost} connections lost")).await;
        assert!(lost >= 2, "it was killed when nothing was left to do");
    }
}
