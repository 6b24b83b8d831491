//! Which signatures count.
//!
//! Ed25519 was specified after it was in use, and verifiers differ on signatures that no honest signer makes: by keys
//! of small order, which are valid for every message, or in several encodings of one and the same point or number. What
//! counts here is what the ledger's verifier takes.

use ed25519_dalek::{Signature, VerifyingKey};

/// Whether this is the key's signature of the message.
///
/// Neither key nor R is of small order, key, R and S are in their one encoding, and `S·B = R + h·A` holds without the
/// cofactor.
///
/// Source: libsodium 1.0.18, `crypto_sign_ed25519_verify_detached`, which the ledger calls by way of
/// `cardano-crypto-class`.
pub(crate) fn is_signed(message: &[u8; 32], public_key: &[u8; 32], signature: &[u8; 64]) -> bool {
    is_canonical(public_key)
        && VerifyingKey::from_bytes(public_key)
            .is_ok_and(|key| key.verify_strict(message, &Signature::from_bytes(signature)).is_ok())
}

/// Whether a point's coordinate, without the sign in the highest bit, is below 2^255 - 19.
///
/// NOTE: the verifier reads any. Those of R need no look: R is compared with bytes that were just encoded.
fn is_canonical(point: &[u8; 32]) -> bool {
    let [lowest, middle @ .., highest] = point;
    *lowest < 0xed || middle.iter().any(|byte| *byte != 0xff) || highest & 0x7f != 0x7f
}

#[cfg(test)]
mod tests {
    use pallas_crypto::key::ed25519::{PublicKey, SecretKey, Signature};
    use proptest::prelude::*;

    use super::*;

    /// A signature from the edges of the specification.
    #[derive(serde::Deserialize)]
    struct Edge {
        what: String,
        message: String,
        key: String,
        signature: String,
        accepted: bool,
    }

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        hex::decode(text).unwrap().try_into().unwrap()
    }

    /// The cases of `ed25519-speccheck`, made for "Taming the Many EdDSAs" (Chalkias, Garillot, Nikolaenko, 2020), and
    /// what libsodium says of them in that paper's table 5.
    #[test]
    fn the_edges_of_the_specification() {
        let edges: Vec<Edge> = serde_json::from_str(include_str!("signature/edges.json")).unwrap();
        assert_eq!(edges.len(), 12);
        for edge in edges {
            let found = is_signed(&bytes(&edge.message), &bytes(&edge.key), &bytes(&edge.signature));
            assert_eq!(found, edge.accepted, "{}", edge.what);
        }
    }

    /// The base point and the number 1.
    fn of_base_point() -> [u8; 64] {
        let mut signature = [0x66; 64];
        signature[0] = 0x58;
        signature[32..].fill(0);
        signature[32] = 1;
        signature
    }

    #[test]
    fn no_signature_is_good_for_every_message() {
        // Under the neutral element, in each of its encodings, `1·B = B + h·A` holds for all messages.
        let end = |first: u8, middle: u8, last: u8| [vec![first], vec![middle; 30], vec![last]].concat();
        let neutral = [(0x01, 0x00, 0x00), (0x01, 0x00, 0x80), (0xee, 0xff, 0x7f), (0xee, 0xff, 0xff)];
        for (first, middle, last) in neutral {
            let key: [u8; 32] = end(first, middle, last).try_into().unwrap();
            for message in [[1; 32], [2; 32]] {
                assert!(!is_signed(&message, &key, &of_base_point()), "{first:x} {last:x}");
            }
        }
        // The verifier that was here before took it.
        let key = PublicKey::from(<[u8; 32]>::try_from(end(0x01, 0x00, 0x00)).unwrap());
        assert!(key.verify([1; 32], &Signature::from(of_base_point())));
    }

    #[test]
    fn keys_are_written_in_one_way() {
        let point = |lowest: u8, middle: u8, highest: u8| {
            let mut point = [middle; 32];
            (point[0], point[31]) = (lowest, highest);
            point
        };
        for sign in [0, 0x80] {
            assert!(is_canonical(&point(0xec, 0xff, 0x7f | sign)));
            assert!(!is_canonical(&point(0xed, 0xff, 0x7f | sign)));
            assert!(!is_canonical(&point(0xff, 0xff, 0x7f | sign)));
            assert!(is_canonical(&point(0xff, 0xff, 0x7e | sign)));
            assert!(is_canonical(&point(0xff, 0xfe, 0x7f | sign)));
        }
    }

    /// The order of the group.
    const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

    /// The same number, one order higher.
    fn raised(signature: &[u8; 64]) -> [u8; 64] {
        let (mut raised, mut carry) = (*signature, 0);
        for (byte, more) in raised[32..].iter_mut().zip(bytes::<32>(ORDER)) {
            let sum = u16::from(*byte) + u16::from(more) + carry;
            (*byte, carry) = (sum as u8, sum >> 8);
        }
        raised
    }

    proptest! {
        #[test]
        fn honest_signatures_count_and_no_others(
            seed in any::<[u8; 32]>(), message in any::<[u8; 32]>(), place in 0usize..128, bit in 0u8..8,
        ) {
            let secret = SecretKey::from(seed);
            let key: [u8; 32] = secret.public_key().into();
            let signature: [u8; 64] = secret.sign(message).as_ref().try_into().unwrap();
            prop_assert!(is_signed(&message, &key, &signature));
            prop_assert!(!is_signed(&message, &key, &raised(&signature)));
            // One bit of message, key or signature is another.
            let mut all = [message.as_slice(), &key, &signature].concat();
            all[place] ^= 1 << bit;
            let (message, rest) = all.split_at(32);
            let (key, signature) = rest.split_at(32);
            let spoilt = |bytes: &[u8]| <[u8; 32]>::try_from(bytes).unwrap();
            prop_assert!(!is_signed(&spoilt(message), &spoilt(key), signature.try_into().unwrap()));
        }
    }
}
