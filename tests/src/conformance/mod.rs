//! The API of hydra-node: its published schema and samples, held against the types of [`demeter_tx::hydra`].
//!
//! - [`schema`]: validators for the components of `api.yaml`.
//! - [`exact`]: JSON compared with exact numbers.
//! - [`samples`]: the golden samples, and what each is read as.
//! - [`known`]: where samples and schema disagree, and why.
//! - [`run`]: all of it.

pub mod exact;
pub mod known;
pub mod run;
pub mod samples;
pub mod schema;

use std::path::{Path, PathBuf};

/// The folder of hydra's schema and samples in the shared corpus.
///
/// # Panics
/// `DEMETER_SHARED` names none.
pub fn corpus() -> PathBuf {
    let shared = std::env::var_os("DEMETER_SHARED").expect("DEMETER_SHARED names the corpus");
    Path::new(&shared).join("hydra")
}

/// The text of a file of the corpus.
///
/// # Panics
/// It cannot be read.
pub fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
