//! Rules on what a transaction consists of: supported fields, inputs, validity, sizes, networks, metadata.

use pallas_crypto::hash::Hasher;
use pallas_primitives::alonzo::AuxiliaryData;
use pallas_primitives::conway::NetworkId;
use pallas_primitives::{Metadatum, Nullable};

use super::LedgerError;
use super::subject::Subject;
use crate::decoded::Decoded;
use crate::{Network, Slot};

/// The most bytes of reference scripts in a transaction: a constant of the protocol.
const MAX_REFERENCE_SCRIPT_BYTES: u64 = 200 * 1024;

/// The most bytes of a string in metadata: a constant of the protocol.
const MAX_METADATA_STRING: usize = 64;

/// Refuses what exists in no head and this ledger does not support: all that has to do with staking, governance
/// and the treasury.
pub(super) fn supported(decoded: &Decoded<'_>) -> Result<(), LedgerError> {
    const STAKING: &str = "nothing is registered or delegated here";
    const GOVERNANCE: &str = "nothing is voted on here";
    const TREASURY: &str = "there is no treasury here";
    let body = &decoded.transaction.transaction_body;
    let witnesses = &decoded.transaction.transaction_witness_set;
    let found = [
        (body.certificates.is_some(), "certificates", STAKING),
        (body.voting_procedures.is_some(), "votes", GOVERNANCE),
        (body.proposal_procedures.is_some(), "proposals", GOVERNANCE),
        (body.treasury_value.is_some(), "statements of the treasury's value", TREASURY),
        (body.donation.is_some(), "donations", TREASURY),
        (witnesses.bootstrap_witness.is_some(), "byron witnesses", "there are no byron addresses here"),
    ];
    match found.into_iter().find(|(is_there, ..)| *is_there) {
        Some((_, what, reason)) => Err(LedgerError::Unsupported { what, reason }),
        None => Ok(()),
    }
}

/// The transaction claims that its scripts succeed; heads take no collateral, so one that claims otherwise is of
/// no use there.
///
/// Source: ledger rule UTXOS, `ValidationTagMismatch`.
pub(super) fn marked_valid(decoded: &Decoded<'_>) -> Result<(), LedgerError> {
    if decoded.transaction.success { Ok(()) } else { Err(LedgerError::MarkedInvalid) }
}

/// Something is spent.
///
/// Source: ledger rule UTXO, `InputSetEmptyUTxO`.
pub(super) fn inputs_not_empty(subject: &Subject<'_>) -> Result<(), LedgerError> {
    if subject.spent.is_empty() { Err(LedgerError::NoInputs) } else { Ok(()) }
}

/// Nothing is both spent and referred to.
///
/// Source: ledger rule UTXO, `BabbageNonDisjointRefInputs`.
///
/// NOTE: the ledger asks for this in protocol versions 9 and 10 only; here it holds in all, so that what one
/// head accepts none refuses.
pub(super) fn references_disjoint(subject: &Subject<'_>) -> Result<(), LedgerError> {
    match subject.spent.keys().find(|reference| subject.referred.contains_key(*reference)) {
        Some(reference) => Err(LedgerError::InputAlsoReferred { reference: *reference }),
        None => Ok(()),
    }
}

/// The current slot is within the half-open validity interval: `from <= slot < before`.
///
/// Source: ledger rule UTXO, `OutsideValidityIntervalUTxO`.
pub(super) fn within_validity(subject: &Subject<'_>, slot: Slot) -> Result<(), LedgerError> {
    let validity @ Validity { from, before } = Validity::of(subject.decoded);
    if validity.contains(slot) { Ok(()) } else { Err(LedgerError::OutsideValidity { slot, from, before }) }
}

/// The slots in which a transaction is valid; where an end is open, all on that side.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Validity {
    pub(super) from: Option<Slot>,
    pub(super) before: Option<Slot>,
}

impl Validity {
    pub(super) fn of(decoded: &Decoded<'_>) -> Self {
        let body = &decoded.transaction.transaction_body;
        let (from, before) = (body.validity_interval_start, body.ttl);
        Self { from: from.map(Slot::from_number), before: before.map(Slot::from_number) }
    }

