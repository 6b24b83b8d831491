//! Which offer is the best, worked out from the offers seen and the specification's words alone.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use demeter_core::{BidName, Leader, Offered, Slot, Stage};
use pallas_crypto::hash::Hasher;

/// An offer as it was seen on the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The number of the operator.
    pub operator: u64,
    /// Which of its slots.
    pub index: u64,
    /// For one period.
    pub price: u64,
    /// What it is ranked by first.
    pub merit: u64,
}

impl Seen {
    /// The offer of a slot, if it stands behind one.
    pub fn of_slot(slot: &Slot) -> Option<(BidName, Self)> {
        let Stage::Offered(Offered { bid, price, merit, .. }) = &slot.stage else { return None };
        let seen = Self {
            operator: slot.operator.to_number(),
            index: slot.index.to_number(),
            price: price.to_units(),
            merit: merit.to_points(),
        };
        Some((*bid, seen))
    }

    /// The offer that leads.
    pub fn of_leader(leader: &Leader) -> Self {
        Self {
            operator: leader.operator.to_number(),
            index: leader.index.to_number(),
            price: leader.price.to_units(),
            merit: leader.merit.to_points(),
        }
    }

    /// Whether this offer is better than another on the bid: more merit, else less price, else the lower hash of bid
    /// and operator, else the lower index.
    pub fn better(&self, other: &Self, bid: &BidName) -> bool {
        self.place(bid) < other.place(bid)
    }

    fn place(&self, bid: &BidName) -> (Reverse<u64>, u64, [u8; 32], u64) {
        let mut bytes = bid.as_bytes().to_vec();
        bytes.extend(self.operator.to_be_bytes());
        (Reverse(self.merit), self.price, *Hasher::<256>::hash(&bytes), self.index)
    }
}

/// The offers on bids that are not settled yet.
#[derive(Clone, Debug, Default)]
pub struct Offers {
    /// By the name of the bid: the offers whose operators lead with them when they are better, and those that led.
    candidates: BTreeMap<BidName, Vec<Seen>>,
    /// By the name of the bid: what must be awarded, once it has settled.
    winners: BTreeMap<BidName, Seen>,
}

impl Offers {
    /// An offer that counts was made, or has led.
    pub fn note(&mut self, bid: BidName, offer: Seen) {
        let offers = self.candidates.entry(bid).or_default();
        if !offers.contains(&offer) {
            offers.push(offer);
        }
    }

    /// A bid has settled with these offers in the lead of outputs of that name: the greatest candidate must be one.
    ///
    /// # Errors
    /// It is not.
    pub fn settled(&mut self, bid: BidName, leaders: &[Seen]) -> Result<(), String> {
        let candidates = self.candidates.remove(&bid).unwrap_or_default();
        let best =
            candidates.into_iter().reduce(|best, other| if other.better(&best, &bid) { other } else { best });
        let Some(best) = best else { return Ok(()) };
        if leaders.contains(&best) {
            self.winners.insert(bid, best);
            Ok(())
        } else {
            Err(format!("of bid {bid} the best offer is {best:?}, in the lead are {leaders:?}"))
        }
    }

    /// A bid was awarded to an offer. Returns whether that is the best one; of twins, only one can get it.
    pub fn awarded(&mut self, bid: &BidName, offer: &Seen) -> bool {
        match self.winners.get(bid) {
            Some(best) if best == offer => self.winners.remove(bid).is_some(),
            _ => false,
        }
    }

    /// Whether the best offer on a bid waits to be awarded.
    pub fn is_due(&self, bid: &BidName) -> bool {
        self.winners.contains_key(bid)
    }
}
