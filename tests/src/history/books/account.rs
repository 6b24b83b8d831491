//! What the books know of each thing that the contract holds.

use demeter_core::limits::{BID_RESERVE, OPERATOR_RESERVE, SLOT_RESERVE};
use demeter_core::{Address, Asset, BidName, KeyHash, Method, Terms, Token};

use crate::history::cast::Party;
use crate::history::money::Money;

/// Which thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// The grid.
    Grid,
    /// The pool.
    Pool,
    /// An operator, by its number.
    Operator(u64),
    /// A slot, by its operator's number and its index. A leading one has no output: the bid holds it.
    Slot(u64, u64),
    /// A bid, by the order in which bids were made.
    Bid(usize),
    /// What makes no sense.
    Litter(usize),
}

/// An operator.
#[derive(Clone, Copy, Debug)]
pub struct OperatorAccount {
    /// Whose it is.
    pub party: Party,
    /// The key that acts for it.
    pub owner: KeyHash,
    /// How many slots it has.
    pub slots: u64,
}

/// A slot.
#[derive(Clone, Debug)]
pub struct SlotAccount {
    /// Whose it is.
    pub party: Party,
    /// What it is doing.
    pub standing: Standing,
    /// What it holds of the settlement asset and its operator can take.
    pub purse: i128,
}

/// What a slot is doing.
#[derive(Clone, Debug)]
pub enum Standing {
    /// Nothing.
    Idle,
    /// Standing behind an offer.
    Offered {
        /// The bid that it answers.
        bid: BidName,
        /// What it has at stake.
        bond: i128,
        /// For one period.
        price: i128,
        /// When it can be taken back.
        until: u64,
    },
    /// Inside the bid that it leads.
    Leading {
        /// The bid.
        bid: usize,
        /// For one period.
        price: i128,
    },
    /// Carrying a lease.
    Leased(Lease),
    /// Waiting to be reported.
    Settled {
        /// The price of the periods kept.
        kept: i128,
        /// The price of the periods broken.
        broken: i128,
    },
}

/// A lease.
#[derive(Clone, Debug)]
pub struct Lease {
    /// Whose it is.
    pub application: Party,
    /// Where what is left goes.
    pub refund: Address,
    /// For one period.
    pub price: i128,
    /// How long a period is.
    pub period: u64,
    /// How many were bought.
    pub periods: u64,
    /// How many have been paid out.
    pub claimed: u64,
    /// The time after the end.
    pub grace: u64,
    /// When it began.
    pub start: u64,
    /// What the operator has at stake.
    pub bond: i128,
    /// What is charged on the price.
    pub fee_ppm: i128,
}

impl Lease {
    /// The price of so many periods.
    pub fn price_of(&self, periods: u64) -> i128 {
        self.price * i128::from(periods)
    }

    /// What is charged on the price of so many periods.
    pub fn fee_of(&self, periods: u64) -> i128 {
        self.price_of(periods) * self.fee_ppm / 1_000_000
    }

    /// The whole periods that have passed: no fewer than were claimed, no more than were bought.
    pub fn whole(&self, at: u64) -> u64 {
        (at.saturating_sub(self.start) / self.period).clamp(self.claimed, self.periods)
    }

    /// The periods begun.
    pub fn begun(&self, at: u64) -> u64 {
        at.saturating_sub(self.start).div_ceil(self.period).clamp(self.claimed, self.periods)
    }

    /// When operator and application are through with each other.
    pub const fn end_of_grace(&self) -> u64 {
        self.start + self.period * self.periods + self.grace
    }
}

/// A bid.
#[derive(Clone, Debug)]
pub struct BidAccount {
    /// Its name.
    pub name: BidName,
    /// What is asked for.
    pub terms: Terms,
    /// Whose it is.
    pub application: Party,
    /// What was put behind it.
    pub funded: Money,
    /// The slot that leads.
    pub leader: Option<(u64, u64)>,
}

impl BidAccount {
    /// The price of all periods at the ceiling, and what is charged on it.
    pub fn escrow(&self) -> i128 {
        escrow(&self.terms)
    }

    /// What belongs behind a bid on these terms.
    pub fn funding(terms: &Terms, asset: &Asset) -> Money {
        Money::ada(BID_RESERVE.to_units()) + Money::of(asset, escrow(terms))
    }

    /// Whether that is behind it.
    pub fn is_funded(&self, asset: &Asset) -> bool {
        self.funded == Self::funding(&self.terms, asset)
    }

    /// What is charged on a sum.
    pub fn fee(&self, sum: i128) -> i128 {
        fee(&self.terms, sum)
    }

    /// How many periods.
    pub fn periods(&self) -> i128 {
        self.terms.term.periods.to_number().into()
    }

    /// What the operator puts at stake.
    pub fn bond(&self) -> i128 {
        self.terms.bond.to_units().into()
    }

    /// Whether the best offer wins it, and not the first.
    pub fn is_auction(&self) -> bool {
        matches!(self.terms.method, Method::Auction { .. })
    }
}

fn escrow(terms: &Terms) -> i128 {
    let periods = i128::from(terms.term.periods.to_number());
    let most = i128::from(terms.price.ceiling.to_units()) * periods;
    most + fee(terms, most)
}

fn fee(terms: &Terms, sum: i128) -> i128 {
    sum * i128::from(terms.fee_ppm.to_millionths()) / 1_000_000
}

/// What the output of a slot holds, unless it has none.
pub(super) fn slot_holding(slot: &SlotAccount, asset: &Asset) -> Option<Money> {
    let units = match &slot.standing {
        Standing::Leading { .. } => return None,
        Standing::Idle | Standing::Settled { .. } => slot.purse,
        Standing::Offered { bond, .. } => *bond,
        Standing::Leased(lease) => lease.price_of(lease.periods - lease.claimed) + lease.bond,
    };
    Some(Money::ada(SLOT_RESERVE.to_units()) + Money::of(asset, units))
}

/// What the output of a bid holds.
pub(super) fn bid_holding(bid: &BidAccount, asset: &Asset) -> Money {
    match bid.leader {
        None => bid.funded,
        Some(_) => {
            let reserves = Money::ada(BID_RESERVE.to_units() + SLOT_RESERVE.to_units());
            reserves + Money::of(asset, bid.escrow() + bid.bond())
        }
    }
}

/// What the output of an operator holds.
pub(super) fn operator_holding() -> Money {
    Money::ada(OPERATOR_RESERVE.to_units())
}

/// Which token of the grid the output of an account holds.
pub(super) const fn token(account: Account, led: bool) -> Option<Token> {
    match account {
        Account::Grid => Some(Token::Grid),
        Account::Pool => Some(Token::Pool),
        Account::Operator(_) => Some(Token::Operator),
        Account::Slot(..) => Some(Token::Slot),
        Account::Bid(_) if led => Some(Token::Slot),
        Account::Bid(_) | Account::Litter(_) => None,
    }
}
