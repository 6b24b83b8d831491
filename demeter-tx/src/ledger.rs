//! The ledger's rules: what a head accepts.
//!
//! [`validate`] checks one transaction against a set of unspent outputs: first the rules that need no script
//! (phase 1), each a small function that names the ledger rule it stands for, then the scripts (phase 2). What
//! it returns says what the transaction consumes and makes; [`Effect::apply_to`] does so.
//!
//! # Limits
//! Certificates, votes, proposals, donations and Byron addresses are refused as unsupported: nothing of it exists in
//! a head. Withdrawals are of zero only, as `hydra-node` has it. A transaction whose scripts fail is refused and changes nothing, as hydra does
//! it; no collateral is ever taken. Like the ledger, the rules accept signatures that nobody needs.

mod candidate;
mod error;
mod money;
mod scripts;
mod shape;
mod subject;
mod withdrawals;
mod witnesses;

use demeter_core::TransactionId;

use crate::decoded::Decoded;
use crate::evaluate::{Evaluation, Machine};
use crate::{Effect, LedgerSettings, SignedTransaction, Slot, UtxoSet};

pub use crate::fee::{Charged, minimum_fee};
pub(crate) use candidate::Candidate;
pub use error::LedgerError;

pub(crate) use money::required_collateral;
pub(crate) use shape::Validity;

use subject::Subject;

/// What a valid transaction does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The transaction.
    pub id: TransactionId,
    /// What it consumes and makes.
    pub effect: Effect,
    /// What its scripts used.
    pub evaluation: Evaluation,
}

/// Checks a transaction against all rules and runs its scripts.
///
/// # Errors
/// The first rule that it breaks.
pub fn validate(
    transaction: &SignedTransaction,
    utxos: &UtxoSet,
    settings: &LedgerSettings,
    slot: Slot,
) -> Result<Applied, LedgerError> {
    validate_on(Machine::default(), transaction, utxos, settings, slot)
}

/// The same as [`validate`], with the scripts run on the machine that is named.
///
/// # Errors
/// As [`validate`].
pub fn validate_on(
    machine: Machine,
    transaction: &SignedTransaction,
    utxos: &UtxoSet,
    settings: &LedgerSettings,
    slot: Slot,
) -> Result<Applied, LedgerError> {
    let bytes = transaction.to_cbor();
    Candidate::read(transaction, &bytes)?.validate(machine, utxos, settings, slot)
}

/// Checks all rules of phase 1 that hold or not whenever a transaction is submitted and whoever has signed: for
/// builders.
pub(crate) fn check_built(
    decoded: &Decoded<'_>,
    transaction: &SignedTransaction,
    utxos: &UtxoSet,
    settings: &LedgerSettings,
) -> Result<(), LedgerError> {
    check_shape(decoded)?;
    check_contents(&Subject::new(decoded, transaction, utxos, settings)?)
}

fn check_shape(decoded: &Decoded<'_>) -> Result<(), LedgerError> {
    shape::supported(decoded)?;
    shape::marked_valid(decoded)
}

fn check_contents(subject: &Subject<'_>) -> Result<(), LedgerError> {
    let rules = [
        shape::inputs_not_empty,
        shape::references_disjoint,
        shape::size,
        shape::reference_scripts_size,
        shape::network,
        shape::metadata,
        shape::metadata_strings,
        withdrawals::network,
        withdrawals::of_zero,
        withdrawals::delegated,
        money::conserved,
        money::minimum_held,
        money::value_sizes,
        scripts::exactly_the_needed,
        scripts::cost_models,
        scripts::are_programs,
        scripts::redeemers,
        witnesses::datum_where_demanded,
        witnesses::data,
        scripts::script_data,
        scripts::units,
        money::fee,
        money::collateral_count,
        money::collateral,
    ];
    rules.iter().try_for_each(|rule| rule(subject))
}

#[cfg(test)]
mod tests;
