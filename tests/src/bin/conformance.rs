//! Reads, writes, compares and validates hydra's golden samples: `cargo xtask conformance` calls this.
//!
//! `conformance` prints one object of JSON and fails if anything is wrong. `DEMETER_SHARED` names the corpus.

#![expect(clippy::print_stdout, reason = "a command-line tool speaks to its terminal")]

use std::process::ExitCode;

use demeter_tests::conformance::run::run;
use serde_json::json;

fn main() -> ExitCode {
    let outcome = run();
    println!("{:#}", json!(outcome));
    if outcome.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
