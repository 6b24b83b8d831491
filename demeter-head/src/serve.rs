//! Everything together.

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use demeter_tx::head::{EmbeddedHead, Head as _};
use demeter_tx::hydra::{ClockJson, ParametersJson};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use crate::ServeError;
use crate::http;
use crate::message::Scribe;
use crate::metrics::{self, Metrics};
use crate::options::ServerOptions;
use crate::pump::{Pump, begin};
use crate::shared::{Shared, State};
use crate::submit::{self, LINE, Submission};

/// How often the server looks whether all that it began has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// Serves a head until it shall end, then says goodbye to the clients.
///
/// The head can be used beside: what is submitted to it directly, clients see as well, but for what it finds invalid,
/// since events do not hold such a transaction. Nothing should be submitted to it while this begins, before it first
/// awaits.
///
/// # Errors
/// The head cannot be asked, the history cannot be written, or no connections can be taken.
///
/// ```
/// # use demeter_core::Time;
/// # use demeter_head::{ServerOptions, serve};
/// # use demeter_tx::head::EmbeddedHead;
/// # use demeter_tx::{LedgerSettings, Network, ProtocolParameters, SlotClock, UtxoSet};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let clock = SlotClock::of_seconds(Time::ZERO)?;
/// # let settings = LedgerSettings { network: Network::Testnet, parameters: ProtocolParameters::hydra_l2()?, clock };
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let head = EmbeddedHead::open(settings, UtxoSet::new(), Time::ZERO)?;
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
/// let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
/// let server = tokio::spawn(serve(head, ServerOptions::default(), listener, async { drop(stopped.await) }));
/// // ... clients come and go ...
/// drop(stop);
/// server.await??;
/// # Ok(())
/// # })
/// # }
/// ```
pub async fn serve(
    head: EmbeddedHead,
    options: ServerOptions,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let settings = head.settings().await?;
    let scribe = Scribe { identity: options.identity, legacy_valid: options.legacy_valid };
    let path = options.checkpoint.as_deref();
    let (book, events) = begin(&head, Arc::new(scribe), path, &settings.clock).await?;
    let (submissions, line) = mpsc::channel(LINE);
    let (end, ending) = watch::channel(false);
    let parameters = options.parameters.unwrap_or_else(|| ParametersJson::from(&settings.parameters));
    let shared = Arc::new(Shared {
        head,
        limits: options.limits,
        timeout: options.timeout,
        ping: options.ping,
        control: options.control,
        config: options.config,
        clock: ClockJson::from(&settings.clock),
        parameters,
        metrics: Metrics::default(),
        submissions,
        ending,
        state: Mutex::new(State::new(book, &options.limits)),
    });
    submit::start(Arc::clone(&shared), line, Handle::current()).map_err(ServeError::Thread)?;
    let pump =
        Pump { clock: settings.clock, rotate_after: options.rotate_after, checkpoint: options.checkpoint };
    let (closing, closed) = (Arc::clone(&shared), Arc::clone(&shared));
    let server = axum::serve(listener, http::router(Arc::clone(&shared)))
        .with_graceful_shutdown(async move { closing.ended().await });
    let metrics = async {
        let Some(listener) = options.monitoring else { return std::future::pending().await };
        let router = metrics::router(Arc::clone(&shared));
        axum::serve(listener, router).await.map_err(ServeError::Listener)
    };
    let mut server = tokio::spawn(async move { server.await.map_err(ServeError::Listener) });
    let outcome = tokio::select! {
        () = shutdown => Ok(()),
        lost = pump.run(Arc::clone(&shared), events) => lost,
        failed = metrics => failed,
        failed = &mut server => failed.unwrap_or(Ok(())),
    };
    drop(shared);
    // Clients are told, and those who do not listen are not waited for.
    let _ = end.send(true);
    let most = closed.limits.farewell;
    let farewell = async {
        drop(closed.submissions.send(Submission::End).await);
        if !server.is_finished() {
            drop((&mut server).await);
        }
        // Whoever has the head thereafter shall be the only one.
        while Arc::strong_count(&closed) > 1 {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    drop(timeout(most, farewell).await);
    server.abort();
    closed.lock().hub.clear();
    outcome
}
