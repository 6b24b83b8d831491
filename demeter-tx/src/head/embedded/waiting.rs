//! Transactions that are not valid yet, held until their first slot comes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::check::Checked;
use super::reply::Reply;
use crate::{SignedTransaction, Slot};

/// How many a head holds at most; more are refused at once.
const MOST: usize = 1024;

/// A transaction that waits, and who waits for it.
#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) transaction: Arc<SignedTransaction>,
    pub(super) reply: Reply,
    /// What was found out about it already, as of its first slot.
    pub(super) ahead: Option<Checked>,
}

/// All that wait, in the order in which they are taken up: by first slot, then as they came.
#[derive(Debug, Default)]
pub(super) struct WaitingRoom {
    waiters: BTreeMap<(Slot, u64), Waiter>,
    arrived: u64,
}

impl WaitingRoom {
    pub(super) fn is_full(&self) -> bool {
        self.waiters.len() >= MOST
    }

    pub(super) fn admit(&mut self, slot: Slot, waiter: Waiter) {
        self.waiters.insert((slot, self.arrived), waiter);
        self.arrived = self.arrived.saturating_add(1);
    }

    /// The slot that the next of them waits for.
    pub(super) fn first(&self) -> Option<Slot> {
        self.waiters.first_key_value().map(|((slot, _), _)| *slot)
    }

    /// The next of them whose slot has come.
    pub(super) fn due(&mut self, now: Slot) -> Option<Waiter> {
        if self.first()? > now {
            return None;
        }
        self.waiters.pop_first().map(|(_, waiter)| waiter)
    }

    /// All of them.
    pub(super) fn clear(&mut self) -> Vec<Waiter> {
        std::mem::take(&mut self.waiters).into_values().collect()
    }
}
