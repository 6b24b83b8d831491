//! What an embedded head does on disk, with its past, and as time passes.

mod broken_disk;
mod damaged_file;
mod order;
mod parallel;
mod past;
mod waiting;
mod whole_file;

use demeter_core::Value;
use futures_executor::block_on;

use super::store::testing::Disk;
use super::*;
use crate::builder::TransactionBuilder;
use crate::testing::*;
use crate::{OutputDraft, Slot};

/// The time in slot 100.
fn start() -> Time {
    Time::from_milliseconds(1_000_100_000).unwrap()
}

fn seconds(count: u64) -> Span {
    Span::from_seconds(count).unwrap()
}

/// So many outputs of 20 ada.
fn purses(count: u8) -> UtxoSet {
    (1..=count).map(|seed| (reference(seed), held_by(&Party::new(1), ada(20)))).collect()
}

/// A payment of 5 ada from one of the purses, for whoever still signs it.
fn unsigned(seed: u8) -> TransactionBuilder {
    TransactionBuilder::new(settings(), Party::new(1).address())
        .spend(reference(seed), purses(seed)[&reference(seed)].clone())
        .pay(OutputDraft::new(Party::new(2).address(), Value::of_lovelace(ada(5))))
}

fn payment(seed: u8) -> SignedTransaction {
    Party::new(1).sign(unsigned(seed).build().unwrap())
}

/// A payment from a purse to somebody else than [`payment`] pays.
fn rival(seed: u8) -> SignedTransaction {
    let value = Value::of_lovelace(ada(3));
    let rival = unsigned(seed).pay(OutputDraft::new(Party::new(7).address(), value));
    Party::new(1).sign(rival.build().unwrap())
}

/// A payment that is valid from one slot on and before another.
fn payment_within(seed: u8, from: u64, before: u64) -> SignedTransaction {
    let bounded = unsigned(seed).valid_from(Slot::from_number(from)).valid_before(Slot::from_number(before));
    Party::new(1).sign(bounded.build().unwrap())
}

fn utxos(head: &EmbeddedHead) -> UtxoSet {
    block_on(head.utxos(&UtxoQuery::All)).unwrap()
}

/// The events that are kept.
fn past(head: &EmbeddedHead, from: u64) -> Vec<super::super::NumberedEvent> {
    let end = head.next_event().to_number();
    let events = head.events_from(EventSequence::from_number(from)).unwrap();
    let count = usize::try_from(end - from).unwrap();
    block_on(events.take(count).map(Result::unwrap).collect())
}

/// A new head on a disk.
fn create_on(disk: &Arc<Disk>, utxos: UtxoSet, options: &HeadOptions) -> EmbeddedHead {
    let core = Core::in_memory(settings().into(), utxos, start(), options).unwrap();
    EmbeddedHead::start(core.stored_on(Box::new(Arc::clone(disk)), options).unwrap()).unwrap()
}

/// The head that a disk holds.
fn open_on(disk: &Arc<Disk>) -> Result<EmbeddedHead, store::StoreFault> {
    let (core, _) = Core::read_from(Box::new(Arc::clone(disk)), &HeadOptions::default())?;
    Ok(EmbeddedHead::start(core).unwrap())
}

#[test]
fn a_head_can_change_threads() {
    fn check<T: Send + Sync>() {}
    check::<EmbeddedHead>();
    check::<HeadOptions>();
    check::<OpenError>();
}
