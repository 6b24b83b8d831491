//! A healthy transaction and its mutants.

use demeter_core::transition::{Outcome, TransactionView};

use super::scene::Healthy;

/// A change of a transaction.
pub type Change = Box<dyn Fn(&mut TransactionView)>;

/// Why a mutant is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The code of the mirror's refusal.
    pub code: &'static str,
    /// How the first trace of the contract begins, white space aside: the condition that does not hold.
    pub trace: &'static str,
}

/// A reason of these two.
pub(super) const fn reason(code: &'static str, trace: &'static str) -> Reason {
    Reason { code, trace }
}

/// One way to spoil a healthy transaction.
pub struct Mutant {
    /// What is changed, unique in the whole table.
    pub name: String,
    /// What a thief would gain.
    pub gain: String,
    /// The change itself.
    pub change: Change,
    /// Why it is refused.
    pub reason: Reason,
}

/// A transaction near the healthy one that is healthy too: it shows that a bound is where it should be.
pub struct Neighbour {
    /// How it differs.
    pub name: String,
    /// The transaction.
    pub transaction: TransactionView,
}

/// One healthy transaction, and what becomes of it.
pub struct Case {
    /// Which transition.
    pub transition: &'static str,
    /// The name of the case: the transition, and what is special about this one.
    pub name: &'static str,
    /// The healthy transaction.
    pub healthy: TransactionView,
    /// What the mirror yields of it.
    pub outcome: Outcome,
    /// Others that are healthy too.
    pub neighbours: Vec<Neighbour>,
    /// Those that must be refused.
    pub mutants: Vec<Mutant>,
}

impl Case {
    pub(super) fn new(transition: &'static str, name: &'static str, healthy: Healthy) -> Self {
        let Healthy { transaction: healthy, outcome } = healthy;
        Self { transition, name, healthy, outcome, neighbours: Vec::new(), mutants: Vec::new() }
    }

    /// Adds a mutant; the case's name comes before its own.
    pub(super) fn mutant(
        &mut self,
        name: impl AsRef<str>,
        gain: impl Into<String>,
        reason: Reason,
        change: impl Fn(&mut TransactionView) + 'static,
    ) {
        let name = format!("{}: {}", self.name, name.as_ref());
        self.mutants.push(Mutant { name, gain: gain.into(), change: Box::new(change), reason });
    }

    /// Adds a changed transaction that is healthy too.
    pub(super) fn neighbour(&mut self, name: &str, change: impl Fn(&mut TransactionView)) {
        let mut transaction = self.healthy.clone();
        change(&mut transaction);
        self.also_healthy(name, transaction);
    }

    /// Adds another healthy transaction.
    pub(super) fn also_healthy(&mut self, name: &str, transaction: TransactionView) {
        let name = format!("{}: {name}", self.name);
        self.neighbours.push(Neighbour { name, transaction });
    }
}

impl Mutant {
    /// The healthy transaction with the change.
    pub fn applied(&self, healthy: &TransactionView) -> TransactionView {
        let mut transaction = healthy.clone();
        (self.change)(&mut transaction);
        transaction.inputs.sort_by_key(|input| input.reference);
        transaction.references.sort_by_key(|input| input.reference);
        transaction
    }
}
