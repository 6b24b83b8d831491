//! Rules on witnesses: signatures, scripts, redeemers, data.

use std::collections::BTreeSet;

use demeter_core::{Credential, KeyHash, ScriptHash};

use super::LedgerError;
use super::subject::Subject;
use crate::evaluate::check_program;
use crate::integrity::script_data_hash;
use crate::script::{Language, ReferenceScript};
use crate::transaction::{is_signed, key_hash};
use crate::{Datum, Output};

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

/// Every key that locks an input or collateral, or that the body requires, has signed. Signatures beyond those
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
    let required = subject.decoded.transaction.transaction_body.required_signers.iter().flatten();
    locks
        .filter_map(|output| match output.address().payment {
            Credential::Key(hash) => Some(hash),
            Credential::Script(_) => None,
        })
        .chain(required.map(|hash| KeyHash::from_bytes(**hash)))
}

/// Every script that must run is attached or referred to, and none is attached that need not be.
///
/// Source: ledger rule UTXOW, `MissingScriptWitnessesUTXOW`, `ExtraneousScriptWitnessesUTXOW`.
pub(super) fn scripts(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let carried: BTreeSet<ScriptHash> =
        subject.carriers().filter_map(Output::reference_script).map(ReferenceScript::hash).collect();
    let attached: BTreeSet<ScriptHash> = subject.decoded.scripts.iter().map(|script| script.hash()).collect();
    let needed: BTreeSet<ScriptHash> =
        subject.needed_scripts().into_values().filter(|hash| !carried.contains(hash)).collect();
    if let Some(hash) = needed.difference(&attached).next() {
        return Err(LedgerError::ScriptMissing { hash: *hash });
    }
    match attached.difference(&needed).next() {
        Some(hash) => Err(LedgerError::ScriptNotNeeded { hash: *hash }),
        None => Ok(()),
    }
}

/// Scripts that must run are in Plutus V3.
pub(super) fn languages(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let needed: BTreeSet<ScriptHash> = subject.needed_scripts().into_values().collect();
    for script in subject.carriers().filter_map(Output::reference_script) {
        if needed.contains(&script.hash()) && script.language() != Language::PlutusV3 {
            let what = match script.language() {
                Language::Native => "native scripts",
                Language::PlutusV1 => "plutus v1 scripts",
                Language::PlutusV2 | Language::PlutusV3 => "plutus v2 scripts",
            };
            return Err(LedgerError::Unsupported { what });
        }
    }
    Ok(())
}

/// Every script that is attached, or that an output is to carry, is a program.
///
/// Source: ledger rule UTXOW, `MalformedScriptWitnesses`, `MalformedReferenceScripts`.
pub(super) fn scripts_are_programs(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let to_carry = subject.made().filter_map(|(_, output)| match output.reference_script() {
        Some(ReferenceScript::PlutusV3(script)) => Some(script),
        Some(ReferenceScript::Other { .. }) | None => None,
    });
    for script in subject.decoded.scripts.iter().chain(to_carry) {
        check_program(script).map_err(|_| LedgerError::ScriptMalformed { hash: script.hash() })?;
    }
    Ok(())
}

/// There is a redeemer for each script that must run, and no other.
///
/// Source: ledger rule UTXOW, `MissingRedeemers`, `ExtraRedeemers`.
pub(super) fn redeemers(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let needed = subject.needed_scripts();
    if let Some(pointer) = needed.keys().find(|pointer| !subject.decoded.redeemers.contains_key(pointer)) {
        return Err(LedgerError::RedeemerMissing { pointer: *pointer });
    }
    match subject.decoded.redeemers.keys().find(|pointer| !needed.contains_key(pointer)) {
        Some(pointer) => Err(LedgerError::RedeemerNotNeeded { pointer: *pointer }),
        None => Ok(()),
    }
}

/// The data of which script inputs name the hash are attached, and no other but those that outputs or reference
/// inputs name.
///
/// Source: ledger rule UTXOW, `MissingRequiredDatums`, `NotAllowedSupplementalDatums`.
pub(super) fn data(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let attached = &subject.decoded.data;
    let named = |output: &Output| match output.datum() {
        Datum::Hash(hash) => Some(*hash),
        Datum::None | Datum::Inline(_) => None,
    };
    let locked = |output: &&Output| matches!(output.address().payment, Credential::Script(_));
    let spent = subject.spent.values().copied();
    let needed: BTreeSet<[u8; 32]> = spent.filter(locked).filter_map(named).collect();
    if let Some(hash) = needed.iter().find(|hash| !attached.contains_key(*hash)) {
        return Err(LedgerError::DatumMissing { hash: hex::encode(hash) });
    }
    let others = subject.decoded.outputs.iter().chain(subject.referred.values().copied());
    let allowed: BTreeSet<[u8; 32]> = others.filter_map(named).chain(needed).collect();
    match attached.keys().find(|hash| !allowed.contains(*hash)) {
        Some(hash) => Err(LedgerError::DatumNotNeeded { hash: hex::encode(hash) }),
        None => Ok(()),
    }
}

/// The body commits to redeemers, data and cost models.
///
/// Source: ledger rule UTXOW, `PPViewHashesDontMatch`, `ScriptIntegrityHashMismatch`.
pub(super) fn script_data(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let expected = script_data_hash(
        subject.signed.redeemer_bytes().filter(|_| !subject.decoded.redeemers.is_empty()),
        subject.signed.data_bytes().filter(|_| !subject.decoded.data.is_empty()),
        !subject.needed_scripts().is_empty(),
        &subject.settings.parameters.cost_models,
    );
    let found = subject.decoded.transaction.transaction_body.script_data_hash.map(|hash| *hash);
    if expected == found { Ok(()) } else { Err(LedgerError::ScriptDataHash { expected, found }) }
}

/// What is declared for all scripts together is within the limit.
///
/// Source: ledger rule UTXO, `ExUnitsTooBigUTxO`.
pub(super) fn units(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let maximum = subject.settings.parameters.max_transaction_units;
    let found = subject.decoded.declared_units();
    if found.within(maximum) { Ok(()) } else { Err(LedgerError::UnitsAboveLimit { maximum, found }) }
}
