//! Which snapshots confirmed which transactions, where there is no file to tell.

use std::collections::HashMap;
use std::mem;

use demeter_core::TransactionId;

use super::super::SnapshotNumber;

/// As many as a hash table of `2^20` places takes, about 43 MB, before it grows.
const GENERATION: usize = 917_504;

/// The last transactions that were confirmed: at least a generation of them, fewer than two.
///
/// They are forgotten a whole generation at a time: that takes no order among them, so nothing but the table itself.
#[derive(Debug)]
pub(super) struct Confirmed {
    recent: HashMap<TransactionId, SnapshotNumber>,
    older: HashMap<TransactionId, SnapshotNumber>,
    generation: usize,
}

impl Default for Confirmed {
    fn default() -> Self {
        Self::of_generation(GENERATION)
    }
}

impl Confirmed {
    fn of_generation(generation: usize) -> Self {
        Self { recent: HashMap::new(), older: HashMap::new(), generation }
    }

    pub(super) fn insert(&mut self, transaction: TransactionId, number: SnapshotNumber) {
        if self.recent.len() >= self.generation {
            self.older = mem::take(&mut self.recent);
        }
        self.recent.insert(transaction, number);
    }

    pub(super) fn get(&self, transaction: &TransactionId) -> Option<SnapshotNumber> {
        self.recent.get(transaction).or_else(|| self.older.get(transaction)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_least_a_generation_is_remembered_and_less_than_two() {
        let id = |number: u64| TransactionId::from_bytes([u8::try_from(number).unwrap(); 32]);
        let mut confirmed = Confirmed::of_generation(10);
        for last in 1..=100 {
            confirmed.insert(id(last), SnapshotNumber::from_number(last));
            let known = (1..=100).filter(|number| confirmed.get(&id(*number)).is_some());
            let known: Vec<u64> = known.collect();
            assert_eq!(known.last(), Some(&last));
            let count = known.len() as u64;
            assert!(count >= last.min(10) && count <= 20, "{count} after {last}");
            assert_eq!(known, (last + 1 - count..=last).collect::<Vec<_>>());
            assert_eq!(confirmed.get(&id(last)), Some(SnapshotNumber::from_number(last)));
        }
    }

    #[test]
    fn a_generation_fits_its_table() {
        let table = HashMap::<TransactionId, SnapshotNumber>::with_capacity(GENERATION);
        assert_eq!(table.capacity(), GENERATION);
    }
}
