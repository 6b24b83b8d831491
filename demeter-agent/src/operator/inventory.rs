//! What an operator's clusters can carry, and what they carry already.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use demeter_core::{Count, Ppm, Quantity, ResourceName, Resources};

/// Whether a cluster takes new leases.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// It does.
    #[default]
    Open,
    /// No new offers; what it carries stays, and may be extended.
    Cordoned,
    /// No new offers, and no extensions: it empties as its leases end. Leases are given up only where that is ordered.
    Draining,
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Cordoned => "cordoned",
            Self::Draining => "draining",
        })
    }
}

/// A cluster: what it can carry, and for which slots.
///
/// Slots belong to clusters once and for all, so that where a lease runs follows from which slot carries it: an agent
/// that starts with nothing but its settings finds every lease where the one before it had put it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// All that its leases and offers may use together.
    pub capacity: Resources,
    /// The indices of the operator's slots whose leases run here.
    pub slots: BTreeSet<Count>,
    /// Whether it takes new ones.
    #[serde(default)]
    pub schedule: Schedule,
}

impl Cluster {
    /// A cluster that takes leases on these slots.
    pub fn new(capacity: Resources, slots: impl IntoIterator<Item = Count>) -> Self {
        Self { capacity, slots: slots.into_iter().collect(), schedule: Schedule::Open }
    }
}

/// An operator's clusters by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    clusters: BTreeMap<String, Cluster>,
}

/// Clusters do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InventoryError {
    /// A name stands for two clusters.
    #[error("there are two clusters {name}")]
    NameTwice {
        /// The name.
        name: String,
    },
    /// A slot is in two clusters.
    #[error("slot {slot} is in the clusters {first} and {second}, expected one")]
    SlotTwice {
        /// The index of the slot.
        slot: Count,
        /// One cluster.
        first: String,
        /// The other.
        second: String,
    },
    /// There is no cluster of a name.
    #[error("there is no cluster {name}")]
    NoCluster {
        /// The name.
        name: String,
    },
}

impl Inventory {
    /// These clusters.
    ///
    /// # Errors
    /// Two have one name, or share a slot.
    pub fn new(clusters: impl IntoIterator<Item = (String, Cluster)>) -> Result<Self, InventoryError> {
        let mut inventory = Self::default();
        for (name, cluster) in clusters {
            if inventory.clusters.contains_key(&name) {
                return Err(InventoryError::NameTwice { name });
            }
            for slot in &cluster.slots {
                if let Some((first, _)) = inventory.cluster_of(*slot) {
                    let (slot, first) = (*slot, first.to_owned());
                    return Err(InventoryError::SlotTwice { slot, first, second: name });
                }
            }
            inventory.clusters.insert(name, cluster);
        }
        Ok(inventory)
    }

    /// One cluster, for all slots there can be.
    pub fn single(name: &str, capacity: Resources) -> Self {
        let slots = (0..demeter_core::limits::MAX_SLOTS).filter_map(|index| Count::from_number(index).ok());
        Self { clusters: BTreeMap::from([(name.to_owned(), Cluster::new(capacity, slots))]) }
    }

    /// The clusters by name.
    pub fn clusters(&self) -> impl Iterator<Item = (&str, &Cluster)> {
        self.clusters.iter().map(|(name, cluster)| (name.as_str(), cluster))
    }

    /// The cluster on which a slot's leases run.
    pub fn cluster_of(&self, slot: Count) -> Option<(&str, &Cluster)> {
        self.clusters().find(|(_, cluster)| cluster.slots.contains(&slot))
    }

    /// Says whether a cluster takes new leases.
    ///
    /// # Errors
    /// There is no such cluster.
    pub fn set_schedule(&mut self, name: &str, schedule: Schedule) -> Result<(), InventoryError> {
        let cluster = self.clusters.get_mut(name);
        let cluster = cluster.ok_or_else(|| InventoryError::NoCluster { name: name.to_owned() })?;
        cluster.schedule = schedule;
        Ok(())
    }
}

/// What is offered or leased on each cluster.
///
/// Sums may exceed what a cluster carries, where it shrank after they were promised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    by_cluster: BTreeMap<String, BTreeMap<ResourceName, u128>>,
}

