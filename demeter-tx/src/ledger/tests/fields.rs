//! Fields that do not belong there, and metadata.

use pallas_crypto::hash::Hasher;
use pallas_primitives::alonzo::AuxiliaryData;
use pallas_primitives::conway::{
    Anchor, Certificate, GovAction, GovActionId, ProposalProcedure, Vote, Voter, VotingProcedure,
};
use pallas_primitives::{KeyValuePairs, Metadatum, Nullable, StakeCredential};

use super::*;

type Mutation = Box<dyn FnOnce(&mut Case)>;

#[test]
fn unsupported_parts_are_named() {
    let mutations: [(&str, Mutation); 5] = [
        (
            "certificates are not supported: nothing is registered or delegated here",
            Box::new(|case| {
                let account = StakeCredential::AddrKeyhash(Hash::from([1; 28]));
                case.transaction.transaction_body.certificates =
                    NonEmptySet::from_vec(vec![Certificate::StakeRegistration(account)]);
            }),
        ),
        (
            "votes are not supported: nothing is voted on here",
            Box::new(|case| {
                let action = GovActionId { transaction_id: Hash::from([2; 32]), action_index: 0 };
                let procedure = VotingProcedure { vote: Vote::Yes, anchor: Nullable::Null };
                let votes = NonEmptyKeyValuePairs::from_vec(vec![(action, procedure)]).unwrap();
                let voter = Voter::DRepKey(Hash::from([1; 28]));
                case.transaction.transaction_body.voting_procedures =
                    NonEmptyKeyValuePairs::from_vec(vec![(voter, votes)]);
            }),
        ),
        (
            "proposals are not supported: nothing is voted on here",
            Box::new(|case| {
                let proposal = ProposalProcedure {
                    deposit: 0,
                    reward_account: Bytes::from([vec![0xe0], vec![1; 28]].concat()),
                    gov_action: GovAction::Information,
                    anchor: Anchor { url: "https://example.org".into(), content_hash: Hash::from([3; 32]) },
                };
                case.transaction.transaction_body.proposal_procedures = NonEmptySet::from_vec(vec![proposal]);
            }),
        ),
        (
            "donations are not supported: there is no treasury here",
            Box::new(|case| {
                case.transaction.transaction_body.donation = Some(PositiveCoin::try_from(1).unwrap());
            }),
        ),
        (
            "statements of the treasury's value are not supported: there is no treasury here",
            Box::new(|case| case.transaction.transaction_body.treasury_value = Some(0)),
        ),
    ];
    for (message, mutation) in mutations {
        assert_eq!(Case::payment().but(mutation).refused().to_string(), message);
    }
}

/// The payment with this metadatum and the hash of it in its body.
fn stating(metadatum: Metadatum) -> Case {
    Case::payment().but(|case| {
        let metadata = AuxiliaryData::Shelley(KeyValuePairs::from(vec![(674, metadatum)]));
        let hash = Hasher::<256>::hash(&wire::encode(&metadata));
        case.transaction.auxiliary_data = Nullable::Some(metadata);
        case.transaction.transaction_body.auxiliary_data_hash = Some(Bytes::from(hash.to_vec()));
    })
}

#[test]
fn metadata_have_their_hash() {
    let said = || stating(Metadatum::Text("hello".to_owned()));
    said().accepted();
    let set = |hash: Option<Vec<u8>>| {
        said().but(|case| case.transaction.transaction_body.auxiliary_data_hash = hash.map(Bytes::from))
    };
    assert_eq!(set(None).refused(), LedgerError::MetadataHash);
    assert_eq!(set(Some(vec![0; 32])).refused(), LedgerError::MetadataHash);
    let without = said().but(|case| case.transaction.auxiliary_data = Nullable::Null);
    assert_eq!(without.refused(), LedgerError::MetadataHash);
}

