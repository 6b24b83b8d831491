//! Transactions as bytes, and the witnesses that parties add to them.
//!
//! A transaction is signed by its *body*, whose bytes therefore never change here. Several parties sign one
//! transaction by passing its hex around, or by each signing a copy and merging them: witness sets merge in any
//! order to the same bytes.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use demeter_core::{KeyHash, TransactionId};
use minicbor::data::{Tag, Type};
use minicbor::{Decoder, Encoder};
use pallas_crypto::hash::Hasher;

use crate::PlutusVersion;
use crate::data::check_nesting;
use crate::signature::is_signed;
use crate::wire::Verbatim;

/// Where the signatures of keys are in a witness set.
const KEY_WITNESSES: u64 = 0;
/// Where the native scripts are.
pub(crate) const NATIVE_SCRIPTS: u64 = 1;
/// Where the data are that outputs name by hash.
pub(crate) const DATA: u64 = 4;
/// Where the redeemers are.
pub(crate) const REDEEMERS: u64 = 5;
/// Where the scripts in a version of Plutus are.
pub(crate) const fn plutus_scripts(version: PlutusVersion) -> u64 {
    match version {
        PlutusVersion::V1 => 3,
        PlutusVersion::V2 => 6,
        PlutusVersion::V3 => 7,
    }
}

/// The bytes are not a transaction, or witnesses do not fit it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransactionError {
    /// They are not CBOR, or CBOR of something else.
    #[error("not a transaction: {reason}")]
    Malformed {
        /// What the decoder says.
        reason: String,
    },
    /// The text is not hexadecimal.
    #[error("a transaction is written as hexadecimal digits")]
    NotHexadecimal,
    /// A signature is not of this transaction's body by this key.
    #[error("the signature by key {key} is not of transaction {transaction}")]
    WrongSignature {
        /// The transaction.
        transaction: TransactionId,
        /// The hash of the key.
        key: KeyHash,
    },
    /// Witnesses of another transaction were to be merged.
    #[error("witnesses of transaction {found} do not belong to {expected}")]
    OtherTransaction {
        /// The transaction at hand.
        expected: TransactionId,
        /// The other.
        found: TransactionId,
    },
}

/// A transaction with its witnesses, as many as have been added so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTransaction {
    id: TransactionId,
    body: Vec<u8>,
    signatures: BTreeMap<[u8; 32], [u8; 64]>,
    /// The rest of the witness set by key: scripts, data, redeemers.
    others: BTreeMap<u64, Vec<u8>>,
    /// The whole witness set as it was read, where it would be written otherwise, until something is added.
    as_read: Option<Vec<u8>>,
    valid: bool,
    auxiliary: Vec<u8>,
}

impl SignedTransaction {
    /// A transaction of this body, with these scripts, data and redeemers but no signature yet.
    pub(crate) fn unsigned(body: Vec<u8>, others: BTreeMap<u64, Vec<u8>>) -> Self {
        Self {
            id: id_of(&body),
            body,
            signatures: BTreeMap::new(),
            others,
            as_read: None,
            valid: true,
            auxiliary: vec![0xf6],
        }
    }

    /// Reads the CBOR of a transaction.
    ///
    /// # Errors
    /// The bytes are not one transaction and nothing else.
    pub fn from_cbor(bytes: &[u8]) -> Result<Self, TransactionError> {
        let malformed = |reason: String| TransactionError::Malformed { reason };
        check_nesting(bytes).map_err(|error| malformed(error.to_string()))?;
        let mut decoder = Decoder::new(bytes);
        let this = Self::decode(&mut decoder).map_err(|error| malformed(error.to_string()))?;
        match bytes.len().saturating_sub(decoder.position()) {
            0 => Ok(this),
            count => Err(malformed(format!("{count} bytes follow it"))),
        }
    }

    /// The CBOR: what was read, or, once a witness has been added, signatures in the order of their keys and
    /// everything else as it was given.
    pub fn to_cbor(&self) -> Vec<u8> {
        let mut encoder = Encoder::new(Vec::new());
        // NOTE: writing to memory does not fail.
        self.encode(&mut encoder).map(|()| encoder.into_writer()).unwrap_or_default()
    }

    /// The CBOR in hexadecimal digits.
    pub fn to_hex(&self) -> String {
        hex::encode(self.to_cbor())
    }

