//! cardano-cli's text envelopes: JSON around CBOR in hexadecimal.

use pallas_codec::minicbor::Decoder;
use serde_json::Value;
use zeroize::Zeroizing;

use super::{ExtendedKey, PaymentKey, SecretKey, Signer as _, VerificationKey};

const PAYMENT_SECRET: &str = "PaymentSigningKeyShelley_ed25519";
const PAYMENT_PUBLIC: &str = "PaymentVerificationKeyShelley_ed25519";
const EXTENDED_SECRET: &str = "PaymentExtendedSigningKeyShelley_ed25519_bip32";
const EXTENDED_PUBLIC: &str = "PaymentExtendedVerificationKeyShelley_ed25519_bip32";

/// The initial bytes of CBOR byte strings of 32 and 128 bytes.
const BYTES_32: [u8; 2] = [0x58, 32];
const BYTES_128: [u8; 2] = [0x58, 128];

impl SecretKey {
    /// Reads the text of an `.skey` file: a plain payment key or an extended one.
    ///
    /// # Errors
    ///
    /// An [`EnvelopeError`] that names the field and its fault.
    pub fn from_envelope(text: &str) -> Result<Self, EnvelopeError> {
        let envelope = Envelope::parse(text)?;
        match envelope.kind.as_str() {
            PAYMENT_SECRET => Ok(Self::Payment(PaymentKey::from_seed(sized(envelope.bytes()?)?))),
            EXTENDED_SECRET => extended(envelope.bytes()?).map(Self::Extended),
            _ => Err(EnvelopeError::Kind {
                expected: [PAYMENT_SECRET, EXTENDED_SECRET],
                found: shortened(&envelope.kind),
            }),
        }
    }

    /// Writes the text of an `.skey` file.
    pub fn to_envelope(&self) -> Zeroizing<String> {
        match self {
            Self::Payment(key) => {
                write(PAYMENT_SECRET, "Payment Signing Key", &[&BYTES_32, key.expose_seed()])
            }
            Self::Extended(key) => write(
                EXTENDED_SECRET,
                "Payment Signing Key",
                &[
                    &BYTES_128,
                    key.expose_secret(),
                    key.verification_key().as_bytes(),
                    key.expose_chain_code(),
                ],
            ),
        }
    }
}

impl VerificationKey {
    /// Reads the text of a `.vkey` file. Of an extended one, the chain code is left behind.
    ///
    /// # Errors
    ///
    /// An [`EnvelopeError`] that names the field and its fault.
    pub fn from_envelope(text: &str) -> Result<Self, EnvelopeError> {
        let envelope = Envelope::parse(text)?;
        match envelope.kind.as_str() {
            PAYMENT_PUBLIC => Ok(Self::from_bytes(*sized(envelope.bytes()?)?)),
            EXTENDED_PUBLIC => {
                let bytes = envelope.bytes()?;
                let wrong = EnvelopeError::Length { expected: 64, found: bytes.len() };
                let (key, chain_code) = bytes.split_first_chunk().ok_or(wrong.clone())?;
                if chain_code.len() == 32 { Ok(Self::from_bytes(*key)) } else { Err(wrong) }
            }
            _ => Err(EnvelopeError::Kind {
                expected: [PAYMENT_PUBLIC, EXTENDED_PUBLIC],
                found: shortened(&envelope.kind),
            }),
        }
    }

    /// Writes the text of a `.vkey` file, always a plain one: the key of an extended secret verifies and hashes
    /// alike without its chain code.
    pub fn to_envelope(&self) -> String {
        write(PAYMENT_PUBLIC, "Payment Verification Key", &[&BYTES_32, self.as_bytes()]).to_string()
    }
}

/// An envelope whose three fields are there. The secret may be in it, so it erases itself.
struct Envelope {
    kind: String,
    cbor: Zeroizing<Vec<u8>>,
}

impl Envelope {
    fn parse(text: &str) -> Result<Self, EnvelopeError> {
        let value: Value = serde_json::from_str(text)
            .map_err(|error| EnvelopeError::NotJson { line: error.line(), column: error.column() })?;
        let Value::Object(mut fields) = value else {
            return Err(EnvelopeError::NotObject);
        };
        let mut take = |field: &'static str| match fields.remove(field) {
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(EnvelopeError::NotText { field }),
            None => Err(EnvelopeError::Missing { field }),
        };
        // First of all what may be secret, so that it is erased whatever else is wrong.
        let digits = take("cborHex").map(Zeroizing::new);
        let kind = take("type")?;
        take("description")?;
        let digits = digits?;

