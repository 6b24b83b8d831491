//! The node behind the filter.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::{HeaderValue, Method, Request, Response, StatusCode};
use demeter_tx::hydra::NodeAddress;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::judge::Held;
use super::options::FilterOptions;
use crate::query::Wants;

/// The longest message or answer that is read whole: a head holds 4,095 outputs, a few kilobytes each.
const LONGEST: usize = 256 << 20;

/// The node behind the filter.
#[derive(Debug)]
pub(crate) struct Upstream {
    address: NodeAddress,
    pub(crate) connect: Duration,
    answer: Duration,
}

/// The node does not do its part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UpstreamError {
    #[error("the node behind this filter cannot be reached: {reason}")]
    Unreachable { reason: String },
    #[error("the node behind this filter has not answered within {} ms", .patience.as_millis())]
    Late { patience: Duration },
    #[error("the node behind this filter does not say what its head holds: {reason}")]
    Nonsense { reason: String },
}

impl UpstreamError {
    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::Late { .. } => StatusCode::GATEWAY_TIMEOUT,
            Self::Unreachable { .. } | Self::Nonsense { .. } => StatusCode::BAD_GATEWAY,
        }
    }
}

fn unreachable(error: impl ToString) -> UpstreamError {
    UpstreamError::Unreachable { reason: error.to_string() }
}

impl Upstream {
    pub(crate) fn new(options: &FilterOptions) -> Self {
        Self { address: options.upstream.clone(), connect: options.connect, answer: options.answer }
    }

    async fn tcp(&self) -> Result<TcpStream, UpstreamError> {
        let stream = TcpStream::connect(self.address.authority()).await.map_err(unreachable)?;
        // Messages are small, and each is waited for.
        stream.set_nodelay(true).map_err(unreachable)?;
        Ok(stream)
    }

    /// Opens a socket for a client.
    pub(crate) async fn open(&self, wants: &Wants) -> Result<WebSocketStream<TcpStream>, UpstreamError> {
        let url = format!("ws://{}/{}", self.address.authority(), wants.to_query());
        let config = WebSocketConfig::default().max_message_size(Some(LONGEST)).max_frame_size(Some(LONGEST));
        let opened = async {
            let stream = self.tcp().await?;
            client_async_with_config(url, stream, Some(config)).await.map_err(unreachable)
        };
        let patience = self.connect;
        let opened = timeout(patience, opened).await;
        let (socket, _) = opened.map_err(|_| UpstreamError::Late { patience })??;
        Ok(socket)
    }

    /// Asks, and gives the answer as it comes.
    pub(crate) async fn request(
        &self,
        method: Method,
        path: &'static str,
        body: String,
    ) -> Result<Response<Body>, UpstreamError> {
        let patience = self.connect;
        let stream = timeout(patience, self.tcp()).await.map_err(|_| UpstreamError::Late { patience })??;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(unreachable)?;
        // It ends with the answer, or with whoever waits for that.
        tokio::spawn(async move { drop(connection.await) });
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, self.address.authority())
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)))
            .map_err(unreachable)?;
        let patience = self.answer;
        let answer = timeout(patience, sender.send_request(request)).await;
        let answer = answer.map_err(|_| UpstreamError::Late { patience })?.map_err(unreachable)?;
        let status = answer.status();
        let kind = answer.headers().get(CONTENT_TYPE).cloned();
        let mut response = Response::new(Body::new(answer.into_body()));
        *response.status_mut() = status;
        let kind = kind.unwrap_or(HeaderValue::from_static("application/json"));
        response.headers_mut().insert(CONTENT_TYPE, kind);
        Ok(response)
    }

    /// What the head holds by the last confirmed snapshot: nothing, where there is no head.
    pub(crate) async fn held(&self) -> Result<Held, UpstreamError> {
        let response = self.request(Method::GET, "/snapshot/utxo", String::new()).await?;
        let status = response.status();
        match status {
            StatusCode::NOT_FOUND => return Ok(Held::default()),
            StatusCode::OK => {}
            _ => return Err(UpstreamError::Nonsense { reason: status.to_string() }),
        }
        let patience = self.answer;
        let body = timeout(patience, Limited::new(response.into_body(), LONGEST).collect()).await;
        let body = body.map_err(|_| UpstreamError::Late { patience })?.map_err(unreachable)?.to_bytes();
        serde_json::from_slice(&body).map_err(|error| UpstreamError::Nonsense { reason: error.to_string() })
    }
}
