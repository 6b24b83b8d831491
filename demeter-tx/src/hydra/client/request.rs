//! Requests over HTTP.

use std::future::Future;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use super::address::NodeAddress;
use crate::head::HeadError;

/// The longest answer or message that is read: a head holds 4,095 outputs, a few kilobytes each.
pub(super) const LONGEST: usize = 256 << 20;

/// What was answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Bytes,
}

impl Answer {
    /// The value in the body.
    pub(super) fn value<T: DeserializeOwned>(&self) -> Result<T, HeadError> {
        serde_json::from_slice(&self.body)
            .map_err(|error| HeadError::Nonsense { reason: format!("{}: {error}", self.status) })
    }

    /// The value, if the request was granted.
    pub(super) fn granted<T: DeserializeOwned>(&self) -> Result<T, HeadError> {
        if self.status == StatusCode::OK { self.value() } else { Err(self.refused()) }
    }

    /// That the request was not granted.
    pub(super) fn refused(&self) -> HeadError {
        HeadError::Nonsense { reason: format!("{}: {}", self.status, self.text()) }
    }

    /// The body, as far as it is worth showing.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).chars().take(1_000).collect()
    }
}

/// Asks once.
pub(super) async fn request(
    address: &NodeAddress,
    method: Method,
    path: &str,
    body: Option<String>,
    patience: Duration,
) -> Result<Answer, HeadError> {
    let asked = exchange(address, method, path, body.unwrap_or_default());
    match timeout(patience, asked).await {
        Ok(answer) => answer.map_err(|reason| HeadError::Unreachable { reason }),
        Err(_) => {
            let reason = format!("no answer within {} ms", patience.as_millis());
            Err(HeadError::Unreachable { reason })
        }
    }
}

/// Reads, and asks [`again`] where nothing comes.
pub(super) async fn read(
    address: &NodeAddress,
    path: &str,
    patience: Duration,
    pause: Duration,
) -> Result<Answer, HeadError> {
    again(patience, pause, || request(address, Method::GET, path, None, patience)).await
}

/// How many connections may carry nothing before a node counts as silent.
const STALLED: u32 = 3;

/// Asks, and asks again where it fails: as long as an answer may take where there is no connection, and over some
/// connections more where one is there that carries nothing.
pub(super) async fn again<T, E, F: Future<Output = Result<T, E>>>(
    patience: Duration,
    pause: Duration,
    ask: impl Fn() -> F,
) -> Result<T, E> {
    let (mut stalled, mut failing) = (0, Duration::ZERO);
    loop {
        let start = Instant::now();
        let answer = ask().await;
        let taken = start.elapsed();
        if taken >= patience {
            stalled += 1;
        } else {
            failing += taken + pause;
        }
        if answer.is_ok() || stalled == STALLED || failing >= patience {
            return answer;
        }
        sleep(pause).await;
    }
}

/// Opens a connection.
pub(super) async fn connect(address: &NodeAddress) -> Result<TcpStream, String> {
    let stream = TcpStream::connect(address.authority()).await.map_err(|error| error.to_string())?;
    // Messages are small, and each is waited for.
    stream.set_nodelay(true).map_err(|error| error.to_string())?;
    Ok(stream)
}

async fn exchange(address: &NodeAddress, method: Method, path: &str, body: String) -> Result<Answer, String> {
    let stream = connect(address).await?;
    let connected = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = connected.map_err(|error| error.to_string())?;
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(HOST, address.authority())
        .header(CONTENT_TYPE, "application/json")
        .body(Full::new(Bytes::from(body)))
        .map_err(|error| error.to_string())?;
    let answered = async {
        let response = sender.send_request(request).await.map_err(|error| error.to_string())?;
        let status = response.status();
        let body = Limited::new(response.into_body(), LONGEST).collect().await;
        let body = body.map_err(|error| error.to_string())?.to_bytes();
        Ok(Answer { status, body })
    };
    let mut answered = std::pin::pin!(answered);
    tokio::select! {
        answer = &mut answered => answer,
        ended = connection => match ended {
            // What came before the end may be all that was wanted.
            Ok(()) => answered.await,
            Err(error) => Err(error.to_string()),
        },
    }
}
