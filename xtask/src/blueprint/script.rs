//! A compiled script: parameters and hash.

use pallas_crypto::hash::Hasher;
use uplc::{
    PlutusData,
    ast::{DeBruijn, Program},
};

use crate::error::Error;

/// What a ledger puts before the bytes of a Plutus V3 script when it hashes them.
const PLUTUS_V3: u8 = 3;

/// The bytes of a Plutus V3 script: a CBOR byte string around the flat encoding.
#[derive(Clone, Debug)]
pub(super) struct Script(Vec<u8>);

impl Script {
    /// Reads the hexadecimal form of a blueprint.
    pub(super) fn read(title: &str, text: &str) -> Result<Self, Error> {
        hex::decode(text).map(Self).map_err(|fault| code_error(title, &fault))
    }

    /// Applies one parameter: the byte string that this hexadecimal text stands for.
    pub(super) fn apply_bytes(&self, title: &str, parameter: &str) -> Result<Self, Error> {
        let parameter = hex::decode(parameter).map_err(|fault| code_error(title, &fault))?;
        let mut buffer = Vec::new();
        let program = Program::<DeBruijn>::from_cbor(&self.0, &mut buffer)
            .map_err(|fault| code_error(title, &fault))?;
        let applied = program.apply_data(PlutusData::BoundedBytes(parameter.into()));
        applied.to_cbor().map(Self).map_err(|fault| code_error(title, &fault))
    }

    /// The script's hash, in hexadecimal.
    pub(super) fn hash(&self) -> String {
        Hasher::<224>::hash_tagged(&self.0, PLUTUS_V3).to_string()
    }

    /// The script's size in bytes, as the ledger counts it.
    pub(super) fn size(&self) -> usize {
        self.0.len()
    }

    /// The hexadecimal form of a blueprint.
    pub(super) fn to_hex(&self) -> String {
        hex::encode(&self.0)
    }
}

fn code_error(title: &str, fault: &impl ToString) -> Error {
    Error::Code { title: title.to_owned(), fault: fault.to_string() }
}
