//! What a transaction did to a view.

use std::collections::BTreeMap;

use demeter_core::{Address, BidName, Count, OutputReference};

use super::{SlotName, Subject};

/// What became of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// It was not there before.
    Appeared,
    /// It was there, and is there in another output.
    Changed,
    /// It is there no more.
    Gone,
}

impl Change {
    /// What became of something that was there before, or not, and is there now, or not.
    pub(super) const fn between(before: bool, after: bool) -> Option<Self> {
        match (before, after) {
            (false, true) => Some(Self::Appeared),
            (true, true) => Some(Self::Changed),
            (true, false) => Some(Self::Gone),
            (false, false) => None,
        }
    }

    const fn was_there_before(self) -> bool {
        !matches!(self, Self::Appeared)
    }

    const fn is_there_after(self) -> bool {
        !matches!(self, Self::Gone)
    }
}

/// What must be looked at again: each subject that was touched, and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes(BTreeMap<Subject, Change>);

impl Changes {
    /// Whether nothing was touched.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many subjects were touched.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// What became of a subject, if it was touched.
    pub fn of(&self, subject: &Subject) -> Option<Change> {
        self.0.get(subject).copied()
    }

    /// All that was touched, in the order of [`Subject`].
    pub fn iter(&self) -> impl Iterator<Item = (Subject, Change)> {
        self.0.iter().map(|(subject, change)| (*subject, *change))
    }

    /// Whether the grid itself was touched.
    pub fn grid(&self) -> bool {
        self.of(&Subject::Grid).is_some()
    }

    /// The operators that were touched.
    pub fn operators(&self) -> impl Iterator<Item = (Count, Change)> {
        self.iter().filter_map(|(subject, change)| match subject {
            Subject::Operator(number) => Some((number, change)),
            _ => None,
        })
    }

    /// The slots that were touched. One that takes the lead goes into its bid.
    pub fn slots(&self) -> impl Iterator<Item = (SlotName, Change)> {
        self.iter().filter_map(|(subject, change)| match subject {
            Subject::Slot(name) => Some((name, change)),
            _ => None,
        })
    }

    /// The bids that were touched.
    pub fn bids(&self) -> impl Iterator<Item = (BidName, Change)> {
        self.iter().filter_map(|(subject, change)| match subject {
            Subject::Bid(name) => Some((name, change)),
            _ => None,
        })
    }

    /// The watched addresses at which outputs came or went.
    pub fn wallets(&self) -> impl Iterator<Item = (Address, Change)> {
        self.iter().filter_map(|(subject, change)| match subject {
            Subject::Wallet(address) => Some((address, change)),
            _ => None,
        })
    }

    /// The strangers that came or went.
    pub fn strangers(&self) -> impl Iterator<Item = (OutputReference, Change)> {
        self.iter().filter_map(|(subject, change)| match subject {
            Subject::Stranger(reference) => Some((reference, change)),
            _ => None,
        })
    }

    /// These changes and then others, as one. What appears and goes again leaves no trace.
    #[must_use]
    pub fn then(mut self, later: &Self) -> Self {
        for (subject, change) in later.iter() {
            let before = self.of(&subject).map_or(change.was_there_before(), Change::was_there_before);
            match Change::between(before, change.is_there_after()) {
                Some(change) => self.0.insert(subject, change),
                None => self.0.remove(&subject),
            };
        }
        self
    }
}

impl FromIterator<(Subject, Change)> for Changes {
    fn from_iter<I: IntoIterator<Item = (Subject, Change)>>(changes: I) -> Self {
        Self(changes.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_add_up() {
        use Change::{Appeared, Changed, Gone};
        let one = |change| Changes::from_iter([(Subject::Grid, change)]);
        for (first, second, both) in [
            (Appeared, Changed, Some(Appeared)),
            (Appeared, Gone, None),
            (Changed, Changed, Some(Changed)),
            (Changed, Gone, Some(Gone)),
            (Gone, Appeared, Some(Changed)),
        ] {
            assert_eq!(one(first).then(&one(second)).of(&Subject::Grid), both, "{first:?}, {second:?}");
        }
    }
}
