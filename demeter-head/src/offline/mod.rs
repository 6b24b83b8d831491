//! `demeter-head` as a program: started like an offline hydra-node.

mod arguments;
mod clock;
mod error;
mod files;
mod genesis;
mod grid;
mod start;

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use tokio::signal::unix::{SignalKind, signal};

pub use arguments::Arguments;
pub use clock::{Clock, ClockArgumentError};
pub use error::OfflineError;

use crate::serve::serve;
use start::Started;

/// Runs the program, and gives its exit code: 0 if it was told to end, 1 if it could not go on, 2 if what the user gave is
/// wrong. What is wrong is one line on standard error.
pub fn main() -> ExitCode {
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

/// How long what still runs is waited for at the end.
const FAREWELL: Duration = Duration::from_secs(5);

/// Opens the head and serves it until the process is told to end by SIGTERM or SIGINT. What it says first is
/// the grid that it begins with, if there is one, then a line for each address that it serves at.
///
/// # Errors
/// What the user gave is wrong, the port is taken, or the head cannot be served any longer.
pub fn run(arguments: &Arguments, output: &mut impl io::Write) -> Result<(), OfflineError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(OfflineError::Runtime)?;
    let (head, served) = runtime.block_on(async {
        // Before anything is promised: a signal that comes early ends it as well.
        let mut terminated = signal(SignalKind::terminate()).map_err(OfflineError::Runtime)?;
        let mut interrupted = signal(SignalKind::interrupt()).map_err(OfflineError::Runtime)?;
        let Started { head, options, listener, address, monitoring, grid } = start::start(arguments).await?;
        if let Some(grid) = grid {
            write!(output, "{grid}")?;
        }
        let id = options.identity.head().clone();
        writeln!(output, "head {id} is served at ws://{address} and http://{address}")?;
        if let Some(address) = monitoring {
            writeln!(output, "metrics are at http://{address}/metrics")?;
        }
        output.flush()?;
        let shutdown = async move {
            tokio::select! {
                _ = terminated.recv() => {}
                _ = interrupted.recv() => {}
            }
        };
        let served = serve(head.clone(), options, listener, shutdown).await;
        Ok::<_, OfflineError>((head, served))
    })?;
    // What still holds the head goes first, so that dropping it closes its file.
    runtime.shutdown_timeout(FAREWELL);
    drop(head);
    Ok(served?)
}
