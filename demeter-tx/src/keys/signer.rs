//! The one trait that transactions are signed through.

use async_trait::async_trait;
use demeter_core::{KeyHash, TransactionId};
use pallas_crypto::hash::Hasher;

use super::{VerificationKey, Witness};

/// Something that holds a secret key and signs transactions with it: a key in memory, a hardware wallet, a key
/// service.
///
/// A key in memory implements [`sign`](Signer::sign) alone. A device that shows its owner what is being
/// signed needs the transaction's body, not its hash: it implements [`sign_body`](Signer::sign_body), which
/// is what to call when the body is at hand, and refuses `sign`.
///
/// Whoever implements this over a wire passes what comes back through [`Witness::checked`].
#[async_trait]
pub trait Signer: Send + Sync {
    /// The public key whose signatures this gives. It is known without asking: a remote signer learns it when
    /// it is made.
    fn verification_key(&self) -> VerificationKey;

    /// The hash of the key, by which transactions demand its signature.
    fn key_hash(&self) -> KeyHash {
        self.verification_key().hash()
    }

    /// Signs the transaction of this id.
    ///
    /// # Errors
    ///
    /// A [`SignError`] if the signer refuses, cannot be reached, or gives a wrong signature.
    async fn sign(&self, transaction: &TransactionId) -> Result<Witness, SignError>;

    /// Signs the transaction whose body is these bytes, as they stand in the transaction. Unless implemented,
    /// this signs their blake2b-256, which is the transaction's id.
    ///
    /// # Errors
    ///
    /// A [`SignError`] if the signer refuses, cannot be reached, or gives a wrong signature.
    async fn sign_body(&self, body: &[u8]) -> Result<Witness, SignError> {
        self.sign(&TransactionId::from_bytes(*Hasher::<256>::hash(body))).await
    }
}

/// Why there is no signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The signer, or its owner, will not sign this.
    #[error("the signer of key {key} refused: {reason}")]
    Refused {
        /// The hash of the key that was to sign.
        key: KeyHash,
        /// What the signer said.
        reason: String,
    },
    /// The signer cannot be reached, now.
    #[error("the signer of key {key} cannot be reached: {reason}")]
    Unreachable {
        /// The hash of the key that was to sign.
        key: KeyHash,
        /// What went wrong on the way.
        reason: String,
    },
    /// What came back is not this key's signature of this transaction.
    #[error("the signature given for key {key} does not verify")]
    WrongSignature {
        /// The key that was said to have signed.
        key: VerificationKey,
    },
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;
    use crate::keys::{PaymentKey, Signature};

    /// Keys in memory never wait, so that one poll is enough.
    fn now<T>(future: impl Future<Output = T>) -> T {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("a key in memory waited"),
        }
    }

    #[test]
    fn a_boxed_signer_signs_an_id_and_a_body_alike() {
        let signer: Box<dyn Signer> = Box::new(PaymentKey::from_seed(&[7; 32]));
        let body = [0xa0];
        let id = TransactionId::from_bytes(*Hasher::<256>::hash(&body));

        let witness = now(signer.sign(&id)).unwrap();
        assert_eq!(witness, now(signer.sign_body(&body)).unwrap());
        assert_eq!(witness.key.hash(), signer.key_hash());
        assert!(witness.verifies(&id));
        assert_eq!(witness.checked(&id), Ok(witness));
    }

    #[test]
    fn a_witness_fits_one_transaction_and_one_key() {
        let (ours, theirs) = (PaymentKey::from_seed(&[1; 32]), PaymentKey::from_seed(&[2; 32]));
        let (id, other) = (TransactionId::from_bytes([1; 32]), TransactionId::from_bytes([2; 32]));
        let witness = now(ours.sign(&id)).unwrap();
        let stolen = Witness { key: theirs.verification_key(), ..witness };
        let mut bytes = *witness.signature.as_bytes();
        bytes[0] ^= 1;
        let bent = Witness { signature: Signature::from_bytes(bytes), ..witness };

        assert!(!witness.verifies(&other));
        assert!(!stolen.verifies(&id));
        assert!(!bent.verifies(&id));
        assert_eq!(stolen.checked(&id), Err(SignError::WrongSignature { key: stolen.key }));
    }

    #[test]
    fn errors_name_the_key() {
        let key = KeyHash::from_bytes([0xab; 28]);
        let name = "ab".repeat(28);
        let refused = SignError::Refused { key, reason: "not today".into() };
        assert_eq!(refused.to_string(), format!("the signer of key {name} refused: not today"));
        let unreachable = SignError::Unreachable { key, reason: "timed out".into() };
        assert_eq!(unreachable.to_string(), format!("the signer of key {name} cannot be reached: timed out"));
        let wrong = SignError::WrongSignature { key: VerificationKey::from_bytes([1; 32]) };
        assert_eq!(
            wrong.to_string(),
            format!("the signature given for key {} does not verify", "01".repeat(32))
        );
    }
}
