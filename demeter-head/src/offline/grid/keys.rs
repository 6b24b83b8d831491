//! The keys of parties: given, following from a seed, or drawn.

use demeter_tx::keys::PaymentKey;
use pallas_crypto::hash::Hasher;

/// The key that is written in hexadecimal digits.
pub(super) fn written(text: &str) -> Option<PaymentKey> {
    let mut seed = [0; 32];
    hex::decode_to_slice(text, &mut seed).ok()?;
    Some(PaymentKey::from_seed(&seed))
}

/// The key that follows from the file's seed and a party's name.
pub(super) fn derived(seed: &str, name: &str) -> PaymentKey {
    let mut hasher = Hasher::<256>::new();
    hasher.input(b"demeter-head: the key of a party");
    // So that no seed and name run into each other as others do.
    hasher.input(&(seed.len() as u64).to_be_bytes());
    hasher.input(seed.as_bytes());
    hasher.input(name.as_bytes());
    PaymentKey::from_seed(&hasher.finalize())
}

/// A key that nobody knows.
pub(super) fn drawn() -> Result<PaymentKey, getrandom::Error> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)?;
    Ok(PaymentKey::from_seed(&seed))
}

#[cfg(test)]
mod tests {
    use demeter_tx::keys::Signer as _;

    use super::*;

    #[test]
    fn keys_follow_from_seed_and_name() {
        let hash = |seed, name| derived(seed, name).key_hash();
        assert_eq!(hash("a", "b"), hash("a", "b"));
        assert_ne!(hash("a", "b"), hash("a", "c"));
        assert_ne!(hash("ab", "c"), hash("a", "bc"));
        // It stands in files of users.
        assert_eq!(
            derived("my tests", "alice").key_hash().to_string(),
            "33ad53650b03aeb37c4ba67c4991a7d91ec892939ab35709be7704fe"
        );
    }

    #[test]
    fn only_32_bytes_are_a_key() {
        assert_eq!(written(&"07".repeat(32)).unwrap().expose_seed(), &[7; 32]);
        for wrong in ["", "07", "zz", &"07".repeat(33), &format!("{}0", "07".repeat(31))] {
            assert!(written(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn no_two_drawn_keys_are_alike() {
        assert_ne!(drawn().unwrap().key_hash(), drawn().unwrap().key_hash());
    }
}
