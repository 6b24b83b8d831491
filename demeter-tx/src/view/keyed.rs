//! References by what they are looked up by.

use std::collections::{BTreeMap, BTreeSet, btree_set};
use std::ops::RangeInclusive;

use demeter_core::{OutputReference, TransactionId};

/// No reference is before this one.
const FIRST: OutputReference =
    OutputReference { transaction: TransactionId::from_bytes([0; 32]), index: u64::MIN };
/// No reference is after this one.
const LAST: OutputReference =
    OutputReference { transaction: TransactionId::from_bytes([0xff; 32]), index: u64::MAX };

/// References by key, in the order of keys and then of references: for keys of which there are many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Keyed<K> {
    sorted: BTreeSet<(K, OutputReference)>,
    /// What is still to be sorted, while an index is filled for the first time: sorting all at once takes half as long.
    gathered: Option<Vec<(K, OutputReference)>>,
}

/// Sorting once, whatever the keys are.
pub(super) trait Gather {
    /// From now on keys are only gathered, so many at most if each thing has one, and nothing is found until they are
    /// sorted.
    fn gather(&mut self, most: usize);

    /// Sorts what was gathered.
    fn sort(&mut self);
}

impl<K: Ord> Gather for Keyed<K> {
    fn gather(&mut self, most: usize) {
        self.gathered = Some(Vec::with_capacity(most));
    }

    fn sort(&mut self) {
        if let Some(gathered) = self.gathered.take() {
            self.sorted.append(&mut gathered.into_iter().collect());
        }
    }
}

impl<K: Ord + Clone> Keyed<K> {
    pub(super) const fn new() -> Self {
        Self { sorted: BTreeSet::new(), gathered: None }
    }

    /// Lets a reference have a key from now on, or no more.
    pub(super) fn set(&mut self, key: K, reference: OutputReference, has: bool) {
        match &mut self.gathered {
            Some(gathered) if has => gathered.push((key, reference)),
            _ if has => drop(self.sorted.insert((key, reference))),
            _ => drop(self.sorted.remove(&(key, reference))),
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

    /// What has a key in a range; nothing where that ends before it begins.
    pub(super) fn within(
        &self,
        keys: RangeInclusive<K>,
    ) -> impl Iterator<Item = &(K, OutputReference)> + use<'_, K> {
        let (first, last) = keys.into_inner();
        let range = (first <= last).then(|| self.sorted.range((first, FIRST)..=(last, LAST)));
        range.into_iter().flatten()
    }

    /// All, in the order of their keys.
    pub(super) fn iter(&self) -> btree_set::Iter<'_, (K, OutputReference)> {
        self.sorted.iter()
    }
}

/// References by key: for keys of which there are few, each of many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grouped<K>(BTreeMap<K, BTreeSet<OutputReference>>);

impl<K: Ord + Clone> Grouped<K> {
    pub(super) const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Lets a reference have a key from now on, or no more.
    pub(super) fn set(&mut self, key: &K, reference: OutputReference, has: bool) {
        match self.0.get_mut(key) {
            Some(group) if has => drop(group.insert(reference)),
            Some(group) => {
                group.remove(&reference);
                // INVARIANT: no group is empty, so that equal contents are equal.
                if group.is_empty() {
                    self.0.remove(key);
                }
            }
            None if has => drop(self.0.insert(key.clone(), BTreeSet::from([reference]))),
            None => {}
        }
    }

    /// What has just this key.
    pub(super) fn at(&self, key: &K) -> impl Iterator<Item = OutputReference> + use<'_, K> {
        self.0.get(key).into_iter().flatten().copied()
    }
}
