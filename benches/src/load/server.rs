//! A head that is served in this process.

use std::net::SocketAddr;
use std::sync::Arc;

use demeter_head::{ServerOptions, serve};
use demeter_tx::head::{ClockMode, EmbeddedHead, HeadOptions, ManualTime};
use demeter_tx::{LedgerSettings, UtxoSet};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::Outcome;

/// A head that is served in this process, on a runtime of its own, as the program `demeter-head` serves one in memory.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    /// Its time is set by hand.
    pub(super) time: Arc<ManualTime>,
    runtime: Runtime,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<Result<(), demeter_head::ServeError>>,
}

impl Server {
    /// Begins with these outputs.
    pub(super) fn start(settings: LedgerSettings, opening: UtxoSet) -> Outcome<Self> {
        let start = settings.clock.zero_time();
        let time = Arc::new(ManualTime::new(start));
        let options = HeadOptions::default().clock(ClockMode::Real).time_source(Arc::clone(&time));
        let head = EmbeddedHead::open_with(settings, opening, start, &options)?;
        // NOTE: bound by the standard library, since its clients' runtime is entered when this is called.
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let serving = runtime.spawn(async move {
            let listener = TcpListener::from_std(listener).map_err(demeter_head::ServeError::Listener)?;
            serve(head, ServerOptions::default(), listener, async { drop(stopped.await) }).await
        });
        Ok(Self { address, time, runtime, stop, serving })
    }

    /// Ends, without waiting for what still goes on.
    pub(super) async fn stop(self) -> Outcome<()> {
        drop(self.stop);
        let served = self.serving.await;
        self.runtime.shutdown_background();
        Ok(served??)
    }
}
