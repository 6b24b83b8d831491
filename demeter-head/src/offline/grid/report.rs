//! What users are told of a grid that a head began with: all that an agent needs to take part.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use demeter_core::{GridId, KeyHash, OutputReference, ScriptHash};
use serde::{Deserialize, Serialize};

use super::super::OfflineError;
use super::super::files::read;

/// What users are told of a grid.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct GridReport {
    pub(super) grid: GridId,
    pub(super) registry: ScriptReport,
    pub(super) market: ScriptReport,
    /// The address at which the scripts are, if they are published.
    pub(super) publisher: String,
    pub(super) treasury: String,
    pub(super) asset: String,
    pub(super) entities: Vec<KeyHash>,
    pub(super) admission: u64,
    pub(super) threshold: u64,
    pub(super) parties: Vec<PartyReport>,
}

/// A script of the contract.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ScriptReport {
    pub(super) hash: ScriptHash,
    /// The output that carries it, if it is published.
    pub(super) reference: Option<OutputReference>,
}

/// Somebody whose key is known.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PartyReport {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) key_hash: KeyHash,
    /// In hexadecimal digits.
    pub(super) secret_key: String,
    pub(super) lovelace: u64,
    /// Units of the grid's asset, where that is a token.
    pub(super) asset: u64,
}

impl fmt::Debug for PartyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PartyReport({}, {})", self.name, self.key_hash)
    }
}

impl GridReport {
    /// Keeps it for the next start, where only the owner can read it.
    pub(in super::super) fn keep(&self, path: &Path) -> Result<(), OfflineError> {
        let failed = |source| OfflineError::File { path: path.to_owned(), source };
        // What is there is of a start that did not get as far as a head.
        match fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let text = serde_json::to_string_pretty(self).map_err(|error| failed(error.into()))?;
        let mut file = options.open(path).map_err(failed)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
    }

    /// What was kept at an earlier start, if that head began with a grid.
    pub(in super::super) fn kept(path: &Path) -> Result<Option<Self>, OfflineError> {
        match path.try_exists() {
            Ok(true) => read(path).map(Some),
            Ok(false) => Ok(None),
            Err(source) => Err(OfflineError::File { path: path.to_owned(), source }),
        }
    }
}

impl fmt::Display for GridReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { grid, registry, market, publisher, treasury, asset, entities, .. } = self;
        writeln!(f, "grid {grid}")?;
        for (name, ScriptReport { hash, reference }) in [("registry", registry), ("market", market)] {
            match reference {
                Some(reference) => writeln!(f, "  {name:<10} {hash} published at {reference}")?,
                None => writeln!(f, "  {name:<10} {hash} not published")?,
            }
        }
        writeln!(f, "  {:<10} {publisher}", "publisher")?;
        writeln!(f, "  {:<10} {treasury}", "treasury")?;
        writeln!(f, "  {:<10} {asset}", "asset")?;
        let (count, admission, threshold) = (entities.len(), self.admission, self.threshold);
        writeln!(f, "  {:<10} {count}, of whom {admission} admit and {threshold} decide", "entities")?;
        for entity in entities {
            writeln!(f, "             {entity}")?;
        }
        writeln!(f, "the keys below are for tests: whoever reads this can sign with them")?;
        for party in &self.parties {
            let PartyReport { name, address, key_hash, secret_key, lovelace, asset } = party;
            writeln!(f, "party {name}")?;
            writeln!(f, "  address    {address}")?;
            writeln!(f, "  key hash   {key_hash}")?;
            writeln!(f, "  secret key {secret_key}")?;
            writeln!(f, "  lovelace   {lovelace}")?;
            if *asset > 0 {
                writeln!(f, "  asset      {asset}")?;
            }
        }
        Ok(())
    }
}
