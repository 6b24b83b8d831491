//! Plutus data as bytes: datums and redeemers.

use std::fmt;
use std::sync::Arc;

use minicbor::Decoder;
use minicbor::data::{IanaTag, Token, Type};
use pallas_crypto::hash::Hasher;
use pallas_primitives::PlutusData;

use crate::wire::{self, Verbatim};

/// How deep lists, maps and constructors may nest.
///
/// NOTE: the ledger has no such limit, but decoders recurse, and a transaction's bytes come from strangers.
pub const MAX_NESTING: usize = 256;

/// The most bytes of a byte string that is written in one piece, and of each piece of another.
///
/// Source: Plutus, `PlutusCore.Data`, `decodeBoundedBytes`; Conway CDDL, `bounded_bytes`.
const MAX_PIECE: usize = 64;

/// The bytes are not Plutus data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// They are not CBOR, or CBOR of something else.
    #[error("not plutus data: {reason}")]
    Malformed {
        /// What the decoder says.
        reason: String,
    },
    /// More bytes follow.
    #[error("{count} bytes follow the plutus data")]
    Trailing {
        /// How many.
        count: usize,
    },
    /// A byte string, or a piece of one, is longer than the ledger takes.
    #[error("a byte string is written in pieces of at most {MAX_PIECE} bytes, found {found}")]
    LongPiece {
        /// Its bytes.
        found: usize,
    },
    /// Lists, maps and constructors nest too deep.
    #[error("nested deeper than {MAX_NESTING}")]
    TooDeep,
}

/// Plutus data, kept as the very bytes it came in: hashes are of bytes, and one datum has several encodings.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Data(Arc<[u8]>);

impl Data {
    /// Takes the CBOR of Plutus data.
    ///
    /// # Errors
    /// The bytes are not one such item and nothing else.
    pub fn from_cbor(bytes: impl Into<Vec<u8>>) -> Result<Self, DataError> {
        let bytes = bytes.into();
        check_nesting(&bytes)?;
        let mut decoder = Decoder::new(&bytes);
        let _: PlutusData =
            decoder.decode().map_err(|error| DataError::Malformed { reason: error.to_string() })?;
        let count = bytes.len().saturating_sub(decoder.position());
        if count > 0 {
            return Err(DataError::Trailing { count });
        }
        check_byte_strings(&bytes)?;
        Ok(Self(bytes.into()))
    }

    /// The empty constructor 0, where a datum or redeemer is wanted and says nothing.
    pub fn unit() -> Self {
        Self(Arc::from([0xd8, 0x79, 0x80]))
    }

    /// The CBOR.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The hash by which an output may name it: blake2b-256 of the bytes.
    pub fn hash(&self) -> [u8; 32] {
        *Hasher::<256>::hash(&self.0)
    }

    /// The data as a tree.
    ///
    /// # Errors
    /// None in practice: the constructor has read the bytes.
    pub fn decode(&self) -> Result<PlutusData, DataError> {
        minicbor::decode(&self.0).map_err(|error| DataError::Malformed { reason: error.to_string() })
    }

    /// Bytes that a decoder has already read as Plutus data.
    pub(crate) fn from_decoded(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    pub(crate) fn verbatim(&self) -> Verbatim<'_> {
        Verbatim(&self.0)
    }
}

impl From<&PlutusData> for Data {
    fn from(data: &PlutusData) -> Self {
        Self(wire::encode(data).into())
    }
}

impl fmt::Debug for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Data({self})")
    }
}

impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

/// Checks that no byte string in some CBOR, and no big integer, has a longer piece than the ledger takes.
pub(crate) fn check_byte_strings(bytes: &[u8]) -> Result<(), DataError> {
    for token in Decoder::new(bytes).tokens() {
        match token.map_err(|error| DataError::Malformed { reason: error.to_string() })? {
            Token::Bytes(piece) if piece.len() > MAX_PIECE => {
                return Err(DataError::LongPiece { found: piece.len() });
            }
            _ => {}
        }
    }
    Ok(())
}

/// Checks, without recursion, that the first item of some CBOR does not nest too deep, nor any CBOR wrapped in
/// it (tag 24), which decoders unwrap too.
pub(crate) fn check_nesting(bytes: &[u8]) -> Result<(), DataError> {
    let mut wrapped = vec![bytes];
    while let Some(bytes) = wrapped.pop() {
        check_item(bytes, &mut wrapped)?;
    }
    Ok(())
}

