//! The transactions on their way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use demeter_core::{OutputReference, TransactionId};

use super::submission::Submission;
use crate::SignedTransaction;

/// The transactions on their way, in the order in which they were submitted: one may spend what another makes.
#[derive(Debug, Default)]
pub(super) struct Pending {
    submissions: BTreeMap<TransactionId, Submission>,
    order: BTreeMap<u64, TransactionId>,
    next: u64,
    /// Which of them consume an output.
    spenders: BTreeMap<OutputReference, BTreeSet<TransactionId>>,
}

impl Pending {
    pub(super) fn len(&self) -> usize {
        self.submissions.len()
    }

    /// Adds one, unless it is there.
    pub(super) fn add(&mut self, transaction: Arc<SignedTransaction>, now: Duration) {
        let id = transaction.id();
        if self.submissions.contains_key(&id) {
            return;
        }
        let number = self.next;
        self.next = self.next.saturating_add(1);
        let submission = Submission::new(transaction, number, now);
        for reference in submission.consumed() {
            self.spenders.entry(*reference).or_default().insert(id);
        }
        self.order.insert(number, id);
        self.submissions.insert(id, submission);
    }

    /// Removes one. Whether it was there.
    pub(super) fn remove(&mut self, id: &TransactionId) -> bool {
        let Some(submission) = self.submissions.remove(id) else { return false };
        self.order.remove(&submission.number());
        for reference in submission.consumed() {
            if let Some(spenders) = self.spenders.get_mut(reference) {
                spenders.remove(id);
                if spenders.is_empty() {
                    self.spenders.remove(reference);
                }
            }
        }
        true
    }

    pub(super) fn get_mut(&mut self, id: &TransactionId) -> Option<&mut Submission> {
        self.submissions.get_mut(id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Submission> {
        self.submissions.values()
    }

    /// All of them, the first submitted first.
    pub(super) fn ids(&self) -> Vec<TransactionId> {
        self.order.values().copied().collect()
    }

    /// Those that consume one of these outputs, with the output.
    pub(super) fn spenders<'r>(
        &self,
        references: impl Iterator<Item = &'r OutputReference>,
    ) -> Vec<(TransactionId, OutputReference)> {
        let of = |reference: &'r OutputReference| {
            let spenders = self.spenders.get(reference).into_iter().flatten();
            spenders.map(|id| (*id, *reference))
        };
        references.flat_map(of).collect()
    }

    /// Those of them that make what this one consumes.
    pub(super) fn makers(&self, id: &TransactionId) -> BTreeSet<TransactionId> {
        let consumed = self.submissions.get(id).map(Submission::consumed).unwrap_or_default();
        let makers = consumed.iter().map(|reference| reference.transaction);
        makers.filter(|maker| self.submissions.contains_key(maker)).collect()
    }
}
