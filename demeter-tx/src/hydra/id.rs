//! Names that only hydra has: bytes in hexadecimal digits.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The text is not hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} is written as hexadecimal digits, found {found:?}")]
pub struct HexError {
    /// What was wanted.
    pub name: &'static str,
    /// The text found.
    pub found: String,
}

macro_rules! hexadecimal {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Vec<u8>);

        impl $name {
            /// Wraps the bytes.
            pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Self {
                Self(bytes.into())
            }

            /// The bytes.
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = HexError;

            fn from_str(text: &str) -> Result<Self, HexError> {
                let malformed = |_| HexError { name: stringify!($name), found: text.to_owned() };
                hex::decode(text).map(Self).map_err(malformed)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

hexadecimal! {
    /// Names a head.
    HeadId
}
hexadecimal! {
    /// What the name of a head follows from.
    HeadSeed
}
hexadecimal! {
    /// Names a party on L1: the hash of its Cardano key.
    OnChainId
}
hexadecimal! {
    /// The key that a party signs snapshots with: its public part.
    HydraKey
}
hexadecimal! {
    /// A party's signature of a snapshot.
    HydraSignature
}
hexadecimal! {
    /// Bytes that are CBOR.
    Cbor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_round_trip_and_others_are_refused() {
        let id: HeadId = serde_json::from_str("\"00ff\"").unwrap();
        assert_eq!(
            (id.as_bytes(), serde_json::to_string(&id).unwrap().as_str()),
            (&[0, 255][..], "\"00ff\"")
        );
        let error = "0g".parse::<HeadId>().unwrap_err();
        assert_eq!(error.to_string(), "HeadId is written as hexadecimal digits, found \"0g\"");
    }
}
