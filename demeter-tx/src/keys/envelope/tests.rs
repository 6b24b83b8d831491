use proptest::prelude::*;

use super::*;

/// An extended pair that cardano-cli made and pycardano is tested with.
const EXTENDED: &str = "5880e8428867ab9cc9304379a3ce0c238a592bd6d2349d2ebaf8a6ed2c6d2974a15a\
                        d59c74b6d8fa3edd032c6261a73998b7deafe983b6eeaff8b6fb3fab06bdf801\
                        9b693a62bce7a3cad1b9c02d22125767201c65db27484bb67d3cee7df7288d62\
                        c099ac0ce4a215355b149fd3114a2a7ef0438f01f8872c4487a61b469e26aae4";
const EXTENDED_KEY: &str = "9b693a62bce7a3cad1b9c02d22125767201c65db27484bb67d3cee7df7288d62";
const CHAIN_CODE: &str = "c099ac0ce4a215355b149fd3114a2a7ef0438f01f8872c4487a61b469e26aae4";

/// A plain pair from the same place.
const SEED: &str = "093be5cd3987d0c9fd8854ef908f7746b69e2d73320db6dc0f780d81585b84c2";
const KEY: &str = "8be8339e9f3addfa6810d59e2f072f85e64d4c024c087e0d24f8317c6544f62f";

