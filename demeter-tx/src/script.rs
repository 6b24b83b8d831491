//! Scripts: programs in the three versions of Plutus, and the ledger's own.

mod native;

use std::fmt;
use std::sync::Arc;

use demeter_core::ScriptHash;
use pallas_crypto::hash::Hasher;

pub use native::{NativeRule, NativeScript};

/// Which Plutus a script is written in. The numbers are the ledger's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlutusVersion {
    /// Plutus V1: takes datum, redeemer and context; sees neither inline data nor reference inputs.
    V1 = 1,
    /// Plutus V2: takes datum, redeemer and context.
    V2 = 2,
    /// Plutus V3: takes one context with all of it, and must return unit.
    V3 = 3,
}

impl PlutusVersion {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::V1, Self::V2, Self::V3];
}

impl fmt::Display for PlutusVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "plutus v{}", *self as u8)
    }
}

/// A Plutus script: the bytes that a blueprint calls `compiledCode`, which are flat wrapped in a CBOR byte
/// string.
#[derive(Clone, PartialEq, Eq)]
pub struct PlutusScript {
    version: PlutusVersion,
    bytes: Arc<[u8]>,
    hash: ScriptHash,
}

impl PlutusScript {
    /// Wraps the bytes of a Plutus V3 script. Whether they are a program is found out when it is evaluated.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self::of(PlutusVersion::V3, bytes)
    }

    /// Wraps the bytes of a script in this version of Plutus.
    pub fn of(version: PlutusVersion, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self { version, hash: tagged_hash(version as u8, &bytes), bytes: bytes.into() }
    }

    /// The version of Plutus.
    pub const fn version(&self) -> PlutusVersion {
        self.version
    }

    /// The bytes of the script.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its hash: blake2b-224 of the version's number and the bytes.
    pub const fn hash(&self) -> ScriptHash {
        self.hash
    }
}

impl fmt::Debug for PlutusScript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlutusScript({}, {}, {} bytes)", self.version, self.hash, self.bytes.len())
    }
}

/// A script as the ledger knows it: attached to a transaction, or carried by an output for others to refer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LedgerScript {
    /// The ledger's own signatures and time locks.
    Native(NativeScript),
    /// A program.
    Plutus(PlutusScript),
}

impl LedgerScript {
    /// The script's hash.
    pub const fn hash(&self) -> ScriptHash {
        match self {
            Self::Native(script) => script.hash(),
            Self::Plutus(script) => script.hash(),
        }
    }

    /// The script's length in bytes: what a fee for referring to it is charged for.
    pub fn size(&self) -> usize {
        match self {
            Self::Native(script) => script.as_bytes().len(),
            Self::Plutus(script) => script.as_bytes().len(),
        }
    }

    /// The script if it is a native one.
    pub const fn as_native(&self) -> Option<&NativeScript> {
        match self {
            Self::Native(script) => Some(script),
            Self::Plutus(_) => None,
        }
    }

    /// The script if it is a program.
    pub const fn as_plutus(&self) -> Option<&PlutusScript> {
        match self {
            Self::Native(_) => None,
            Self::Plutus(script) => Some(script),
        }
    }
}

impl From<PlutusScript> for LedgerScript {
    fn from(script: PlutusScript) -> Self {
        Self::Plutus(script)
    }
}

impl From<NativeScript> for LedgerScript {
    fn from(script: NativeScript) -> Self {
        Self::Native(script)
    }
}

/// The hash of a script: blake2b-224 of its language's number and its bytes.
fn tagged_hash(language: u8, bytes: &[u8]) -> ScriptHash {
    ScriptHash::from_bytes(*Hasher::<224>::hash_tagged(bytes, language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_a_script() {
        // `hashlib.blake2b(bytes.fromhex("03450101002499"), digest_size=28)`
        let script = PlutusScript::new(hex::decode("450101002499").unwrap());
        assert_eq!(script.hash().to_string(), KNOWN);
        // The same with 01 and 02 before the bytes: each version has a hash of its own.
        let older = [PlutusVersion::V1, PlutusVersion::V2]
            .map(|version| PlutusScript::of(version, script.as_bytes()));
        assert!(older.iter().all(|older| older.hash() != script.hash()));
        assert_ne!(older[0].hash(), older[1].hash());
    }

    const KNOWN: &str = "186e32faa80a26810392fda6d559c7ed4721a65ce1c9d4ef3e1c87b4";
}
