//! Wallets from words: BIP-39 phrases, the Icarus root key (CIP-3), CIP-1852 derivation.
//!
//! # Limits
//!
//! English words only. A 24-word phrase made on a Trezor derives another root there, because of a fault in
//! its firmware that CIP-3 records; such a wallet is not found here.

use std::fmt;
use std::str::FromStr;

use cryptoxide::hashing::sha2::Sha512;
use cryptoxide::pbkdf2::pbkdf2;
use ed25519_bip32::{DerivationScheme, XPRV_SIZE, XPrv};
use zeroize::Zeroizing;

use super::{DerivationPath, ExtendedKey};

/// CIP-3: twice the iterations that BIP-39 has.
const ITERATIONS: u32 = 4096;

/// A phrase of 12, 15, 18, 21 or 24 English words, whose checksum is right.
pub struct Mnemonic(bip39::Mnemonic);

impl Mnemonic {
    /// Makes the phrase that stands for this entropy of 16, 20, 24, 28 or 32 bytes.
    ///
    /// # Errors
    ///
    /// [`MnemonicError::EntropyLength`] if there are more or fewer.
    pub fn from_entropy(entropy: &[u8]) -> Result<Self, MnemonicError> {
        bip39::Mnemonic::from_entropy_in(bip39::Language::English, entropy)
            .map(Self)
            .map_err(|_| MnemonicError::EntropyLength { found: entropy.len() })
    }

    /// The words, with single spaces, for whoever stores them.
    pub fn expose_phrase(&self) -> Zeroizing<String> {
        // 24 words of at most 8 letters: so long that the text is never moved and left behind in the clear.
        let mut phrase = Zeroizing::new(String::with_capacity(24 * 9));
        for word in self.0.words() {
            if !phrase.is_empty() {
                phrase.push(' ');
            }
            phrase.push_str(word);
        }
        phrase
    }

    /// How many words the phrase has.
    pub fn word_count(&self) -> usize {
        self.0.word_count()
    }

    /// Derives the wallet's root key. The passphrase is CIP-3's optional second factor, usually empty.
    ///
    /// This takes some milliseconds, on purpose: do it once.
    pub fn root_key(&self, passphrase: &[u8]) -> RootKey {
        let (padded, length) = self.0.to_entropy_array();
        let padded = Zeroizing::new(padded);
        let mut bytes = Zeroizing::new([0; XPRV_SIZE]);
        pbkdf2::<Sha512>(passphrase, padded.get(..length).unwrap_or_default(), ITERATIONS, bytes.as_mut());
        RootKey(XPrv::normalize_bytes_force3rd(*bytes))
    }
}

impl FromStr for Mnemonic {
    type Err = MnemonicError;

    /// Parses the words, with any white space between them, in lower or upper case.
    fn from_str(phrase: &str) -> Result<Self, MnemonicError> {
        let mut phrase = Zeroizing::new(phrase.to_owned());
        phrase.make_ascii_lowercase();
        bip39::Mnemonic::parse_in_normalized(bip39::Language::English, &phrase).map(Self).map_err(|error| {
            match error {
                bip39::Error::UnknownWord(index) => {
                    MnemonicError::UnknownWord { position: index.saturating_add(1) }
                }
                bip39::Error::InvalidChecksum => MnemonicError::Checksum,
                bip39::Error::BadWordCount(_)
                | bip39::Error::BadEntropyBitCount(_)
                | bip39::Error::AmbiguousLanguages(_) => {
                    MnemonicError::WordCount { found: phrase.split_whitespace().count() }
                }
            }
        })
    }
}

impl fmt::Debug for Mnemonic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mnemonic({} words)", self.word_count())
    }
}

/// The root of a wallet, from which all its keys are derived.
pub struct RootKey(XPrv);

impl RootKey {
    /// Derives the key at a path.
    pub fn derive(&self, path: &DerivationPath) -> ExtendedKey {
        let key =
            path.steps().iter().fold(self.0.clone(), |key, step| key.derive(DerivationScheme::V2, *step));
        ExtendedKey::from_derived(key)
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootKey(..)")
    }
}

/// The words are no phrase. No message repeats a word: it might be a true one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MnemonicError {
    /// Another number of words.
    #[error("a phrase has 12, 15, 18, 21 or 24 words, found {found}")]
    WordCount {
        /// The words found.
        found: usize,
    },
    /// A word that is not in the list.
    #[error("word {position} of the phrase is not one of the english bip-39 words")]
    UnknownWord {
        /// Where it stands, counted from 1.
        position: usize,
    },
    /// All are words of the list, but not together: one is wrong, or two are exchanged.
    #[error("the checksum of the phrase is wrong: a word is mistaken or out of place")]
    Checksum,
    /// Another length of entropy.
    #[error("the entropy of a phrase has 16, 20, 24, 28 or 32 bytes, found {found}")]
    EntropyLength {
        /// The bytes found.
        found: usize,
    },
}

#[cfg(test)]
mod tests;
