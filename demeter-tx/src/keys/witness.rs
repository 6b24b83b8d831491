//! What is public about a signature: the key, the signature, and whether they fit a transaction.

use std::fmt;
use std::str::FromStr;

use demeter_core::{IdError, KeyHash, TransactionId};
use pallas_crypto::hash::Hasher;

use super::SignError;
use crate::signature::is_signed;

/// An Ed25519 public key. It is printed and parsed as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct VerificationKey([u8; 32]);

impl VerificationKey {
    /// Wraps the bytes of the key. That they are a point of the curve shows when a signature is verified.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes of the key.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The hash by which addresses, required signers and datums name the key: blake2b-224.
    pub fn hash(&self) -> KeyHash {
        KeyHash::from_bytes(*Hasher::<224>::hash(&self.0))
    }
}

impl TryFrom<&[u8]> for VerificationKey {
    type Error = IdError;

    fn try_from(bytes: &[u8]) -> Result<Self, IdError> {
        bytes.try_into().map(Self).map_err(|_| IdError::Length {
            name: "VerificationKey",
            expected: 32,
            found: bytes.len(),
        })
    }
}

impl FromStr for VerificationKey {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let bytes = hex::decode(text)
            .map_err(|_| IdError::NotHexadecimal { name: "VerificationKey", found: text.to_owned() })?;
        Self::try_from(bytes.as_slice())
    }
}

impl fmt::Display for VerificationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for VerificationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerificationKey({self})")
    }
}

/// An Ed25519 signature.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Signature([u8; 64]);

impl Signature {
    /// Wraps the bytes of the signature.
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The bytes of the signature.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({self})")
    }
}

/// A key's signature of a transaction, as it goes into the transaction's witness set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Witness {
    /// The key that signed.
    pub key: VerificationKey,
    /// Its signature of the transaction's id.
    pub signature: Signature,
}

impl Witness {
    /// Whether the signature is this key's, of this transaction.
    #[must_use]
    pub fn verifies(&self, transaction: &TransactionId) -> bool {
        is_signed(transaction.as_bytes(), &self.key.0, &self.signature.0)
    }

    /// Passes the witness on if it verifies: what to do with whatever a device or a service sent.
    ///
    /// # Errors
    ///
    /// [`SignError::WrongSignature`] if it does not.
    pub fn checked(self, transaction: &TransactionId) -> Result<Self, SignError> {
        if self.verifies(transaction) { Ok(self) } else { Err(SignError::WrongSignature { key: self.key }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The public key of RFC 8032, section 7.1, test 3.
    const RFC_8032_KEY: &str = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025";

    #[test]
    fn keys_are_printed_and_parsed_as_hexadecimal() {
        let key: VerificationKey = RFC_8032_KEY.parse().unwrap();
        assert_eq!(key.to_string(), RFC_8032_KEY);
        assert_eq!(format!("{key:?}"), format!("VerificationKey({RFC_8032_KEY})"));
    }

    #[test]
    fn errors_say_what_was_found() {
        let short = "00".parse::<VerificationKey>().unwrap_err();
        assert_eq!(short.to_string(), "VerificationKey has 32 bytes, found 1");
        let text = "key".parse::<VerificationKey>().unwrap_err();
        assert_eq!(text.to_string(), "VerificationKey is written as hexadecimal digits, found \"key\"");
    }
}
