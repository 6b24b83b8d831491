//! A disk that fails on demand.

use std::collections::BTreeSet;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use redb::StorageBackend;

use super::{Medium, StoreFault};

/// Bytes in memory, as written and as synced, and what goes wrong with them.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    written: Mutex<Vec<u8>>,
    synced: Mutex<Vec<u8>>,
    /// What was written since, in order: where, and what.
    unsynced_writes: Mutex<Vec<(usize, Vec<u8>)>>,
    /// How many more writes and syncs succeed; `u64::MAX` for all.
    left: AtomicU64,
    /// The pages that something was ever written to: as in a sparse file, no others take room.
    pages: Mutex<BTreeSet<usize>>,
    /// How many pages there is room for.
    capacity: AtomicUsize,
    /// Whether no sync succeeds.
    unsynced: AtomicBool,
    syncs: AtomicU64,
    /// Whether whatever is written waits.
    jammed: Mutex<bool>,
    freed: Condvar,
}

impl Disk {
    pub(crate) fn new() -> Arc<Self> {
        Self::holding(Vec::new())
    }

    /// A sound disk that holds this.
    pub(crate) fn holding(bytes: Vec<u8>) -> Arc<Self> {
        let disk = Self { synced: Mutex::new(bytes.clone()), written: Mutex::new(bytes), ..Self::default() };
        disk.mend();
        Arc::new(disk)
    }

    /// From now on everything works.
    pub(crate) fn mend(&self) {
        self.left.store(u64::MAX, Ordering::SeqCst);
        self.capacity.store(usize::MAX, Ordering::SeqCst);
        self.unsynced.store(false, Ordering::SeqCst);
    }

    /// After so many more writes and syncs none succeeds.
    pub(crate) fn fail_after(&self, operations: u64) {
        self.left.store(operations, Ordering::SeqCst);
    }

    /// There is room for only so many pages more.
    pub(crate) fn fill_up(&self, room: usize) {
        self.capacity.store(lock(&self.pages).len() + room, Ordering::SeqCst);
    }

    /// No sync succeeds from now on.
    pub(crate) fn fail_syncs(&self) {
        self.unsynced.store(true, Ordering::SeqCst);
    }

    /// Whatever is written waits from now on, or no longer.
    pub(crate) fn jam(&self, jammed: bool) {
        *lock(&self.jammed) = jammed;
        self.freed.notify_all();
    }

    /// How often it was synced.
    pub(crate) fn syncs(&self) -> u64 {
        self.syncs.load(Ordering::SeqCst)
    }

    /// What is there after the process was killed.
    pub(crate) fn after_a_kill(&self) -> Arc<Self> {
        Self::holding(lock(&self.written).clone())
    }

    /// What is there after a power cut that left some of what was not synced: that write for which the number has a
    /// bit, counted round.
    pub(crate) fn after_a_torn_power_cut(&self, kept: u64) -> Arc<Self> {
        let mut bytes = lock(&self.synced).clone();
        bytes.resize(lock(&self.written).len(), 0);
        for (position, (start, data)) in lock(&self.unsynced_writes).iter().enumerate() {
            if kept.rotate_right(position as u32) & 1 == 1 {
                bytes[*start..start + data.len()].copy_from_slice(data);
            }
        }
        Self::holding(bytes)
    }

    /// What is there after a power cut, at the least.
    pub(crate) fn after_a_power_cut(&self) -> Arc<Self> {
        Self::holding(lock(&self.synced).clone())
    }

    fn operate(&self) -> io::Result<()> {
        let jammed = self.freed.wait_while(lock(&self.jammed), |jammed| *jammed);
        drop(jammed.unwrap_or_else(PoisonError::into_inner));
        let less = |left: u64| match left {
            u64::MAX => Some(u64::MAX),
            left => left.checked_sub(1),
        };
        let result = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
        result.map(|_| ()).map_err(|_| io::Error::other("the disk is broken"))
    }
}

const PAGE: usize = 4096;

fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Medium for Arc<Disk> {
    fn open(&self) -> Result<Box<dyn StorageBackend>, StoreFault> {
        Ok(Box::new(Handle(Self::clone(self))))
    }
}

#[derive(Debug)]
struct Handle(Arc<Disk>);

impl Handle {
    /// Finds room for the pages that a write touches.
    fn allocate(&self, start: usize, end: usize) -> io::Result<()> {
        let mut pages = lock(&self.0.pages);
        for page in start / PAGE..end.div_ceil(PAGE) {
            if !pages.contains(&page) && pages.len() >= self.0.capacity.load(Ordering::SeqCst) {
                return Err(io::Error::new(io::ErrorKind::StorageFull, "no space left on the disk"));
            }
            pages.insert(page);
        }
        Ok(())
    }
}

impl StorageBackend for Handle {
    fn len(&self) -> io::Result<u64> {
        Ok(lock(&self.0.written).len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let start = usize::try_from(offset).unwrap();
        let bytes = lock(&self.0.written);
        let found = bytes.get(start..start + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(found);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.0.operate()?;
        lock(&self.0.written).resize(usize::try_from(length).unwrap(), 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.operate()?;
        if self.0.unsynced.load(Ordering::SeqCst) {
            return Err(io::Error::other("the sync failed"));
        }
        self.0.syncs.fetch_add(1, Ordering::SeqCst);
        lock(&self.0.synced).clone_from(&lock(&self.0.written));
        lock(&self.0.unsynced_writes).clear();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.operate()?;
        let start = usize::try_from(offset).unwrap();
        let end = start + data.len();
        self.allocate(start, end)?;
        let mut bytes = lock(&self.0.written);
        if bytes.len() < end {
            bytes.resize(end, 0);
        }
        bytes[start..end].copy_from_slice(data);
        lock(&self.0.unsynced_writes).push((start, data.to_vec()));
        Ok(())
    }
}
