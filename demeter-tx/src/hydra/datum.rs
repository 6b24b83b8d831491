//! The datums of outputs as JSON.

use super::Raw;
use super::data::{DataJsonError, data_of_json, data_to_json};
use super::id::Cbor;
use crate::{Data, DataError, Datum};

/// The datum of an output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DatumJson {
    /// There is none.
    #[default]
    None,
    /// Only its hash is known.
    Hash(Cbor),
    /// It is in the output.
    Inline {
        /// Its hash.
        hash: Option<Cbor>,
        /// The datum in the detailed schema.
        json: Option<Raw>,
        /// The datum as it is encoded, which alone decides its hash.
        raw: Option<Cbor>,
    },
}

/// A datum is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DatumJsonError {
    /// The hash of a datum is not one.
    #[error("the hash of a datum has 32 bytes, found {found}")]
    Hash {
        /// The bytes found.
        found: usize,
    },
    /// The datum has another hash than is stated.
    #[error("the datum's hash is {found}, the output says {stated}")]
    Other {
        /// The hash stated.
        stated: Cbor,
        /// The hash of the datum.
        found: Cbor,
    },
    /// An inline datum is announced, and not there.
    #[error("the inline datum is missing")]
    Missing,
    /// It is encoded wrongly.
    #[error("inline datum: {0}")]
    Data(#[from] DataError),
    /// It is not data in the detailed schema.
    #[error("inline datum: {0}")]
    Json(#[from] DataJsonError),
}

impl DatumJson {
    /// The datum: its own encoding if that is there.
    ///
    /// # Errors
    /// It is not data, or has another hash than is stated.
    pub fn datum(&self) -> Result<Datum, DatumJsonError> {
        let (hash, json, raw) = match self {
            Self::None => return Ok(Datum::None),
            Self::Hash(hash) => {
                let length = hash.as_bytes().len();
                let hash = hash.as_bytes().try_into();
                return hash.map(Datum::Hash).map_err(|_| DatumJsonError::Hash { found: length });
            }
            Self::Inline { hash, json, raw } => (hash, json, raw),
        };
        let data = match (raw, json) {
            (Some(raw), _) => Data::from_cbor(raw.as_bytes())?,
            (None, Some(json)) => data_of_json(json)?,
            (None, None) => return Err(DatumJsonError::Missing),
        };
        match hash {
            Some(stated) if stated.as_bytes() != data.hash() => {
                Err(DatumJsonError::Other { stated: stated.clone(), found: Cbor::from_bytes(data.hash()) })
            }
            _ => Ok(Datum::Inline(data)),
        }
    }
}

impl From<&Datum> for DatumJson {
    fn from(datum: &Datum) -> Self {
        match datum {
            Datum::None => Self::None,
            Datum::Hash(hash) => Self::Hash(Cbor::from_bytes(*hash)),
            Datum::Inline(data) => Self::Inline {
                hash: Some(Cbor::from_bytes(data.hash())),
                json: data_to_json(data).ok(),
                raw: Some(Cbor::from_bytes(data.as_bytes())),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inline(hash: Option<&str>, json: Option<&str>, raw: Option<&str>) -> Result<Datum, String> {
        let json = json.map(|text| Raw::from_text(text.to_owned()).unwrap());
        let [hash, raw] = [hash, raw].map(|digits| digits.map(|digits| digits.parse().unwrap()));
        DatumJson::Inline { hash, json, raw }.datum().map_err(|error| error.to_string())
    }

    /// An integer in two bytes where one would do: only its own encoding has the hash.
    #[test]
    fn the_encoding_decides() {
        let data = Data::from_cbor([0x18, 0x01]).unwrap();
        let hash = hex::encode(data.hash());
        let json = r#"{"int":1}"#;
        assert_eq!(inline(Some(&hash), Some(json), Some("1801")).unwrap(), Datum::Inline(data.clone()));
        assert_eq!(inline(Some(&hash), None, Some("1801")).unwrap(), Datum::Inline(data));
        assert!(inline(Some(&hash), Some(json), None).unwrap_err().starts_with("the datum's hash is "));
        let canonical = Data::from_cbor([0x01]).unwrap();
        assert_eq!(inline(None, Some(json), None).unwrap(), Datum::Inline(canonical));
    }

    #[test]
    fn what_is_no_datum_is_refused() {
        assert_eq!(inline(None, None, None).unwrap_err(), "the inline datum is missing");
        assert!(inline(None, None, Some("")).unwrap_err().starts_with("inline datum: not plutus data"));
        assert!(inline(None, Some("1"), None).unwrap_err().starts_with("inline datum: not plutus data"));
        let hash = DatumJson::Hash(Cbor::from_bytes([0])).datum().unwrap_err();
        assert_eq!(hash.to_string(), "the hash of a datum has 32 bytes, found 1");
    }
}
