//! What a view is looked up by.

use demeter_core::rule::score;
use demeter_core::transition::Held;
use demeter_core::{
    Address, BidName, Count, KeyHash, Label, Operator, OutputReference, PlutusData as _, Pool, Ppm, Quantity,
    ResourceName, Slot, Time,
};

use super::{GridView, PlacedBid, SlotName, StageKind, Stranger, ViewError};
use crate::Output;
use crate::market::Funds;

impl GridView {
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
        index.opens.within(from..=to).filter_map(|(_, reference)| index.bids.get(reference))
    }

    /// The open bids whose windows close between two times, both included, in that order.
    pub fn open_bids_closing(&self, from: Time, to: Time) -> impl Iterator<Item = &PlacedBid> {
        let index = self.shown();
        index.closes.within(from..=to).filter_map(|(_, reference)| index.bids.get(reference))
    }

    /// The open bids whose windows settle between two times, both included, in that order.
    pub fn open_bids_settling(&self, from: Time, to: Time) -> impl Iterator<Item = &PlacedBid> {
        let index = self.shown();
        index.settles.within(from..=to).filter_map(|(_, reference)| index.bids.get(reference))
    }

    /// The open bids that ask for a label, the operator's own or one that the entities endorsed.
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
        index.led_settles.within(from..=to).filter_map(|(_, reference)| index.bids.get(reference))
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
        self.index().strangers.iter().map(|(reference, stranger)| (*reference, stranger))
    }

    /// Open bids of an application that do not count: they wait for nothing but to be taken back.
    pub fn stray_bids_of(&self, application: &KeyHash) -> impl Iterator<Item = &PlacedBid> {
        let index = self.shown();
        let strangers = index.stray_applications.at(application);
        strangers.filter_map(|reference| index.strangers.get(&reference)?.bid.as_deref())
    }

    /// The addresses that are watched.
    pub fn watched(&self) -> impl Iterator<Item = &Address> {
        self.wallets().keys()
    }

    /// The outputs at a watched address; none at another.
    pub fn wallet(&self, address: &Address) -> impl Iterator<Item = (&OutputReference, &Output)> {
        let references = self.wallets().get(address).into_iter().flatten();
        references.filter_map(|reference| self.utxos().get_key_value(reference))
    }

    /// What can be spent at a watched address, which is also where the change goes.
    pub fn funds(&self, address: &Address) -> Funds {
        let wallet = self.wallet(address).filter(|(_, output)| output.reference_script().is_none());
        let utxos = wallet.map(|(reference, output)| (*reference, output.clone())).collect();
        Funds { utxos, change: *address }
    }

    /// The payments of the contract at a watched address, each with its tag: what was due to its owner from a bid or
    /// lease, and lies there to be spent.
    pub fn payments_to(
        &self,
        address: &Address,
    ) -> impl Iterator<Item = (OutputReference, &OutputReference, &Output)> {
        self.wallet(address).filter_map(|(reference, output)| {
            let tag = OutputReference::decode(output.inline_datum()?.as_bytes()).ok()?;
            Some((tag, reference, output))
        })
    }
}
