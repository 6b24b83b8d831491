//! Bytes that are meant to be read.

use std::fmt;

/// Bytes that are meant to be UTF-8 text, such as a label or an endpoint.
///
/// NOTE: the contract takes any bytes, so this type does too. They print with replacement characters where they
/// are not UTF-8, and stand in JSON as the text itself, or as `0x` and hexadecimal digits where the text would be
/// ambiguous.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Vec<u8>);

impl Text {
    /// Wraps the bytes.
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::from_bytes(text)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.0))
    }
}

/// Bytes as readable JSON: text, or `0x` and digits.
#[cfg(feature = "serde")]
pub(crate) mod readable {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(bytes) {
            Ok(text) if !text.starts_with("0x") => serializer.serialize_str(text),
            _ => serializer.serialize_str(&format!("0x{}", hex::encode(bytes))),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.strip_prefix("0x") {
            Some(digits) => hex::decode(digits).map_err(D::Error::custom),
            None => Ok(text.into_bytes()),
        }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Text {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        readable::serialize(&self.0, serializer)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        readable::deserialize(deserializer).map(Self)
    }
}

/// Generates short texts, now and then one that is not UTF-8 or longer than a chunk.
#[cfg(any(test, feature = "test-utils"))]
pub fn any_text() -> impl proptest::strategy::Strategy<Value = Text> {
    use proptest::prelude::*;
    prop_oneof![
        4 => "[a-z0-9./-]{0,20}".prop_map(|text| Text::from(text.as_str())),
        1 => proptest::collection::vec(any::<u8>(), 0..70).prop_map(Text::from_bytes),
    ]
}

#[cfg(all(test, feature = "serde"))]
mod tests {
    use super::*;

    #[test]
    fn json_is_readable_and_exact() {
        for (text, json) in [
            (Text::from("region"), "\"region\""),
            (Text::from("0x"), "\"0x3078\""),
            (Text::from_bytes([0xff]), "\"0xff\""),
        ] {
            assert_eq!(serde_json::to_string(&text).unwrap(), json);
            assert_eq!(serde_json::from_str::<Text>(json).unwrap(), text);
        }
    }
}
