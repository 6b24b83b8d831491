//! What is known of the transactions that others ask about.

use std::collections::{BTreeSet, HashMap, VecDeque};

use demeter_core::TransactionId;
use tokio::sync::oneshot;

use crate::head::SnapshotNumber;
use crate::hydra::session::{Fate, Rejection};
use crate::hydra::{TransactionInvalid, UtxoJson};

/// What is known of the transactions that others ask about.
#[derive(Debug)]
pub(super) struct Ledger {
    /// What became of the last ones, as many as are kept.
    fates: HashMap<TransactionId, Fate>,
    order: VecDeque<TransactionId>,
    kept: usize,
    /// Those that this client submits.
    own: BTreeSet<TransactionId>,
    /// Who waits for one to be found valid.
    submitters: HashMap<TransactionId, Vec<oneshot::Sender<Result<(), Fate>>>>,
    /// Who waits for one to be final.
    waiters: HashMap<TransactionId, Vec<oneshot::Sender<Fate>>>,
}

/// What is known of a transaction that is waited for.
#[derive(Debug)]
pub(super) enum Known {
    /// What became of it.
    Fate(Fate),
    /// It will be told here. Unless it is this client's own, it may have been confirmed before.
    Waits { fate: oneshot::Receiver<Fate>, own: bool },
}

impl Ledger {
    pub(super) fn new(kept: usize) -> Self {
        Self {
            fates: HashMap::new(),
            order: VecDeque::new(),
            kept,
            own: BTreeSet::new(),
            submitters: HashMap::new(),
            waiters: HashMap::new(),
        }
    }

    /// A transaction is to be submitted: whether it needs to be.
    pub(super) fn submit(&mut self, id: TransactionId, submitter: oneshot::Sender<Result<(), Fate>>) -> bool {
        match self.fates.get(&id) {
            // It cannot be applied again, and whoever asks can go on.
            Some(Fate::Confirmed { .. }) => {
                drop(submitter.send(Ok(())));
                return false;
            }
            Some(_) => {
                self.fates.remove(&id);
                self.order.retain(|other| *other != id);
            }
            None => {}
        }
        self.own.insert(id);
        self.submitters.entry(id).or_default().push(submitter);
        true
    }

    /// A transaction is waited for.
    pub(super) fn wait(&mut self, id: TransactionId) -> Known {
        if let Some(fate) = self.fates.get(&id) {
            return Known::Fate(fate.clone());
        }
        // Those who gave up waiting are forgotten.
        self.waiters.retain(|_, waiters| {
            waiters.retain(|waiter| !waiter.is_closed());
            !waiters.is_empty()
        });
        let (waiter, fate) = oneshot::channel();
        self.waiters.entry(id).or_default().push(waiter);
        Known::Waits { fate, own: self.own.contains(&id) }
    }

    /// The node found a transaction valid.
    pub(super) fn valid(&mut self, id: &TransactionId) {
        for submitter in self.submitters.remove(id).into_iter().flatten() {
            drop(submitter.send(Ok(())));
        }
    }

    /// It is known what became of a transaction.
    pub(super) fn end(&mut self, id: TransactionId, fate: Fate) {
        self.own.remove(&id);
        let is_final = matches!(fate, Fate::Confirmed { .. });
        for submitter in self.submitters.remove(&id).into_iter().flatten() {
            drop(submitter.send(if is_final { Ok(()) } else { Err(fate.clone()) }));
        }
        for waiter in self.waiters.remove(&id).into_iter().flatten() {
            drop(waiter.send(fate.clone()));
        }
        // That a snapshot has it says more than that it is final.
        let known = self.fates.get(&id);
        if matches!((known, &fate), (Some(Fate::Confirmed { snapshot: Some(_) }), _)) {
            return;
        }
        if self.fates.insert(id, fate).is_none() {
            self.order.push_back(id);
        }
        while self.order.len() > self.kept {
            if let Some(oldest) = self.order.pop_front() {
                self.fates.remove(&oldest);
            }
        }
    }

