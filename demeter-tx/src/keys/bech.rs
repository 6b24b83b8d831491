//! Bech32, as Cardano uses it: the first variant, of any length.

use bech32::{FromBase32 as _, ToBase32 as _, Variant};

/// Decodes the prefix and the bytes, or says what is wrong.
pub(super) fn decode(text: &str) -> Result<(String, Vec<u8>), String> {
    let (prefix, data, variant) = bech32::decode(text).map_err(|error| error.to_string())?;
    if variant != Variant::Bech32 {
        return Err("the checksum is bech32m's".to_owned());
    }
    let bytes = Vec::from_base32(&data).map_err(|error| error.to_string())?;
    Ok((prefix, bytes))
}

/// Encodes bytes under one of our own prefixes, which are all well formed.
pub(super) fn encode(prefix: &str, bytes: &[u8]) -> Result<String, std::fmt::Error> {
    bech32::encode(prefix, bytes.to_base32(), Variant::Bech32).map_err(|_| std::fmt::Error)
}
