//! What became of the money behind a bid and its lease.

use demeter_core::limits::{BID_RESERVE, FEE_ADA, SLOT_RESERVE};
use demeter_core::transition::Held;
use demeter_core::{Amount, Asset, Bid, BidName, Leased, Stage, State, Value};
use serde::Serialize;

use crate::view::SlotName;

/// The money of one bid, and of the lease that came of it, from its placing to its settlement.
///
/// Reserves are not counted: they are nobody's escrow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// The bid.
    pub bid: BidName,
    /// The slot that carries the lease, once there is one.
    pub slot: Option<SlotName>,
    /// What is paid with.
    pub asset: Asset,
    /// What came and went.
    #[serde(flatten)]
    pub flows: Flows,
    /// How it ended, if it has.
    pub end: Option<AccountEnd>,
}

/// How the money of a bid came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountEnd {
    /// The bid was taken back.
    Cancelled,
    /// The lease was settled.
    Settled,
    /// It went a way that the contract does not allow, or that was not seen.
    Lost,
}

/// What came into escrow, and where it went: `funded` and `bonded` are all the others together.
///
/// Sums stop at [`Amount::MAX`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Flows {
    /// From the application: the escrow of the bid, and what extensions cost.
    pub funded: Amount,
    /// From the operator: the bond, once there is a lease.
    pub bonded: Amount,
    /// To the operator: pay.
    pub paid: Amount,
    /// To the operator: what is left of the bond.
    pub returned: Amount,
    /// To the application: what was not needed, or not served.
    pub refunded: Amount,
    /// To the application: out of the bond.
    pub slashed: Amount,
    /// To the treasury.
    pub fee: Amount,
    /// Still in the bid or the lease.
    pub held: Amount,
    /// Gone, and nobody can say where: nothing, as long as the contract is kept.
    pub unaccounted: Amount,
}

impl Flows {
    /// These flows and others.
    #[must_use]
    pub fn plus(self, other: &Self) -> Self {
        Self {
            funded: sum(self.funded, other.funded),
            bonded: sum(self.bonded, other.bonded),
            paid: sum(self.paid, other.paid),
            returned: sum(self.returned, other.returned),
            refunded: sum(self.refunded, other.refunded),
            slashed: sum(self.slashed, other.slashed),
            fee: sum(self.fee, other.fee),
            held: sum(self.held, other.held),
            unaccounted: sum(self.unaccounted, other.unaccounted),
        }
    }

    /// Whether all that came in is somewhere.
    pub fn balances(&self) -> bool {
        self.unaccounted == Amount::ZERO && self.brought() == self.went()
    }

    fn brought(&self) -> u128 {
        total(&[self.funded, self.bonded])
    }

    fn went(&self) -> u128 {
        total(&[self.paid, self.returned, self.refunded, self.slashed, self.fee, self.held])
    }

    fn close_gap(&mut self) {
        let gap = self.brought().saturating_sub(self.went());
        self.unaccounted = Amount::try_from(gap).unwrap_or(Amount::MAX);
    }
}

/// What a transaction did to the money of a bid or lease.
pub(super) struct Movement<'a> {
    /// The state that held it.
    pub(super) from: &'a Held<State>,
    /// The state that holds what is left, if one does.
    pub(super) to: Option<&'a Held<State>>,
    /// Whether the contract allows the transition itself, be its outputs what they may.
    pub(super) allowed: bool,
    /// What the payments that are due were found to hold, each at most what is due.
    pub(super) payments: Vec<Value>,
    /// What is slashed of the bond, by the transition.
    pub(super) slashed: Amount,
    /// Whether what the application gets back of the lease goes where it says, and not into a payment.
    pub(super) ends_freely: bool,
}

impl Account {
    /// The account of a bid or lease as it is found.
    pub(super) fn found(held: &Held<State>) -> Option<Self> {
        let (bid, asset, slot) = match &held.state {
            State::Bid(bid) => (bid.name(), bid.terms.asset.clone(), None),
            State::Slot(slot) => {
                let lease = slot.lease()?;
                (lease.bid, lease.asset.clone(), Some(SlotName::of(slot)))
            }
            _ => return None,
        };
        let held = holdings(held, &asset);
        let bonded = Amount::ZERO;
        Some(Self {
            bid,
            slot,
            asset,
            flows: Flows { funded: held, bonded, held, ..Flows::default() },
            end: None,
        })
    }

    /// The same account, of which nobody knows what became.
    pub(super) fn lost(mut self) -> Self {
        self.flows.held = Amount::ZERO;
        self.flows.close_gap();
        Self { end: Some(AccountEnd::Lost), ..self }
    }

