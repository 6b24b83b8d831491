//! Key hashes as people exchange them: bech32 (CIP-5) or hexadecimal.

use std::fmt;
use std::str::FromStr;

use demeter_core::{IdError, KeyHash};

use super::bech;

const PREFIX: &str = "addr_vkh";

/// The hash of a payment key, printed as CIP-5 has it (`addr_vkh1...`) and parsed from that or from 56
/// hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct KeyHashText(pub KeyHash);

impl fmt::Display for KeyHashText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&bech::encode(PREFIX, self.0.as_bytes())?)
    }
}

impl FromStr for KeyHashText {
    type Err = KeyHashTextError;

    fn from_str(text: &str) -> Result<Self, KeyHashTextError> {
        // A bech32 text has a separator `1` after letters that are no hexadecimal digits, so that no text is both.
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Self(text.parse()?));
        }
        let (prefix, bytes) = bech::decode(text).map_err(|fault| KeyHashTextError::NotBech32 { fault })?;
        if prefix != PREFIX {
            return Err(KeyHashTextError::Prefix { found: prefix });
        }
        Ok(Self(KeyHash::try_from(bytes.as_slice())?))
    }
}

/// A text is not the hash of a payment key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyHashTextError {
    /// Neither hexadecimal nor bech32.
    #[error("a key hash is 56 hexadecimal digits or bech32: {fault}")]
    NotBech32 {
        /// What is wrong with it as bech32.
        fault: String,
    },
    /// Bech32 of something else.
    #[error("a key hash starts with addr_vkh1, found {found:?}")]
    Prefix {
        /// The prefix found.
        found: String,
    },
    /// Another length.
    #[error(transparent)]
    Bytes(#[from] IdError),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::VerificationKey;

    /// The payment key of CIP-19's test vectors, and its hash as it stands in their addresses.
    const CIP_19_KEY: &str = "addr_vk1w0l2sr2zgfm26ztc6nl9xy8ghsk5sh6ldwemlpmp9xylzy4dtf7st80zhd";
    const CIP_19_HASH: &str = "9493315cd92eb5d8c4304e67b7e16ae36d61d34502694657811a2c8e";

    #[test]
    fn the_key_of_cip_19_has_the_hash_of_its_addresses() {
        let (prefix, bytes) = bech::decode(CIP_19_KEY).unwrap();
        assert_eq!(prefix, "addr_vk");
        assert_eq!(VerificationKey::try_from(bytes.as_slice()).unwrap().hash().to_string(), CIP_19_HASH);
    }

    #[test]
    fn both_texts_are_read_and_bech32_is_written() {
        let hash: KeyHashText = CIP_19_HASH.parse().unwrap();
        let text = hash.to_string();
        assert!(text.starts_with("addr_vkh1"), "{text}");
        assert_eq!(text.parse::<KeyHashText>().unwrap(), hash);
        assert_eq!(CIP_19_HASH.to_uppercase().parse::<KeyHashText>().unwrap(), hash);
    }

    #[test]
    fn other_texts_are_refused() {
        let message = |text: &str| text.parse::<KeyHashText>().unwrap_err().to_string();
        assert_eq!(message("abcd"), "KeyHash has 28 bytes, found 2");
        assert_eq!(message(CIP_19_KEY), "a key hash starts with addr_vkh1, found \"addr_vk\"");
        assert_eq!(
            message("nobody"),
            "a key hash is 56 hexadecimal digits or bech32: missing human-readable separator, \"1\""
        );
    }
}
