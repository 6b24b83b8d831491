//! What a node's history says of transactions.

use std::collections::{BTreeMap, BTreeSet};

use demeter_core::{OutputReference, TransactionId};

use crate::head::{Event, SnapshotNumber};
use crate::hydra::{HeadId, HeadState, NodeState, ServerOutput, TimedOutput, head_event};

/// What a node's history says of transactions.
///
/// It names every transaction that was confirmed since it begins. A node may begin it anew: what was confirmed before is
/// then nowhere named, but the outputs that there were then are.
#[derive(Debug, Default)]
pub(super) struct Recalled {
    /// Whether it names every transaction that was ever confirmed in the head.
    is_whole: bool,
    confirmed: BTreeMap<TransactionId, SnapshotNumber>,
    /// What consumed each output.
    spent: BTreeMap<OutputReference, TransactionId>,
    /// Outputs that were unspent at some time since it begins.
    existed: BTreeSet<OutputReference>,
}

impl Recalled {
    /// Reads the history of a head, as a node told it from the beginning to the end.
    pub(super) fn of(history: &[TimedOutput], head: Option<&HeadId>) -> Self {
        let mut recalled = Self::default();
        for timed in history {
            recalled.take(&timed.output, head);
        }
        recalled
    }

    fn take(&mut self, output: &ServerOutput, head: Option<&HeadId>) {
        match output {
            // Another head, before this one.
            ServerOutput::HeadIsOpen(opened) => {
                *self = Self { is_whole: head == Some(&opened.head_id), ..Self::default() };
            }
            ServerOutput::EventLogRotated(rotated) => {
                *self = Self { existed: outputs_of(&rotated.checkpoint), ..Self::default() };
            }
            // The transactions that led to it are not told.
            ServerOutput::SnapshotSideLoaded(_) => self.forget(),
            ServerOutput::SnapshotConfirmed(_) => match head_event(output) {
                Ok(Some(Event::SnapshotConfirmed { number, transactions })) => {
                    for transaction in transactions {
                        let id = transaction.id();
                        self.confirmed.insert(id, number);
                        let Ok(effect) = transaction.effect() else { continue };
                        self.spent.extend(effect.consumed.into_iter().map(|reference| (reference, id)));
                        self.existed.extend(effect.made.into_iter().map(|(reference, _)| reference));
                    }
                }
                _ => self.forget(),
            },
            _ => {}
        }
    }

    /// What was confirmed until now may not all be named.
    fn forget(&mut self) {
        self.is_whole = false;
        self.existed.clear();
    }

    /// The snapshot that has a transaction.
    pub(super) fn confirmed(&self, id: &TransactionId) -> Option<SnapshotNumber> {
        self.confirmed.get(id).copied()
    }

    /// The first of these outputs that some transaction has consumed.
    pub(super) fn spent<'r>(
        &self,
        mut references: impl Iterator<Item = &'r OutputReference>,
    ) -> Option<OutputReference> {
        references.find(|reference| self.spent.contains_key(reference)).copied()
    }

    /// Whether a transaction that consumes these outputs would be named, had it been confirmed. One that consumes an output
    /// that was unspent at some time cannot have been confirmed before that.
    pub(super) fn would_name<'r>(&self, mut consumed: impl Iterator<Item = &'r OutputReference>) -> bool {
        self.is_whole || consumed.any(|reference| self.existed.contains(reference))
    }
}

/// The outputs that a node knew of as unspent.
fn outputs_of(checkpoint: &NodeState) -> BTreeSet<OutputReference> {
    let (NodeState::InSync(known) | NodeState::CatchingUp(known)) = checkpoint else {
        return BTreeSet::new();
    };
    match &known.head_state {
        // NOTE: what is unspent after all that was found valid, was so after all that was confirmed, or is made by what
        // was to be confirmed: either way none that consumes it was confirmed.
        HeadState::Open(open) => open.contents.coordinated.local_utxo.0.keys().copied().collect(),
        _ => BTreeSet::new(),
    }
}
