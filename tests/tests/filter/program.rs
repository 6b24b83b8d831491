//! The program: how it starts and ends.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use crate::harness::*;

#[tokio::test]
async fn it_filters_until_it_is_told_to_end() {
    let server = Server::start().await;
    let upstream = format!("http://{}", server.address);
    let mut child = Command::new(env!("CARGO_BIN_EXE_head"))
        .args(["proxy", "--upstream", &upstream, "--api-port", "0", "--no-config"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().rsplit_once("http://").unwrap_or_else(|| panic!("no address: {line:?}")).1;
    let address: SocketAddr = address.parse().unwrap();
    assert_eq!(line, format!("ws://{} is filtered at ws://{address} and http://{address}\n", server.address));
    let mut client = Client::connect(address, "").await;
    client.receive().await;
    client.send(&new_tx(&payment(0, 1))).await;
    assert_eq!(tags(&client.receive_all(2).await), ["TxValid", "SnapshotConfirmed"]);
    assert_eq!(exchange(address, "GET", "/config", "", "").await.status, 400);
    let told = tokio::spawn(async move { client.end().await });
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    let code = tokio::task::spawn_blocking(move || child.wait().unwrap().code()).await.unwrap();
    assert_eq!(code, Some(0));
    assert_eq!(within(told).await.unwrap(), Some((1001, "the server ends".to_owned())));
    server.stop().await;
}

#[test]
fn what_is_wrong_is_said() {
    let refused = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_head")).arg("proxy").args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = port.local_addr().unwrap().port();
    let hash = "00".repeat(27);
    for (arguments, code, fault) in [
        (vec![], 2, "--upstream <URL>"),
        (vec!["--upstream", "wss://node"], 2, "encrypt the connection outside"),
        (vec!["--upstream", "node", "--market", &hash], 2, "--market <HASH>"),
        (vec!["--upstream", "node", "--rate", "0"], 2, "--rate <COUNT>"),
        (
            vec!["--upstream", "node", "--api-host", "203.0.113.1", "--api-port", &port.to_string()],
            1,
            "203.0.113.1",
        ),
    ] {
        let (found, said) = refused(&arguments);
        assert!(found == Some(code) && said.contains(fault), "{arguments:?}: {found:?} {said}");
    }
}
