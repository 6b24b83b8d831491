//! Everything together.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use demeter_tx::ProtocolParameters;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

use super::clients::Admission;
use super::error::FilterError;
use super::options::FilterOptions;
use super::route::answer;
use super::shared::Shared;

/// How long no connection is taken where the system has none to give.
const PAUSE: Duration = Duration::from_millis(100);

/// Filters a node until it shall end, then says goodbye to the clients.
///
/// The node need not be there: clients are told while it is not, and served as soon as it is.
///
/// # Errors
/// The parameters of L1 cannot be read, unless they were given.
///
/// ```no_run
/// # use demeter_head::filter::{FilterError, FilterOptions, serve};
/// # use demeter_tx::market::Contract;
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let options = FilterOptions::new("ws://127.0.0.1:4001".parse()?, Contract::embedded()?.scripts());
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:4010").await?;
/// serve(options, listener, std::future::pending()).await?;
/// # Ok(())
/// # }
/// ```
pub async fn serve(
    options: FilterOptions,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), FilterError> {
    let main_chain = match options.main_chain.clone() {
        Some(parameters) => parameters,
        None => ProtocolParameters::mainnet()?,
    };
    let farewell = options.limits.farewell;
    let (end, ending) = watch::channel(false);
    let shared = Arc::new(Shared::new(options, main_chain, ending));
    // Nothing is sent: that every connection has gone shows as the end of what could be sent.
    let (alive, mut all_gone) = mpsc::channel::<()>(1);
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => take_in(&shared, stream, peer, alive.clone()),
            // Either that client is gone, or the system has no more connections to give, which passes.
            Err(_) => sleep(PAUSE).await,
        }
    }
    drop((listener, alive));
    // Clients are told, and those who do not listen are not waited for.
    let _ = end.send(true);
    drop(timeout(farewell, all_gone.recv()).await);
    Ok(())
}

/// Serves a connection, if there is room for it.
fn take_in(shared: &Arc<Shared>, stream: TcpStream, peer: SocketAddr, alive: mpsc::Sender<()>) {
    let Some(admission) = shared.clients.admit(peer.ip(), alive) else { return };
    // Messages are small, and each is waited for; if it cannot be set, they only come later.
    let _ = stream.set_nodelay(true);
    tokio::spawn(attend(Arc::clone(shared), admission, stream));
}

async fn attend(shared: Arc<Shared>, admission: Arc<Admission>, stream: TcpStream) {
    let serving = Arc::clone(&shared);
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let (shared, admission) = (Arc::clone(&serving), Arc::clone(&admission));
        async move { Ok::<_, std::convert::Infallible>(answer(shared, admission, request.map(Body::new)).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(shared.options.limits.send)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    tokio::select! {
        // What goes wrong with a connection is its client's to know.
        _ = connection.as_mut() => {}
        () = shared.ended() => {
            connection.as_mut().graceful_shutdown();
            // Requests under way are not waited for longer than for clients on sockets.
            drop(timeout(shared.options.limits.farewell, connection).await);
        }
    }
}