#[test]
fn strings_in_metadata_are_short() {
    let texts = |length: usize| {
        [
            Metadatum::Text("x".repeat(length)),
            Metadatum::Bytes(Bytes::from(vec![0; length])),
            Metadatum::Array(vec![Metadatum::Text("x".repeat(length))]),
            Metadatum::Map(KeyValuePairs::from(vec![(
                Metadatum::Text("x".repeat(length)),
                Metadatum::Bytes(Bytes::from(vec![])),
            )])),
        ]
    };
    for metadatum in texts(64) {
        stating(metadatum).accepted();
    }
    for metadatum in texts(65) {
        assert_eq!(stating(metadatum).refused(), LedgerError::MetadataString { maximum: 64, found: 65 });
    }
    // Bytes are counted, not letters.
    let letters = stating(Metadatum::Text("\u{e9}".repeat(33)));
    assert_eq!(letters.refused(), LedgerError::MetadataString { maximum: 64, found: 66 });
}

#[test]
fn long_byte_strings_in_data_and_redeemers_are_refused() {
    let long = |length: usize| pallas_primitives::PlutusData::BoundedBytes(vec![0; length].into());
    // NOTE: the encoder cuts long byte strings up, so the bytes are put in by hand.
    let redeeming = |length: u8| {
        let case = Case::guarded();
        let bytes = case.signed().to_cbor();
        let unit = [0xd8, 0x79, 0x80];
        let place = bytes.windows(3).rposition(|window| window == unit).unwrap();
        let data = [vec![0x58, length], vec![0; usize::from(length)]].concat();
        let changed = [&bytes[..place], &data, &bytes[place + 3..]].concat();
        let signed = SignedTransaction::from_cbor(&changed).unwrap();
        validate(&signed, &case.utxos, &case.settings, case.slot).unwrap_err()
    };
    assert!(matches!(redeeming(64), LedgerError::ScriptDataHash { .. }));
    let refusal = redeeming(65);
    assert!(matches!(refusal, LedgerError::Decode(_)), "{refusal}");
    assert!(refusal.to_string().ends_with("in pieces of at most 64 bytes, found 65"), "{refusal}");
    // In pieces, any length will do.
    assert!(Data::from_cbor(wire::encode(long(65))).is_ok());
}

#[test]
fn unknown_and_repeated_fields_are_refused() {
    let id_of = |body: &str| {
        let bytes = hex::decode(format!("84{body}a0f5f6")).unwrap();
        let signed = SignedTransaction::from_cbor(&bytes).unwrap();
        validate(&signed, &UtxoSet::new(), &settings(), Slot::from_number(0)).unwrap_err().to_string()
    };
    assert_eq!(id_of("a400d90102800180020006a0"), "not a transaction: field 6 of the body is unknown");
    assert_eq!(
        id_of("a400d901028001800200 0200".replace(' ', "").as_str()),
        "not a transaction: field 2 of the body appears twice"
    );
}

#[test]
fn metadata_have_known_fields_and_each_label_once() {
    // The metadata in bytes, and a payment that states their hash.
    let stating = |metadata: &str| {
        let metadata = hex::decode(metadata).unwrap();
        let hash = Hasher::<256>::hash(&metadata);
        let case = Case::payment().but(|case| {
            case.transaction.transaction_body.auxiliary_data_hash = Some(Bytes::from(hash.to_vec()));
        });
        let bytes = case.signed().to_cbor();
        let with = [&bytes[..bytes.len() - 1], &metadata].concat();
        let signed = SignedTransaction::from_cbor(&with).unwrap();
        validate(&signed, &case.utxos, &case.settings, case.slot)
    };
    // {1: 2}, [{1: 2}, []] and 259({0: {1: 2}}).
    for good in ["a10102", "82a1010280", "d90103a100a10102"] {
        stating(good).unwrap();
    }
    // A label twice, in each form; an unknown field; a field twice.
    for bad in [
        "a201020103",
        "82a20102010380",
        "d90103a100a201020103",
        "d90103a109a10102",
        "d90103a200a1010200a10102",
    ] {
        let refusal = stating(bad).unwrap_err();
        assert!(matches!(refusal, LedgerError::Decode(_)), "{bad}: {refusal:?}");
    }
}

#[test]
fn a_required_signer_is_named_once() {
    let requiring = |count: usize| {
        let keys = vec![Hash::from(*Party::new(1).hash().as_bytes()); count];
        Case::payment().but(|case| {
            case.transaction.transaction_body.required_signers = NonEmptySet::from_vec(keys);
        })
    };
    requiring(1).accepted();
    assert!(matches!(requiring(2).refused(), LedgerError::Decode(_)));
}
