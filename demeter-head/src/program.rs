//! The program: a head in this process, or the filter before a node.

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::filter::{self, ProxyArguments};
use crate::offline::{self, Arguments};

/// Serves a head in this process over hydra-node's own WebSocket and HTTP API.
///
/// Options that hydra-node has mean what they mean there.
#[derive(Debug, Parser)]
#[command(name = "demeter-head", version, args_conflicts_with_subcommands = true)]
struct Program {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    offline: Arguments,
}

#[derive(Debug, Subcommand)]
enum Command {
    Proxy(Box<ProxyArguments>),
}

/// Runs the program, and gives its exit code: 0 if it was told to end, 1 if it could not go on, 2 if what the user gave is
/// wrong. What is wrong is one line on standard error.
pub fn main() -> ExitCode {
    let program = Program::parse();
    let output = &mut anstream::stdout();
    let failed = match program.command {
        Some(Command::Proxy(arguments)) => {
            filter::run(&arguments, output).map_err(|error| (error.to_string(), 1)).err()
        }
        None => offline::run(&program.offline, output)
            .map_err(|error| (error.to_string(), error.exit_code()))
            .err(),
    };
    let Some((message, code)) = failed else { return ExitCode::SUCCESS };
    // Where nobody can be told, the exit code still tells.
    let _ = writeln!(anstream::stderr(), "demeter-head: {}", one_line(&message));
    ExitCode::from(code)
}

/// A message without what would break its line or steer a terminal: files may hold anything.
fn one_line(message: &str) -> String {
    let escaped = |character: char| {
        if character.is_control() { character.escape_default().to_string() } else { character.to_string() }
    };
    message.chars().map(escaped).collect()
}
