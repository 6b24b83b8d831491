//! What an operator has before it when it decides.

use std::collections::BTreeMap;

use demeter_core::limits::SLOT_RESERVE;
use demeter_core::transition::Held;
use demeter_core::{Amount, Asset, BidName, Count, Quantity, ResourceName, Slot, Stage, Time};
use demeter_tx::view::{Biddable, GridView, SlotName, ViewError};

use super::{Operator, Reason, Usage};

/// The state of an operator's affairs, and what it has given away of them in this decision.
pub(super) struct Desk<'a> {
    pub(super) view: &'a GridView,
    pub(super) now: Time,
    pub(super) biddable: Biddable<'a>,
    /// What is offered, leased, or was decided to be.
    pub(super) usage: Usage,
    /// The idle slots that were not used in this decision, by index.
    pub(super) idle: Vec<&'a Held<Slot>>,
    /// What the wallet holds of the settlement asset, less what was decided to be paid out of it.
    pub(super) purse: Amount,
    /// The bids that are answered already.
    pub(super) answered: BTreeMap<BidName, SlotName>,
}

impl<'a> Desk<'a> {
    /// Looks through the view.
    ///
    /// # Errors
    /// The grid is not to be trusted, or has no such operator.
    pub(super) fn open(operator: &Operator, view: &'a GridView, now: Time) -> Result<Self, ViewError> {
        let biddable = view.biddable(operator.number, now)?;
        let idle = biddable.idle.clone();
        let asset = &biddable.grid.state.asset;
        let purse = purse(view, operator, asset);
        let mut desk =
            Self { view, now, biddable, usage: Usage::default(), idle, purse, answered: BTreeMap::new() };
        desk.count_promises(operator);
        Ok(desk)
    }

    /// Counts what the operator's slots stand for, whichever of its agents promised it.
    fn count_promises(&mut self, operator: &Operator) {
        let number = operator.number;
        for held in self.view.slots_of(number) {
            let name = SlotName::of(&held.state);
            match &held.state.stage {
                Stage::Offered(offered) => {
                    self.answered.insert(offered.bid, name);
                    // The offer names no resources, and one whose bid is gone binds none.
                    if let Some(bid) = self.view.bids_named(&offered.bid).next() {
                        let needs = bid.terms().request.needs.iter().map(|need| &need.name);
                        let promised = needs.zip(offered.resources.iter().copied());
                        add(&mut self.usage, operator, name.index, promised);
                    }
                }
                Stage::Leased(lease) => {
                    let promised = lease.resources.iter().map(|resource| (&resource.name, resource.amount));
                    add(&mut self.usage, operator, name.index, promised);
                }
                Stage::Idle | Stage::Settled(_) => {}
            }
        }
        for bid in self.view.led_bids() {
            let Some(leader) = &bid.held.state.leader else { continue };
            if leader.operator == number {
                self.answered.insert(bid.name, SlotName::of_leader(leader));
                let needs = bid.terms().request.needs.iter().map(|need| &need.name);
                add(&mut self.usage, operator, leader.index, needs.zip(leader.resources.iter().copied()));
            }
        }
    }

    /// What lies in a slot's purse of the settlement asset.
    pub(super) fn surplus(&self, slot: &Held<Slot>) -> Amount {
        let asset = &self.biddable.grid.state.asset;
        let held = slot.value.amount_of(asset);
        match asset {
            Asset::Lovelace => held.checked_sub(SLOT_RESERVE).unwrap_or(Amount::ZERO),
            Asset::Token { .. } => held,
        }
    }

    /// Gives a slot, its share of the cluster and a bond to a bid.
    pub(super) fn give<'r>(
        &mut self,
        operator: &Operator,
        bid: BidName,
        slot: &Held<Slot>,
        resources: impl IntoIterator<Item = (&'r ResourceName, Quantity)>,
        bond: Amount,
    ) {
        let name = SlotName::of(&slot.state);
        add(&mut self.usage, operator, name.index, resources);
        self.idle.retain(|idle| idle.reference != slot.reference);
        let left = self.purse.checked_add(self.surplus(slot)).and_then(|purse| purse.checked_sub(bond));
        self.purse = left.unwrap_or(Amount::ZERO);
        self.answered.insert(bid, name);
    }

    /// Refuses to act for a slot whose key is not at hand.
    pub(super) fn check_key(operator: &Operator, slot: &Slot) -> Result<(), Reason> {
        if operator.keys.contains(&slot.owner) { Ok(()) } else { Err(Reason::KeyNotHeld { key: slot.owner }) }
    }
}

fn add<'r>(
    usage: &mut Usage,
    operator: &Operator,
    slot: Count,
    resources: impl IntoIterator<Item = (&'r ResourceName, Quantity)>,
) {
    if let Some((cluster, _)) = operator.inventory.cluster_of(slot) {
        usage.add(cluster, resources);
    }
}

/// What the wallet holds of an asset, and may be spent.
fn purse(view: &GridView, operator: &Operator, asset: &Asset) -> Amount {
    let scripts = view.scripts();
    let funds = view.funds(&operator.wallet);
    let money = funds.utxos.values().filter(|output| !scripts.any_token_in(output.value()));
    money
        .map(|output| output.value().amount_of(asset))
        .fold(Amount::ZERO, |sum, amount| sum.checked_add(amount).unwrap_or(Amount::MAX))
}
