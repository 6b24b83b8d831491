//! Rules on scripts, redeemers and what is declared for them.

use std::collections::BTreeSet;

use demeter_core::{KeyHash, ScriptHash};

use super::LedgerError;
use super::shape::Validity;
use super::subject::Subject;
use crate::evaluate::check_program;
use crate::integrity::script_data_hash;
use crate::{LedgerScript, Output, PlutusVersion};

/// Every script that must hold is attached or referred to, and none is attached that need not be.
///
/// Source: ledger rule UTXOW, `MissingScriptWitnessesUTXOW`, `ExtraneousScriptWitnessesUTXOW`.
pub(super) fn exactly_the_needed(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let carried: BTreeSet<ScriptHash> =
        subject.carriers().filter_map(Output::reference_script).map(LedgerScript::hash).collect();
    let attached: BTreeSet<ScriptHash> = subject.decoded.scripts.iter().map(LedgerScript::hash).collect();
    let needed: BTreeSet<ScriptHash> =
        subject.needed.values().copied().filter(|hash| !carried.contains(hash)).collect();
    if let Some(hash) = needed.difference(&attached).next() {
        return Err(LedgerError::ScriptMissing { hash: *hash });
    }
    match attached.difference(&needed).next() {
        Some(hash) => Err(LedgerError::ScriptNotNeeded { hash: *hash }),
        None => Ok(()),
    }
}

/// Every native script that is needed holds.
///
/// Source: ledger rule UTXOW, `ScriptWitnessNotValidatingUTXOW`.
pub(super) fn native_hold(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let Validity { from, before } = Validity::of(subject.decoded);
    let signers: BTreeSet<KeyHash> = subject.signed.signers().collect();
    let needed: BTreeSet<ScriptHash> = subject.needed.values().copied().collect();
    let mut failing = needed.into_iter().filter(|hash| match subject.provided.get(hash) {
        Some(LedgerScript::Native(script)) => !script.rule().is_satisfied(&signers, from, before),
        Some(LedgerScript::Plutus(_)) | None => false,
    });
    match failing.next() {
        Some(hash) => Err(LedgerError::NativeScriptFails { hash }),
        None => Ok(()),
    }
}

/// The parameters have costs for every program that must run.
///
/// Source: ledger rule UTXOS, `CollectErrors`: `NoCostModel`.
pub(super) fn cost_models(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let costs = &subject.settings.parameters.cost_models;
    match subject.programs.values().find(|script| costs.of(script.version()).is_empty()) {
        Some(script) => Err(LedgerError::NoCostModel { hash: script.hash(), version: script.version() }),
        None => Ok(()),
    }
}

/// Every Plutus script that is attached, or that an output is to carry, is a program.
///
/// Source: ledger rule UTXOW, `MalformedScriptWitnesses`, `MalformedReferenceScripts`.
pub(super) fn are_programs(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let to_carry = subject.made().filter_map(|(_, output)| output.reference_script());
    for script in subject.decoded.scripts.iter().chain(to_carry).filter_map(LedgerScript::as_plutus) {
        check_program(script).map_err(|_| LedgerError::ScriptMalformed { hash: script.hash() })?;
    }
    Ok(())
}

/// There is a redeemer for each program that must run, and no other.
///
/// Source: ledger rule UTXOW, `MissingRedeemers`, `ExtraRedeemers`.
pub(super) fn redeemers(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let needed = &subject.programs;
    if let Some(pointer) = needed.keys().find(|pointer| !subject.decoded.redeemers.contains_key(pointer)) {
        return Err(LedgerError::RedeemerMissing { pointer: *pointer });
    }
    match subject.decoded.redeemers.keys().find(|pointer| !needed.contains_key(pointer)) {
        Some(pointer) => Err(LedgerError::RedeemerNotNeeded { pointer: *pointer }),
        None => Ok(()),
    }
}

/// The body commits to redeemers, data and cost models.
///
/// Source: ledger rule UTXOW, `PPViewHashesDontMatch`, `ScriptIntegrityHashMismatch`.
pub(super) fn script_data(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let used: BTreeSet<PlutusVersion> = subject.programs.values().map(|script| script.version()).collect();
    let expected = script_data_hash(
        subject.signed.redeemer_bytes().filter(|_| !subject.decoded.redeemers.is_empty()),
        subject.signed.data_bytes().filter(|_| !subject.decoded.data.is_empty()),
        &used,
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
