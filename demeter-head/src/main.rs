//! `demeter-head`: an embedded head, served over hydra-node's own API.
//!
//! Exit codes: 0 if it was told to end, 1 if it could not go on, 2 if what the user gave is wrong.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use demeter_head::{Arguments, run};

fn main() -> ExitCode {
    match run(&Arguments::parse(), &mut anstream::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where nobody can be told, the exit code still tells.
            let _ = writeln!(anstream::stderr(), "demeter-head: {}", one_line(&error.to_string()));
            ExitCode::from(error.exit_code())
        }
    }
}

/// A message without what would break its line or steer a terminal: files may hold anything.
fn one_line(message: &str) -> String {
    let escaped = |character: char| {
        if character.is_control() { character.escape_default().to_string() } else { character.to_string() }
    };
    message.chars().map(escaped).collect()
}
