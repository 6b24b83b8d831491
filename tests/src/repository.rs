//! Where the files are that tests read and write.

use std::path::PathBuf;

/// A file or folder of the repository, by its path from the root.
///
/// # Panics
/// Cargo runs no test outside a package.
pub fn path(relative: &str) -> PathBuf {
    // NOTE: read when run: two clones may share a target folder.
    let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it");
    PathBuf::from(package).parent().expect("the package is in the root").join(relative)
}

/// The text of a file of the repository.
///
/// # Panics
/// It cannot be read.
pub fn text(relative: &str) -> String {
    let path = path(relative);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
