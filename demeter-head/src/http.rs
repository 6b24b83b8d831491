//! Requests, and what an offline hydra-node answers.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts as _, Request, State, WebSocketUpgrade};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use demeter_core::TransactionId;
use demeter_tx::SignedTransaction;
use demeter_tx::hydra::{
    Bare, CardanoTransactionResponse, CommitRequest, ConfirmedSnapshot, Decommit, Pending, PostTxError,
    Reason, SideLoad, SubmitConfirmed, SubmitInvalid, SubmitRejected, SubmitResponse, TimedOut,
    TransactionEnvelope, UnknownFields,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::control;
use crate::cors;
use crate::input;
use crate::message::Scribe;
use crate::query::{Wants, decoded};
use crate::shared::{Shared, Verdict};
use crate::side_load::Outcome;
use crate::socket;

/// Everything that hydra-node serves on its port.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(answer).with_state(shared)
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    // A socket may be opened at any path, and no rule of origins holds for it.
    if is_upgrade(&parts.headers) {
        let wants = Wants::of_query(parts.uri.query().unwrap_or_default());
        return match WebSocketUpgrade::from_request_parts(&mut parts, &shared).await {
            Ok(_) if shared.lock().hub.len() >= shared.limits.clients => {
                json(StatusCode::SERVICE_UNAVAILABLE, &"there are too many clients")
            }
            Ok(upgrade) => upgrade
                .max_message_size(shared.limits.message_bytes)
                .max_frame_size(shared.limits.message_bytes)
                .on_upgrade(move |socket| socket::serve(shared, wants, socket)),
            Err(rejection) => rejection.into_response(),
        };
    }
    if let Some(response) = cors::preflight(&parts.method, &parts.headers) {
        return response;
    }
    let mut response = match to_bytes(body, shared.limits.body_bytes).await {
        Ok(body) => route(&shared, &parts.method, parts.uri.path(), &body)
            .await
            .unwrap_or_else(|reason| json(StatusCode::BAD_REQUEST, &reason)),
        Err(_) => json(StatusCode::PAYLOAD_TOO_LARGE, &"the body is too long"),
    };
    cors::allow(&parts.headers, &mut response);
    response
}

pub(crate) fn is_upgrade(headers: &HeaderMap) -> bool {
    let upgrade = headers.get("upgrade").and_then(|value| value.to_str().ok());
    upgrade.is_some_and(|value| value.eq_ignore_ascii_case("websocket"))
}

/// What a request is answered; an error is a text with 400.
async fn route(shared: &Shared, method: &Method, path: &str, body: &Bytes) -> Result<Response, String> {
    let path: Vec<String> = path.strip_prefix('/').unwrap_or(path).split('/').map(decoded).collect();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    Ok(match (method.as_str(), path.as_slice()) {
        ("GET", ["head"]) => {
            let state = shared.lock();
            ok(&state.book.scribe.state(&state.book.view))
        }
        ("GET", ["snapshot"]) => {
            let state = shared.lock();
            ok(&state.book.scribe.snapshot(&state.book.view))
        }
        ("GET", ["snapshot", "utxo"]) => ok(&shared.lock().book.view.utxo),
        ("GET", ["snapshot", "last-seen"]) => ok(&Scribe::last_seen(&shared.lock().book.view)),
        ("GET", ["commits"]) => ok::<[TransactionId; 0]>(&[]),
        ("GET", ["protocol-parameters"]) => ok(&shared.parameters),
        ("GET", ["config"]) if shared.config.is_some() => ok(&shared.config),
        ("POST", ["transaction"]) => submit(shared, body).await?,
        ("POST", ["cardano-transaction"]) => submit_to_main_chain(body)?,
        ("POST", ["commit"]) => commit(body)?,
        ("POST", ["decommit"]) => decommit(shared, body).await?,
        ("POST", ["snapshot"]) => side_load(shared, body).await?,
        ("DELETE", ["commits", id]) => recover(shared, id).await?,
        // Not hydra's: what its clients cannot learn otherwise.
        ("GET", ["demeter", "clock"]) => ok(&shared.clock),
        ("POST", ["demeter", "advance"]) if shared.control => {
            let (status, text) = control::advance(shared, body).await;
            written(status, text)
        }
        _ => return Err("Resource not found".to_owned()),
    })
}

