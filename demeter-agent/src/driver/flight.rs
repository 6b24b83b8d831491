//! Transactions of which it is not known yet what becomes of them.

use std::collections::BTreeSet;

use demeter_core::{OutputReference, Time, TransactionId};
use demeter_tx::view::{GridView, Subject};

/// A transaction that was submitted and is not known to be final.
#[derive(Clone, Debug)]
pub(super) struct Flight {
    /// Its id.
    pub(super) transaction: TransactionId,
    /// What it is about.
    pub(super) subject: Subject,
    /// The name of its action.
    pub(super) action: &'static str,
    /// What it consumes.
    pub(super) consumed: BTreeSet<OutputReference>,
    /// When its validity ends.
    pub(super) expires: Time,
}

/// Transactions of which it is not known yet what becomes of them.
#[derive(Debug, Default)]
pub(super) struct Flights(Vec<Flight>);

impl Flights {
    pub(super) fn add(&mut self, flight: Flight) {
        self.0.push(flight);
    }

    /// Forgets the one of which it is known what became of it.
    pub(super) fn remove(&mut self, transaction: TransactionId) {
        self.0.retain(|flight| flight.transaction != transaction);
    }

    /// Forgets those that are over: what they consume is consumed, by them or by others, or their validity has ended.
    pub(super) fn land(&mut self, view: &GridView, now: Time) {
        let there = |reference: &OutputReference| view.utxos().contains_key(reference);
        self.0.retain(|flight| now < flight.expires && flight.consumed.iter().all(there));
    }

    /// When the last transaction ends that does this, or that consumes something that this needs, if any does.
    pub(super) fn in_the_way(
        &self,
        subject: Subject,
        action: &'static str,
        needed: &BTreeSet<OutputReference>,
    ) -> Option<Time> {
        let same = |flight: &Flight| flight.subject == subject && flight.action == action;
        let flights = self.0.iter().filter(|flight| same(flight) || !flight.consumed.is_disjoint(needed));
        flights.map(|flight| flight.expires).max()
    }

    /// All that they consume.
    pub(super) fn consumed(&self) -> BTreeSet<OutputReference> {
        self.0.iter().flat_map(|flight| flight.consumed.iter().copied()).collect()
    }

    /// When the first of them ends.
    pub(super) fn first_end(&self) -> Option<Time> {
        self.0.iter().map(|flight| flight.expires).min()
    }
}
