//! The view itself: what it holds, and how transactions change it.

use std::collections::{BTreeMap, BTreeSet};

use demeter_core::transition::Held;
use demeter_core::{Address, Grid, GridId, OutputReference, Scripts, StateKind};

use super::index::Index;
use super::sight::Lens;
use super::standing::Standing;
use super::{Change, Changes, Subject, ViewError};
use crate::{Effect, Output, UtxoSet};

/// What a view shows of a grid that it does not trust.
static NOTHING: Index = Index::new();

/// A typed index of one grid, kept current by what transactions consume and make.
///
/// It has no clock: queries are told what time it is. It is equal to another that holds the same outputs, however
/// either came to hold them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GridView {
    lens: Lens,
    index: Index,
    wallets: BTreeMap<Address, BTreeSet<OutputReference>>,
    utxos: UtxoSet,
}

impl GridView {
    /// A view of a grid of which nothing is known yet.
    pub fn new(scripts: Scripts, grid: GridId) -> Self {
        Self {
            lens: Lens::new(scripts, grid),
            index: Index::new(),
            wallets: BTreeMap::new(),
            utxos: UtxoSet::new(),
        }
    }

    /// Keeps the outputs at an address besides: what its owner can pay with, and what it was paid.
    ///
    /// It is for before the view is loaded: what stands there already is not found later.
    #[must_use]
    pub fn watching(mut self, address: Address) -> Self {
        self.wallets.entry(address).or_default();
        self
    }

    /// The same view of these outputs instead of those that it held.
    #[must_use]
    pub fn load(&self, utxos: &UtxoSet) -> Self {
        let mut wallets: BTreeMap<_, _> =
            self.wallets.keys().map(|address| (*address, BTreeSet::new())).collect();
        let mut kept = Vec::with_capacity(utxos.len());
        let index = Index::of(utxos.iter().filter_map(|(reference, output)| {
            let standing = Standing::of(&self.lens, *reference, output);
            let wallet = wallets.get_mut(output.address());
            if wallet.is_some() || standing.is_some() {
                kept.push((*reference, output.clone()));
            }
            if let Some(wallet) = wallet {
                wallet.insert(*reference);
            }
            standing
        }));
        Self { lens: self.lens.clone(), index, wallets, utxos: kept.into_iter().collect() }
    }

    /// Follows a transaction: takes out what it consumes, puts in what it makes.
    ///
    /// What the view never held may be consumed, and what it holds may be made again: a transaction that was followed
    /// changes nothing when it is followed again, as long as nothing came after it.
    pub fn apply(&mut self, effect: &Effect) -> Changes {
        let mut touched = Touched::default();
        for reference in &effect.consumed {
            self.consume(reference, &mut touched);
        }
        for (reference, output) in &effect.made {
            if self.utxos.get(reference) != Some(output) {
                self.consume(reference, &mut touched);
                let standing = Standing::of(&self.lens, *reference, output);
                for subject in self.subjects(output, standing.as_ref().map(Standing::subject)) {
                    touched.note(self, subject);
                }
                self.keep(*reference, output, standing.is_some());
                if let Some(standing) = standing {
                    self.index.insert(standing);
                }
            }
        }
        touched.changes(self)
    }

    /// What is different from what another view of the same grid showed.
    pub fn changes_since(&self, other: &Self) -> Changes {
        let mut touched = Touched::default();
        let differs = |(reference, output): &(&OutputReference, &Output), than: &Self| {
            than.utxos.get(*reference) != Some(*output)
        };
        let gone = other.utxos.iter().filter(|entry| differs(entry, self));
        for (reference, output) in gone {
            other.subjects_of(reference, output).for_each(|subject| touched.note(other, subject));
        }
        let new = self.utxos.iter().filter(|entry| differs(entry, other));
        for (reference, output) in new {
            self.subjects_of(reference, output).for_each(|subject| touched.note(other, subject));
        }
        touched.changes(self)
    }

    /// The contract's scripts.
    pub const fn scripts(&self) -> &Scripts {
        &self.lens.scripts
    }

