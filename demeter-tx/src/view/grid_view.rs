//! The view itself: what it holds, and how transactions change it.

use std::collections::{BTreeMap, BTreeSet};

use demeter_core::rule::score;
use demeter_core::transition::Held;
use demeter_core::{
    Address, BidName, Count, Grid, GridId, KeyHash, Label, Operator, OutputReference, Pool, Ppm, Quantity,
    ResourceName, Scripts, Slot, StateKind, Time,
};

use super::index::Index;
use super::sight::Lens;
use super::standing::Standing;
use super::{Change, Changes, PlacedBid, SlotName, StageKind, Stranger, Subject, ViewError};
use crate::market::Funds;
use crate::{Output, UtxoSet};

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
        let mut view = Self {
            lens: self.lens.clone(),
            index: Index::new(),
            wallets: self.wallets.keys().map(|address| (*address, BTreeSet::new())).collect(),
            utxos: UtxoSet::new(),
        };
        for (reference, output) in utxos {
            view.put(*reference, output, Standing::of(&view.lens, *reference, output));
        }
        view
    }

    /// Follows a transaction: takes out what it consumes, puts in what it makes.
    ///
    /// What the view never held may be consumed, and what it holds may be made again: a transaction that was followed
    /// changes nothing when it is followed again, as long as nothing came after it.
    pub fn apply(&mut self, consumed: &[OutputReference], made: &[(OutputReference, Output)]) -> Changes {
        let mut touched = Touched::default();
        for reference in consumed {
            self.consume(reference, &mut touched);
        }
        for (reference, output) in made {
            if self.utxos.get(reference) != Some(output) {
                self.consume(reference, &mut touched);
                let standing = Standing::of(&self.lens, *reference, output);
                for subject in self.subjects(output, standing.as_ref().map(Standing::subject)) {
                    touched.note(self, subject);
                }
                self.put(*reference, output, standing);
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

    /// The pool, where it is on this ledger.
    pub fn pool(&self) -> Option<&Held<Pool>> {
        self.shown().pools.values().next()
    }

    /// The operators by number.
    pub fn operators(&self) -> impl Iterator<Item = &Held<Operator>> {
        let index = self.shown();
        index.operator_numbers.iter().filter_map(|(_, reference)| index.operators.get(reference))
    }

    /// The operator of a number.
    pub fn operator(&self, number: Count) -> Option<&Held<Operator>> {
        let index = self.shown();
        index.operator_numbers.at(&number).find_map(|reference| index.operators.get(&reference))
    }

    /// The operators that a key acts for, by number as long as it acts for one.
    pub fn operators_of(&self, owner: &KeyHash) -> impl Iterator<Item = &Held<Operator>> {
        let index = self.shown();
        index.operator_owners.at(owner).filter_map(|reference| index.operators.get(&reference))
    }

    /// The operators one slot of which may carry at least so much of a resource, those with least first.
    pub fn operators_with(
        &self,
        resource: &ResourceName,
        at_least: Quantity,
    ) -> impl Iterator<Item = &Held<Operator>> {
        let index = self.shown();
        let capacities =
            index.capacities.within((resource.clone(), at_least)..=(resource.clone(), Quantity::MAX));
        capacities.filter_map(move |((name, amount), reference)| {
            let held = index.operators.get(reference)?;
            // Of two amounts of one name, the first counts.
            (held.state.capacity.amount_of(name) == *amount).then_some(held)
        })
    }

    /// The operators with their scores at a time, best first, of two as good the one of the lower number.
    ///
    /// # Errors
    /// The grid, whose parameters scores depend on, is not to be trusted.
    pub fn operators_by_score(&self, at: Time) -> Result<Vec<(Ppm, &Held<Operator>)>, ViewError> {
        let grid = &self.grid()?.state;
        let scored = self.operators().map(|held| (score(grid, &held.state.reputation, at), held));
        let mut scored: Vec<_> = scored.collect();
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        Ok(scored)
    }

    /// The slots outside bids, by operator and index.
    pub fn slots(&self) -> impl Iterator<Item = &Held<Slot>> {
        let index = self.shown();
        index.slot_names.iter().filter_map(|(_, reference)| index.slots.get(reference))
    }

    /// A slot by its name, unless it is inside a bid that it leads.
    pub fn slot(&self, name: SlotName) -> Option<&Held<Slot>> {
        let index = self.shown();
        index.slot_names.at(&name).find_map(|reference| index.slots.get(&reference))
    }

    /// The slots of an operator outside bids, by index.
    pub fn slots_of(&self, operator: Count) -> impl Iterator<Item = &Held<Slot>> {
        let index = self.shown();
        let name = |index| SlotName { operator, index };
        let names = index.slot_names.within(name(Count::ZERO)..=name(Count::MAX));
        names.filter_map(|(_, reference)| index.slots.get(reference))
    }

    /// The slots that a key acts for, outside bids.
    pub fn slots_owned_by(&self, owner: &KeyHash) -> impl Iterator<Item = &Held<Slot>> {
        let index = self.shown();
        index.slot_owners.at(owner).filter_map(|reference| index.slots.get(&reference))
    }

    /// The slots in a stage.
    pub fn slots_in(&self, stage: StageKind) -> impl Iterator<Item = &Held<Slot>> {
        let index = self.shown();
        index.slot_stages.at(&stage).filter_map(|reference| index.slots.get(&reference))
    }

    /// The slots that stand behind an offer on a bid of this name, the leader's not among them.
    pub fn offers_on(&self, bid: &BidName) -> impl Iterator<Item = &Held<Slot>> {
        let index = self.shown();
        index.offers.at(bid).filter_map(|reference| index.slots.get(&reference))
    }

    /// The slots that carry the leases of an application.
    pub fn leases_of(&self, application: &KeyHash) -> impl Iterator<Item = &Held<Slot>> {
        let index = self.shown();
        index.lessees.at(application).filter_map(|reference| index.slots.get(&reference))
    }

    /// The bid in an output.
    pub fn bid_at(&self, reference: &OutputReference) -> Option<&PlacedBid> {
        self.shown().bids.get(reference)
    }

    /// The bids, open and led, by reference.
    pub fn bids(&self) -> impl Iterator<Item = &PlacedBid> {
        self.shown().bids.values()
    }

    /// The bids of a name: one, unless somebody has placed the same terms again.
    pub fn bids_named(&self, name: &BidName) -> impl Iterator<Item = &PlacedBid> {
        let index = self.shown();
        index.bid_names.at(name).filter_map(|reference| index.bids.get(&reference))
    }

    /// The bids of an application, open and led.
    pub fn bids_of(&self, application: &KeyHash) -> impl Iterator<Item = &PlacedBid> {
        let index = self.shown();
        index.applications.at(application).filter_map(|reference| index.bids.get(&reference))
    }

    /// The open bids, those that close first first.
    pub fn open_bids(&self) -> impl Iterator<Item = &PlacedBid> {
        self.open_bids_closing(Time::ZERO, Time::MAX)
    }

    /// The open bids whose windows open between two times, both included, in that order.
    pub fn open_bids_opening(&self, from: Time, to: Time) -> impl Iterator<Item = &PlacedBid> {
        let index = self.shown();
        let times = (from <= to).then(|| index.opens.within(from..=to));
        times.into_iter().flatten().filter_map(|(_, reference)| index.bids.get(reference))
    }

    /// The open bids whose windows close between two times, both included, in that order.
    pub fn open_bids_closing(&self, from: Time, to: Time) -> impl Iterator<Item = &PlacedBid> {
        let index = self.shown();
        let times = (from <= to).then(|| index.closes.within(from..=to));
        times.into_iter().flatten().filter_map(|(_, reference)| index.bids.get(reference))
    }

    /// The open bids whose windows settle between two times, both included, in that order.
    pub fn open_bids_settling(&self, from: Time, to: Time) -> impl Iterator<Item = &PlacedBid> {
        let index = self.shown();
        let times = (from <= to).then(|| index.settles.within(from..=to));
        times.into_iter().flatten().filter_map(|(_, reference)| index.bids.get(reference))
    }

    /// The open bids that ask for a label.
    pub fn open_bids_asking(&self, label: &Label) -> impl Iterator<Item = &PlacedBid> {
        let index = self.shown();
        index.open_labels.at(label).filter_map(|reference| index.bids.get(&reference))
    }

    /// The open bids that need a resource.
    pub fn open_bids_needing(&self, resource: &ResourceName) -> impl Iterator<Item = &PlacedBid> {
        let index = self.shown();
        index.open_needs.at(resource).filter_map(|reference| index.bids.get(&reference))
    }

    /// The led bids that settle between two times, both included, in that order.
    pub fn led_bids_settling(&self, from: Time, to: Time) -> impl Iterator<Item = &PlacedBid> {
        let index = self.shown();
        let times = (from <= to).then(|| index.led_settles.within(from..=to));
        times.into_iter().flatten().filter_map(|(_, reference)| index.bids.get(reference))
    }

    /// The led bids, those that settle first first.
    pub fn led_bids(&self) -> impl Iterator<Item = &PlacedBid> {
        self.led_bids_settling(Time::ZERO, Time::MAX)
    }

    /// The bids led by slots that a key acts for.
    pub fn bids_led_by(&self, owner: &KeyHash) -> impl Iterator<Item = &PlacedBid> {
        let index = self.shown();
        index.leaders.at(owner).filter_map(|reference| index.bids.get(&reference))
    }

    /// What stands at the contract's addresses and does not count, by reference. Shown even where nothing else is.
    pub fn strangers(&self) -> impl Iterator<Item = (OutputReference, &Stranger)> {
        self.index.strangers.iter().map(|(reference, stranger)| (*reference, stranger))
    }

    /// Open bids of an application that do not count: they wait for nothing but to be taken back.
    pub fn stray_bids_of(&self, application: &KeyHash) -> impl Iterator<Item = &PlacedBid> {
        let index = self.shown();
        let strangers = index.stray_applications.at(application);
        strangers.filter_map(|reference| index.strangers.get(&reference)?.bid.as_deref())
    }

    /// The addresses that are watched.
    pub fn watched(&self) -> impl Iterator<Item = &Address> {
        self.wallets.keys()
    }

    /// The outputs at a watched address; none at another.
    pub fn wallet(&self, address: &Address) -> impl Iterator<Item = (&OutputReference, &Output)> {
        let references = self.wallets.get(address).into_iter().flatten();
        references.filter_map(|reference| self.utxos.get_key_value(reference))
    }

    /// What can be spent at a watched address, which is also where the change goes.
    pub fn funds(&self, address: &Address) -> Funds {
        let wallet = self.wallet(address).filter(|(_, output)| output.reference_script().is_none());
        let utxos = wallet.map(|(reference, output)| (*reference, output.clone())).collect();
        Funds { utxos, change: *address }
    }

    /// All outputs that the view holds: at the contract's addresses, of this grid or not, and at watched ones. What a
    /// [`Composer`](crate::market::Composer) needs to make a transaction of a [`Plan`](crate::market::Plan).
    pub const fn utxos(&self) -> &UtxoSet {
        &self.utxos
    }

    /// What the view shows: nothing, unless the grid is to be trusted.
    pub(super) fn shown(&self) -> &Index {
        if self.grid().is_ok() { &self.index } else { &NOTHING }
    }

    fn put(&mut self, reference: OutputReference, output: &Output, standing: Option<Standing>) {
        let wallet = self.wallets.get_mut(output.address());
        if wallet.is_none() && standing.is_none() {
            return;
        }
        if let Some(wallet) = wallet {
            wallet.insert(reference);
        }
        if let Some(standing) = standing {
            self.index.insert(standing);
        }
        self.utxos.insert(reference, output.clone());
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
