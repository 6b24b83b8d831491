//! Scripts: those that are run, and those that are only known by hash.

use std::fmt;
use std::sync::Arc;

use demeter_core::ScriptHash;
use pallas_crypto::hash::Hasher;

/// A Plutus V3 script: the bytes that a blueprint calls `compiledCode`, which are flat wrapped in a CBOR byte
/// string.
#[derive(Clone, PartialEq, Eq)]
pub struct PlutusScript {
    bytes: Arc<[u8]>,
    hash: ScriptHash,
}

impl PlutusScript {
    /// Wraps the bytes of a script. Whether they are a program is found out when it is evaluated.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        let hash = tagged_hash(Language::PlutusV3, &bytes);
        Self { bytes: bytes.into(), hash }
    }

    /// The bytes of the script.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its hash: blake2b-224 of the byte 3 and the bytes.
    pub const fn hash(&self) -> ScriptHash {
        self.hash
    }
}

impl fmt::Debug for PlutusScript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlutusScript({}, {} bytes)", self.hash, self.bytes.len())
    }
}

/// What a script is written in. The numbers are the ledger's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// The ledger's own signatures and time locks.
    Native = 0,
    /// Plutus V1.
    PlutusV1 = 1,
    /// Plutus V2.
    PlutusV2 = 2,
    /// Plutus V3, the one that is run here.
    PlutusV3 = 3,
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Native => "native",
            Self::PlutusV1 => "plutus v1",
            Self::PlutusV2 => "plutus v2",
            Self::PlutusV3 => "plutus v3",
        })
    }
}

/// A script that an output carries for others to refer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferenceScript {
    /// One that can be run here.
    PlutusV3(PlutusScript),
    /// One in another language: an output may carry it, but no transaction here can use it.
    Other {
        /// Its language.
        language: Language,
        /// Its hash.
        hash: ScriptHash,
        /// Its length in bytes.
        size: usize,
    },
}

impl ReferenceScript {
    /// The script's hash.
    pub const fn hash(&self) -> ScriptHash {
        match self {
            Self::PlutusV3(script) => script.hash(),
            Self::Other { hash, .. } => *hash,
        }
    }

    /// The script's length in bytes: what a fee for referring to it is charged for.
    pub fn size(&self) -> usize {
        match self {
            Self::PlutusV3(script) => script.as_bytes().len(),
            Self::Other { size, .. } => *size,
        }
    }

    /// The script's language.
    pub const fn language(&self) -> Language {
        match self {
            Self::PlutusV3(_) => Language::PlutusV3,
            Self::Other { language, .. } => *language,
        }
    }
}

/// The hash of a script: blake2b-224 of its language's number and its bytes.
pub(crate) fn tagged_hash(language: Language, bytes: &[u8]) -> ScriptHash {
    ScriptHash::from_bytes(*Hasher::<224>::hash_tagged(bytes, language as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_a_script() {
        // `hashlib.blake2b(bytes.fromhex("03450101002499"), digest_size=28)`
        let script = PlutusScript::new(hex::decode("450101002499").unwrap());
        assert_eq!(script.hash().to_string(), KNOWN);
    }

    const KNOWN: &str = "186e32faa80a26810392fda6d559c7ed4721a65ce1c9d4ef3e1c87b4";
}
