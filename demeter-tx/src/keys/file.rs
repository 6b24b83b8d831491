//! Key files: reading and writing cardano-cli's `.skey` and `.vkey`.
//!
//! An `.skey` on a unix system is read only if its owner alone has any permission on it (`chmod 600`), as ssh
//! does with its keys: who may write it can exchange it, and who is in the group may not be trusted. Where a
//! file's mode cannot be chosen, as with some mounted secrets, read the text by other means and use
//! [`SecretKey::from_envelope`]. Elsewhere than on unix nothing is checked.
//!
//! Files are never overwritten: a lost key is lost money.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{EnvelopeError, SecretKey, VerificationKey};

/// Far above the length of any envelope.
const MOST_BYTES: usize = 16 * 1024;

/// Reads an `.skey` file that only its owner can read.
///
/// # Errors
///
/// A [`KeyFileError`] that names the file and the fault.
pub fn read_secret_key(path: impl AsRef<Path>) -> Result<SecretKey, KeyFileError> {
    let path = path.as_ref();
    let file = open(path)?;
    // The open file is checked, not the path: the path may name another file by now.
    check_private(path, &file)?;
    SecretKey::from_envelope(&read(path, file)?).map_err(|fault| KeyFileError::envelope(path, fault))
}

/// Reads a `.vkey` file.
///
/// # Errors
///
/// A [`KeyFileError`] that names the file and the fault.
pub fn read_verification_key(path: impl AsRef<Path>) -> Result<VerificationKey, KeyFileError> {
    let path = path.as_ref();
    let text = read(path, open(path)?)?;
    VerificationKey::from_envelope(&text).map_err(|fault| KeyFileError::envelope(path, fault))
}

/// Writes an `.skey` file that only its owner can read.
///
/// # Errors
///
/// [`KeyFileError::Exists`] if there is a file; [`KeyFileError::Write`] if it cannot be written.
pub fn write_secret_key(path: impl AsRef<Path>, key: &SecretKey) -> Result<(), KeyFileError> {
    write(path.as_ref(), 0o600, &key.to_envelope())
}

/// Writes a `.vkey` file that anyone can read.
///
/// # Errors
///
/// [`KeyFileError::Exists`] if there is a file; [`KeyFileError::Write`] if it cannot be written.
pub fn write_verification_key(path: impl AsRef<Path>, key: &VerificationKey) -> Result<(), KeyFileError> {
    write(path.as_ref(), 0o644, &key.to_envelope())
}

/// Refuses a file on which others than its owner have any permission. [`read_secret_key`] does this itself.
///
/// # Errors
///
/// [`KeyFileError::NotPrivate`] if they have; [`KeyFileError::Read`] if there is no such file.
pub fn ensure_private(path: impl AsRef<Path>) -> Result<(), KeyFileError> {
    let path = path.as_ref();
    check_private(path, &open(path)?)
}

#[cfg(unix)]
fn check_private(path: &Path, file: &File) -> Result<(), KeyFileError> {
    use std::os::unix::fs::PermissionsExt as _;

    let metadata = file.metadata().map_err(|source| KeyFileError::Read { path: path.to_owned(), source })?;
    let mode = metadata.permissions().mode() & 0o7777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(KeyFileError::NotPrivate { path: path.to_owned(), mode }) }
}

#[cfg(not(unix))]
fn check_private(_path: &Path, _file: &File) -> Result<(), KeyFileError> {
    Ok(())
}

fn open(path: &Path) -> Result<File, KeyFileError> {
    File::open(path).map_err(|source| KeyFileError::Read { path: path.to_owned(), source })
}

fn read(path: &Path, file: File) -> Result<Zeroizing<String>, KeyFileError> {
    // So long that it is never moved and left behind in the clear.
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * MOST_BYTES));
    let limit = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    file.take(limit)
        .read_to_end(&mut bytes)
        .map_err(|source| KeyFileError::Read { path: path.to_owned(), source })?;
    if bytes.len() > MOST_BYTES {
        return Err(KeyFileError::TooLong { path: path.to_owned(), limit: MOST_BYTES });
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(KeyFileError::NotText { path: path.to_owned() }),
    }
}

fn write(path: &Path, mode: u32, text: &str) -> Result<(), KeyFileError> {
    let mut file = create(path, mode).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => KeyFileError::Exists { path: path.to_owned() },
        _ => KeyFileError::Write { path: path.to_owned(), source },
    })?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|source| {
        // Half a key helps no one and would be in the way of the next attempt. If it cannot be removed either,
        // the first fault is still the one to tell.
        let _ = fs::remove_file(path);
        KeyFileError::Write { path: path.to_owned(), source }
    })
}

#[cfg(unix)]
fn create(path: &Path, mode: u32) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;

    OpenOptions::new().write(true).create_new(true).mode(mode).open(path)
}

#[cfg(not(unix))]
fn create(path: &Path, _mode: u32) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// A key file cannot be read or written. Each message is one line that starts with the file's path.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The system will not let it be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The system will not let it be written.
    #[error("{}: cannot be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// There is a file already, which is left alone.
    #[error("{}: exists already and is not overwritten", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Others than its owner can get at a secret key.
    #[error("{}: its mode {mode:04o} lets others get at the key, expected 0600", path.display())]
    NotPrivate {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It is longer than any key file.
    #[error("{}: longer than {limit} bytes, which no key file is", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
        /// The most bytes that are read.
        limit: usize,
    },
    /// It is not text.
    #[error("{}: not utf-8 text", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// Its text is not the envelope of a key.
    #[error("{}: {fault}", path.display())]
    Envelope {
        /// The file.
        path: PathBuf,
        /// The field and its fault.
        #[source]
        fault: EnvelopeError,
    },
}

impl KeyFileError {
    fn envelope(path: &Path, fault: EnvelopeError) -> Self {
        Self::Envelope { path: path.to_owned(), fault }
    }
}

#[cfg(test)]
mod tests;