    /// Enters a transaction.
    pub(super) fn enter(&mut self, movement: &Movement<'_>) {
        let after = movement.to.map_or(Amount::ZERO, |to| holdings(to, &self.asset));
        if movement.allowed {
            self.enter_allowed(movement, after);
        } else {
            self.flows.funded = sum(self.flows.funded, rest(after, self.flows.held));
            self.flows.held = after;
        }
        match movement.to.map(|to| &to.state) {
            Some(State::Slot(slot)) if matches!(slot.stage, Stage::Settled(_)) => {
                self.flows.held = Amount::ZERO;
                self.end = Some(AccountEnd::Settled);
            }
            Some(State::Slot(slot)) => self.slot = Some(SlotName::of(slot)),
            Some(_) => {}
            None if movement.allowed => self.end = Some(AccountEnd::Cancelled),
            None => self.end = Some(AccountEnd::Lost),
        }
        self.flows.close_gap();
    }

    fn enter_allowed(&mut self, movement: &Movement<'_>, after: Amount) {
        let paid = |position: usize| {
            movement.payments.get(position).map_or(Amount::ZERO, |value| value.amount_of(&self.asset))
        };
        let flows = &mut self.flows;
        match (&movement.from.state, movement.to.map(|to| &to.state)) {
            // The bid goes, and nothing of the grid comes of it: what it held is its application's.
            (State::Bid(_), None) => {
                flows.refunded = sum(flows.refunded, flows.held);
                flows.held = Amount::ZERO;
            }
            (State::Bid(_), Some(State::Slot(slot))) => {
                let bond = slot.lease().map_or(Amount::ZERO, |lease| lease.bond);
                let beside = if movement.payments.len() > 1 { FEE_ADA } else { Amount::ZERO };
                let reserve = |reserve| if self.asset == Asset::Lovelace { reserve } else { Amount::ZERO };
                flows.bonded = bond;
                flows.refunded = rest(paid(0), reserve(rest(BID_RESERVE, beside)));
                flows.fee = rest(paid(1), reserve(beside));
                flows.held = after;
            }
            (State::Slot(slot), Some(State::Slot(next))) => match (slot.lease(), &next.stage) {
                (Some(_), Stage::Leased(_)) if after >= flows.held => {
                    let more = sum(rest(after, flows.held), paid(0));
                    flows.funded = sum(flows.funded, more);
                    flows.fee = sum(flows.fee, paid(0));
                    flows.held = after;
                }
                (Some(_), Stage::Leased(_)) => {
                    flows.paid = sum(flows.paid, rest(flows.held, after));
                    flows.held = after;
                }
                (Some(lease), Stage::Settled(_)) => {
                    let free = rest(flows.held, after);
                    let back = if movement.ends_freely { free } else { paid(0) };
                    settle(flows, lease, after, movement.slashed, back);
                }
                _ => flows.held = after,
            },
            _ => flows.held = after,
        }
    }
}

/// A lease ends: it leaves the slot with so much, and its application gets so much back.
fn settle(flows: &mut Flows, lease: &Leased, left: Amount, slashed: Amount, back: Amount) {
    let returned = rest(lease.bond, slashed).min(left);
    let out_of_bond = back.min(slashed);
    flows.returned = sum(flows.returned, returned);
    flows.paid = sum(flows.paid, rest(left, returned));
    flows.slashed = sum(flows.slashed, out_of_bond);
    flows.refunded = sum(flows.refunded, rest(back, out_of_bond));
    flows.held = Amount::ZERO;
}

/// What a bid or lease holds of the escrow: all of the asset, less reserves, and less a bond that is only the leader's.
pub(super) fn holdings(held: &Held<State>, asset: &Asset) -> Amount {
    let (reserve, bond) = match &held.state {
        State::Bid(bid) => reserve_and_bond(bid),
        _ => (SLOT_RESERVE, Amount::ZERO),
    };
    let reserve = if *asset == Asset::Lovelace { reserve } else { Amount::ZERO };
    rest(rest(held.value.amount_of(asset), reserve), bond)
}

fn reserve_and_bond(bid: &Bid) -> (Amount, Amount) {
    match bid.leader {
        None => (BID_RESERVE, Amount::ZERO),
        Some(_) => (sum(BID_RESERVE, SLOT_RESERVE), bid.terms.bond),
    }
}

fn sum(one: Amount, other: Amount) -> Amount {
    one.checked_add(other).unwrap_or(Amount::MAX)
}

fn rest(whole: Amount, part: Amount) -> Amount {
    whole.checked_sub(part).unwrap_or(Amount::ZERO)
}

fn total(amounts: &[Amount]) -> u128 {
    amounts.iter().map(|amount| u128::from(amount.to_units())).sum()
}
