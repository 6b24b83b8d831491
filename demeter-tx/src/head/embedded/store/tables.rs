//! The tables of a head's file.

use demeter_core::{Time, TransactionId};
use redb::{ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};

use super::super::state::{Entry, Record};
use super::codec::{self, KEY_LENGTH, damaged};
use super::{Beginning, Contents, StoreFault, settings};
use crate::head::{Event, SnapshotNumber};
use crate::{Output, UtxoSet};

/// Unspent outputs, as CBOR.
const OUTPUTS: TableDefinition<'_, &[u8; KEY_LENGTH], &[u8]> = TableDefinition::new("outputs");
/// The snapshot of every transaction that was ever applied.
const TRANSACTIONS: TableDefinition<'_, &[u8; 32], u64> = TableDefinition::new("transactions");
/// Events that were stored together, under the number of the first of them.
const EVENTS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("events");
/// What there is one of.
const SINGLES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("singles");

const SETTINGS: &str = "settings";
/// Commits, snapshot, time and the next event's number.
const PROGRESS: &str = "progress";

/// How far a head has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) commits: u64,
    pub(super) snapshot: u64,
    pub(super) time: u64,
    pub(super) next_event: u64,
}

impl Progress {
    fn to_bytes(self) -> Vec<u8> {
        [self.commits, self.snapshot, self.time, self.next_event].map(u64::to_be_bytes).concat()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (numbers, []) = bytes.as_chunks::<8>() else { return None };
        let [commits, snapshot, time, next_event] = *numbers else { return None };
        let [commits, snapshot, time, next_event] =
            [commits, snapshot, time, next_event].map(u64::from_be_bytes);
        Some(Self { commits, snapshot, time, next_event })
    }
}

/// Fills the tables of a new head.
pub(super) fn begin(transaction: &WriteTransaction, beginning: &Beginning<'_>) -> Result<(), StoreFault> {
    let mut outputs = transaction.open_table(OUTPUTS)?;
    for (reference, output) in beginning.utxos {
        outputs.insert(&codec::key(reference), output.as_bytes())?;
    }
    transaction.open_table(TRANSACTIONS)?;
    transaction.open_table(EVENTS)?;
    let progress =
        Progress { commits: 0, snapshot: 0, time: beginning.now.time.to_milliseconds(), next_event: 0 };
    let mut singles = transaction.open_table(SINGLES)?;
    singles.insert(SETTINGS, settings::write(beginning.settings, beginning.clock)?.as_slice())?;
    singles.insert(PROGRESS, progress.to_bytes().as_slice())?;
    Ok(())
}

/// Puts entries into the tables, and takes out the events that leave the `kept_events` last.
pub(super) fn write(
    transaction: &WriteTransaction,
    batch: &[Entry],
    commits: u64,
    first_event: u64,
    kept_events: u64,
) -> Result<(), StoreFault> {
    let mut outputs = transaction.open_table(OUTPUTS)?;
    let mut transactions = transaction.open_table(TRANSACTIONS)?;
    let mut singles = transaction.open_table(SINGLES)?;
    let mut progress = single(&singles, PROGRESS, Progress::from_bytes)?;
    for entry in batch {
        if let Record::Applied { applied, number, .. } = &entry.record {
            for reference in &applied.effect.consumed {
                outputs.remove(&codec::key(reference))?;
            }
            for (reference, output) in &applied.effect.made {
                outputs.insert(&codec::key(reference), output.as_bytes())?;
            }
            transactions.insert(applied.id.as_bytes(), number.to_number())?;
            progress.snapshot = number.to_number();
        }
        progress.time = entry.now.time.to_milliseconds();
    }
    let told: Vec<(Time, Event)> = batch
        .iter()
        .flat_map(|entry| entry.record.events().into_iter().map(|event| (entry.now.time, event)))
        .collect();
    progress.commits = commits;
    progress.next_event = first_event.saturating_add(told.len() as u64);
    singles.insert(PROGRESS, progress.to_bytes().as_slice())?;
    if !told.is_empty() {
        let mut events = transaction.open_table(EVENTS)?;
        events.insert(first_event, codec::write_events(&told).as_slice())?;
        forget(&mut events, progress.next_event.saturating_sub(kept_events))?;
    }
    Ok(())
}

/// Takes out the events before a number, as far as nothing later was stored together with them.
fn forget(events: &mut redb::Table<'_, u64, &[u8]>, oldest: u64) -> Result<(), StoreFault> {
    let last = events.range(..=oldest)?.next_back().transpose()?.map(|(number, _)| number.value());
    if let Some(last) = last {
        events.retain_in(..last, |_, _| false)?;
    }
    Ok(())
}

/// Reads everything.
pub(super) fn read(transaction: &ReadTransaction) -> Result<(Progress, Contents), StoreFault> {
    let singles = transaction.open_table(SINGLES)?;
    let progress = single(&singles, PROGRESS, Progress::from_bytes)?;
    let text = singles.get(SETTINGS)?.ok_or_else(|| damaged(SETTINGS, "they are missing"))?;
    let (settings, clock) = settings::read(text.value())?;
    let contents = Contents {
        settings,
        clock,
        time: Time::from_milliseconds(progress.time).map_err(|error| damaged("the time", error))?,
        snapshot: SnapshotNumber::from_number(progress.snapshot),
        utxos: read_outputs(transaction)?,
        next_event: progress.next_event,
        events: read_events(transaction, progress.next_event)?,
    };
    Ok((progress, contents))
}

/// How far it has come.
pub(super) fn progress(transaction: &ReadTransaction) -> Result<Progress, StoreFault> {
    single(&transaction.open_table(SINGLES)?, PROGRESS, Progress::from_bytes)
}

pub(super) fn snapshot_of(
    transaction: &ReadTransaction,
    id: &TransactionId,
) -> Result<Option<SnapshotNumber>, StoreFault> {
    let found = transaction.open_table(TRANSACTIONS)?.get(id.as_bytes())?;
    Ok(found.map(|number| SnapshotNumber::from_number(number.value())))
}

fn read_outputs(transaction: &ReadTransaction) -> Result<UtxoSet, StoreFault> {
    transaction
        .open_table(OUTPUTS)?
        .iter()?
        .map(|row| {
            let (key, bytes) = row?;
            let reference = codec::reference(key.value())?;
            let output = Output::from_cbor(bytes.value())
                .map_err(|error| damaged(&format!("output {reference}"), error))?;
            Ok((reference, output))
        })
        .collect()
}

fn read_events(transaction: &ReadTransaction, next: u64) -> Result<Vec<(Time, Event)>, StoreFault> {
    let mut found = Vec::new();
    let mut expected = None;
    for row in transaction.open_table(EVENTS)?.iter()? {
        let (first, bytes) = row?;
        let events = codec::read_events(bytes.value())?;
        let first = first.value();
        if expected.is_some_and(|expected| expected != first) {
            return Err(damaged("the events", format!("there is a gap before number {first}")));
        }
        expected = Some(first.saturating_add(events.len() as u64));
        found.extend(events);
    }
    match expected {
        Some(end) if end != next => Err(damaged("the events", format!("they end at {end}, expected {next}"))),
        _ => Ok(found),
    }
}

fn single<T>(
    singles: &impl ReadableTable<&'static str, &'static [u8]>,
    name: &str,
    read: impl FnOnce(&[u8]) -> Option<T>,
) -> Result<T, StoreFault> {
    let bytes = singles.get(name)?.ok_or_else(|| damaged(name, "it is missing"))?;
    read(bytes.value()).ok_or_else(|| damaged(name, "it makes no sense"))
}
