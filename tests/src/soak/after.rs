//! A head that was opened anew, held against what was acknowledged.

use demeter_tx::UtxoSet;
use demeter_tx::head::{EmbeddedHead, Event, EventSequence, Head as _, SnapshotNumber, UtxoQuery};
use futures_executor::block_on;
use futures_util::{FutureExt as _, StreamExt as _};

use super::work::{Heard, Seal};

/// What is wrong with a head after what was heard, in words.
pub(super) fn faults(head: &EmbeddedHead, utxos: &UtxoSet, heard: &Heard) -> Vec<String> {
    let mut faults = Vec::new();
    if block_on(head.utxos(&UtxoQuery::All)).unwrap() != *utxos {
        faults.push("the outputs are not those that were acknowledged".to_owned());
    }
    let transactions = heard.transactions;
    if head.last_snapshot() != SnapshotNumber::from_number(transactions) {
        faults.push(format!("its last snapshot is {}, expected {transactions}", head.last_snapshot()));
    }
    faults.extend(fault_of_events(head, heard));
    for (id, number) in &heard.samples {
        // Not waited for: whatever was confirmed is known at once.
        match head.confirm(*id).now_or_never() {
            Some(Ok(found)) if found == *number => {}
            found => faults.push(format!("transaction {id} is confirmed by {found:?}, expected {number}")),
        }
    }
    faults
}

/// The last transactions have their two events each, the last of all.
fn fault_of_events(head: &EmbeddedHead, heard: &Heard) -> Option<String> {
    let next = 2 * heard.transactions;
    if head.next_event() != EventSequence::from_number(next) {
        return Some(format!("its next event is {}, expected {next}", head.next_event()));
    }
    let count = 2 * heard.last.len();
    let from = EventSequence::from_number(next - count as u64);
    let events = match head.events_from(from) {
        Ok(events) => block_on(events.take(count).map(|event| event.unwrap().event).collect::<Vec<_>>()),
        Err(error) => return Some(error.to_string()),
    };
    let carried = events.iter().filter_map(|event| match event {
        Event::SnapshotConfirmed { transactions, .. } => Some(transactions),
        _ => None,
    });
    let carried = carried.flatten().map(|transaction| Seal::of(transaction));
    let is_same = carried.eq(heard.last.iter().copied());
    (!is_same).then(|| "its events are not those of its last transactions".to_owned())
}
