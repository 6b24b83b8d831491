//! The filter as a program.

use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::arguments::ProxyArguments;
use super::error::FilterError;
use super::serve::serve;
use crate::signals::told_to_end;

/// Filters a node until the process is told to end by SIGTERM or SIGINT. What it says first is a line with the address
/// that it listens on.
///
/// # Errors
/// The port is taken, or the system has no threads or no signals.
pub fn run(arguments: &ProxyArguments, output: &mut impl io::Write) -> Result<(), FilterError> {
    let options = arguments.options()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(FilterError::Runtime)?;
    let served = runtime.block_on(async {
        // Before anything is promised: a signal that comes early ends it as well.
        let shutdown = told_to_end().map_err(FilterError::Runtime)?;
        let address = SocketAddr::new(arguments.api_host, arguments.api_port);
        let failed = |source| FilterError::Address { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        writeln!(output, "{} is filtered at ws://{address} and http://{address}", arguments.upstream)?;
        output.flush()?;
        serve(options, listener, shutdown).await
    });
    // Clients that do not listen are not waited for any longer.
    runtime.shutdown_background();
    served
}
