//! Keys: who signs, where the secrets live, and how addresses are written.
//!
//! Everything that signs is a [`Signer`]: a [`SecretKey`] read from a cardano-cli file, an [`ExtendedKey`]
//! derived from a [`Mnemonic`], or a device or a key service behind the same trait. What a signer gives is a
//! [`Witness`], which anyone can verify.
//!
//! ```
//! use demeter_tx::Network;
//! use demeter_tx::keys::{DerivationPath, Mnemonic, NetworkAddress, Signer};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let words = "test walk nut penalty hip pave soap entry language right filter choice";
//! let root = words.parse::<Mnemonic>()?.root_key(b"");
//! let key = root.derive(&"m/1852'/1815'/0'/0/0".parse::<DerivationPath>()?);
//!
//! let address = demeter_core::Address::of_key(key.key_hash());
//! assert_eq!(
//!     NetworkAddress::new(Network::Testnet, address).to_string(),
//!     "addr_test1vz2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzerspjrlsz",
//! );
//! # Ok(())
//! # }
//! ```
//!
//! # Secrets
//!
//! Seeds, extended keys, phrases and the text of key files are overwritten when they are dropped, and `Debug`
//! shows the key hash at most. Secret types are not `Clone`: share them behind an `Arc`. What the caller passes
//! in (a phrase, a passphrase) is the caller's to erase, and copies that the compiler or the system makes (on the
//! stack, in swap) are beyond reach.

mod address;
mod bech;
mod envelope;
mod file;
mod key_hash;
mod mnemonic;
mod path;
mod secret;
mod signer;
mod witness;

pub use address::{AddressError, NetworkAddress};
pub use envelope::EnvelopeError;
pub use file::{
    KeyFileError, ensure_private, read_secret_key, read_verification_key, write_secret_key,
    write_verification_key,
};
pub use key_hash::{KeyHashText, KeyHashTextError};
pub use mnemonic::{Mnemonic, MnemonicError, RootKey};
pub use path::{DerivationPath, KeyIndex, PathError, Role};
pub use secret::{ExtendedKey, ExtendedKeyError, PaymentKey, SecretKey};
pub use signer::{SignError, Signer};
pub use witness::{Signature, VerificationKey, Witness};
