//! The demo on the head of a node: it does the same there, and says what it needs of one.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy's leave for tests ends where helpers begin"
)]

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use clap::Parser as _;
use tempfile::TempDir;

/// Longer than a head takes to start, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(120);

fn grid(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_grid")).args(arguments).output().unwrap()
}

/// What is printed, if all went well.
fn printed(arguments: &[&str]) -> Vec<u8> {
    let Output { status, stdout, stderr } = grid(arguments);
    assert_eq!(status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&stderr));
    stdout
}

/// The exit code and the one line of a run that does not begin, without the name of the program.
fn refusal(arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = grid(arguments);
    let said = String::from_utf8(stderr).unwrap();
    assert!(stdout.is_empty(), "it printed before it refused: {said}");
    let line = said.strip_prefix("grid: ").and_then(|rest| rest.strip_suffix('\n')).expect(&said);
    assert!(!line.contains(char::is_control), "{line:?}");
    (status.code(), line.to_owned())
}

fn of_repository(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

/// Hands on what is written, line by line.
struct Lines(mpsc::Sender<String>, String);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1.push_str(&String::from_utf8_lossy(bytes));
        while let Some((line, rest)) = self.1.split_once('\n') {
            let (line, rest) = (line.to_owned(), rest.to_owned());
            self.1 = rest;
            // Nobody listens any more once the address is known.
            let _ = self.0.send(line);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Starts `demeter-head` in this process, until the process ends, and gives where it is and what it said before that.
fn started(arguments: &[&str]) -> (String, Vec<String>) {
    let own = ["demeter-head", "--api-port", "0"];
    let arguments = demeter_head::Arguments::try_parse_from(own.iter().chain(arguments)).unwrap();
    let (lines, told) = mpsc::channel();
    thread::spawn(move || demeter_head::run(&arguments, &mut Lines(lines, String::new())).unwrap());
    let mut before = Vec::new();
    loop {
        let line = told.recv_timeout(PATIENCE).expect("it says where it serves");
        if let Some((_, rest)) = line.split_once("served at ") {
            return (rest.split(' ').next().unwrap().to_owned(), before);
        }
        before.push(line);
    }
}

fn serve(arguments: &[&str]) -> String {
    started(arguments).0
}

const MOVABLE: [&str; 3] = ["--clock", "virtual", "--control"];

fn serve_grid(file: &Path, more: &[&str]) -> String {
    serve(&[&["--grid", file.to_str().unwrap()], more].concat())
}

/// A file with the grid for these arguments.
fn grid_file(folder: &TempDir, arguments: &[&str]) -> PathBuf {
    let path = folder.path().join("grid.toml");
    assert!(printed(&[&["--write-grid", path.to_str().unwrap()], arguments].concat()).is_empty());
    path
}

/// All of it is the same to the last byte: allocations and balances, and with them every transaction's id.
#[test]
fn the_whole_demo_is_the_same_over_the_wire() {
    let file = of_repository("grid.toml");
    let (node, told) = started(&[&["--grid", file.to_str().unwrap()], &MOVABLE[..]].concat());
    let over_the_wire = printed(&["--json", "--head", &node]);
    let embedded = printed(&["--json"]);
    assert!(over_the_wire == embedded, "{}", String::from_utf8_lossy(&over_the_wire));
    let report: serde_json::Value = serde_json::from_slice(&embedded).unwrap();
    assert!(!report["balances"].as_array().unwrap().is_empty());
    // Users are told of the grid that the head begins with.
    assert_eq!(told.first().unwrap(), &format!("grid {}", report["grid"]["id"].as_str().unwrap()));
    // A head is played on once.
    let (code, line) = refusal(&["--head", &node]);
    assert_eq!(code, Some(2));
    let advice =
        "and a run begins on a new head: demeter-head --grid examples/grid.toml --clock virtual --control";
    assert!(
        line.starts_with(&format!("{node}: it was played on until ")) && line.ends_with(advice),
        "{line}"
    );
}

#[test]
fn any_seed_and_any_bids_have_a_grid() {
    let folder = tempfile::tempdir().unwrap();
    let bid = of_repository("bids/shop.yaml");
    let arguments = ["--seed", "7", bid.to_str().unwrap()];
    let file = grid_file(&folder, &arguments);
    let node = serve_grid(&file, &MOVABLE);
    let over_the_wire = printed(&[&["--json", "--head", &node], &arguments[..]].concat());
    assert!(over_the_wire == printed(&[&["--json"], &arguments[..]].concat()));
    // The advice is for these arguments.
    let (_, line) = refusal(&[&["--head", &node], &arguments[..]].concat());
    let advice = format!(
        "grid --seed 7 {} --write-grid FILE, then demeter-head --grid FILE --clock virtual --control",
        bid.display()
    );
    assert!(line.ends_with(&advice), "{line}");
}

#[test]
fn the_grid_of_the_repository_is_that_of_the_demo() {
    let folder = tempfile::tempdir().unwrap();
    let written = std::fs::read_to_string(grid_file(&folder, &[])).unwrap();
    let kept = std::fs::read_to_string(of_repository("grid.toml")).unwrap();
    assert_eq!(kept, written, "write it anew: cargo run --bin grid -- --write-grid examples/grid.toml");
}

#[test]
fn a_head_that_cannot_be_played_on_is_refused_in_a_line() {
    let file = of_repository("grid.toml");
    let node = serve_grid(&file, &["--clock", "virtual"]);
    let moved = "its time cannot be moved, as the node says";
    let cure = "start it with --clock virtual --control";
    assert_eq!(
        refusal(&["--head", &node]),
        (Some(2), format!("{node}: {moved} \"Resource not found\": {cure}"))
    );
    let node = serve_grid(&file, &["--control"]);
    assert_eq!(
        refusal(&["--head", &node]),
        (Some(2), format!("{node}: {moved} \"time passes by itself in this head\": {cure}"))
    );
    let node = serve_grid(&file, &MOVABLE);
    let (code, line) = refusal(&["--head", &node, "--seed", "2"]);
    let expected = format!("{node}: it holds nothing of the ");
    assert!(code == Some(2) && line.starts_with(&expected), "{line}");
    assert!(line.ends_with(
        "grid --seed 2 --write-grid FILE, then demeter-head --grid FILE --clock virtual --control"
    ));
    let node = serve(&MOVABLE);
    let (code, line) = refusal(&["--head", &node]);
    assert!(code == Some(2) && line.starts_with(&format!("{node}: its slots begin at ")), "{line}");
    let (code, line) = refusal(&["--head", "http://127.0.0.1:4001/path"]);
    assert!(code == Some(2) && line.contains("expected ws://HOST:PORT"), "{line}");
    // Nobody is there: it may be later.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (code, line) = refusal(&["--head", &format!("ws://{free}")]);
    assert!(
        code == Some(1) && line.starts_with(&format!("ws://{free}: the head is not reachable: ")),
        "{line}"
    );
}

#[test]
fn what_cannot_be_written_is_told() {
    let (code, line) = refusal(&["--write-grid", "/nowhere/grid.toml"]);
    assert_eq!(
        (code, line.as_str()),
        (Some(2), "/nowhere/grid.toml: No such file or directory (os error 2)")
    );
}
