//! The total order of the offers on a bid.

use std::cmp::{Ordering, Reverse};

use pallas_crypto::hash::Hasher;

use crate::{Amount, BidName, Count, Leader, Merit};

/// Where an offer stands among the offers on one bid: greater is better.
///
/// Higher merit, then lower price, then lower [`tie`], then lower index of the slot. Ranks on different bids
/// compare, but that means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rank {
    merit: Merit,
    price: Reverse<Amount>,
    tie: Reverse<[u8; 32]>,
    index: Reverse<Count>,
}

impl Rank {
    /// The rank of an offer on a bid.
    pub fn new(bid: &BidName, offer: &Leader) -> Self {
        Self {
            merit: offer.merit,
            price: Reverse(offer.price),
            tie: Reverse(tie(bid, offer.operator)),
            index: Reverse(offer.index),
        }
    }

    /// Whether one offer on the bid is better than another: the greater of their ranks, but hashing only where
    /// merit and price are the same.
    pub fn better(bid: &BidName, one: &Leader, other: &Leader) -> bool {
        let plain = one.merit.cmp(&other.merit).then(other.price.cmp(&one.price));
        match plain {
            Ordering::Equal => Self::new(bid, one) > Self::new(bid, other),
            decided => decided == Ordering::Greater,
        }
    }
}

/// What breaks a tie of merit and price, different for each bid:
/// `blake2b_256(bid name ++ operator number as 8 bytes, most significant first)`; the lower one is better.
pub fn tie(bid: &BidName, operator: Count) -> [u8; 32] {
    let mut hasher = Hasher::<256>::new();
    hasher.input(bid.as_bytes());
    hasher.input(&operator.to_number().to_be_bytes());
    *hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bid::any_leader;
    use proptest::prelude::*;

    const BID: BidName = BidName::from_bytes([7; 32]);

    fn offer(operator: u64, index: u64, price: u64, merit: u64) -> Leader {
        Leader {
            operator: Count::from_number(operator).unwrap(),
            index: Count::from_number(index).unwrap(),
            owner: crate::KeyHash::from_bytes([0; 28]),
            price: Amount::from_units(price).unwrap(),
            resources: Vec::new(),
            merit: Merit::from_points(merit).unwrap(),
        }
    }

    #[test]
    fn merit_then_price_then_tie_then_index() {
        assert!(Rank::better(&BID, &offer(1, 0, 9, 5), &offer(2, 0, 1, 4)));
        assert!(Rank::better(&BID, &offer(1, 0, 1, 5), &offer(2, 0, 2, 5)));
        let first_wins = tie(&BID, offer(1, 0, 1, 5).operator) < tie(&BID, offer(2, 0, 1, 5).operator);
        assert_eq!(Rank::better(&BID, &offer(1, 0, 1, 5), &offer(2, 0, 1, 5)), first_wins);
        assert!(Rank::better(&BID, &offer(1, 0, 1, 5), &offer(1, 1, 1, 5)));
        assert!(!Rank::better(&BID, &offer(1, 0, 1, 5), &offer(1, 0, 1, 5)));
    }

    proptest! {
        #[test]
        fn better_is_the_order_of_ranks(one in any_leader(), other in any_leader()) {
            let better = Rank::new(&BID, &one) > Rank::new(&BID, &other);
            prop_assert_eq!(Rank::better(&BID, &one, &other), better);
            prop_assert!(!(better && Rank::better(&BID, &other, &one)));
        }
    }
}
