//! Rules on signatures and data.

use std::collections::BTreeSet;

use demeter_core::{Credential, KeyHash, OutputReference};

use super::LedgerError;
use super::subject::Subject;
use crate::signature::is_signed;
use crate::transaction::key_hash;
use crate::{Datum, Output, PlutusVersion};

/// Every signature is one of the body by its key.
///
/// Source: ledger rule UTXOW, `InvalidWitnessesUTXOW`.
pub(super) fn signatures(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let message = subject.signed.sign_hash();
    match subject.signed.signatures().find(|(key, signature)| !is_signed(&message, key, signature)) {
        Some((key, _)) => Err(LedgerError::WrongSignature { key: key_hash(key) }),
        None => Ok(()),
    }
}

/// Every key that locks an input, collateral or a reward account, or that the body requires, has signed. Signatures beyond those
/// do no harm.
///
/// Source: ledger rule UTXOW, `MissingVKeyWitnessesUTXOW`.
pub(super) fn signed_by_all(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let signers: BTreeSet<KeyHash> = subject.signed.signers().collect();
    match needed_keys(subject).find(|key| !signers.contains(key)) {
        Some(key) => Err(LedgerError::NotSigned { key }),
        None => Ok(()),
    }
}

fn needed_keys<'s>(subject: &'s Subject<'_>) -> impl Iterator<Item = KeyHash> + 's {
    let locks = subject.spent.values().chain(subject.collateral.values());
    let accounts = subject.decoded.withdrawals.iter().map(|withdrawal| withdrawal.account);
    let required = subject.decoded.transaction.transaction_body.required_signers.iter().flatten();
    locks
        .map(|output| output.address().payment)
        .chain(accounts)
        .filter_map(|credential| match credential {
            Credential::Key(hash) => Some(hash),
            Credential::Script(_) => None,
        })
        .chain(required.map(|hash| KeyHash::from_bytes(**hash)))
}

/// The data of which inputs guarded by programs name the hash are attached, and no other but those that outputs or
/// reference inputs name.
///
/// Source: ledger rule UTXOW, `MissingRequiredDatums`, `NotAllowedSupplementalDatums`.
pub(super) fn data(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let attached = &subject.decoded.data;
    let named = |output: &Output| match output.datum() {
        Datum::Hash(hash) => Some(*hash),
        Datum::None | Datum::Inline(_) => None,
    };
    let guarded = guarded_by_programs(subject);
    let needed: BTreeSet<[u8; 32]> = guarded.iter().filter_map(|(_, output, _)| named(output)).collect();
    if let Some(hash) = needed.iter().find(|hash| !attached.contains_key(*hash)) {
        return Err(LedgerError::DatumMissing { hash: hex::encode(hash) });
    }
    let made = subject.made().map(|(_, output)| output);
    let allowed: BTreeSet<[u8; 32]> =
        made.chain(subject.referred.values().copied()).filter_map(named).chain(needed).collect();
    match attached.keys().find(|hash| !allowed.contains(*hash)) {
        Some(hash) => Err(LedgerError::DatumNotNeeded { hash: hex::encode(hash) }),
        None => Ok(()),
    }
}

/// An input that a program of Plutus V1 or V2 guards has a datum.
///
/// Source: ledger rule UTXOW, `UnspendableUTxONoDatumHash`; of Plutus V3, CIP-69.
pub(super) fn datum_where_demanded(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let guarded = guarded_by_programs(subject);
    let mut bare = guarded
        .into_iter()
        .filter(|(_, output, version)| *version < PlutusVersion::V3 && *output.datum() == Datum::None);
    match bare.next() {
        Some((reference, ..)) => Err(LedgerError::DatumAbsent { reference }),
        None => Ok(()),
    }
}

fn guarded_by_programs<'s>(subject: &'s Subject<'_>) -> Vec<(OutputReference, &'s Output, PlutusVersion)> {
    let guarded = subject.spent.iter().filter_map(|(reference, output)| match output.address().payment {
        Credential::Script(hash) => {
            Some((*reference, *output, subject.provided.get(&hash)?.as_plutus()?.version()))
        }
        Credential::Key(_) => None,
    });
    guarded.collect()
}
