//! Prices that were asked for before.

use std::collections::BTreeMap;

use demeter_core::{Amount, BidName, Quantity, Time};

use super::{Declined, Job, Pricing};

/// Answers to questions that were put to somebody who takes his time.
///
/// A quote holds for a bid and just these resources; the utilisation it was given at may have changed since.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quotes {
    answers: BTreeMap<(BidName, Vec<Quantity>), Result<Amount, Declined>>,
}

impl Quotes {
    /// Notes an answer, in place of an earlier one.
    pub fn insert(&mut self, bid: BidName, resources: Vec<Quantity>, answer: Result<Amount, Declined>) {
        self.answers.insert((bid, resources), answer);
    }

    /// Whether this is still to be asked at a time: it was not answered, or nobody could be asked until then.
    pub fn is_open(&self, bid: BidName, resources: &[Quantity], now: Time) -> bool {
        match self.answers.get(&(bid, resources.to_vec())) {
            Some(Err(Declined::Unavailable { again, .. })) => *again <= now,
            Some(_) => false,
            None => true,
        }
    }

    /// Forgets the answers on bids that are not wanted any more.
    pub fn retain(&mut self, wanted: impl Fn(&BidName) -> bool) {
        self.answers.retain(|(bid, _), _| wanted(bid));
    }

    /// How many answers there are.
    pub fn len(&self) -> usize {
        self.answers.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }
}

impl Pricing for Quotes {
    fn quote(&self, job: &Job<'_>) -> Result<Amount, Declined> {
        let key = (job.bid, job.resources.to_vec());
        self.answers.get(&key).cloned().unwrap_or(Err(Declined::Unquoted))
    }
}
