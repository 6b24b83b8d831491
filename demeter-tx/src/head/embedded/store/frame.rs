//! The first page of a head's file, and what redb sees of the rest.

use std::io;
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use redb::{BackendError, StorageBackend};

use super::StoreFault;

/// The size of the first page; redb's pages follow, aligned as it has them.
pub(super) const FIRST_PAGE: u64 = 4096;
/// What a file begins with. It is not text, and a transfer that takes it for text changes it.
pub(super) const MAGIC: [u8; 16] = *b"demeter-head\r\n\x1a\n";
/// The version of the format, in 4 bytes after the magic, the lowest first. The rest of the page is zero.
pub(super) const VERSION: u32 = 2;

/// Whether every sync has succeeded.
#[derive(Debug, Default)]
pub(super) struct Health {
    unsound: AtomicBool,
}

impl Health {
    pub(super) fn is_sound(&self) -> bool {
        !self.unsound.load(Ordering::Acquire)
    }
}

/// What redb sees: the storage after its first page.
#[derive(Debug)]
pub(super) struct Frame {
    storage: Arc<dyn StorageBackend>,
    syncs: bool,
    health: Arc<Health>,
}

/// The first page of a storage.
#[derive(Debug)]
pub(super) struct FirstPage(Arc<dyn StorageBackend>);

impl Frame {
    /// A storage that is to get its first page.
    pub(super) fn unchecked(storage: Box<dyn StorageBackend>, syncs: bool) -> Self {
        Self { storage: Arc::from(storage), syncs, health: Arc::default() }
    }

    /// A storage that has a first page of this version.
    pub(super) fn checked(storage: Box<dyn StorageBackend>, syncs: bool) -> Result<Self, StoreFault> {
        let this = Self::unchecked(storage, syncs);
        this.first_page().check()?;
        Ok(this)
    }

    pub(super) fn health(&self) -> Arc<Health> {
        Arc::clone(&self.health)
    }

    pub(super) fn first_page(&self) -> FirstPage {
        FirstPage(Arc::clone(&self.storage))
    }
}

impl FirstPage {
    /// Writes it, and syncs it whatever the policy: it is written once.
    pub(super) fn write(&self) -> io::Result<()> {
        self.0.write(0, &page(VERSION))?;
        self.0.sync_data()
    }

    fn check(&self) -> Result<(), StoreFault> {
        let length = self.0.len()?;
        let mut found = vec![0; usize::try_from(length.min(FIRST_PAGE)).unwrap_or_default()];
        self.0.read(0, &mut found)?;
        if found.iter().all(|byte| *byte == 0) {
            return Err(StoreFault::Unfinished);
        }
        let Some(rest) = found.strip_prefix(&MAGIC) else { return Err(StoreFault::NotAHead) };
        let Some((version, rest)) = rest.split_first_chunk::<4>() else {
            return Err(StoreFault::Truncated { length });
        };
        let version = u32::from_le_bytes(*version);
        if version != VERSION {
            return Err(StoreFault::Version { expected: VERSION, found: version });
        }
        // redb would take an empty storage for a new one.
        if length <= FIRST_PAGE {
            return Err(StoreFault::Truncated { length });
        }
        if rest.iter().any(|byte| *byte != 0) {
            return Err(StoreFault::Damaged {
                reason: "its first page holds more than it should".to_owned(),
            });
        }
        Ok(())
    }
}

/// The first page of a file of this version.
pub(super) fn page(version: u32) -> Vec<u8> {
    let mut page = [&MAGIC[..], &version.to_le_bytes()].concat();
    page.resize(usize::try_from(FIRST_PAGE).unwrap_or_default(), 0);
    page
}

fn shifted(offset: u64) -> io::Result<u64> {
    offset.checked_add(FIRST_PAGE).ok_or_else(|| io::Error::from(io::ErrorKind::FileTooLarge))
}

impl StorageBackend for Frame {
    fn len(&self) -> io::Result<u64> {
        Ok(self.storage.len()?.saturating_sub(FIRST_PAGE))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.storage.read(shifted(offset)?, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.storage.set_len(shifted(len)?)
    }

    fn sync_data(&self) -> io::Result<()> {
        if !self.syncs {
            return Ok(());
        }
        self.storage.sync_data().inspect_err(|_| self.health.unsound.store(true, Ordering::Release))
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.storage.write(shifted(offset)?, data)
    }

    fn close(&self) -> io::Result<()> {
        self.storage.close()
    }

    // NOTE: the ranges that redb locks are names for its locks, not places in the file: they are not shifted.

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.storage.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.storage.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.storage.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.storage.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.storage.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.storage.query_lock_range(start, end)
    }
}
