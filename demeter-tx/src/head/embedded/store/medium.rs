//! Where a head's bytes are kept.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use redb::StorageBackend;
use redb::backends::FileBackend;

use super::StoreFault;

/// Something that holds bytes and can be opened again after a failure.
pub(in super::super) trait Medium: fmt::Debug + Send + Sync {
    /// Opens it, as it is.
    fn open(&self) -> Result<Box<dyn StorageBackend>, StoreFault>;

    /// Makes sure that it will be found again, now that it was created.
    fn settle(&self) -> io::Result<()> {
        Ok(())
    }
}

/// A file.
#[derive(Debug)]
pub(in super::super) struct FileMedium {
    path: PathBuf,
}

impl FileMedium {
    /// A file that is there.
    pub(in super::super) fn existing(path: &Path) -> Self {
        Self { path: path.to_path_buf() }
    }

    /// A file that was not there.
    pub(in super::super) fn create(path: &Path) -> io::Result<Self> {
        OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
        Ok(Self::existing(path))
    }
}

impl Medium for FileMedium {
    fn open(&self) -> Result<Box<dyn StorageBackend>, StoreFault> {
        let file = OpenOptions::new().read(true).write(true).open(&self.path)?;
        Ok(Box::new(FileBackend::new(file)?))
    }

    fn settle(&self) -> io::Result<()> {
        // A file is found again only once its folder is on the disk as well; elsewhere folders cannot be synced.
        if cfg!(unix) {
            let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        }
        Ok(())
    }
}