fn envelope(kind: &str, cbor: &str) -> String {
    format!(r#"{{"type": "{kind}", "description": "", "cborHex": "{cbor}"}}"#)
}

fn message(text: &str) -> String {
    SecretKey::from_envelope(text).unwrap_err().to_string()
}

#[test]
fn plain_keys_of_cardano_cli_are_read() {
    let secret = SecretKey::from_envelope(&envelope(PAYMENT_SECRET, &format!("5820{SEED}"))).unwrap();
    let public = VerificationKey::from_envelope(&envelope(PAYMENT_PUBLIC, &format!("5820{KEY}"))).unwrap();
    assert_eq!(public.to_string(), KEY);
    assert_eq!(secret.verification_key(), public);
}

#[test]
fn extended_keys_of_cardano_cli_are_read() {
    let secret = SecretKey::from_envelope(&envelope(EXTENDED_SECRET, EXTENDED)).unwrap();
    let public = envelope(EXTENDED_PUBLIC, &format!("5840{EXTENDED_KEY}{CHAIN_CODE}"));
    assert_eq!(secret.verification_key(), VerificationKey::from_envelope(&public).unwrap());
    let SecretKey::Extended(key) = &secret else { panic!("a plain key") };
    assert_eq!(hex::encode(key.expose_chain_code()), CHAIN_CODE);
    assert!(secret.to_envelope().contains(EXTENDED));
}

#[test]
fn envelopes_are_laid_out_as_cardano_cli_does() {
    let secret = SecretKey::from(PaymentKey::from_seed(&hex::decode(SEED).unwrap().try_into().unwrap()));
    assert_eq!(
        *secret.to_envelope(),
        format!(
            "{{\n    \"type\": \"PaymentSigningKeyShelley_ed25519\",\n    \
             \"description\": \"Payment Signing Key\",\n    \"cborHex\": \"5820{SEED}\"\n}}\n"
        )
    );
    assert_eq!(
        secret.verification_key().to_envelope(),
        format!(
            "{{\n    \"type\": \"PaymentVerificationKeyShelley_ed25519\",\n    \
             \"description\": \"Payment Verification Key\",\n    \"cborHex\": \"5820{KEY}\"\n}}\n"
        )
    );
    let again = SecretKey::from_envelope(&secret.to_envelope()).unwrap();
    assert_eq!(again.to_envelope(), secret.to_envelope());
}

#[test]
fn faulty_json_is_refused() {
    assert_eq!(message(""), "not json, at line 1, column 0");
    assert_eq!(message("{\n  \"type\": }"), "not json, at line 2, column 11");
    assert_eq!(message("[]"), "not a json object");
    assert_eq!(message("{}"), "field type is missing");
    assert_eq!(message(r#"{"type": 1}"#), "field type is not a string");
    assert_eq!(message(r#"{"type": ""}"#), "field description is missing");
    assert_eq!(message(r#"{"type": "", "description": ""}"#), "field cborHex is missing");
    assert_eq!(message(r#"{"type": "", "description": "", "cborHex": []}"#), "field cborHex is not a string");
}

#[test]
fn other_types_are_refused() {
    assert_eq!(
        message(&envelope(PAYMENT_PUBLIC, &format!("5820{KEY}"))),
        "field type is \"PaymentVerificationKeyShelley_ed25519\", expected PaymentSigningKeyShelley_ed25519 or \
         PaymentExtendedSigningKeyShelley_ed25519_bip32"
    );
    let swapped = VerificationKey::from_envelope(&envelope(PAYMENT_SECRET, &format!("5820{SEED}")));
    assert_eq!(
        swapped.unwrap_err().to_string(),
        "field type is \"PaymentSigningKeyShelley_ed25519\", expected PaymentVerificationKeyShelley_ed25519 or \
         PaymentExtendedVerificationKeyShelley_ed25519_bip32"
    );
    assert!(message(&envelope(&"x".repeat(9999), "")).len() < 200);
}

#[test]
fn faulty_content_is_refused_without_repeating_it() {
    let plain = |cbor: &str| message(&envelope(PAYMENT_SECRET, cbor));
    assert_eq!(plain("58"), "field cborHex is not one cbor byte string");
    assert_eq!(plain(""), "field cborHex is not one cbor byte string");
    assert_eq!(plain("5"), "field cborHex is not an even number of hexadecimal digits");
    assert_eq!(plain("zz"), "field cborHex is not an even number of hexadecimal digits");
    assert_eq!(plain("01"), "field cborHex is not one cbor byte string");
    assert_eq!(plain(&format!("5820{SEED}00")), "field cborHex is not one cbor byte string");
    assert_eq!(plain(&format!("5821{SEED}")), "field cborHex is not one cbor byte string");
    assert_eq!(plain("420102"), "field cborHex holds 2 bytes, expected 32");
    assert_eq!(plain(EXTENDED), "field cborHex holds 128 bytes, expected 32");

    let extended = |cbor: &str| message(&envelope(EXTENDED_SECRET, cbor));
    assert_eq!(extended(&format!("5820{SEED}")), "field cborHex holds 32 bytes, expected 128");
    assert_eq!(
        extended(&EXTENDED.replace("5880e8", "5880e9")),
        "field cborHex holds no extended ed25519 key: the bits of its scalar are wrong"
    );
    assert_eq!(
        extended(&EXTENDED.replace(EXTENDED_KEY, KEY)),
        "field cborHex holds a public key that is not its secret key's"
    );

    let public = VerificationKey::from_envelope(&envelope(EXTENDED_PUBLIC, &format!("5820{KEY}")));
    assert_eq!(public.unwrap_err(), EnvelopeError::Length { expected: 64, found: 32 });
}

#[test]
fn debug_shows_no_secret() {
    let secret = SecretKey::from_envelope(&envelope(PAYMENT_SECRET, &format!("5820{SEED}"))).unwrap();
    assert_eq!(format!("{secret:?}"), format!("Payment(PaymentKey({}))", secret.key_hash()));
}

proptest! {
    #[test]
    fn round_trip(seed in any::<[u8; 32]>()) {
        let key = SecretKey::from(PaymentKey::from_seed(&seed));
        let again = SecretKey::from_envelope(&key.to_envelope()).unwrap();
        prop_assert_eq!(again.to_envelope(), key.to_envelope());
        let public = key.verification_key();
        prop_assert_eq!(VerificationKey::from_envelope(&public.to_envelope()), Ok(public));
    }

    #[test]
    fn no_content_panics(extended in any::<bool>(), cbor in prop::collection::vec(any::<u8>(), 0..140)) {
        let kind = if extended { EXTENDED_SECRET } else { PAYMENT_SECRET };
        let _ = SecretKey::from_envelope(&envelope(kind, &hex::encode(cbor)));
    }
}