    /// A snapshot has a transaction.
    pub(super) fn confirmed(&mut self, id: TransactionId, snapshot: SnapshotNumber) {
        self.end(id, Fate::Confirmed { snapshot: Some(snapshot) });
    }

    /// The node found a transaction invalid, which another client submitted and this one waits for.
    ///
    /// Where its outputs are there it was applied already, and where its inputs are gone it may have been.
    pub(super) fn invalid(&mut self, invalid: &TransactionInvalid) {
        let Ok(transaction) = invalid.transaction.transaction() else { return };
        let id = transaction.id();
        if self.own.contains(&id) || !self.waiters.contains_key(&id) {
            return;
        }
        let Ok(effect) = transaction.effect() else { return };
        let there = &invalid.utxo.0;
        let is_applied = effect.made.iter().any(|(reference, _)| there.contains_key(reference));
        if !is_applied && effect.consumed.iter().any(|reference| there.contains_key(reference)) {
            let reason = crate::head::InvalidReason::Reported(invalid.validation_error.reason.clone());
            let fate = Fate::Rejected(Rejection::Invalid(reason));
            for waiter in self.waiters.remove(&id).into_iter().flatten() {
                drop(waiter.send(fate.clone()));
            }
        }
    }

    /// The outputs of a confirmed snapshot, after a gap: they show some of the transactions that are waited for.
    pub(super) fn see(&mut self, utxo: &UtxoJson) {
        let shown: Vec<TransactionId> =
            self.waiters.keys().filter(|id| !self.own.contains(id) && shows(utxo, id)).copied().collect();
        for id in shown {
            self.end(id, Fate::Confirmed { snapshot: None });
        }
    }
}

/// Whether outputs of a transaction are among these.
pub(super) fn shows(utxo: &UtxoJson, id: &TransactionId) -> bool {
    let first = demeter_core::OutputReference { transaction: *id, index: 0 };
    utxo.0.range(first..).next().is_some_and(|(reference, _)| reference.transaction == *id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(byte: u8) -> TransactionId {
        TransactionId::from_bytes([byte; 32])
    }

    fn number(number: u64) -> Fate {
        Fate::Confirmed { snapshot: Some(SnapshotNumber::from_number(number)) }
    }

    #[test]
    fn what_is_final_stays_so_and_is_not_submitted_again() {
        let mut ledger = Ledger::new(2);
        ledger.confirmed(id(1), SnapshotNumber::from_number(7));
        ledger.end(id(1), Fate::Confirmed { snapshot: None });
        ledger.end(id(1), Fate::Unknown);
        assert!(matches!(ledger.wait(id(1)), Known::Fate(fate) if fate == number(7)));
        let (submitter, mut answer) = oneshot::channel();
        assert!(!ledger.submit(id(1), submitter));
        assert_eq!(answer.try_recv().unwrap(), Ok(()));
    }

    #[test]
    fn what_was_rejected_may_be_submitted_again() {
        let mut ledger = Ledger::new(2);
        ledger.end(id(1), Fate::Unknown);
        let (submitter, mut answer) = oneshot::channel();
        assert!(ledger.submit(id(1), submitter));
        assert!(answer.try_recv().is_err());
        let Known::Waits { mut fate, own: true } = ledger.wait(id(1)) else { panic!("expected to wait") };
        ledger.end(id(1), number(3));
        assert_eq!((answer.try_recv().unwrap(), fate.try_recv().unwrap()), (Ok(()), number(3)));
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let mut ledger = Ledger::new(2);
        for byte in 1..=3 {
            ledger.confirmed(id(byte), SnapshotNumber::from_number(byte.into()));
        }
        assert!(matches!(ledger.wait(id(1)), Known::Waits { own: false, .. }));
        assert!(matches!(ledger.wait(id(2)), Known::Fate(_)));
        assert_eq!((ledger.fates.len(), ledger.order.len()), (2, 2));
    }
}
