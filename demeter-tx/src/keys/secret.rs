//! Secret keys in memory: plain Ed25519 and extended (BIP-32 style) ones.

use std::fmt;

use async_trait::async_trait;
use demeter_core::TransactionId;
use ed25519_bip32::{PrivateKeyError, XPrv};
use pallas_crypto::key::ed25519;
use zeroize::Zeroizing;

use super::{SignError, Signature, Signer, VerificationKey, Witness};

/// A plain Ed25519 key: 32 secret bytes, as cardano-cli makes them.
pub struct PaymentKey {
    // NOTE: kept as bytes, since pallas gives a key's bytes back only through unsafe code. Keys made from it
    // to sign are scrubbed by pallas when dropped.
    seed: Zeroizing<[u8; 32]>,
    verification_key: VerificationKey,
}

impl PaymentKey {
    /// Makes the key whose secret is this seed. Any 32 bytes are one; good ones come from a source of
    /// cryptographic randomness.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let public = ed25519::SecretKey::from(*seed).public_key();
        Self { seed: Zeroizing::new(*seed), verification_key: VerificationKey::from_bytes(public.into()) }
    }

    /// The secret itself, for whoever stores it.
    pub fn expose_seed(&self) -> &[u8; 32] {
        &self.seed
    }
}

impl fmt::Debug for PaymentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PaymentKey({})", self.verification_key.hash())
    }
}

#[async_trait]
impl Signer for PaymentKey {
    fn verification_key(&self) -> VerificationKey {
        self.verification_key
    }

    async fn sign(&self, transaction: &TransactionId) -> Result<Witness, SignError> {
        let signature = ed25519::SecretKey::from(*self.seed).sign(transaction.as_bytes());
        // Pallas gives the bytes of a signature as a slice, whose length it does not tell the compiler.
        let bytes = signature
            .as_ref()
            .try_into()
            .map_err(|_| SignError::WrongSignature { key: self.verification_key })?;
        Ok(Witness { key: self.verification_key, signature: Signature::from_bytes(bytes) })
    }
}

/// An extended Ed25519 key, as HD wallets derive them: 64 secret bytes and a chain code of 32.
pub struct ExtendedKey {
    key: XPrv,
    verification_key: VerificationKey,
}

/// The bytes are no extended key: the scalar in the first 32 is not clamped as Ed25519 demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {end} bits of the extended key's scalar are not those of an ed25519 key")]
pub struct ExtendedKeyError {
    end: &'static str,
}

impl ExtendedKey {
    /// Makes the key from its extended secret (scalar, then nonce prefix) and its chain code.
    ///
    /// # Errors
    ///
    /// [`ExtendedKeyError`] if the scalar is not clamped.
    pub fn from_parts(secret: &[u8; 64], chain_code: &[u8; 32]) -> Result<Self, ExtendedKeyError> {
        let unverified = XPrv::from_extended_and_chaincode(secret, chain_code);
        XPrv::from_slice_verified(unverified.as_ref()).map(Self::from_derived).map_err(|error| match error {
            PrivateKeyError::LowestBitsInvalid => ExtendedKeyError { end: "lowest" },
            PrivateKeyError::HighestBitsInvalid | PrivateKeyError::LengthInvalid(_) => {
                ExtendedKeyError { end: "highest" }
            }
        })
    }

    pub(super) fn from_derived(key: XPrv) -> Self {
        let verification_key = VerificationKey::from_bytes(key.public().public_key());
        Self { key, verification_key }
    }

    /// The 64 secret bytes, for whoever stores them.
    pub fn expose_secret(&self) -> &[u8; 64] {
        self.key.extended_secret_key_bytes()
    }

    /// The chain code, from which with the secret (and, for public derivation, with the public key alone) the
    /// children are derived. Share it with no one who should not see the account.
    pub fn expose_chain_code(&self) -> &[u8; 32] {
        self.key.chain_code()
    }
}

impl fmt::Debug for ExtendedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExtendedKey({})", self.verification_key.hash())
    }
}

