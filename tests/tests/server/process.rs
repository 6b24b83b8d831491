//! The program itself: how it starts, ends, is killed and comes back.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use demeter_tx::hydra::UtxoJson;
use serde_json::json;
use tempfile::TempDir;

use crate::harness::*;
use crate::valid::check;

/// The program, killed when a test is over.
struct Program {
    child: Child,
    address: SocketAddr,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = command(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit_once("http://").unwrap_or_else(|| panic!("no address: {line:?}")).1;
        Self { child, address: address.parse().unwrap() }
    }

    /// Sends a signal to this process, and gives the exit code.
    fn signal(mut self, name: &str) -> Option<i32> {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_head"));
    command.args(["--api-port", "0"]).args(arguments);
    command
}

/// What the program says where it does not start.
fn refused(arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = command(arguments).output().unwrap();
    assert!(stdout.is_empty());
    (status.code(), String::from_utf8(stderr).unwrap())
}

/// A folder with the purses and a genesis.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let utxo = serde_json::to_string(&UtxoJson::from(&purses())).unwrap();
        std::fs::write(folder.path().join("utxo.json"), utxo).unwrap();
        let genesis = r#"{"systemStart":"2026-01-01T00:00:00Z","slotLength":1}"#;
        std::fs::write(folder.path().join("genesis.json"), genesis).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.0.path().join(name), text).unwrap();
        self.path(name)
    }

    /// A head on disk with a virtual clock.
    fn arguments(&self) -> Vec<String> {
        let paths = [("--initial-utxo", "utxo.json"), ("--ledger-genesis", "genesis.json")];
        let paths = paths.into_iter().chain([("--persistence-dir", "kept")]);
        let mut arguments: Vec<String> =
            paths.flat_map(|(name, file)| [name.to_owned(), self.path(file)]).collect();
        arguments.extend(["--clock".to_owned(), "virtual".to_owned()]);
        arguments
    }

    fn start(&self) -> Program {
        let arguments = self.arguments();
        Program::start(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

#[tokio::test]
async fn it_ends_when_it_is_told_to_and_says_goodbye() {
    for signal in ["-TERM", "-INT"] {
        let files = Files::new();
        let program = files.start();
        let mut client = Client::connect(program.address, "").await;
        client.receive().await;
        client.send(&new_tx(&payment(0, 1))).await;
        client.receive_all(2).await;
        let told = tokio::spawn(async move { client.end().await });
        let code = tokio::task::spawn_blocking(move || program.signal(signal)).await.unwrap();
        assert_eq!(code, Some(0));
        assert_eq!(within(told).await.unwrap(), Some((1001, "the server ends".to_owned())));
        // It was closed: nothing has to be made whole.
        let program = files.start();
        let mut client = Client::connect(program.address, "").await;
        assert_eq!(client.receive().await["snapshotUtxo"].as_object().unwrap().len(), 61);
    }
}

#[tokio::test]
async fn what_was_confirmed_survives_being_killed() {
    let files = Files::new();
    let mut program = files.start();
    let mut told = Vec::new();
    for round in 0..3 {
        let mut client = Client::connect(program.address, "?snapshot-utxo=no").await;
        client.receive().await;
        for number in round * 3..round * 3 + 3 {
            client.send(&new_tx(&payment(number, 1))).await;
            let confirmed = client.receive_all(2).await.pop().unwrap();
            told.push((confirmed["seq"].clone(), confirmed["snapshot"]["number"].clone()));
        }
        program.child.kill().unwrap();
        program.child.wait().unwrap();
        program = files.start();
    }
    let history = Client::connect(program.address, "?history=yes").await.receive_until("Greetings").await;
    let again: Vec<_> = history
        .iter()
        .filter(|message| message["tag"] == "SnapshotConfirmed")
        .skip(1)
        .map(|message| (message["seq"].clone(), message["snapshot"]["number"].clone()))
        .collect();
    assert_eq!(again, told);
}

#[test]
fn what_is_wrong_is_one_line_and_a_code() {
    let files = Files::new();
    let broken = files.write("broken.json", "{\"a\": 1,\n \"b\"}");
    let no_output =
        files.write("no-output.json", &json!({ purse(1).to_string(): { "value": {} } }).to_string());
    let parameters = files.write("parameters.json", r#"{"txFeeFixed":"none"}"#);
    let missing = files.path("missing.json");
    let cases = [
        (["--initial-utxo", &missing], format!("{missing}: No such file")),
        (["--initial-utxo", &broken], format!("{broken}: ")),
        (["--initial-utxo", &broken], "line 1 column".to_owned()),
        (["--initial-utxo", &no_output], format!("{no_output}: ")),
        (["--initial-utxo", &no_output], "address".to_owned()),
        (["--ledger-protocol-parameters", &parameters], format!("{parameters}: txFeeFixed: ")),
        (["--ledger-genesis", &missing], format!("{missing}: ")),
        (["--hydra-signing-key", &missing], missing.clone()),
        (["--clock", "sundial"], "expected virtual, real or ticks:SECONDS, found \"sundial\"".to_owned()),
        (["--offline-head-seed", "xyz"], "HeadSeed is written as hexadecimal digits".to_owned()),
    ];
    for (arguments, expected) in cases {
        let (code, said) = refused(&arguments);
        assert!(code == Some(2) && said.contains(&expected), "{arguments:?}: {code:?} {said}");
        let is_usage = said.contains("Usage") || said.contains("--help");
        assert!(is_usage || said.lines().count() == 1, "{said}");
    }
}

#[tokio::test]
async fn a_port_or_a_folder_has_one_process() {
    let files = Files::new();
    let program = files.start();
    let port = program.address.port().to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_head")).args(["--api-port", &port]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.starts_with(&format!("demeter-head: 127.0.0.1:{port}: Address already in use")), "{said}");
    let arguments = files.arguments();
    let (code, said) = refused(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let path = Path::new(&files.path("kept")).join("demeter.head");
    let expected =
        format!("demeter-head: {} is open elsewhere, in another process or in this one\n", path.display());
    assert_eq!((code, said), (Some(1), expected));
    // The first goes on.
    let mut client = Client::connect(program.address, "").await;
    assert_eq!(client.receive().await["tag"], "Greetings");
}

#[tokio::test]
async fn what_it_was_started_with_can_be_read() {
    let files = Files::new();
    let program = files.start();
    let response = exchange(program.address, "GET", "/config", "", "").await;
    let config: serde_json::Value = serde_json::from_str(&response.body).unwrap();
    check("NodeConfig", &config);
    assert_eq!(config["api-port"], program.address.port());
    assert_eq!(config["chain"]["initial-utxo"], files.path("utxo.json"));
    // A virtual clock begins with the first slot of the genesis.
    let mut client = Client::connect(program.address, "").await;
    assert_eq!(client.receive().await["currentSlot"], 0);
}
