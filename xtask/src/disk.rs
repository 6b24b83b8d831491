//! How much room there is where things are built, and how much of it a run takes.

#[cfg(unix)]
use std::os::unix::fs::MetadataExt;
use std::{
    collections::HashSet,
    fmt,
    fs::{self, Metadata},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::{error::Error, process};

/// How often the room is looked at: compilers fill a disk within seconds, and what they leave in passing counts too.
const PERIOD: Duration = Duration::from_secs(1);

/// A number of bytes, as disks are measured: a gigabyte is a thousand million of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Bytes(pub(crate) u64);

impl fmt::Display for Bytes {
    #[expect(clippy::cast_precision_loss, reason = "one digit after the point is shown")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes if bytes >= 100_000_000 => write!(f, "{:.1} GB", bytes as f64 / 1e9),
            bytes => write!(f, "{:.1} MB", bytes as f64 / 1e6),
        }
    }
}

/// The disk of a folder, looked at until the run is over.
#[derive(Debug)]
pub(crate) struct Disk {
    at_first: u64,
    least: Arc<AtomicU64>,
    watch: (Sender<()>, JoinHandle<()>),
}

impl Disk {
    /// Begins to watch the disk of the folder of things built, which need not be there yet. Fails where a run would
    /// fill it: where `needed` is more than is free and already built together. `None` where the system does not say
    /// what is free.
    pub(crate) fn watch(folder: &Path, needed: Bytes) -> Result<Option<Self>, Error> {
        let Some(at_first) = free(folder) else { return Ok(None) };
        let built = Bytes(size(folder));
        let free_now = Bytes(at_first);
        process::announce(&format!(
            "{free_now} are free on the disk of {}, {built} are built already; a run takes up to {needed}",
            folder.display()
        ));
        if !suffices(free_now, built, needed) {
            return Err(Error::DiskTooSmall { folder: folder.to_path_buf(), free: free_now, built, needed });
        }
        let least = Arc::new(AtomicU64::new(at_first));
        let (sender, receiver) = mpsc::channel();
        let seen = Arc::clone(&least);
        let folder = folder.to_path_buf();
        let look = move || {
            while receiver.recv_timeout(PERIOD) == Err(RecvTimeoutError::Timeout) {
                seen.fetch_min(free(&folder).unwrap_or(u64::MAX), Ordering::Relaxed);
            }
        };
        Ok(Some(Self { at_first, least, watch: (sender, thread::spawn(look)) }))
    }

    /// Says what the run took at most. What others on the machine wrote meanwhile counts as well.
    pub(crate) fn close(self) -> String {
        let (sender, thread) = self.watch;
        drop(sender);
        // Nothing in it panics; and if it did, what was seen until then stands.
        drop(thread.join());
        let least = self.least.load(Ordering::Relaxed);
        format!(
            "disk: {} used at most, {} left then",
            Bytes(self.at_first.saturating_sub(least)),
            Bytes(least)
        )
    }
}

fn suffices(free: Bytes, built: Bytes, needed: Bytes) -> bool {
    free.0.saturating_add(built.0) >= needed.0
}

/// What is free for us on the disk of a folder, or of the nearest one above it that is there.
#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let there = folder.ancestors().find(|folder| folder.is_dir())?;
    let disk = rustix::fs::statvfs(there).ok()?;
    disk.f_bavail.checked_mul(disk.f_frsize)
}

#[cfg(not(unix))]
fn free(_folder: &Path) -> Option<u64> {
    None
}

/// What the files in a folder hold; nothing where there is none. What cargo links to two places counts once.
pub(crate) fn size(folder: &Path) -> u64 {
    let mut total = 0u64;
    let mut seen = HashSet::new();
    let mut folders: Vec<PathBuf> = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            // NOTE: of the entry itself: a link is not followed.
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_dir() {
                folders.push(entry.path());
            } else if identity(&metadata).is_none_or(|identity| seen.insert(identity)) {
                total = total.saturating_add(metadata.len());
            }
        }
    }
    total
}

/// What tells a file with several names from others; `None` for one that has one name.
#[cfg(unix)]
fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    (metadata.nlink() > 1).then(|| (metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(_metadata: &Metadata) -> Option<(u64, u64)> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_shown_as_disks_are_measured() {
        assert_eq!(Bytes(8_700_000_000).to_string(), "8.7 GB");
        assert_eq!(Bytes(12_340_000).to_string(), "12.3 MB");
    }

    #[test]
    fn what_is_built_already_need_not_fit_again() {
        assert!(suffices(Bytes(3), Bytes(7), Bytes(10)));
        assert!(!suffices(Bytes(3), Bytes(6), Bytes(10)));
    }

    #[cfg(unix)]
    #[test]
    fn a_disk_that_is_too_small_is_refused_before_anything_is_built() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("not/there/yet");
        let error = Disk::watch(&folder, Bytes(u64::MAX)).unwrap_err().to_string();
        assert!(error.contains("a run takes up to 18446744073.7 GB"), "{error}");
        assert!(error.contains("CARGO_TARGET_DIR"), "{error}");
        let disk = Disk::watch(&folder, Bytes(1)).unwrap().unwrap();
        assert!(disk.close().starts_with("disk: "));
    }

    #[test]
    fn the_files_of_a_folder_are_added_up() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(size(&source.join("src")) > fs::metadata(source.join("src/disk.rs")).unwrap().len());
        assert_eq!(size(&source.join("none")), 0);
    }
}