    /// The transaction's id: blake2b-256 of its body.
    pub const fn id(&self) -> TransactionId {
        self.id
    }

    /// The bytes of the body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Whether it says of itself that its scripts succeed.
    pub const fn is_marked_valid(&self) -> bool {
        self.valid
    }

    /// What a key signs: the bytes of the id.
    pub const fn sign_hash(&self) -> [u8; 32] {
        *self.id.as_bytes()
    }

    /// The hashes of the keys that have signed.
    pub fn signers(&self) -> impl Iterator<Item = KeyHash> {
        self.signatures.keys().map(key_hash)
    }

    /// Adds the signature of a key; one that is there already stays once.
    ///
    /// # Errors
    /// The signature is not of this transaction by this key.
    pub fn add_witness(&mut self, public_key: [u8; 32], signature: [u8; 64]) -> Result<(), TransactionError> {
        if !is_signed(&self.sign_hash(), &public_key, &signature) {
            let key = key_hash(&public_key);
            return Err(TransactionError::WrongSignature { transaction: self.id, key });
        }
        self.insert_unverified(public_key, signature);
        Ok(())
    }

    /// Adds the signatures that another copy of this transaction has, all of them or none.
    ///
    /// # Errors
    /// The other is not a copy of this transaction, or a signature in it is wrong.
    pub fn merge_signatures(&mut self, other: &Self) -> Result<(), TransactionError> {
        if self.id != other.id {
            return Err(TransactionError::OtherTransaction { expected: self.id, found: other.id });
        }
        let mut merged = self.clone();
        for (public_key, signature) in &other.signatures {
            merged.add_witness(*public_key, *signature)?;
        }
        *self = merged;
        Ok(())
    }

    /// Adds all witnesses that another copy of this transaction has.
    ///
    /// # Errors
    /// The other is not a copy of this transaction, or a signature in it is wrong.
    pub fn merge(&mut self, other: &Self) -> Result<(), TransactionError> {
        self.merge_signatures(other)?;
        for (key, bytes) in &other.others {
            if !self.others.contains_key(key) {
                self.others.insert(*key, bytes.clone());
                self.as_read = None;
            }
        }
        Ok(())
    }

    pub(crate) fn signatures(&self) -> impl Iterator<Item = (&[u8; 32], &[u8; 64])> {
        self.signatures.iter()
    }

    /// The bytes of the redeemers, as they stand in the witness set.
    pub(crate) fn redeemer_bytes(&self) -> Option<&[u8]> {
        self.others.get(&REDEEMERS).map(Vec::as_slice)
    }

    /// The bytes of the attached data, as they stand in the witness set.
    pub(crate) fn data_bytes(&self) -> Option<&[u8]> {
        self.others.get(&DATA).map(Vec::as_slice)
    }

    /// Takes a signature without verifying it: one that was verified, one to measure a transaction with, or one to
    /// test those who verify.
    pub(crate) fn insert_unverified(&mut self, public_key: [u8; 32], signature: [u8; 64]) {
        if self.signatures.insert(public_key, signature) != Some(signature) {
            self.as_read = None;
        }
    }

    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, minicbor::decode::Error> {
        let fields = decoder.array()?;
        if fields != Some(4) {
            return Err(minicbor::decode::Error::message("expected an array of 4"));
        }
        let body = raw_item(decoder)?.to_vec();
        let start = decoder.position();
        let (signatures, others) = decode_witnesses(decoder)?;
        let witnesses = decoder.input().get(start..decoder.position()).unwrap_or_default().to_vec();
        let valid = decoder.bool()?;
        if decoder.datatype()? == Type::Undefined {
            return Err(minicbor::decode::Error::message("metadata are there or null"));
        }
        let auxiliary = raw_item(decoder)?.to_vec();
        let mut this = Self { id: id_of(&body), body, signatures, others, as_read: None, valid, auxiliary };
        this.as_read = Some(witnesses).filter(|witnesses| *witnesses != this.witnesses());
        Ok(this)
    }

    /// The witness set, as written from its parts.
    fn witnesses(&self) -> Vec<u8> {
        let mut encoder = Encoder::new(Vec::new());
        // NOTE: writing to memory does not fail.
        self.encode_witnesses(&mut encoder).map(|()| encoder.into_writer()).unwrap_or_default()
    }

