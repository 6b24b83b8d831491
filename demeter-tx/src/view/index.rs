//! The states of one grid by reference, and references by what states are looked up by.
//!
//! INVARIANT: every key in a [`Keyed`] is that of a state in one of the maps, so that an index that states were put
//! into and taken out of is equal to one that holds just those that are left.

use std::collections::BTreeMap;

use demeter_core::transition::Held;
use demeter_core::{
    BidName, Count, Grid, KeyHash, Label, Operator, OutputReference, Pool, Quantity, ResourceName, Slot,
    Stage, Time,
};

use super::keyed::{Gather, Grouped, Keyed};
use super::standing::Standing;
use super::{PlacedBid, SlotName, StageKind, Stranger, Subject};

/// The most outputs that a head can fan out. Room for more is made when they are there.
const FULL: usize = 4_095;

type ByReference<T> = BTreeMap<OutputReference, T>;

/// All that a view looks things up in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Index {
    pub(super) grids: ByReference<Held<Grid>>,
    pub(super) pools: ByReference<Held<Pool>>,
    pub(super) operators: ByReference<Held<Operator>>,
    pub(super) slots: ByReference<Held<Slot>>,
    pub(super) bids: ByReference<PlacedBid>,
    pub(super) strangers: ByReference<Stranger>,

    pub(super) operator_numbers: Keyed<Count>,
    pub(super) operator_owners: Keyed<KeyHash>,
    pub(super) capacities: Keyed<(ResourceName, Quantity)>,

    pub(super) slot_names: Keyed<SlotName>,
    pub(super) slot_owners: Keyed<KeyHash>,
    pub(super) slot_stages: Grouped<StageKind>,
    pub(super) offers: Keyed<BidName>,
    pub(super) lessees: Keyed<KeyHash>,

    pub(super) bid_names: Keyed<BidName>,
    pub(super) applications: Keyed<KeyHash>,
    pub(super) open_labels: Grouped<Label>,
    pub(super) open_needs: Grouped<ResourceName>,
    pub(super) opens: Keyed<Time>,
    pub(super) closes: Keyed<Time>,
    pub(super) settles: Keyed<Time>,
    pub(super) led_settles: Keyed<Time>,
    pub(super) leaders: Keyed<KeyHash>,

    pub(super) stray_applications: Keyed<KeyHash>,
}

impl Index {
    pub(super) const fn new() -> Self {
        Self {
            grids: BTreeMap::new(),
            pools: BTreeMap::new(),
            operators: BTreeMap::new(),
            slots: BTreeMap::new(),
            bids: BTreeMap::new(),
            strangers: BTreeMap::new(),
            operator_numbers: Keyed::new(),
            operator_owners: Keyed::new(),
            capacities: Keyed::new(),
            slot_names: Keyed::new(),
            slot_owners: Keyed::new(),
            slot_stages: Grouped::new(),
            offers: Keyed::new(),
            lessees: Keyed::new(),
            bid_names: Keyed::new(),
            applications: Keyed::new(),
            open_labels: Grouped::new(),
            open_needs: Grouped::new(),
            opens: Keyed::new(),
            closes: Keyed::new(),
            settles: Keyed::new(),
            led_settles: Keyed::new(),
            leaders: Keyed::new(),
            stray_applications: Keyed::new(),
        }
    }

    /// An index of all these, which come in the order of their references. A label or need of one bid is often that of
    /// many; what else states are looked up by is sorted once they are all there, and so are they.
    pub(super) fn of(standings: impl Iterator<Item = Standing>) -> Self {
        // Room for all of them: what is not used is only reserved, and nothing is moved as it grows.
        let (_, most) = standings.size_hint();
        let most = most.unwrap_or_default().min(FULL);
        let mut index = Self::new();
        index.keyed().into_iter().for_each(|keyed| keyed.gather(most));
        let mut operators = Vec::with_capacity(most);
        let (mut slots, mut bids) = (Vec::with_capacity(most), Vec::with_capacity(most));
        for standing in standings {
            match standing {
                Standing::Operator(held) => {
                    index.key_operator(&held.state, held.reference, true);
                    operators.push((held.reference, *held));
                }
                Standing::Slot(held) => {
                    index.key_slot(&held.state, held.reference, true);
                    slots.push((held.reference, held));
                }
                Standing::Bid(bid) => {
                    index.key_bid(&bid, true);
                    bids.push((bid.reference(), *bid));
                }
                few => index.insert(few),
            }
        }
        (index.operators, index.slots, index.bids) =
            (operators.into_iter().collect(), slots.into_iter().collect(), bids.into_iter().collect());
        index.keyed().into_iter().for_each(Gather::sort);
        index
    }

