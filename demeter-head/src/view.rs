//! What clients are told the head holds.

use std::collections::BTreeSet;
use std::sync::Arc;

use demeter_tx::hydra::UtxoJson;
use demeter_tx::keys::NetworkAddress;
use demeter_tx::{Effect, SignedTransaction, UtxoSet};

/// What the head holds, as of an event.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// The unspent outputs, kept as JSON: most of them stay as they are from one snapshot to the next.
    pub(crate) utxo: UtxoJson,
    /// The last snapshot, by hydra's count: where the head began with outputs, the first is the one that they entered
    /// with.
    pub(crate) snapshot: u64,
    /// The transactions of that snapshot, as far as they are known.
    pub(crate) confirmed: Vec<Arc<SignedTransaction>>,
    /// Whether the head began with outputs, which then count as its one deposit.
    pub(crate) deposited: bool,
}

impl View {
    /// A head that begins.
    pub(crate) fn opened(outputs: &UtxoSet) -> Self {
        let deposited = !outputs.is_empty();
        Self { utxo: outputs.into(), snapshot: u64::from(deposited), confirmed: Vec::new(), deposited }
    }

    /// How often outputs have entered or left: once, or never.
    pub(crate) fn version(&self) -> u64 {
        u64::from(self.deposited)
    }

    /// Whether the last snapshot is the one that the outputs entered with: it still shows them as about to.
    pub(crate) fn is_just_opened(&self) -> bool {
        self.deposited && self.snapshot == 1
    }

    /// Takes up a snapshot, by the head's own count.
    pub(crate) fn confirm(&mut self, number: u64, transactions: &[Arc<SignedTransaction>]) {
        for transaction in transactions {
            let Effect { consumed, made } = effect(transaction);
            for reference in &consumed {
                self.utxo.0.remove(reference);
            }
            self.utxo.0.extend(made.iter().map(|(reference, output)| (*reference, output.into())));
        }
        self.snapshot = number.saturating_add(self.version());
        self.confirmed = transactions.to_vec();
    }
}

/// What a confirmed transaction did.
///
/// NOTE: an embedded head confirms nothing whose effect it cannot tell.
fn effect(transaction: &SignedTransaction) -> Effect {
    transaction.effect().unwrap_or_default()
}

/// The addresses that transactions pay to, as a client would name them.
pub(crate) fn addresses(transactions: &[Arc<SignedTransaction>]) -> BTreeSet<String> {
    let outputs = transactions.iter().flat_map(|transaction| effect(transaction).made);
    outputs.map(|(_, output)| NetworkAddress::new(output.network(), *output.address()).to_string()).collect()
}
