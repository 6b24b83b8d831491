//! What is not hydra's: moving a virtual clock, for tests.

use axum::http::StatusCode;
use demeter_tx::head::AdvanceError;
use demeter_tx::hydra::{Advance, Advanced};

use crate::shared::Shared;

/// Lets time pass, and says what time it is then.
pub(crate) async fn advance(shared: &Shared, body: &[u8]) -> (StatusCode, String) {
    let refused = |status, reason: &str| (status, serde_json::to_string(reason).unwrap_or_default());
    let Advance { milliseconds } = match serde_json::from_slice(body) {
        Ok(asked) => asked,
        Err(error) => return refused(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let head = shared.head.clone();
    // It blocks until the time is stored.
    let advanced = tokio::task::spawn_blocking(move || head.advance(milliseconds)).await;
    match advanced {
        Ok(Ok(now)) => {
            let advanced = Advanced { time: now.time, slot: now.slot.to_number() };
            (StatusCode::OK, serde_json::to_string(&advanced).unwrap_or_default())
        }
        Ok(Err(AdvanceError::Head(error))) => refused(StatusCode::SERVICE_UNAVAILABLE, &error.to_string()),
        Ok(Err(error)) => refused(StatusCode::BAD_REQUEST, &error.to_string()),
        Err(error) => refused(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}
