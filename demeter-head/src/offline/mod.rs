//! `demeter-head` as a program: started like an offline hydra-node.

mod arguments;
mod clock;
mod error;
mod files;
mod genesis;
mod grid;
mod start;

use std::io;
use std::time::Duration;

pub use arguments::Arguments;
pub use clock::{Clock, ClockArgumentError};
pub use error::OfflineError;

use crate::serve::serve;
use crate::signals::told_to_end;
use start::Started;

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
        let shutdown = told_to_end().map_err(OfflineError::Runtime)?;
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
        let served = serve(head.clone(), options, listener, shutdown).await;
        Ok::<_, OfflineError>((head, served))
    })?;
    // What still holds the head goes first, so that dropping it closes its file.
    runtime.shutdown_timeout(FAREWELL);
    drop(head);
    Ok(served?)
}
