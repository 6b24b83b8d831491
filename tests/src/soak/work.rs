//! The submitter, which hears what became of each transaction.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use demeter_core::TransactionId;
use demeter_tx::SignedTransaction;
use demeter_tx::head::{EmbeddedHead, Event, EventStream, Head as _, SnapshotNumber, SubmitError};
use futures_executor::block_on;
use futures_util::StreamExt as _;
use futures_util::future::{BoxFuture, FutureExt as _};

use super::traffic::Traffic;

/// How many transactions are under way at a time.
const UNDER_WAY: usize = 256;

/// What is remembered of an acknowledged transaction.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Seal {
    pub(super) id: TransactionId,
    pub(super) bytes: u64,
    hash: u64,
}

impl Seal {
    pub(super) fn of(transaction: &SignedTransaction) -> Self {
        let bytes = transaction.to_cbor();
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        Self { id: transaction.id(), bytes: bytes.len() as u64, hash: hasher.finish() }
    }
}

/// What is remembered of all that were acknowledged.
#[derive(Default)]
pub(super) struct Heard {
    pub(super) transactions: u64,
    /// The last of them, as many as are in the events that are kept.
    pub(super) last: VecDeque<Seal>,
    /// Some of them, spread over the run.
    pub(super) samples: Vec<(TransactionId, SnapshotNumber)>,
    pub(super) faults: Vec<String>,
}

/// The submitter.
pub(super) struct Work<'h> {
    head: &'h EmbeddedHead,
    events: EventStream,
    under_way: VecDeque<(Seal, BoxFuture<'h, Result<TransactionId, SubmitError>>)>,
    submitted: u64,
    heard: Heard,
    /// How many of the last are remembered, and one in how many besides.
    kept: usize,
    every: u64,
}

impl<'h> Work<'h> {
    pub(super) fn new(head: &'h EmbeddedHead, kept: usize, every: u64) -> Self {
        let (events, under_way) = (head.events(), VecDeque::new());
        Self { head, events, under_way, submitted: 0, heard: Heard::default(), kept, every }
    }

    /// What was acknowledged, once nothing is under way any more.
    pub(super) fn finish(self) -> Heard {
        self.heard
    }

    /// Works until so many transactions are acknowledged.
    pub(super) fn until(&mut self, end: u64, traffic: &mut Traffic) {
        while self.heard.transactions < end {
            if self.submitted == end || self.under_way.len() == UNDER_WAY {
                self.hear();
                continue;
            }
            let transaction = traffic.pay();
            let seal = Seal::of(&transaction);
            let mut submitted = self.head.submit(transaction);
            // The first look at it is what submits.
            let answer = match (&mut submitted).now_or_never() {
                Some(answer) => std::future::ready(answer).boxed(),
                None => submitted,
            };
            self.under_way.push_back((seal, answer));
            self.submitted += 1;
        }
    }

    /// Waits for the answer to the oldest transaction under way, and for its events.
    fn hear(&mut self) {
        let (seal, answer) = self.under_way.pop_front().unwrap();
        assert_eq!(block_on(answer).unwrap(), seal.id);
        let heard = &mut self.heard;
        heard.transactions += 1;
        let expected = SnapshotNumber::from_number(heard.transactions);
        let told = [(); 2].map(|()| block_on(self.events.next()).unwrap());
        let is_told = match &told {
            [Ok(valid), Ok(Event::SnapshotConfirmed { number, transactions })] => {
                let carried: Vec<Seal> = transactions.iter().map(|carried| Seal::of(carried)).collect();
                *valid == Event::TxValid { transaction: seal.id } && *number == expected && carried == [seal]
            }
            _ => false,
        };
        if !is_told && heard.faults.is_empty() {
            heard.faults.push(format!("of transaction {} was told: {told:?}", seal.id));
        }
        if heard.last.len() == self.kept {
            heard.last.pop_front();
        }
        heard.last.push_back(seal);
        if heard.transactions.is_multiple_of(self.every) {
            heard.samples.push((seal.id, expected));
        }
    }
}
