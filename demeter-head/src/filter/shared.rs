//! What all parts of the filter share.

use std::sync::Arc;

use demeter_core::{OutputReference, Scripts};
use demeter_tx::ProtocolParameters;
use demeter_tx::SignedTransaction;
use demeter_tx::hydra::TransactionEnvelope;
use tokio::sync::{Semaphore, watch};

use super::clients::Clients;
use super::deposits;
use super::judge::{Held, check_consumed, check_made, effect, read_for_head};
use super::options::FilterOptions;
use super::refusal::Refusal;
use super::upstream::{Upstream, UpstreamError};

/// How many clients may have the outputs of the head read at once for what they ask for.
const LOOKUPS: usize = 4;

/// What all parts of the filter share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) upstream: Upstream,
    pub(crate) scripts: Scripts,
    pub(crate) main_chain: ProtocolParameters,
    pub(crate) options: FilterOptions,
    pub(crate) clients: Arc<Clients>,
    lookups: Semaphore,
    /// Whether the filter is about to end.
    ending: watch::Receiver<bool>,
}

impl Shared {
    pub(crate) fn new(
        options: FilterOptions,
        main_chain: ProtocolParameters,
        ending: watch::Receiver<bool>,
    ) -> Self {
        let (most, each) = (options.limits.clients, options.connections_each);
        Self {
            upstream: Upstream::new(&options),
            scripts: options.scripts,
            main_chain,
            clients: Arc::new(Clients::new(most, each, options.rate)),
            options,
            lookups: Semaphore::new(LOOKUPS),
            ending,
        }
    }

    /// Waits until the filter is about to end.
    pub(crate) async fn ended(&self) {
        // An error says that whoever would tell is gone, which is the end as well.
        drop(self.ending.clone().wait_for(|ending| *ending).await);
    }

    /// Reads a transaction that shall be applied in the head.
    pub(crate) fn submitted(&self, envelope: &TransactionEnvelope) -> Result<SignedTransaction, Refusal> {
        read_for_head(envelope, &self.main_chain)
    }

    /// Reads a transaction whose outputs shall leave the head.
    pub(crate) async fn decommitted(
        &self,
        envelope: &TransactionEnvelope,
    ) -> Result<SignedTransaction, Refusal> {
        let transaction = self.submitted(envelope)?;
        let effect = effect(&transaction)?;
        check_made(&effect, &self.scripts)?;
        check_consumed(&effect, &self.scripts, &self.held().await?)?;
        Ok(transaction)
    }

    /// Refuses that outputs enter under references that are in use.
    pub(crate) async fn check_entering(&self, references: &[OutputReference]) -> Result<(), Refusal> {
        if references.is_empty() {
            return Ok(());
        }
        deposits::check(references, &self.held().await?)
    }

    async fn held(&self) -> Result<Held, UpstreamError> {
        // An error says that the semaphore is closed, which it never is.
        let _turn = self.lookups.acquire().await;
        self.upstream.held().await
    }
}
