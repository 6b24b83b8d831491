//! Books, kept by somebody who knows the specification and not the code.
//!
//! They are told what was done ([`Act`](super::deed::Act)), never what came of it: from the table of the
//! specification they work out what each purse and each state must hold then, and where on the ledger each state must
//! stand. `demeter-core` lends them types and the constants of the contract; none of its transitions, nothing of its
//! rule.

mod account;
mod audit;
mod enter;
mod totals;

use std::collections::BTreeMap;
use std::sync::Arc;

use demeter_core::limits::{GRID_RESERVE, POOL_RESERVE};
use demeter_core::{Address, Asset, GridId, OutputReference, Scripts};
use demeter_tx::{LedgerSettings, UtxoSet};

use super::cast::{Cast, Party};
use super::fault::Fault;
use super::ground::{Ground, TOKENS};
use super::money::Money;

pub use account::{Account, BidAccount, OperatorAccount, SlotAccount, Standing};
pub use totals::{Escrow, Reserves};

/// The books.
#[derive(Clone, Debug)]
pub struct Books {
    cast: Arc<Cast>,
    settings: LedgerSettings,
    scripts: Scripts,
    grid: GridId,
    asset: Asset,
    fault: Option<Fault>,
    /// All that there is.
    all: Money,
    /// What each party has outside the contract.
    purses: BTreeMap<Party, Money>,
    /// Which account each output of the contract belongs to.
    places: BTreeMap<OutputReference, Account>,
    operators: BTreeMap<u64, OperatorAccount>,
    slots: BTreeMap<(u64, u64), SlotAccount>,
    bids: BTreeMap<usize, BidAccount>,
    litter: BTreeMap<usize, Money>,
    /// The number of the next operator.
    next: u64,
    /// How many bids and pieces of litter there ever were.
    made: usize,
    /// Where fees go.
    treasury: Address,
    /// What became of escrow.
    pub escrow: Escrow,
    /// What became of reserves.
    pub reserves: Reserves,
}

impl Books {
    /// Opens the books on a ground on which nobody has joined yet.
    pub fn open(ground: &Ground, fault: Option<Fault>) -> Self {
        let (at, grid) = ground.grid();
        let cast = Arc::clone(&ground.cast);
        let purse = |party| own(&cast, ground.utxos(), party, &ground.asset);
        Self {
            all: sum(ground.utxos(), &ground.asset),
            purses: cast.all().map(|party| (party, purse(party))).collect(),
            settings: ground.composer.settings().clone(),
            scripts: ground.composer.contract().scripts(),
            grid: grid.id,
            asset: ground.asset.clone(),
            fault,
            places: [(at, Account::Grid), (ground.pool().0, Account::Pool)].into(),
            operators: BTreeMap::new(),
            slots: BTreeMap::new(),
            bids: BTreeMap::new(),
            litter: BTreeMap::new(),
            next: 0,
            made: 0,
            treasury: grid.treasury,
            escrow: Escrow::default(),
            reserves: Reserves::default(),
            cast,
        }
    }

    /// The operators by number.
    pub const fn operators(&self) -> &BTreeMap<u64, OperatorAccount> {
        &self.operators
    }

    /// The slots by operator and index.
    pub const fn slots(&self) -> &BTreeMap<(u64, u64), SlotAccount> {
        &self.slots
    }

    /// The bids in the order in which they were made.
    pub const fn bids(&self) -> &BTreeMap<usize, BidAccount> {
        &self.bids
    }

    /// How many bids and pieces of litter there ever were.
    pub const fn made(&self) -> usize {
        self.made
    }

    /// What an output of the contract is.
    pub fn account_at(&self, reference: &OutputReference) -> Option<Account> {
        self.places.get(reference).copied()
    }

    /// Where the output of an account is.
    pub fn place_of(&self, account: Account) -> Option<OutputReference> {
        self.places.iter().find(|(_, of)| **of == account).map(|(place, _)| *place)
    }

    /// The terms of all that a party still has in the contract; empty when it has got out everything.
    pub fn stakes_of(&self, party: Party) -> Vec<Account> {
        let bids = self.bids.iter().filter(|(_, bid)| bid.application == party);
        let slots = self.slots.iter().filter(|(_, slot)| {
            slot.party == party
                || matches!(&slot.standing, Standing::Leased(lease) if lease.application == party)
        });
        let operators = self.operators.iter().filter(|(_, operator)| operator.party == party);
        bids.map(|(number, _)| Account::Bid(*number))
            .chain(slots.map(|((operator, index), _)| Account::Slot(*operator, *index)))
            .chain(operators.map(|(number, _)| Account::Operator(*number)))
            .collect()
    }

    /// What a party has outside the contract.
    pub fn purse(&self, party: Party) -> Money {
        self.purses[&party]
    }

    /// How many OPER and SLOT tokens the pool has left.
    fn idle_tokens(&self) -> (u64, u64) {
        (TOKENS.0 - self.operators.len() as u64, TOKENS.1 - self.slots.len() as u64)
    }

    /// What the outputs of the contract hold together.
    fn held(&self) -> Money {
        let slots = self.slots.values().filter_map(|slot| account::slot_holding(slot, &self.asset));
        let bids = self.bids.values().map(|bid| account::bid_holding(bid, &self.asset));
        let operators = self.operators.values().map(|_| account::operator_holding());
        let ours = Money::ada(GRID_RESERVE.to_units() + POOL_RESERVE.to_units());
        slots.chain(bids).chain(operators).chain(self.litter.values().copied()).sum::<Money>() + ours
    }
}

/// What all outputs hold together.
fn sum(utxos: &UtxoSet, asset: &Asset) -> Money {
    utxos.values().map(|output| Money::in_value(output.value(), asset)).sum()
}

/// What somebody has in outputs of its own.
fn own(cast: &Cast, utxos: &UtxoSet, party: Party, asset: &Asset) -> Money {
    let outputs = utxos.values().filter(|output| cast.owns(party, output));
    outputs.map(|output| Money::in_value(output.value(), asset)).sum()
}
