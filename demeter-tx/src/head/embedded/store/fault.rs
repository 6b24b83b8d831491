//! What can be wrong with a head's file.

use std::io;
use std::path::{Path, PathBuf};

use crate::ClockError;
use crate::head::ClockMode;

/// A head cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is something already where a head was to be created.
    #[error("{} is there already", .path.display())]
    Exists {
        /// Where.
        path: PathBuf,
    },
    /// Another process, or another head in this one, has it open.
    #[error("{} is open elsewhere, in another process or in this one", .path.display())]
    InUse {
        /// Where.
        path: PathBuf,
    },
    /// The file is of something else.
    #[error("{} is not a head: it does not begin as one does", .path.display())]
    NotAHead {
        /// Where.
        path: PathBuf,
    },
    /// The file was not finished when it was created. It holds nothing: it can be removed.
    #[error("{} is a head that was never finished", .path.display())]
    Unfinished {
        /// Where.
        path: PathBuf,
    },
    /// The file has the format of another version.
    #[error("{} is a head of format {found}, expected {expected}", .path.display())]
    Version {
        /// Where.
        path: PathBuf,
        /// The version that is read here.
        expected: u32,
        /// The file's.
        found: u32,
    },
    /// The file is shorter than any head.
    #[error("{} is a head cut off after {length} bytes", .path.display())]
    Truncated {
        /// Where.
        path: PathBuf,
        /// How long it is.
        length: u64,
    },
    /// A checksum does not match, or what the file says makes no sense.
    #[error("{} is damaged: {reason}", .path.display())]
    Damaged {
        /// Where.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// It was created with another clock than the one asked for.
    #[error("the head was created with the clock {expected:?}, asked for is {found:?}")]
    OtherClock {
        /// The clock it was created with.
        expected: ClockMode,
        /// The clock asked for.
        found: ClockMode,
    },
    /// The time or the clock makes no sense.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// The file cannot be read or written.
    #[error("{}: {source}", .path.display())]
    File {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no thread to be had.
    #[error("no thread for the head: {0}")]
    Thread(io::Error),
}

/// Something is wrong with a store.
#[derive(Debug, thiserror::Error)]
pub(in super::super) enum StoreFault {
    #[error("it is open elsewhere")]
    InUse,
    #[error("it does not begin as a head does")]
    NotAHead,
    #[error("it was never finished")]
    Unfinished,
    #[error("it has format {found}, expected {expected}")]
    Version { expected: u32, found: u32 },
    #[error("it is cut off after {length} bytes")]
    Truncated { length: u64 },
    #[error("{reason}")]
    Damaged { reason: String },
    #[error("it holds {found} commits, expected {expected}")]
    Commits { expected: u64, found: u64 },
    #[error("it is closed")]
    Closed,
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Entries were not stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum WriteFault {
    /// The store was opened again, and holds what it held before.
    Unchanged { reason: String },
    /// Nobody knows what it holds.
    Unknown { reason: String },
}

impl StoreFault {
    /// The fault of the file at a path.
    pub(in super::super) fn at(self, path: &Path) -> OpenError {
        let path = path.to_path_buf();
        match self {
            Self::InUse => OpenError::InUse { path },
            Self::NotAHead => OpenError::NotAHead { path },
            Self::Unfinished => OpenError::Unfinished { path },
            Self::Version { expected, found } => OpenError::Version { path, expected, found },
            Self::Truncated { length } => OpenError::Truncated { path, length },
            Self::Io(source) => OpenError::File { path, source },
            other => OpenError::Damaged { path, reason: other.to_string() },
        }
    }
}

impl From<redb::Error> for StoreFault {
    fn from(error: redb::Error) -> Self {
        match error {
            redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => Self::InUse,
            redb::Error::Io(error) => Self::Io(error),
            other => Self::Damaged { reason: other.to_string() },
        }
    }
}

macro_rules! from_redb {
    ($($error:ident),*) => {
        $(impl From<redb::$error> for StoreFault {
            fn from(error: redb::$error) -> Self {
                redb::Error::from(error).into()
            }
        })*
    };
}

from_redb!(DatabaseError, TransactionError, TableError, StorageError, CommitError);
