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
use demeter_core::{Address, Asset, Grid, GridId, OutputReference, Scripts};
use demeter_tx::market::Composer;
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
    /// How many OPER and SLOT tokens were minted.
    tokens: (u64, u64),
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

/// What the books of a grid begin with.
#[derive(Debug)]
pub struct Beginning<'a> {
    /// Who is there.
    pub cast: Arc<Cast>,
    /// What composes for the head.
    pub composer: &'a Composer,
    /// All that there is.
    pub utxos: &'a UtxoSet,
    /// The grid, and where it stands.
    pub grid: (OutputReference, &'a Grid),
    /// Where the pool stands.
    pub pool: OutputReference,
    /// How many OPER and SLOT tokens were minted.
    pub tokens: (u64, u64),
}

impl Books {
    /// Opens the books on a ground on which nobody has joined yet.
    pub fn open(ground: &Ground, fault: Option<Fault>) -> Self {
        let beginning = Beginning {
            cast: Arc::clone(&ground.cast),
            composer: &ground.composer,
            utxos: ground.utxos(),
            grid: ground.grid(),
            pool: ground.pool().0,
            tokens: TOKENS,
        };
        Self { fault, ..Self::begin(beginning) }
    }

    /// Opens the books of a grid that nobody has joined yet.
    pub fn begin(beginning: Beginning<'_>) -> Self {
        let Beginning { cast, composer, utxos, grid: (at, grid), pool, tokens } = beginning;
        let asset = grid.asset.clone();
        let found = purses(&cast, utxos, &asset);
        let purse = |party| (party, found.get(&party).copied().unwrap_or_default());
        Self {
            all: sum(utxos, &asset),
            purses: cast.all().map(purse).collect(),
            settings: composer.settings().clone(),
            scripts: composer.contract().scripts(),
            grid: grid.id,
            asset,
            tokens,
            fault: None,
            places: [(at, Account::Grid), (pool, Account::Pool)].into(),
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
        (self.tokens.0 - self.operators.len() as u64, self.tokens.1 - self.slots.len() as u64)
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

/// What everybody has in outputs of its own, where that is anything.
fn purses(cast: &Cast, utxos: &UtxoSet, asset: &Asset) -> BTreeMap<Party, Money> {
    let mut purses = BTreeMap::new();
    for output in utxos.values() {
        if let Some(party) = cast.at(output.address()) {
            *purses.entry(party).or_default() += Money::in_value(output.value(), asset);
        }
    }
    purses
}
