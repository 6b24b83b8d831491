//! Quantities by resource, added and compared with checks.

use std::collections::BTreeMap;

use demeter_core::{Quantity, ResourceName};

/// More of this resource than can be counted.
#[derive(Debug)]
pub(super) struct Overflow(pub(super) ResourceName);

/// How much of each resource something needs. Zero is kept apart from absent, as Kubernetes does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Needs(BTreeMap<ResourceName, Quantity>);

impl Needs {
    pub(super) fn get(&self, name: &ResourceName) -> Option<Quantity> {
        self.0.get(name).copied()
    }

    pub(super) fn set(&mut self, name: ResourceName, quantity: Quantity) {
        self.0.insert(name, quantity);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&ResourceName, Quantity)> {
        self.0.iter().map(|(name, quantity)| (name, *quantity))
    }

    /// Adds to one resource.
    pub(super) fn add(&mut self, name: &ResourceName, quantity: Quantity) -> Result<(), Overflow> {
        let sum = match self.get(name) {
            Some(present) => present.checked_add(quantity).map_err(|_| Overflow(name.clone()))?,
            None => quantity,
        };
        self.set(name.clone(), sum);
        Ok(())
    }

    /// Adds resource by resource.
    pub(super) fn add_all(&mut self, other: &Self) -> Result<(), Overflow> {
        other.iter().try_for_each(|(name, quantity)| self.add(name, quantity))
    }

    /// Takes the larger of both, resource by resource.
    pub(super) fn raise_to(&mut self, other: &Self) {
        for (name, quantity) in other.iter() {
            if self.get(name).is_none_or(|present| present < quantity) {
                self.set(name.clone(), quantity);
            }
        }
    }

    /// So many times as much.
    pub(super) fn times(&self, count: u64) -> Result<Self, Overflow> {
        let product = |(name, quantity): (&ResourceName, Quantity)| {
            quantity
                .checked_mul(count)
                .map(|product| (name.clone(), product))
                .map_err(|_| Overflow(name.clone()))
        };
        self.iter().map(product).collect::<Result<_, _>>().map(Self)
    }

    /// What is needed at all.
    pub(super) fn into_nonzero(self) -> BTreeMap<ResourceName, Quantity> {
        self.0.into_iter().filter(|(_, quantity)| *quantity != Quantity::ZERO).collect()
    }
}