        // NOTE: not `hex::decode`, which grows its vector and so leaves pieces of the secret behind.
        let mut cbor = Zeroizing::new(vec![0; digits.len() / 2]);
        hex::decode_to_slice(digits.as_bytes(), &mut cbor).map_err(|_| EnvelopeError::NotHexadecimal)?;
        Ok(Self { kind, cbor })
    }

    /// The one byte string that the CBOR is.
    fn bytes(&self) -> Result<&[u8], EnvelopeError> {
        let mut decoder = Decoder::new(&self.cbor);
        let bytes = decoder.bytes().map_err(|_| EnvelopeError::NotByteString)?;
        if decoder.position() == self.cbor.len() { Ok(bytes) } else { Err(EnvelopeError::NotByteString) }
    }
}

fn sized(bytes: &[u8]) -> Result<&[u8; 32], EnvelopeError> {
    bytes.try_into().map_err(|_| EnvelopeError::Length { expected: 32, found: bytes.len() })
}

/// Reads extended secret, public key and chain code, one after the other, as cardano-cli stores them.
fn extended(bytes: &[u8]) -> Result<ExtendedKey, EnvelopeError> {
    let parts = || {
        let (secret, rest) = bytes.split_first_chunk::<64>()?;
        let (public, chain_code) = rest.split_first_chunk::<32>()?;
        Some((secret, public, <&[u8; 32]>::try_from(chain_code).ok()?))
    };
    let (secret, public, chain_code) =
        parts().ok_or(EnvelopeError::Length { expected: 128, found: bytes.len() })?;
    let key = ExtendedKey::from_parts(secret, chain_code).map_err(|_| EnvelopeError::NotExtended)?;
    if key.verification_key().as_bytes() == public { Ok(key) } else { Err(EnvelopeError::PublicPart) }
}

/// Writes an envelope as cardano-cli lays it out. The texts are ours and need no escapes.
fn write(kind: &str, description: &str, cbor: &[&[u8]]) -> Zeroizing<String> {
    // So long that the text is never moved and left behind in the clear.
    let mut text = Zeroizing::new(String::with_capacity(1024));
    for (name, value) in [("{\n    \"type\": \"", kind), ("\",\n    \"description\": \"", description)] {
        text.push_str(name);
        text.push_str(value);
    }
    text.push_str("\",\n    \"cborHex\": \"");
    for bytes in cbor {
        text.push_str(&Zeroizing::new(hex::encode(bytes)));
    }
    text.push_str("\"\n}\n");
    text
}

/// As much of a text as an error message should repeat.
fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}

/// A text is not the envelope of a key. No message repeats what may be secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// The text is not JSON.
    #[error("not json, at line {line}, column {column}")]
    NotJson {
        /// The line of the fault, counted from 1.
        line: usize,
        /// The column of the fault.
        column: usize,
    },
    /// The JSON is a list, a number, ...
    #[error("not a json object")]
    NotObject,
    /// A field is missing.
    #[error("field {field} is missing")]
    Missing {
        /// Its name.
        field: &'static str,
    },
    /// A field is not a string.
    #[error("field {field} is not a string")]
    NotText {
        /// Its name.
        field: &'static str,
    },
    /// The envelope holds something else, perhaps the other half of the pair.
    #[error("field type is {found:?}, expected {} or {}", expected[0], expected[1])]
    Kind {
        /// The types that can be read.
        expected: [&'static str; 2],
        /// The type found, or its beginning.
        found: String,
    },
    /// The content is not hexadecimal.
    #[error("field cborHex is not an even number of hexadecimal digits")]
    NotHexadecimal,
    /// The content is other CBOR, or more, or none.
    #[error("field cborHex is not one cbor byte string")]
    NotByteString,
    /// The byte string has another length.
    #[error("field cborHex holds {found} bytes, expected {expected}")]
    Length {
        /// The bytes a key of this type has.
        expected: usize,
        /// The bytes found.
        found: usize,
    },
    /// The scalar of an extended key is not clamped.
    #[error("field cborHex holds no extended ed25519 key: the bits of its scalar are wrong")]
    NotExtended,
    /// The public key beside an extended secret belongs to another.
    #[error("field cborHex holds a public key that is not its secret key's")]
    PublicPart,
}

#[cfg(test)]
mod tests;
