//! What a node is asked to do over HTTP.

use demeter_core::TransactionId;
use hyper::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::RequestError;
use super::head::HydraHead;
use super::request::{Answer, request};
use crate::SignedTransaction;
use crate::hydra::{
    CardanoTransactionResponse, CommitRequest, ConfirmedSnapshot, HeadState, ParametersJson,
    TransactionEnvelope,
};

impl HydraHead {
    /// The protocol parameters, with those that no rule in a head depends on.
    ///
    /// # Errors
    /// The node cannot be asked.
    pub async fn protocol_parameters(&self) -> Result<ParametersJson, RequestError> {
        self.ask("/protocol-parameters").await
    }

    /// All that the node knows of its head.
    ///
    /// # Errors
    /// The node cannot be asked.
    pub async fn head_state(&self) -> Result<HeadState, RequestError> {
        self.ask("/head").await
    }

    /// The last confirmed snapshot.
    ///
    /// # Errors
    /// The node cannot be asked, or has no head.
    pub async fn snapshot(&self) -> Result<ConfirmedSnapshot, RequestError> {
        self.ask("/snapshot").await
    }

    /// The deposits that are not in the head yet, by the transactions that made them.
    ///
    /// # Errors
    /// The node cannot be asked.
    pub async fn deposits(&self) -> Result<Vec<TransactionId>, RequestError> {
        self.ask("/commits").await
    }

    /// Drafts a transaction of L1 that deposits outputs into the head: to be signed, and then submitted to L1.
    ///
    /// # Errors
    /// The node cannot be asked, or refuses.
    pub async fn draft_commit(&self, commit: &CommitRequest) -> Result<TransactionEnvelope, RequestError> {
        granted(&self.send(Method::POST, "/commit".to_owned(), Some(commit)).await?)
    }

    /// Asks for a deposit back that did not get into the head in time. Whether L1 has given it back is told in
    /// [`HydraHead::messages`].
    ///
    /// # Errors
    /// The node cannot be asked, or refuses.
    pub async fn recover(&self, deposit: TransactionId) -> Result<(), RequestError> {
        begun(&self.send::<()>(Method::DELETE, format!("/commits/{deposit}"), None).await?)
    }

    /// Asks for the outputs of a transaction to leave the head for L1. Whether they have is told in
    /// [`HydraHead::messages`].
    ///
    /// # Errors
    /// The node cannot be asked, or refuses.
    pub async fn decommit(&self, transaction: &SignedTransaction) -> Result<(), RequestError> {
        let envelope = TransactionEnvelope::from(transaction);
        begun(&self.send(Method::POST, "/decommit".to_owned(), Some(&envelope)).await?)
    }

    /// Submits a transaction to L1.
    ///
    /// # Errors
    /// The node cannot be asked, or L1 refuses the transaction.
    pub async fn submit_to_main_chain(&self, transaction: &SignedTransaction) -> Result<(), RequestError> {
        let envelope = TransactionEnvelope::from(transaction);
        let answer = self.send(Method::POST, "/cardano-transaction".to_owned(), Some(&envelope)).await?;
        granted::<CardanoTransactionResponse>(&answer).map(drop)
    }

    async fn ask<T: DeserializeOwned>(&self, path: &'static str) -> Result<T, RequestError> {
        granted(&self.read(path).await?)
    }

    /// Asks once: what was done must not be done twice.
    pub(super) async fn send<T: Serialize>(
        &self,
        method: Method,
        path: String,
        body: Option<&T>,
    ) -> Result<Answer, RequestError> {
        // NOTE: every key is a text, and writing to memory does not fail.
        let body = body.map(|body| serde_json::to_string(body).unwrap_or_default());
        let address = self.address().clone();
        // The node itself waits for what it was asked to do.
        let patience = self.options().session.fate;
        Ok(self.run(async move { request(&address, method, &path, body, patience).await }).await?)
    }
}

pub(super) fn granted<T: DeserializeOwned>(answer: &Answer) -> Result<T, RequestError> {
    if answer.status == StatusCode::OK { Ok(answer.value()?) } else { Err(refused(answer)) }
}

/// Done, or begun.
fn begun(answer: &Answer) -> Result<(), RequestError> {
    if answer.status.is_success() { Ok(()) } else { Err(refused(answer)) }
}

fn refused(answer: &Answer) -> RequestError {
    RequestError::Refused { status: answer.status.as_u16(), reason: answer.text() }
}