    fn encode_witnesses(&self, encoder: &mut Encoder<Vec<u8>>) -> Written {
        let kinds = self.others.len() + usize::from(!self.signatures.is_empty());
        encoder.map(kinds as u64)?;
        if !self.signatures.is_empty() {
            encoder.u64(KEY_WITNESSES)?.tag(SET)?.array(self.signatures.len() as u64)?;
            for (public_key, signature) in &self.signatures {
                encoder.array(2)?.bytes(public_key)?.bytes(signature)?;
            }
        }
        for (key, bytes) in &self.others {
            encoder.u64(*key)?.encode(Verbatim(bytes))?;
        }
        Ok(())
    }

    fn encode(&self, encoder: &mut Encoder<Vec<u8>>) -> Written {
        encoder.array(4)?.encode(Verbatim(&self.body))?;
        match &self.as_read {
            Some(witnesses) => {
                encoder.encode(Verbatim(witnesses))?;
            }
            None => self.encode_witnesses(encoder)?,
        }
        encoder.bool(self.valid)?.encode(Verbatim(&self.auxiliary))?;
        Ok(())
    }
}

type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

impl FromStr for SignedTransaction {
    type Err = TransactionError;

    fn from_str(text: &str) -> Result<Self, TransactionError> {
        let bytes = hex::decode(text).map_err(|_| TransactionError::NotHexadecimal)?;
        Self::from_cbor(&bytes)
    }
}

impl fmt::Display for SignedTransaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

/// The tag of a set.
pub(crate) const SET: Tag = Tag::new(258);

/// The hash of a verification key.
pub(crate) fn key_hash(public_key: &[u8; 32]) -> KeyHash {
    KeyHash::from_bytes(*Hasher::<224>::hash(public_key))
}

fn id_of(body: &[u8]) -> TransactionId {
    TransactionId::from_bytes(*Hasher::<256>::hash(body))
}

type Witnesses = (BTreeMap<[u8; 32], [u8; 64]>, BTreeMap<u64, Vec<u8>>);

fn decode_witnesses(decoder: &mut Decoder<'_>) -> Result<Witnesses, minicbor::decode::Error> {
    let mut signatures = BTreeMap::new();
    let mut others = BTreeMap::new();
    let mut seen_signatures = false;
    let mut left = decoder.map()?;
    while more(&mut left, decoder)? {
        let key = decoder.u64()?;
        let twice = if key == KEY_WITNESSES {
            signatures = decode_signatures(decoder)?;
            std::mem::replace(&mut seen_signatures, true)
        } else {
            others.insert(key, raw_item(decoder)?.to_vec()).is_some()
        };
        if twice {
            return Err(minicbor::decode::Error::message(format!("witness kind {key} appears twice")));
        }
    }
    Ok((signatures, others))
}

fn decode_signatures(
    decoder: &mut Decoder<'_>,
) -> Result<BTreeMap<[u8; 32], [u8; 64]>, minicbor::decode::Error> {
    if decoder.datatype()? == Type::Tag && decoder.tag()? != SET {
        return Err(minicbor::decode::Error::message("expected a set of key witnesses"));
    }
    let wrong = |what: &str| minicbor::decode::Error::message(format!("{what} is of the wrong length"));
    let mut signatures = BTreeMap::new();
    let mut left = decoder.array()?;
    while more(&mut left, decoder)? {
        if decoder.array()? != Some(2) {
            return Err(minicbor::decode::Error::message("a key witness is an array of 2"));
        }
        let public_key = decoder.bytes()?.try_into().map_err(|_| wrong("a public key"))?;
        let signature = decoder.bytes()?.try_into().map_err(|_| wrong("a signature"))?;
        signatures.insert(public_key, signature);
    }
    Ok(signatures)
}

/// Whether another item comes in a list or map of which this many are left, or that a break ends.
fn more(left: &mut Option<u64>, decoder: &mut Decoder<'_>) -> Result<bool, minicbor::decode::Error> {
    match left {
        Some(0) => Ok(false),
        Some(count) => {
            *count = count.saturating_sub(1);
            Ok(true)
        }
        None if decoder.datatype()? == Type::Break => {
            decoder.skip()?;
            Ok(false)
        }
        None => Ok(true),
    }
}