#[async_trait]
impl Signer for ExtendedKey {
    fn verification_key(&self) -> VerificationKey {
        self.verification_key
    }

    async fn sign(&self, transaction: &TransactionId) -> Result<Witness, SignError> {
        let signature = self.key.sign::<()>(transaction.as_bytes());
        Ok(Witness { key: self.verification_key, signature: Signature::from_bytes(*signature.to_bytes()) })
    }
}

/// A secret key of either kind: what a key file holds.
#[derive(Debug)]
#[non_exhaustive]
pub enum SecretKey {
    /// A plain key.
    Payment(PaymentKey),
    /// An extended key.
    Extended(ExtendedKey),
}

impl From<PaymentKey> for SecretKey {
    fn from(key: PaymentKey) -> Self {
        Self::Payment(key)
    }
}

impl From<ExtendedKey> for SecretKey {
    fn from(key: ExtendedKey) -> Self {
        Self::Extended(key)
    }
}

#[async_trait]
impl Signer for SecretKey {
    fn verification_key(&self) -> VerificationKey {
        match self {
            Self::Payment(key) => key.verification_key(),
            Self::Extended(key) => key.verification_key(),
        }
    }

    async fn sign(&self, transaction: &TransactionId) -> Result<Witness, SignError> {
        match self {
            Self::Payment(key) => key.sign(transaction).await,
            Self::Extended(key) => key.sign(transaction).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use cryptoxide::hashing::sha2::Sha512;

    use super::*;

    fn sign(key: &dyn Signer, id: &TransactionId) -> Witness {
        match pin!(key.sign(id)).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(witness) => witness.unwrap(),
            Poll::Pending => panic!("a key in memory waited"),
        }
    }

    /// RFC 8032, section 7.1, tests 1 and 3.
    #[test]
    fn seeds_have_the_public_keys_of_rfc_8032() {
        for (seed, public) in [
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            ),
            (
                "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            ),
        ] {
            let key = PaymentKey::from_seed(&hex::decode(seed).unwrap().try_into().unwrap());
            assert_eq!(key.verification_key().to_string(), public);
            assert_eq!(hex::encode(key.expose_seed()), seed);
        }
    }

    /// A plain key is the extended one that its seed's SHA-512 gives, so both must sign alike, and the two
    /// libraries behind them check each other.
    #[test]
    fn plain_and_extended_keys_sign_alike() {
        for byte in 0..=255 {
            let seed = [byte; 32];
            let mut secret = Sha512::new().update(&seed).finalize();
            secret[0] &= 0b1111_1000;
            secret[31] = secret[31] & 0b0111_1111 | 0b0100_0000;
            let plain = PaymentKey::from_seed(&seed);
            let extended = ExtendedKey::from_parts(&secret, &[0; 32]).unwrap();

            let id = TransactionId::from_bytes([!byte; 32]);
            let witness = sign(&plain, &id);
            assert!(witness.verifies(&id));
            assert_eq!(witness, sign(&extended, &id));
            assert_eq!(witness, sign(&SecretKey::from(plain), &id));
            assert_eq!(witness, sign(&SecretKey::from(extended), &id));
        }
    }

    #[test]
    fn scalars_that_are_not_clamped_are_refused() {
        let message = |first: u8, last: u8| {
            let mut secret = [0; 64];
            (secret[0], secret[31]) = (first, last);
            ExtendedKey::from_parts(&secret, &[0; 32]).unwrap_err().to_string()
        };
        assert_eq!(
            message(1, 0x40),
            "the lowest bits of the extended key's scalar are not those of an ed25519 key"
        );
        for last in [0x00, 0x80, 0xc0] {
            assert_eq!(
                message(8, last),
                "the highest bits of the extended key's scalar are not those of an ed25519 key"
            );
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let key = PaymentKey::from_seed(&[7; 32]);
        assert_eq!(format!("{key:?}"), format!("PaymentKey({})", key.key_hash()));
    }
}