    /// Which subject the output of this reference belongs to, if a state or a stranger is there.
    pub(super) fn subject_at(&self, reference: &OutputReference) -> Option<Subject> {
        if let Some(held) = self.slots.get(reference) {
            Some(Subject::Slot(SlotName::of(&held.state)))
        } else if let Some(bid) = self.bids.get(reference) {
            Some(Subject::Bid(bid.name))
        } else if let Some(held) = self.operators.get(reference) {
            Some(Subject::Operator(held.state.number))
        } else if self.strangers.contains_key(reference) {
            Some(Subject::Stranger(*reference))
        } else if self.pools.contains_key(reference) {
            Some(Subject::Pool)
        } else {
            self.grids.contains_key(reference).then_some(Subject::Grid)
        }
    }

    /// Whether anything of a subject is there.
    pub(super) fn has(&self, subject: &Subject) -> bool {
        match subject {
            Subject::Grid => !self.grids.is_empty(),
            Subject::Pool => !self.pools.is_empty(),
            Subject::Operator(number) => self.operator_numbers.has(number),
            Subject::Slot(name) => self.slot_names.has(name),
            Subject::Bid(name) => self.bid_names.has(name),
            Subject::Stranger(reference) => self.strangers.contains_key(reference),
            Subject::Wallet(_) => false,
        }
    }

    pub(super) fn insert(&mut self, standing: Standing) {
        match standing {
            Standing::Grid(held) => {
                self.grids.insert(held.reference, *held);
            }
            Standing::Pool(held) => {
                self.pools.insert(held.reference, held);
            }
            Standing::Operator(held) => {
                self.key_operator(&held.state, held.reference, true);
                self.operators.insert(held.reference, *held);
            }
            Standing::Slot(held) => {
                self.key_slot(&held.state, held.reference, true);
                self.slots.insert(held.reference, held);
            }
            Standing::Bid(bid) => {
                self.key_bid(&bid, true);
                self.bids.insert(bid.reference(), *bid);
            }
            Standing::Stranger(reference, stranger) => {
                if let Some(bid) = &stranger.bid {
                    self.stray_applications.set(bid.terms().application, reference, true);
                }
                self.strangers.insert(reference, stranger);
            }
        }
    }

    pub(super) fn remove(&mut self, reference: &OutputReference) {
        if let Some(held) = self.slots.remove(reference) {
            self.key_slot(&held.state, *reference, false);
        } else if let Some(bid) = self.bids.remove(reference) {
            self.key_bid(&bid, false);
        } else if let Some(held) = self.operators.remove(reference) {
            self.key_operator(&held.state, *reference, false);
        } else if let Some(stranger) = self.strangers.remove(reference) {
            if let Some(bid) = &stranger.bid {
                self.stray_applications.set(bid.terms().application, *reference, false);
            }
        } else if self.pools.remove(reference).is_none() {
            self.grids.remove(reference);
        }
    }

    fn key_operator(&mut self, operator: &Operator, reference: OutputReference, stands: bool) {
        self.operator_numbers.set(operator.number, reference, stands);
        self.operator_owners.set(operator.owner, reference, stands);
        for resource in operator.capacity.iter() {
            self.capacities.set((resource.name.clone(), resource.amount), reference, stands);
        }
    }

    fn key_slot(&mut self, slot: &Slot, reference: OutputReference, stands: bool) {
        self.slot_names.set(SlotName::of(slot), reference, stands);
        self.slot_owners.set(slot.owner, reference, stands);
        self.slot_stages.set(&StageKind::of(&slot.stage), reference, stands);
        match &slot.stage {
            Stage::Offered(offered) => self.offers.set(offered.bid, reference, stands),
            Stage::Leased(lease) => self.lessees.set(lease.application, reference, stands),
            Stage::Idle | Stage::Settled(_) => {}
        }
    }

    fn key_bid(&mut self, bid: &PlacedBid, stands: bool) {
        let (reference, terms) = (bid.reference(), bid.terms());
        self.bid_names.set(bid.name, reference, stands);
        self.applications.set(terms.application, reference, stands);
        match &bid.held.state.leader {
            Some(leader) => {
                self.led_settles.set(terms.window.settles, reference, stands);
                self.leaders.set(leader.owner, reference, stands);
            }
            None => {
                self.opens.set(terms.window.opens, reference, stands);
                self.closes.set(terms.window.closes, reference, stands);
                self.settles.set(terms.window.settles, reference, stands);
                for label in terms.request.labels.iter().chain(terms.request.endorsed.iter()) {
                    self.open_labels.set(label, reference, stands);
                }
                for need in &terms.request.needs {
                    self.open_needs.set(&need.name, reference, stands);
                }
            }
        }
    }

    /// All that is sorted once, when an index is filled for the first time.
    fn keyed(&mut self) -> [&mut dyn Gather; 15] {
        [
            &mut self.operator_numbers,
            &mut self.operator_owners,
            &mut self.capacities,
            &mut self.slot_names,
            &mut self.slot_owners,
            &mut self.offers,
            &mut self.lessees,
            &mut self.bid_names,
            &mut self.applications,
            &mut self.opens,
            &mut self.closes,
            &mut self.settles,
            &mut self.led_settles,
            &mut self.leaders,
            &mut self.stray_applications,
        ]
    }
}
