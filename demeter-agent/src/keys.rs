//! The keys that an agent has at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use demeter_core::KeyHash;
use demeter_tx::builder::UnsignedTransaction;
use demeter_tx::keys::{SignError, Signer};

/// Signers by the hashes of their keys.
///
/// Which key each action needs:
///
/// | who | action | key |
/// |---|---|---|
/// | operator | offer, take, withdraw, claim, complete, resign, collect, extend | the slot owner's: **hot**, it is at hand every day |
/// | operator | update, retire | the record owner's: **cold**, if it is another one |
/// | anyone | lead, award, report, rekey | none but that of the wallet, which puts up collateral |
/// | application | cancel, close, extend | the application's |
/// | entities | endorse, rotate, arbitrate, deposit, retire of another | as many as the grid's `threshold` |
/// | entities and operator | admit | as many as the grid's `admission`, and the record owner's |
///
/// An operator is admitted with one key for record and slots. An Update may give the record another one, which is then
/// needed for nothing but the next Update and to retire, and may be kept where it is cold, while the slots go on with
/// theirs. The contract does not keep them apart, though: anybody may rekey a slot to the record's owner, and from then on
/// daily actions need that key. What is always kept apart is the wallet: it needs to hold no more than bonds and
/// collateral.
#[derive(Clone, Default)]
pub struct KeyRing(BTreeMap<KeyHash, Arc<dyn Signer>>);

impl KeyRing {
    /// No keys.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more signer.
    #[must_use]
    pub fn with(mut self, signer: impl Signer + 'static) -> Self {
        self.insert(Arc::new(signer));
        self
    }

    /// Adds a signer, in place of one of the same key.
    pub fn insert(&mut self, signer: Arc<dyn Signer>) {
        self.0.insert(signer.key_hash(), signer);
    }

    /// Whether a key is at hand.
    pub fn contains(&self, key: &KeyHash) -> bool {
        self.0.contains_key(key)
    }

    /// The keys at hand.
    pub fn hashes(&self) -> BTreeSet<KeyHash> {
        self.0.keys().copied().collect()
    }

    /// Signs with all keys that a transaction still needs and that are at hand. Others may have to sign as well:
    /// [`UnsignedTransaction::missing_signers`].
    ///
    /// # Errors
    /// A signer does not sign, or signs something else.
    pub async fn sign(&self, transaction: &mut UnsignedTransaction) -> Result<(), SignError> {
        for key in transaction.missing_signers() {
            if let Some(signer) = self.0.get(&key) {
                transaction.sign(signer.as_ref()).await?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
