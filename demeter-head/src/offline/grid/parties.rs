//! Who takes part in a grid: keys and money.

use std::io;
use std::path::Path;

use demeter_core::{Address, Amount, Asset, KeyHash, RangeError, Value};
use demeter_tx::keys::{PaymentKey, Signer as _};
use demeter_tx::{Network, OutputDraft, ProtocolParameters};

use super::super::OfflineError;
use super::super::files::content;
use super::file::WrittenParty;
use super::keys;

/// What a party has if nothing else is said: lovelace, and units of the grid's asset where that is a token.
const PURSE: u64 = 1_000_000_000;
/// Who takes part if the file names nobody.
pub(super) const ENTITY: &str = "entity";
const OTHERS: [&str; 2] = ["operator", "application"];
/// Who founds the grid and publishes its scripts, and who gets the fees. They have nothing, if the file does not say so.
pub(super) const FOUNDER: &str = "founder";
pub(super) const TREASURY: &str = "treasury";

/// Somebody whose key is known.
pub(super) struct Party {
    pub(super) name: String,
    pub(super) key: PaymentKey,
    pub(super) lovelace: Amount,
    /// Units of the grid's asset, where that is a token.
    pub(super) asset: Amount,
}

impl Party {
    pub(super) fn hash(&self) -> KeyHash {
        self.key.key_hash()
    }

    pub(super) fn address(&self) -> Address {
        Address::of_key(self.hash())
    }

    /// What it has.
    pub(super) fn value(&self, asset: &Asset) -> Result<Value, RangeError> {
        Value::of_lovelace(self.lovelace).plus(asset, self.asset)
    }
}

/// All parties: those of the file, or those of a file that names none, and founder and treasury.
pub(super) fn all(
    path: &Path,
    written: Option<Vec<WrittenParty>>,
    seed: Option<&str>,
    asset: &Asset,
) -> Result<Vec<Party>, OfflineError> {
    let mut parties: Vec<Party> = Vec::new();
    let in_tokens = *asset != Asset::Lovelace;
    let bare = |name: &str, purse| WrittenParty {
        name: name.to_owned(),
        key: None,
        lovelace: Some(purse),
        asset: in_tokens.then_some(purse),
    };
    let mut written =
        written.unwrap_or_else(|| [ENTITY].iter().chain(&OTHERS).map(|name| bare(name, PURSE)).collect());
    for name in [FOUNDER, TREASURY] {
        if !written.iter().any(|party| party.name == name) {
            written.push(bare(name, 0));
        }
    }
    for (index, party) in written.into_iter().enumerate() {
        let refused =
            |field: &str, reason: String| content(path, format!("party[{index}].{field}: {reason}"));
        let WrittenParty { name, key, lovelace, asset } = party;
        if name.trim().is_empty() || name.contains(char::is_control) {
            return Err(refused("name", format!("expected a name on one line, found {name:?}")));
        }
        if parties.iter().any(|other| other.name == name) {
            return Err(refused("name", format!("expected a name that no other party has, found {name:?}")));
        }
        let key = match (&key, seed) {
            (Some(text), _) => keys::written(text).ok_or_else(|| {
                let found = text.chars().count();
                refused(
                    "key",
                    format!("expected 64 hexadecimal digits, found {found} characters that are not"),
                )
            })?,
            (None, Some(seed)) => keys::derived(seed, &name),
            (None, None) => {
                keys::drawn().map_err(|error| OfflineError::Runtime(io::Error::other(error.to_string())))?
            }
        };
        let amount = |field, units: Option<u64>, otherwise| {
            Amount::from_units(units.unwrap_or(otherwise)).map_err(|error| refused(field, error.to_string()))
        };
        if asset.is_some() && !in_tokens {
            let reason = "expected none, as the grid is paid in lovelace, found an amount";
            return Err(refused("asset", reason.to_owned()));
        }
        let lovelace = amount("lovelace", lovelace, PURSE)?;
        let asset = amount("asset", asset, if in_tokens { PURSE } else { 0 })?;
        if let Some(other) = parties.iter().find(|other| other.hash() == key.key_hash()) {
            return Err(refused("key", format!("expected a key of its own, found that of {:?}", other.name)));
        }
        parties.push(Party { name, key, lovelace, asset });
    }
    Ok(parties)
}

/// What each party that has something begins with, and which of them has less than an output must hold.
pub(super) fn holdings(
    path: &Path,
    parties: &[Party],
    asset: &Asset,
    parameters: &ProtocolParameters,
) -> Result<Vec<(Address, Value)>, OfflineError> {
    let mut holdings = Vec::new();
    for party in parties {
        let wrong = |reason: String| content(path, format!("party {:?}: {reason}", party.name));
        let value = party.value(asset).map_err(|error| wrong(error.to_string()))?;
        if value.is_empty() {
            continue;
        }
        let output = OutputDraft::new(party.address(), value.clone()).finish(Network::Testnet);
        let least = output.minimum_lovelace(parameters).map_err(|error| wrong(error.to_string()))?;
        if party.lovelace < least {
            let found = party.lovelace;
            return Err(wrong(format!(
                "lovelace: expected 0 or at least {least}, what an output must hold, found {found}"
            )));
        }
        holdings.push((party.address(), value));
    }
    Ok(holdings)
}