    /// Which grid this is a view of.
    pub const fn grid_id(&self) -> GridId {
        self.lens.grid
    }

    /// The grid. While it cannot be trusted, the view shows nothing of it: no state at all.
    ///
    /// # Errors
    /// The Grid is not there, or its market is not ours.
    pub fn grid(&self) -> Result<&Held<Grid>, ViewError> {
        let mut grids = self.index.grids.values();
        let held = grids.next().ok_or(ViewError::NoGrid { grid: self.lens.grid })?;
        if grids.next().is_some() {
            return Err(ViewError::Several { state: StateKind::Grid, found: self.index.grids.len() });
        }
        if self.index.pools.len() > 1 {
            return Err(ViewError::Several { state: StateKind::Pool, found: self.index.pools.len() });
        }
        if held.state.market != self.lens.scripts.market {
            let (expected, found) = (self.lens.scripts.market, held.state.market);
            return Err(ViewError::OtherMarket { expected, found });
        }
        Ok(held)
    }

    /// All outputs that the view holds: at the contract's addresses, of this grid or not, and at watched ones. What a
    /// [`Composer`](crate::market::Composer) needs to make a transaction of a [`Plan`](crate::market::Plan).
    pub const fn utxos(&self) -> &UtxoSet {
        &self.utxos
    }

    /// All that the view holds, to be trusted or not.
    pub(super) const fn index(&self) -> &Index {
        &self.index
    }

    pub(super) const fn wallets(&self) -> &BTreeMap<Address, BTreeSet<OutputReference>> {
        &self.wallets
    }

    /// What the view shows: nothing, unless the grid is to be trusted.
    pub(super) fn shown(&self) -> &Index {
        if self.grid().is_ok() { &self.index } else { &NOTHING }
    }

    /// Keeps an output that something stands in, or that is at a watched address.
    fn keep(&mut self, reference: OutputReference, output: &Output, stands: bool) {
        let wallet = self.wallets.get_mut(output.address());
        if wallet.is_some() || stands {
            self.utxos.insert(reference, output.clone());
        }
        if let Some(wallet) = wallet {
            wallet.insert(reference);
        }
    }

    fn consume(&mut self, reference: &OutputReference, touched: &mut Touched) {
        let Some(output) = self.utxos.get(reference) else { return };
        for subject in self.subjects_of(reference, output) {
            touched.note(self, subject);
        }
        if let Some(wallet) = self.wallets.get_mut(output.address()) {
            wallet.remove(reference);
        }
        self.index.remove(reference);
        self.utxos.remove(reference);
    }

    /// What an output that the view holds belongs to.
    fn subjects_of(
        &self,
        reference: &OutputReference,
        output: &Output,
    ) -> impl Iterator<Item = Subject> + use<> {
        self.subjects(output, self.index.subject_at(reference))
    }

    fn subjects(&self, output: &Output, standing: Option<Subject>) -> impl Iterator<Item = Subject> + use<> {
        let wallet = self.wallets.contains_key(output.address());
        wallet.then_some(Subject::Wallet(*output.address())).into_iter().chain(standing)
    }

    fn has(&self, subject: &Subject) -> bool {
        match subject {
            Subject::Wallet(address) => self.wallets.get(address).is_some_and(|wallet| !wallet.is_empty()),
            _ => self.index.has(subject),
        }
    }
}

/// The subjects that are touched, and whether each was there before.
#[derive(Debug, Default)]
struct Touched(BTreeMap<Subject, bool>);

impl Touched {
    /// Notes whether a subject is there in a view, unless that is noted already.
    fn note(&mut self, view: &GridView, subject: Subject) {
        self.0.entry(subject).or_insert_with(|| view.has(&subject));
    }

    fn changes(self, after: &GridView) -> Changes {
        let changes = self
            .0
            .into_iter()
            .filter_map(|(subject, before)| Some((subject, Change::between(before, after.has(&subject))?)));
        changes.collect()
    }
}
