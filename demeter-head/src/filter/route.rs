//! Requests, and which of them the node is asked.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts as _, Request, WebSocketUpgrade};
use axum::http::header::{CONNECTION, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use demeter_tx::hydra::{
    BlueprintCommit, ClockJson, CommitRequest, FailedToPost, PostTxError, Reason, SimpleCommit,
    SubmitInvalid, SubmitResponse, TransactionEnvelope, UnknownFields, UtxoJson,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::clients::Admission;
use super::deposits::{declared, requested};
use super::judge::read as read_transaction;
use super::refusal::Refusal;
use super::relay::relay;
use super::shared::Shared;
use crate::cors;
use crate::http::{is_upgrade, json};
use crate::query::{Wants, decoded};

/// Answers a request of a client that was taken in.
pub(crate) async fn answer(shared: Arc<Shared>, admission: Arc<Admission>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let is_socket = is_upgrade(&parts.headers);
    let mut response = if let Some(response) = refused(&admission) {
        response
    } else if is_socket {
        open(shared, admission, &mut parts).await
    } else if let Some(response) = cors::preflight(&parts.method, &parts.headers) {
        return response;
    } else {
        route(&shared, &parts, body).await.unwrap_or_else(|refused| *refused.0)
    };
    if !is_socket {
        cors::allow(&parts.headers, &mut response);
    }
    response
}

/// What a client is told that has too many connections or asks for too much.
fn refused(admission: &Admission) -> Option<Response> {
    if let Some(full) = admission.full {
        let mut response = json(StatusCode::SERVICE_UNAVAILABLE, &full.to_string());
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        return Some(response);
    }
    let wait = admission.take().err()?;
    let reason = format!("too many requests: the next one is answered in {} ms", wait.as_millis());
    let mut response = json(StatusCode::TOO_MANY_REQUESTS, &reason);
    let seconds = wait.as_secs().saturating_add(1);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    Some(response)
}

/// Opens a socket: first to the node, so that a client is not let in where there is none.
async fn open(shared: Arc<Shared>, admission: Arc<Admission>, parts: &mut Parts) -> Response {
    let wants = Wants::of_query(parts.uri.query().unwrap_or_default());
    let upgrade = match WebSocketUpgrade::from_request_parts(parts, &()).await {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let node = match shared.upstream.open(&wants).await {
        Ok(node) => node,
        Err(error) => return json(error.status(), &error.to_string()),
    };
    let most = shared.options.limits.message_bytes;
    upgrade
        .max_message_size(most)
        .max_frame_size(most)
        .on_upgrade(move |client| relay(shared, admission, wants, client, node))
}

/// An answer that the node was not asked for.
struct Refused(Box<Response>);

impl Refused {
    /// In the form that hydra-node gives to what is wrong with a request.
    fn of(refusal: &Refusal) -> Self {
        Self::with(refusal, &refusal.to_string())
    }

    /// In a form of its own; where the node could not be asked, that is what matters.
    fn with<T: Serialize>(refusal: &Refusal, body: &T) -> Self {
        match refusal {
            Refusal::Upstream(error) => Self::plain(error.status(), &error.to_string()),
            _ => Self(Box::new(json(StatusCode::BAD_REQUEST, body))),
        }
    }

    fn plain(status: StatusCode, reason: &str) -> Self {
        Self(Box::new(json(status, reason)))
    }
}

async fn route(shared: &Shared, parts: &Parts, body: Body) -> Result<Response, Refused> {
    let path = parts.uri.path();
    let path: Vec<String> = path.strip_prefix('/').unwrap_or(path).split('/').map(decoded).collect();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let reserved = |what: &str| Err(Refused::of(&Refusal::Reserved { what: what.to_owned() }));
    let get = |path| ask(shared, Method::GET, path, String::new());
    match (parts.method.as_str(), path.as_slice()) {
        ("GET", ["head"]) => get("/head").await,
        ("GET", ["snapshot"]) => get("/snapshot").await,
        ("GET", ["snapshot", "utxo"]) => get("/snapshot/utxo").await,
        ("GET", ["snapshot", "last-seen"]) => get("/snapshot/last-seen").await,
        ("GET", ["commits"]) => get("/commits").await,
        ("GET", ["protocol-parameters"]) => get("/protocol-parameters").await,
        ("GET", ["config"]) if shared.options.config => get("/config").await,
        // demeter-head's own; a hydra-node says that it has no such thing.
        ("GET", ["demeter", "clock"]) => get(ClockJson::PATH).await,
        ("POST", ["transaction"]) => submit(shared, &whole(shared, body).await?).await,
        ("POST", ["decommit"]) => decommit(shared, &whole(shared, body).await?).await,
        ("POST", ["commit"]) if shared.options.deposits => commit(shared, &whole(shared, body).await?).await,
        ("POST", ["cardano-transaction"]) if shared.options.deposits => {
            submit_to_main_chain(shared, &whole(shared, body).await?).await
        }
        ("GET", ["config"]) => reserved("GET /config"),
        ("POST", ["commit"]) => reserved("POST /commit"),
        ("POST", ["cardano-transaction"]) => reserved("POST /cardano-transaction"),
        ("POST", ["snapshot"]) => reserved("POST /snapshot"),
        ("DELETE", ["commits", _]) => reserved("DELETE /commits"),
        _ => Err(Refused::plain(StatusCode::BAD_REQUEST, "Resource not found")),
    }
}

async fn ask(shared: &Shared, method: Method, path: &'static str, body: String) -> Result<Response, Refused> {
    let answer = shared.upstream.request(method, path, body).await;
    answer.map_err(|error| Refused::of(&error.into()))
}

async fn post<T: Serialize + Sync>(
    shared: &Shared,
    path: &'static str,
    body: &T,
) -> Result<Response, Refused> {
    // NOTE: every key is a text, and writing to memory does not fail.
    ask(shared, Method::POST, path, serde_json::to_string(body).unwrap_or_default()).await
}

async fn submit(shared: &Shared, body: &Bytes) -> Result<Response, Refused> {
    let envelope: TransactionEnvelope = read(body)?;
    let transaction = shared.submitted(&envelope).map_err(|refusal| match refusal {
        Refusal::Envelope(_) => Refused::of(&refusal),
        _ => {
            let validation_error = refusal.to_string();
            let invalid = SubmitInvalid { validation_error, unknown: UnknownFields::new() };
            Refused::with(&refusal, &SubmitResponse::Invalid(invalid))
        }
    })?;
    post(shared, "/transaction", &TransactionEnvelope::from(&transaction)).await
}

async fn decommit(shared: &Shared, body: &Bytes) -> Result<Response, Refused> {
    let envelope: TransactionEnvelope = read(body)?;
    let transaction = shared.decommitted(&envelope).await.map_err(|refusal| Refused::of(&refusal))?;
    post(shared, "/decommit", &TransactionEnvelope::from(&transaction)).await
}

async fn commit(shared: &Shared, body: &Bytes) -> Result<Response, Refused> {
    let request: CommitRequest = read(body)?;
    let checked = async { shared.check_entering(&requested(&request)?).await };
    checked.await.map_err(|refusal| match refusal {
        Refusal::InUse { .. } => {
            let reason = Reason { reason: refusal.to_string(), unknown: UnknownFields::new() };
            Refused::with(&refusal, &PostTxError::FailedToConstructDepositTx(reason))
        }
        _ => Refused::of(&refusal),
    })?;
    post(shared, "/commit", &known(request)).await
}

/// A request with nothing in it that was not understood.
fn known(request: CommitRequest) -> CommitRequest {
    let unknown = UnknownFields::new;
    let outputs = |mut utxo: UtxoJson| {
        for output in utxo.0.values_mut() {
            output.unknown = unknown();
        }
        utxo
    };
    match request {
        CommitRequest::Blueprint(commit) => CommitRequest::Blueprint(Box::new(BlueprintCommit {
            blueprint: TransactionEnvelope { unknown: unknown(), ..commit.blueprint },
            utxo: outputs(commit.utxo),
            change_address: commit.change_address,
            unknown: unknown(),
        })),
        CommitRequest::Simple(commit) => {
            CommitRequest::Simple(SimpleCommit { utxo: outputs(commit.utxo), unknown: unknown() })
        }
        CommitRequest::Direct(utxo) => CommitRequest::Direct(outputs(utxo)),
    }
}

async fn submit_to_main_chain(shared: &Shared, body: &Bytes) -> Result<Response, Refused> {
    let envelope: TransactionEnvelope = read(body)?;
    let transaction = read_transaction(&envelope).map_err(|refusal| Refused::of(&refusal))?;
    let envelope = TransactionEnvelope::from(&transaction);
    let checked = async { shared.check_entering(&declared(&transaction)?).await };
    checked.await.map_err(|refusal| {
        let (reason, transaction) = (refusal.to_string(), envelope.clone());
        let failed = FailedToPost { reason, transaction, unknown: UnknownFields::new() };
        Refused::with(&refusal, &PostTxError::FailedToPostTx(Box::new(failed)))
    })?;
    post(shared, "/cardano-transaction", &envelope).await
}

/// The whole of a body, if it is not too long and comes in time.
async fn whole(shared: &Shared, body: Body) -> Result<Bytes, Refused> {
    let limits = &shared.options.limits;
    match timeout(limits.send, to_bytes(body, limits.body_bytes)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => Err(Refused::plain(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long")),
        Err(_) => Err(Refused::plain(StatusCode::REQUEST_TIMEOUT, "the body has not come in time")),
    }
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| Refused::of(&Refusal::Malformed(error.to_string())))
}
