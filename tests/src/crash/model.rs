//! What a head should hold.

use demeter_tx::UtxoSet;
use demeter_tx::head::{EmbeddedHead, Event, EventSequence, Head as _, HeadTime, UtxoQuery};
use futures_executor::block_on;
use futures_util::StreamExt as _;

use super::Script;
use crate::history::Ground;

/// A head in memory that follows a script.
pub(super) struct Model<'s> {
    script: &'s Script,
    head: EmbeddedHead,
}

impl<'s> Model<'s> {
    pub(super) fn new(script: &'s Script) -> Self {
        let settings = Ground::settings();
        let start = settings.clock.zero_time();
        Self { script, head: EmbeddedHead::open(settings, script.opening.clone(), start).unwrap() }
    }

    /// How many transactions it has followed.
    pub(super) fn applied(&self) -> usize {
        usize::try_from(self.head.last_snapshot().to_number()).unwrap()
    }

    /// What a head holds after so many transactions, which are no fewer than before.
    fn after(&mut self, count: usize) -> UtxoSet {
        for (made, transaction) in &self.script.transactions[self.applied()..count] {
            self.head.advance(made.since(self.now().time)).unwrap();
            self.head.apply(transaction).unwrap();
        }
        block_on(self.head.utxos(&UtxoQuery::All)).unwrap()
    }

    fn now(&self) -> HeadTime {
        block_on(self.head.now()).unwrap()
    }

    /// Holds a head against this one. Returns how far it has come, and what is half applied in it.
    pub(super) fn compare(&mut self, head: &EmbeddedHead) -> (usize, Vec<String>) {
        let count = usize::try_from(head.last_snapshot().to_number()).unwrap();
        if count < self.applied() || count > self.script.transactions.len() {
            return (count, vec![format!("it has {count} snapshots, there were {}", self.applied())]);
        }
        let mut torn = Vec::new();
        let expected = self.after(count);
        let found = block_on(head.utxos(&UtxoQuery::All)).unwrap();
        for (reference, output) in &expected {
            match found.get(reference) {
                Some(there) if there == output => {}
                Some(_) => torn.push(format!("output {reference} is another")),
                None => torn.push(format!("output {reference} is missing")),
            }
        }
        let more = found.keys().filter(|reference| !expected.contains_key(reference));
        torn.extend(more.map(|reference| format!("output {reference} should not be there")));
        if block_on(head.now()).unwrap() < self.now() {
            torn.push("its time went back".to_owned());
        }
        torn.extend(self.compare_events(head, count));
        (count, torn)
    }

    /// Every transaction has its two events, in order, one number after the other.
    fn compare_events(&self, head: &EmbeddedHead, count: usize) -> Option<String> {
        if head.next_event().to_number() != 2 * count as u64 {
            return Some(format!("its next event is {}, expected {}", head.next_event(), 2 * count));
        }
        let told =
            self.script.transactions[..count].iter().zip(1..).flat_map(|((_, transaction), number)| {
                let id = transaction.id();
                let number = demeter_tx::head::SnapshotNumber::from_number(number);
                [
                    Event::TxValid { transaction: id },
                    Event::SnapshotConfirmed { number, transactions: vec![transaction.clone().into()] },
                ]
            });
        let stream = head.events_from(EventSequence::default()).unwrap();
        let found = block_on(stream.take(2 * count).map(Result::unwrap).collect::<Vec<_>>());
        let same = found.iter().zip(told).zip(0..).all(|((found, told), number)| {
            found.event == told && found.sequence == EventSequence::from_number(number)
        });
        (!same).then(|| "its events are not those of its transactions".to_owned())
    }
}