fn check_item<'b>(bytes: &'b [u8], wrapped: &mut Vec<&'b [u8]>) -> Result<(), DataError> {
    let malformed = |error: minicbor::decode::Error| DataError::Malformed { reason: error.to_string() };
    let mut decoder = Decoder::new(bytes);
    // How many items are still to come at each open level; `None` where a break ends the level.
    let mut levels: Vec<Option<u64>> = vec![Some(1)];
    while let Some(level) = levels.last_mut() {
        match level {
            Some(0) => {
                levels.pop();
                continue;
            }
            Some(count) => *count = count.saturating_sub(1),
            None => {}
        }
        let opened = match decoder.datatype().map_err(malformed)? {
            Type::Break => {
                decoder.set_position(decoder.position().saturating_add(1));
                levels.pop();
                continue;
            }
            Type::Tag => {
                let tag = decoder.tag().map_err(malformed)?;
                if tag == IanaTag::Cbor.tag() && decoder.datatype().map_err(malformed)? == Type::Bytes {
                    wrapped.push(decoder.bytes().map_err(malformed)?);
                    None
                } else {
                    Some(Some(1))
                }
            }
            Type::Array | Type::ArrayIndef => Some(decoder.array().map_err(malformed)?),
            Type::Map | Type::MapIndef => {
                Some(decoder.map().map_err(malformed)?.map(|pairs| pairs.saturating_mul(2)))
            }
            _ => {
                decoder.skip().map_err(malformed)?;
                None
            }
        };
        if let Some(level) = opened {
            if levels.len() > MAX_NESTING {
                return Err(DataError::TooDeep);
            }
            levels.push(level);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_kept() {
        // Constructor 0 with an indefinite list of one integer, written in two bytes where one would do.
        let bytes = hex::decode("d8799f1801ff").unwrap();
        assert_eq!(Data::from_cbor(bytes.clone()).unwrap().as_bytes(), bytes);
    }

    #[test]
    fn one_item_and_nothing_else() {
        assert_eq!(Data::from_cbor([0x01, 0x02]).unwrap_err(), DataError::Trailing { count: 1 });
        assert_eq!(Data::from_cbor([0x01, 0x02]).unwrap_err().to_string(), "1 bytes follow the plutus data");
        assert!(matches!(Data::from_cbor([0x60]).unwrap_err(), DataError::Malformed { .. }));
        assert!(matches!(Data::from_cbor([]).unwrap_err(), DataError::Malformed { .. }));
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| {
            let mut bytes = vec![0x81; depth];
            bytes.push(0x01);
            bytes
        };
        assert!(Data::from_cbor(nested(MAX_NESTING)).is_ok());
        assert_eq!(Data::from_cbor(nested(MAX_NESTING + 1)).unwrap_err(), DataError::TooDeep);
        assert_eq!(Data::from_cbor(vec![0x9f; 100_000]).unwrap_err(), DataError::TooDeep);
        let mut wrapped = vec![0xd8, 0x18, 0x59, 0x13, 0x88];
        wrapped.extend([0x9f; 5000]);
        assert_eq!(check_nesting(&wrapped).unwrap_err(), DataError::TooDeep);
    }

    #[test]
    fn byte_strings_come_in_pieces() {
        let piece = |length: u8| [vec![0x58, length], vec![7; usize::from(length)]].concat();
        let tagged = |length: u8| [vec![0xc2], piece(length)].concat();
        let pieces = |first: u8, last: u8| [vec![0x5f], piece(first), piece(last), vec![0xff]].concat();
        let nested = |length: u8| [vec![0xd8, 0x79, 0x81], piece(length)].concat();
        for good in [piece(64), tagged(64), pieces(64, 64), nested(64)] {
            assert!(Data::from_cbor(good).is_ok());
        }
        for bad in [piece(65), tagged(65), pieces(64, 65), pieces(65, 1), nested(65)] {
            assert_eq!(Data::from_cbor(bad).unwrap_err(), DataError::LongPiece { found: 65 });
        }
        assert_eq!(
            DataError::LongPiece { found: 65 }.to_string(),
            "a byte string is written in pieces of at most 64 bytes, found 65"
        );
    }

    #[test]
    fn unit_is_data() {
        assert_eq!(Data::from_cbor(Data::unit().as_bytes()).unwrap(), Data::unit());
    }
}