/// Submits a transaction, and answers as soon as anything is known of it: that it is valid, at best, as a snapshot always
/// comes after.
async fn submit(shared: &Shared, body: &Bytes) -> Result<Response, String> {
    let (_, transaction) = transaction(body)?;
    let (sender, verdict) = oneshot::channel();
    shared.lock().waiting.entry(transaction.id()).or_default().push(sender);
    let id = transaction.id();
    input::submit(shared, transaction).await;
    shared.metrics.input();
    let unknown = UnknownFields::new();
    let verdict = tokio::select! {
        verdict = timeout(shared.timeout, verdict) => verdict,
        () = shared.ended() => {
            let reason = "the server ends".to_owned();
            let rejected = SubmitResponse::Rejected(SubmitRejected { reason, unknown });
            return Ok(json(StatusCode::SERVICE_UNAVAILABLE, &rejected));
        }
    };
    Ok(match verdict {
        Ok(Ok(Verdict::Valid)) => json(StatusCode::ACCEPTED, &SubmitResponse::Submitted(TimedOut::default())),
        Ok(Ok(Verdict::Confirmed(snapshot_number))) => {
            ok(&SubmitResponse::Confirmed(SubmitConfirmed { snapshot_number, unknown }))
        }
        Ok(Ok(Verdict::Invalid(validation_error))) => {
            let invalid = SubmitResponse::Invalid(SubmitInvalid { validation_error, unknown });
            json(StatusCode::BAD_REQUEST, &invalid)
        }
        Ok(Ok(Verdict::Rejected(reason))) => {
            let rejected = SubmitResponse::Rejected(SubmitRejected { reason, unknown });
            json(StatusCode::SERVICE_UNAVAILABLE, &rejected)
        }
        Ok(Err(_)) | Err(_) => {
            forget_given_up(shared, &id);
            let timeout = Some(format!("Transaction submission {}", timed_out(shared)));
            json(StatusCode::ACCEPTED, &SubmitResponse::Submitted(TimedOut { timeout, unknown }))
        }
    })
}

/// Forgets requests that wait no longer.
fn forget_given_up(shared: &Shared, id: &TransactionId) {
    let mut state = shared.lock();
    if let Some(waiting) = state.waiting.get_mut(id) {
        waiting.retain(|request| !request.is_closed());
        if waiting.is_empty() {
            state.waiting.remove(id);
        }
    }
}

/// A chain that is not there takes every transaction.
fn submit_to_main_chain(body: &Bytes) -> Result<Response, String> {
    transaction(body).map(|_| ok(&CardanoTransactionResponse::Submitted(Bare::default())))
}

/// Nothing can be drafted for a chain that is not there.
fn commit(body: &Bytes) -> Result<Response, String> {
    let _: CommitRequest = read(body)?;
    let reason = Reason { reason: "not implemented".to_owned(), unknown: UnknownFields::new() };
    Ok(json(StatusCode::BAD_REQUEST, &PostTxError::FailedToConstructDepositTx(reason)))
}

async fn decommit(shared: &Shared, body: &Bytes) -> Result<Response, String> {
    let (envelope, transaction) = transaction(body)?;
    let asked = Decommit { transaction: envelope, unknown: UnknownFields::new() };
    input::decommit(shared, &asked, &transaction).await;
    shared.metrics.input();
    Err("Decommit invalid".to_owned())
}

async fn side_load(shared: &Shared, body: &Bytes) -> Result<Response, String> {
    let snapshot: ConfirmedSnapshot = read(body)?;
    if let ConfirmedSnapshot::Unknown(_) = snapshot {
        return Err("expected a snapshot with a tag that is known".to_owned());
    }
    shared.metrics.input();
    Ok(match input::side_load(shared, &SideLoad { snapshot, unknown: UnknownFields::new() }) {
        Outcome::Taken(_) => ok(&"OK"),
        Outcome::Refused(failure) => json(StatusCode::BAD_REQUEST, &failure),
        Outcome::Ignored => nothing_comes(shared, Pending::SideLoadSnapshot).await,
    })
}

/// There is no deposit to recover, of which hydra-node tells nobody.
async fn recover(shared: &Shared, id: &str) -> Result<Response, String> {
    let named = id.parse::<TransactionId>();
    named.map_err(|error| format!("Cannot recover funds. Failed to parse TxId: {error}"))?;
    shared.metrics.input();
    Ok(nothing_comes(shared, Pending::Recover).await)
}

/// Waits as long as hydra-node does for what never comes.
async fn nothing_comes(shared: &Shared, pending: fn(TimedOut) -> Pending) -> Response {
    drop(timeout(shared.timeout, shared.ended()).await);
    let timeout = Some(format!("Operation {}", timed_out(shared)));
    json(StatusCode::ACCEPTED, &pending(TimedOut { timeout, unknown: UnknownFields::new() }))
}

/// The unit stands twice in hydra-node's words, too.
fn timed_out(shared: &Shared) -> String {
    format!("timed out after {}s seconds", shared.timeout.as_secs_f64())
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

/// A transaction, and the envelope that it came in.
fn transaction(body: &Bytes) -> Result<(TransactionEnvelope, SignedTransaction), String> {
    let envelope: TransactionEnvelope = read(body)?;
    let transaction = envelope.transaction().map_err(|error| error.to_string())?;
    Ok((envelope, transaction))
}

fn ok<T: Serialize + ?Sized>(value: &T) -> Response {
    json(StatusCode::OK, value)
}

pub(crate) fn json<T: Serialize + ?Sized>(status: StatusCode, value: &T) -> Response {
    // NOTE: every key is a text, and writing to memory does not fail.
    written(status, serde_json::to_string(value).unwrap_or_default())
}

fn written(status: StatusCode, text: String) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], Body::from(text)).into_response()
}