impl Usage {
    /// Counts resources as used on a cluster.
    pub fn add<'a>(
        &mut self,
        cluster: &str,
        resources: impl IntoIterator<Item = (&'a ResourceName, Quantity)>,
    ) {
        let used = self.by_cluster.entry(cluster.to_owned()).or_default();
        for (name, amount) in resources {
            let sum = used.entry(name.clone()).or_default();
            // INVARIANT: an amount is below 2^63 and an operator has 16 slots.
            *sum = sum.saturating_add(u128::from(amount.to_units()));
        }
    }

    /// How much of a resource is used on a cluster.
    pub fn used(&self, cluster: &str, resource: &ResourceName) -> u128 {
        self.by_cluster.get(cluster).and_then(|used| used.get(resource)).copied().unwrap_or(0)
    }

    /// How much of a resource is left on a cluster of this capacity.
    pub fn free(&self, cluster: &str, capacity: &Resources, resource: &ResourceName) -> Quantity {
        let all = u128::from(capacity.amount_of(resource).to_units());
        Quantity::try_from(all.saturating_sub(self.used(cluster, resource))).unwrap_or_default()
    }

    /// How full a cluster of this capacity would be with more on it, in millionths, rounded down: the fullest of these
    /// resources, at most the whole.
    pub fn with_more<'a>(
        &self,
        cluster: &str,
        capacity: &Resources,
        more: impl IntoIterator<Item = (&'a ResourceName, Quantity)>,
    ) -> Ppm {
        let whole = u128::from(Ppm::ONE.to_millionths());
        let shares = more.into_iter().filter(|(_, amount)| *amount > Quantity::ZERO).map(|(name, amount)| {
            let all = u128::from(capacity.amount_of(name).to_units());
            let used = self.used(cluster, name).saturating_add(u128::from(amount.to_units()));
            used.saturating_mul(whole).checked_div(all).unwrap_or(whole).min(whole)
        });
        Ppm::try_from(shares.max().unwrap_or(0)).unwrap_or(Ppm::ONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(number: u64) -> Count {
        Count::from_number(number).unwrap()
    }

    fn quantity(units: u64) -> Quantity {
        Quantity::from_units(units).unwrap()
    }

    fn capacity() -> Resources {
        [("cpu", 4_000), ("memory", 100)]
            .map(|(name, amount)| (ResourceName::from(name), quantity(amount)))
            .into_iter()
            .collect()
    }

    #[test]
    fn a_slot_is_in_one_cluster() {
        let one = Cluster::new(capacity(), [count(0), count(1)]);
        let other = Cluster::new(capacity(), [count(1)]);
        let error = Inventory::new([("a".into(), one.clone()), ("b".into(), other)]).unwrap_err();
        assert_eq!(error.to_string(), "slot 1 is in the clusters a and b, expected one");
        let twice = Inventory::new([("a".into(), one), ("a".into(), Cluster::new(capacity(), []))]);
        assert_eq!(twice.unwrap_err().to_string(), "there are two clusters a");
    }

    #[test]
    fn a_cluster_that_is_not_there_cannot_be_drained() {
        let mut inventory = Inventory::single("here", capacity());
        inventory.set_schedule("here", Schedule::Draining).unwrap();
        assert_eq!(inventory.cluster_of(count(15)).unwrap().1.schedule, Schedule::Draining);
        let error = inventory.set_schedule("there", Schedule::Open).unwrap_err();
        assert_eq!(error.to_string(), "there is no cluster there");
    }

    #[test]
    fn what_is_used_is_not_free() {
        let (cpu, memory, gpu) = ("cpu".into(), "memory".into(), "gpu".into());
        let mut usage = Usage::default();
        usage.add("a", [(&cpu, quantity(3_000)), (&memory, quantity(10))]);
        usage.add("a", [(&memory, quantity(100))]);
        let free = |resource| usage.free("a", &capacity(), resource).to_units();
        assert_eq!((free(&cpu), free(&memory), free(&gpu)), (1_000, 0, 0));
        assert_eq!(usage.free("b", &capacity(), &cpu), quantity(4_000));
        let with = |more: &[(&ResourceName, Quantity)]| {
            usage.with_more("a", &capacity(), more.iter().copied()).to_millionths()
        };
        assert_eq!(with(&[(&cpu, quantity(500))]), 875_000);
        assert_eq!(with(&[(&cpu, quantity(0)), (&memory, quantity(0))]), 0);
        assert_eq!(with(&[(&gpu, quantity(1))]), 1_000_000);
    }
}
