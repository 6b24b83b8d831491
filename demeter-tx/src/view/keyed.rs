//! References sorted by what they are looked up by.

use std::collections::{BTreeSet, btree_set};
use std::ops::RangeInclusive;

use demeter_core::{OutputReference, TransactionId};

/// No reference is before this one.
const FIRST: OutputReference =
    OutputReference { transaction: TransactionId::from_bytes([0; 32]), index: u64::MIN };
/// No reference is after this one.
const LAST: OutputReference =
    OutputReference { transaction: TransactionId::from_bytes([0xff; 32]), index: u64::MAX };

/// References by key, in the order of keys and then of references.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Keyed<K>(BTreeSet<(K, OutputReference)>);

impl<K: Ord + Clone> Keyed<K> {
    pub(super) const fn new() -> Self {
        Self(BTreeSet::new())
    }

    /// Lets a reference have a key from now on, or no more.
    pub(super) fn set(&mut self, key: K, reference: OutputReference, has: bool) {
        if has {
            self.0.insert((key, reference));
        } else {
            self.0.remove(&(key, reference));
        }
    }

    /// Whether anything has this key.
    pub(super) fn has(&self, key: &K) -> bool {
        self.at(key).next().is_some()
    }

    /// What has just this key.
    pub(super) fn at(&self, key: &K) -> impl Iterator<Item = OutputReference> + use<'_, K> {
        self.within(key.clone()..=key.clone()).map(|(_, reference)| *reference)
    }

    /// What has a key in a range.
    pub(super) fn within(&self, keys: RangeInclusive<K>) -> btree_set::Range<'_, (K, OutputReference)> {
        let (first, last) = keys.into_inner();
        self.0.range((first, FIRST)..=(last, LAST))
    }

    /// All, in the order of their keys.
    pub(super) fn iter(&self) -> btree_set::Iter<'_, (K, OutputReference)> {
        self.0.iter()
    }
}
