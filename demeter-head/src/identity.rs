//! Who the server is: the one party of its head.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use demeter_core::TransactionId;
use demeter_tx::hydra::{
    Cbor, HeadId, HeadSeed, HydraKey, HydraSignature, MultiSignature, Party, UnknownFields,
};
use demeter_tx::keys::{KeyFileError, ensure_private};
use pallas_crypto::hash::Hasher;
use pallas_crypto::key::ed25519;
use serde::Deserialize;

/// What an offline hydra-node puts before a seed to name its head.
const OFFLINE: &[u8] = b"offline-";
/// What hydra-node calls a file of its secret key.
const KEY_TYPE: &str = "HydraSigningKey_ed25519";
/// CBOR's head of 32 bytes.
const KEY_HEAD: [u8; 2] = [0x58, 0x20];

/// Who the server is: the one party of its head, and the head's name.
///
/// The signatures are by the party's key, but of what this server has, not of what hydra signs: hydra's cover an
/// accumulator of the outputs that is not computed here. Nothing on L1 accepts them.
pub struct Identity {
    seed: HeadSeed,
    head: HeadId,
    key: [u8; 32],
    party: HydraKey,
}

impl Identity {
    /// The party of a head that is for development: anyone can derive its key from the seed.
    pub fn development(seed: HeadSeed) -> Self {
        let mut hasher = Hasher::<256>::new();
        hasher.input(b"demeter-head development key");
        hasher.input(seed.as_bytes());
        Self::new(seed, *hasher.finalize())
    }

    /// The party whose key is in a file that `hydra-node gen-hydra-key` wrote, and that only its owner can read.
    ///
    /// # Errors
    /// The file cannot be read, others can read it, or it holds something else.
    pub fn read(path: impl AsRef<Path>, seed: HeadSeed) -> Result<Self, IdentityError> {
        let path = path.as_ref();
        ensure_private(path)?;
        let text = fs::read_to_string(path)
            .map_err(|source| IdentityError::File { path: path.to_owned(), source })?;
        let key = secret(&text).ok_or_else(|| IdentityError::Content { path: path.to_owned() })?;
        Ok(Self::new(seed, key))
    }

    fn new(seed: HeadSeed, key: [u8; 32]) -> Self {
        let party: [u8; 32] = ed25519::SecretKey::from(key).public_key().into();
        let head = HeadId::from_bytes([OFFLINE, seed.as_bytes()].concat());
        Self { seed, head, key, party: HydraKey::from_bytes(party) }
    }

    /// The head's name.
    pub const fn head(&self) -> &HeadId {
        &self.head
    }

    /// What the head's name follows from.
    pub const fn seed(&self) -> &HeadSeed {
        &self.seed
    }

    /// The party.
    pub fn party(&self) -> Party {
        Party { key: self.party.clone(), unknown: UnknownFields::new() }
    }

    /// The party's key: its public part.
    pub(crate) const fn key(&self) -> &HydraKey {
        &self.party
    }

    /// Signs a snapshot, by what tells it from every other of this head.
    pub(crate) fn sign<'a>(
        &self,
        version: u64,
        number: u64,
        confirmed: impl IntoIterator<Item = &'a TransactionId>,
    ) -> MultiSignature {
        let mut hasher = Hasher::<256>::new();
        hasher.input(self.head.as_bytes());
        hasher.input(&version.to_be_bytes());
        hasher.input(&number.to_be_bytes());
        confirmed.into_iter().for_each(|id| hasher.input(id.as_bytes()));
        let signature = ed25519::SecretKey::from(self.key).sign(hasher.finalize());
        let signatures = vec![HydraSignature::from_bytes(signature.as_ref())];
        MultiSignature { signatures, unknown: UnknownFields::new() }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({}, {})", self.head, self.party)
    }
}

/// A party's key cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// The file is not there, or others than its owner can read it.
    #[error(transparent)]
    NotPrivate(#[from] KeyFileError),
    /// The file cannot be read.
    #[error("{}: {source}", .path.display())]
    File {
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file holds something else. What it holds is not told.
    #[error("{} does not hold a key of type {KEY_TYPE}", .path.display())]
    Content {
        /// Where.
        path: PathBuf,
    },
}

fn secret(text: &str) -> Option<[u8; 32]> {
    #[derive(Deserialize)]
    struct Envelope {
        #[serde(rename = "type")]
        kind: String,
        #[serde(rename = "cborHex")]
        cbor: Cbor,
    }
    let envelope: Envelope = serde_json::from_str(text).ok()?;
    let key = envelope.cbor.as_bytes().strip_prefix(&KEY_HEAD)?;
    (envelope.kind == KEY_TYPE).then(|| key.try_into().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seed(text: &str) -> HeadSeed {
        text.parse().unwrap()
    }

    #[test]
    fn a_head_is_named_as_hydra_names_an_offline_one() {
        let identity = Identity::development(seed("0001"));
        assert_eq!(identity.head().to_string(), format!("{}0001", hex::encode("offline-")));
        assert_eq!(Identity::development(seed("0001")).party(), identity.party());
        assert_ne!(Identity::development(seed("0002")).party(), identity.party());
    }

    #[test]
    fn signatures_tell_snapshots_apart() {
        let identity = Identity::development(seed("00"));
        let id = TransactionId::from_bytes([1; 32]);
        let all = [
            identity.sign(0, 1, []),
            identity.sign(1, 0, []),
            identity.sign(1, 1, []),
            identity.sign(1, 1, [&id]),
        ];
        for (index, left) in all.iter().enumerate() {
            assert!(all.iter().skip(index + 1).all(|right| right != left));
        }
        assert_eq!(identity.sign(1, 1, [&id]), all[3]);
    }

    #[test]
    fn a_key_is_read_of_a_private_file_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hydra.sk");
        let write = |text: &str, mode| {
            use std::os::unix::fs::PermissionsExt as _;
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            Identity::read(&path, seed("00"))
        };
        let text = format!(r#"{{"type":"{KEY_TYPE}","description":"","cborHex":"5820{}"}}"#, "07".repeat(32));
        let identity = write(&text, 0o600).unwrap();
        assert_eq!(identity.key, [7; 32]);
        assert!(!format!("{identity:?}").contains("0707"));
        assert!(matches!(write(&text, 0o640), Err(IdentityError::NotPrivate(_))));
        for wrong in [text.replace("Hydra", "Payment"), text.replace("5820", "5821"), "07".repeat(32)] {
            let error = write(&wrong, 0o600).unwrap_err();
            let expected = format!("{} does not hold a key of type HydraSigningKey_ed25519", path.display());
            assert_eq!(error.to_string(), expected);
        }
    }
}
