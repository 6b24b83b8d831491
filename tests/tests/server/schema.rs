//! The corpus must be there for this one; without it, everything else is only not held against the schema.

use std::collections::BTreeSet;

use serde_json::json;

use crate::harness::*;

/// Every other test checks what it sees as well: this one sees at least one message of each kind that is ever sent.
#[tokio::test]
#[ignore = "needs the shared corpus"]
async fn whatever_is_sent_is_valid() {
    assert!(std::env::var_os("DEMETER_SHARED").is_some(), "DEMETER_SHARED names the corpus");
    let server = Server::start().await;
    let mut client = server.connect("?history=yes").await;
    let mut seen = client.receive_until("Greetings").await;
    let (_, snapshot) = server.request("GET", "/snapshot", "").await;
    let inputs = [
        new_tx(&payment(0, 1)),
        new_tx(&payment(0, 1)),
        json!({ "tag": "Init" }),
        json!({ "tag": "Nothing" }),
        json!({ "tag": "Decommit", "decommitTx": envelope(&payment(1, 1)) }),
        json!({ "tag": "SideLoadSnapshot", "snapshot": snapshot }),
    ];
    for input in inputs {
        client.send(&input).await;
    }
    // The last is of a snapshot that is no longer the head's.
    seen.extend(client.receive_until("SideLoadSnapshotRejected").await);
    let (_, snapshot) = server.request("GET", "/snapshot", "").await;
    client.send(&json!({ "tag": "SideLoadSnapshot", "snapshot": snapshot })).await;
    seen.extend(client.receive_until("SnapshotSideLoaded").await);
    let kinds: BTreeSet<&str> = tags(&seen).into_iter().collect();
    let expected = [
        "-",
        "CommandFailed",
        "CommitApproved",
        "CommitFinalized",
        "CommitRecorded",
        "DecommitInvalid",
        "DepositActivated",
        "Greetings",
        "HeadIsOpen",
        "NetworkConnected",
        "SideLoadSnapshotRejected",
        "SnapshotConfirmed",
        "SnapshotSideLoaded",
        "TxInvalid",
        "TxValid",
    ];
    assert_eq!(kinds, BTreeSet::from(expected));
    server.stop().await;
}