/// The bytes of the next item, whatever it is.
fn raw_item<'b>(decoder: &mut Decoder<'b>) -> Result<&'b [u8], minicbor::decode::Error> {
    let start = decoder.position();
    decoder.skip()?;
    let end = decoder.position();
    decoder.input().get(start..end).ok_or_else(minicbor::decode::Error::end_of_input)
}

#[cfg(test)]
mod tests {
    use pallas_crypto::key::ed25519::SecretKey;

    use super::*;

    /// A body of the three fields that every body has.
    fn simple() -> SignedTransaction {
        let body = hex::decode("a300d9010280018002 00".replace(' ', "")).unwrap();
        SignedTransaction::unsigned(body, BTreeMap::from([(5, vec![0xa0])]))
    }

    fn witness(transaction: &SignedTransaction, seed: u8) -> ([u8; 32], [u8; 64]) {
        let key = SecretKey::from([seed; 32]);
        let signature = key.sign(transaction.sign_hash());
        (key.public_key().into(), signature.as_ref().try_into().unwrap())
    }

    #[test]
    fn bytes_round_trip() {
        let mut transaction = simple();
        assert_eq!(SignedTransaction::from_cbor(&transaction.to_cbor()).unwrap(), transaction);
        let (key, signature) = witness(&transaction, 1);
        transaction.add_witness(key, signature).unwrap();
        let again: SignedTransaction = transaction.to_hex().parse().unwrap();
        assert_eq!(again, transaction);
        assert_eq!(again.signers().collect::<Vec<_>>(), [key_hash(&key)]);
    }

    #[test]
    fn what_was_read_is_written_until_it_changes() {
        let (key, signature) = witness(&simple(), 1);
        let body = hex::encode(simple().body());
        // An indefinite map, signatures last in an untagged list.
        let pair = format!("825820{}5840{}", hex::encode(key), hex::encode(signature));
        let text = format!("84{body}bf05a00081{pair}fff5f6");
        let mut transaction: SignedTransaction = text.parse().unwrap();
        assert_eq!(transaction.to_hex(), text);
        transaction.add_witness(key, signature).unwrap();
        assert_eq!(transaction.to_hex(), text);
        let (other, its_signature) = witness(&transaction, 2);
        transaction.add_witness(other, its_signature).unwrap();
        let mut fresh = simple();
        fresh.add_witness(other, its_signature).unwrap();
        fresh.add_witness(key, signature).unwrap();
        assert_eq!(transaction, fresh);
    }

    #[test]
    fn parties_sign_in_any_order() {
        let witnesses = [1, 2, 3].map(|seed| witness(&simple(), seed));
        let signed_by = |order: &[usize]| {
            let mut transaction = simple();
            for &index in order {
                let mut copy = simple();
                copy.add_witness(witnesses[index].0, witnesses[index].1).unwrap();
                transaction.merge(&copy).unwrap();
            }
            transaction.to_cbor()
        };
        assert_eq!(signed_by(&[0, 1, 2]), signed_by(&[2, 0, 1]));
        assert_eq!(signed_by(&[0, 1, 2]), signed_by(&[1, 1, 0, 2, 0]));
    }

    #[test]
    fn wrong_witnesses_are_refused() {
        let mut transaction = simple();
        let (key, mut signature) = witness(&transaction, 1);
        signature[0] ^= 1;
        let error = transaction.add_witness(key, signature).unwrap_err();
        assert_eq!(
            error,
            TransactionError::WrongSignature { transaction: transaction.id(), key: key_hash(&key) }
        );
        let other = SignedTransaction::unsigned(vec![0xa0], BTreeMap::new());
        assert!(matches!(transaction.merge(&other).unwrap_err(), TransactionError::OtherTransaction { .. }));
    }

    #[test]
    fn bad_bytes_are_refused() {
        let malformed = |bytes: &[u8]| {
            matches!(SignedTransaction::from_cbor(bytes), Err(TransactionError::Malformed { .. }))
        };
        let good = simple().to_cbor();
        assert!(malformed(&good[..good.len() - 1]));
        assert!(malformed(&[good.clone(), vec![0]].concat()));
        assert!(malformed(&[0x80]));
        // The same kind of witness twice.
        assert!(malformed(&hex::decode("84a0a205a005a0f5f6").unwrap()));
        assert_eq!("xy".parse::<SignedTransaction>().unwrap_err(), TransactionError::NotHexadecimal);
    }
}
