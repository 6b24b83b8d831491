//! A head on disk: one file, in which redb keeps the outputs, the events and the rest.
//!
//! ADR 6 says why it is redb, and what the file looks like.

mod codec;
mod fault;
mod frame;
mod medium;
mod settings;
mod tables;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use demeter_core::{Time, TransactionId};
use redb::{Builder, Database, ReadableDatabase as _};

use super::super::{Event, HeadTime, SnapshotNumber};
use super::clock::ClockMode;
use super::state::Entry;
use crate::{LedgerSettings, UtxoSet};

pub use fault::OpenError;
pub(super) use fault::{StoreFault, WriteFault};
pub(super) use medium::{FileMedium, Medium};

use frame::{Frame, Health};
use tables::Progress;

/// How much of the file redb keeps in memory. The outputs are in memory anyway and ids come in no order, so more than a
/// commit touches is of little use, and all of it fills up as the file grows.
const CACHE_BYTES: usize = 16 << 20;

/// The file of a head.
#[derive(Debug)]
pub(super) struct Store {
    medium: Box<dyn Medium>,
    syncs: bool,
    /// `None` once it is not known what the file holds.
    open: RwLock<Option<Opened>>,
}

#[derive(Debug)]
struct Opened {
    database: Database,
    health: Arc<Health>,
    /// How many commits the file holds: what tells whether one that failed is there all the same.
    commits: AtomicU64,
}

/// What a new head begins with.
#[derive(Debug)]
pub(super) struct Beginning<'a> {
    pub(super) settings: &'a LedgerSettings,
    pub(super) clock: ClockMode,
    pub(super) now: HeadTime,
    pub(super) utxos: &'a UtxoSet,
}

/// What a file holds.
#[derive(Debug)]
pub(super) struct Contents {
    pub(super) settings: LedgerSettings,
    pub(super) clock: ClockMode,
    pub(super) time: Time,
    pub(super) snapshot: SnapshotNumber,
    pub(super) utxos: UtxoSet,
    /// The number that the next event gets.
    pub(super) next_event: u64,
    pub(super) events: Vec<(Time, Event)>,
}

impl Store {
    /// Writes a new head to an empty medium.
    pub(super) fn create(
        medium: Box<dyn Medium>,
        syncs: bool,
        beginning: &Beginning<'_>,
    ) -> Result<Self, StoreFault> {
        let frame = Frame::unchecked(medium.open()?, syncs);
        let (health, first_page) = (frame.health(), frame.first_page());
        let database = open_database(frame)?;
        let transaction = database.begin_write()?;
        tables::begin(&transaction, beginning)?;
        transaction.commit()?;
        // The first page comes last: a file without it was never finished.
        first_page.write()?;
        medium.settle()?;
        let opened = Opened { database, health, commits: AtomicU64::new(0) };
        Ok(Self { medium, syncs, open: RwLock::new(Some(opened)) })
    }

    /// Opens a head that was written before, and reads it. Every checksum in it is verified.
    pub(super) fn open(medium: Box<dyn Medium>, syncs: bool) -> Result<(Self, Contents), StoreFault> {
        let frame = Frame::checked(medium.open()?, syncs)?;
        let health = frame.health();
        let database = open_database(frame)?;
        let (progress, contents) =
            guarded(|| tables::read(&database.begin_read()?)).and_then(std::convert::identity)?;
        let opened = Opened { database, health, commits: AtomicU64::new(progress.commits) };
        Ok((Self { medium, syncs, open: RwLock::new(Some(opened)) }, contents))
    }

    /// Stores entries, all or none, and forgets events that leave the `kept_events` last. Those who read meanwhile
    /// wait only if it fails.
    pub(super) fn write(
        &self,
        batch: &[Entry],
        first_event: u64,
        kept_events: u64,
    ) -> Result<(), WriteFault> {
        let slot = self.open.read().unwrap_or_else(PoisonError::into_inner);
        let Some(opened) = slot.as_ref() else {
            return Err(WriteFault::Unknown { reason: StoreFault::Closed.to_string() });
        };
        let before = opened.commits.load(Ordering::Acquire);
        let commits = before.saturating_add(1);
        match store(&opened.database, batch, commits, first_event, kept_events) {
            Ok(()) => {
                opened.commits.store(commits, Ordering::Release);
                Ok(())
            }
            Err(fault) => {
                drop(slot);
                Err(self.recover(before, &fault))
            }
        }
    }

    /// Opens the file anew after a failed write, if it can be known what is in it: redb does nothing more after one.
    fn recover(&self, commits: u64, fault: &StoreFault) -> WriteFault {
        let mut slot = self.open.write().unwrap_or_else(PoisonError::into_inner);
        let is_sound = slot.take().is_some_and(|opened| opened.health.is_sound());
        let reason = fault.to_string();
        if !is_sound {
            // What is read back after a sync has failed need not be what is on the disk.
            return WriteFault::Unknown { reason };
        }
        match self.reopen(commits) {
            Ok(opened) => {
                *slot = Some(opened);
                WriteFault::Unchanged { reason }
            }
            Err(again) => WriteFault::Unknown { reason: format!("{reason}; opening it again: {again}") },
        }
    }

    /// The snapshot that confirmed a transaction.
    pub(super) fn snapshot_of(
        &self,
        transaction: &TransactionId,
    ) -> Result<Option<SnapshotNumber>, StoreFault> {
        let slot = self.open.read().unwrap_or_else(PoisonError::into_inner);
        let opened = slot.as_ref().ok_or(StoreFault::Closed)?;
        tables::snapshot_of(&opened.database.begin_read()?, transaction)
    }

    /// Opens the file after a failed write, and makes sure that it is as it was before.
    fn reopen(&self, commits: u64) -> Result<Opened, StoreFault> {
        let frame = Frame::checked(self.medium.open()?, self.syncs)?;
        let health = frame.health();
        let database = open_database(frame)?;
        let progress: Progress = tables::progress(&database.begin_read()?)?;
        if progress.commits == commits {
            Ok(Opened { database, health, commits: AtomicU64::new(commits) })
        } else {
            Err(StoreFault::Commits { expected: commits, found: progress.commits })
        }
    }
}

fn open_database(frame: Frame) -> Result<Database, StoreFault> {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES).set_check_integrity_on_open(true);
    guarded(|| builder.create_with_backend(frame))?.map_err(StoreFault::from)
}

fn store(
    database: &Database,
    batch: &[Entry],
    commits: u64,
    first_event: u64,
    kept_events: u64,
) -> Result<(), StoreFault> {
    let transaction = database.begin_write()?;
    tables::write(&transaction, batch, commits, first_event, kept_events)?;
    transaction.commit()?;
    Ok(())
}

/// Runs what reads a file that may be anything.
///
/// NOTE: redb promises errors for damaged files, but a build with debug assertions stops at some of them.
fn guarded<T>(read: impl FnOnce() -> T) -> Result<T, StoreFault> {
    catch_unwind(AssertUnwindSafe(read))
        .map_err(|_| StoreFault::Damaged { reason: "redb gave up on it".to_owned() })
}

#[cfg(test)]
pub(super) mod testing;