    /// Whether a slot is among them.
    pub(crate) fn contains(self, slot: Slot) -> bool {
        self.from.is_none_or(|from| from <= slot) && self.before.is_none_or(|before| slot < before)
    }
}

/// The transaction is not too big.
///
/// Source: ledger rule UTXO, `MaxTxSizeUTxO`.
pub(super) fn size(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let (maximum, found) = (subject.settings.parameters.max_transaction_size, subject.size());
    if found <= maximum { Ok(()) } else { Err(LedgerError::TooBig { maximum, found }) }
}

/// The reference scripts are not too big.
///
/// Source: ledger rule LEDGER, `ConwayTxRefScriptsSizeTooBig`.
pub(super) fn reference_scripts_size(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let found = subject.reference_script_bytes();
    if found <= MAX_REFERENCE_SCRIPT_BYTES {
        Ok(())
    } else {
        Err(LedgerError::ReferenceScriptsTooBig { maximum: MAX_REFERENCE_SCRIPT_BYTES, found })
    }
}

/// Every output is on the ledger's network, and the body names no other.
///
/// Source: ledger rule UTXO, `WrongNetwork` and `WrongNetworkInTxBody`.
pub(super) fn network(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let expected = subject.settings.network;
    for (index, output) in subject.made() {
        if output.network() != expected {
            return Err(LedgerError::OutputNetwork { index, expected, found: output.network() });
        }
    }
    let found = match &subject.decoded.transaction.transaction_body.network_id {
        None => return Ok(()),
        Some(NetworkId::Testnet) => Network::Testnet,
        Some(NetworkId::Mainnet) => Network::Mainnet,
    };
    if found == expected {
        Ok(())
    } else {
        Err(LedgerError::TransactionNetwork { expected, found: found.id() })
    }
}

/// The body has the hash of the metadata, if there is any, and none otherwise.
///
/// Source: ledger rule UTXOW, `MissingTxBodyMetadataHash`, `MissingTxMetadata`, `ConflictingMetadataHash`.
pub(super) fn metadata(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let expected = match &subject.decoded.transaction.auxiliary_data {
        Nullable::Some(data) => Some(Hasher::<256>::hash(data.raw_cbor())),
        Nullable::Null | Nullable::Undefined => None,
    };
    let found = subject.decoded.transaction.transaction_body.auxiliary_data_hash.as_ref();
    if expected.as_ref().map(AsRef::<[u8]>::as_ref) == found.map(|hash| hash.as_slice()) {
        Ok(())
    } else {
        Err(LedgerError::MetadataHash)
    }
}

/// The metadata hold no byte string and no text of more than 64 bytes.
///
/// Source: ledger `Metadatum`, `decodeMetadatum`, `validMetadatum`; rule UTXOW, `InvalidMetadata`.
pub(super) fn metadata_strings(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let Nullable::Some(data) = &subject.decoded.transaction.auxiliary_data else { return Ok(()) };
    let metadata = match &**data {
        AuxiliaryData::Shelley(metadata) => Some(metadata),
        AuxiliaryData::ShelleyMa(data) => Some(&data.transaction_metadata),
        AuxiliaryData::PostAlonzo(data) => data.metadata.as_ref(),
    };
    let mut strings = metadata.into_iter().flat_map(|metadata| metadata.iter()).map(|(_, one)| longest(one));
    match strings.find(|longest| *longest > MAX_METADATA_STRING) {
        Some(found) => Err(LedgerError::MetadataString { maximum: MAX_METADATA_STRING, found }),
        None => Ok(()),
    }
}

/// The bytes of the longest string. NOTE: recursion is bounded, as what is decoded nests no deeper than
/// [`crate::MAX_NESTING`].
fn longest(metadatum: &Metadatum) -> usize {
    let of_all = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or_default();
    match metadatum {
        Metadatum::Int(_) => 0,
        Metadatum::Bytes(bytes) => bytes.len(),
        Metadatum::Text(text) => text.len(),
        Metadatum::Array(items) => of_all(&mut items.iter().map(longest)),
        Metadatum::Map(pairs) => {
            of_all(&mut pairs.iter().map(|(key, value)| longest(key).max(longest(value))))
        }
    }
}
