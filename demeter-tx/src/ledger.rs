//! The ledger's rules: what a head accepts.
//!
//! [`validate`] checks one transaction against a set of unspent outputs: first the rules that need no script
//! (phase 1), each a small function that names the ledger rule it stands for, then the scripts (phase 2). What
//! it returns says what the transaction consumes and makes; [`Applied::apply_to`] does so.
//!
//! # Limits
//! Certificates, withdrawals, votes, proposals, donations, Byron addresses, native scripts and Plutus V1 and V2
//! are refused as unsupported. A transaction whose scripts fail is refused and changes nothing, as hydra does
//! it; no collateral is ever taken. Like the ledger, the rules accept signatures that nobody needs.

mod error;
mod money;
mod shape;
mod subject;
mod witnesses;

use demeter_core::{OutputReference, TransactionId};

use crate::decoded::Decoded;
use crate::evaluate::{Budget, Evaluation, run};
use crate::{Network, Output, ProtocolParameters, SignedTransaction, Slot, SlotClock, UtxoSet};

pub use crate::fee::{Charged, minimum_fee};
pub use error::LedgerError;

pub(crate) use money::required_collateral;

use subject::Subject;

/// What surrounds a ledger.
#[derive(Clone, Debug)]
pub struct LedgerContext {
    /// The network that addresses are of.
    pub network: Network,
    /// The protocol parameters.
    pub parameters: ProtocolParameters,
    /// The relation of slots to time.
    pub clock: SlotClock,
    /// The current slot.
    pub slot: Slot,
}

/// What a valid transaction does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The transaction.
    pub id: TransactionId,
    /// What it consumes.
    pub consumed: Vec<OutputReference>,
    /// What it makes.
    pub made: Vec<(OutputReference, Output)>,
    /// What its scripts used.
    pub evaluation: Evaluation,
}

impl Applied {
    /// Removes what the transaction consumes from a set of outputs, and adds what it makes.
    pub fn apply_to(self, utxos: &mut UtxoSet) {
        for reference in &self.consumed {
            utxos.remove(reference);
        }
        utxos.extend(self.made);
    }
}

/// Checks a transaction against all rules and runs its scripts.
///
/// # Errors
/// The first rule that it breaks.
pub fn validate(
    transaction: &SignedTransaction,
    utxos: &UtxoSet,
    context: &LedgerContext,
) -> Result<Applied, LedgerError> {
    let bytes = transaction.to_cbor();
    let decoded = Decoded::from_cbor(&bytes)?;
    phase_one(&decoded, transaction, utxos, context)?;
    let evaluation = run(&decoded, utxos, &context.parameters, &context.clock, Budget::Declared)?;
    let id = decoded.id;
    let made = (0u64..).zip(decoded.outputs);
    Ok(Applied {
        id,
        consumed: decoded.inputs.into_iter().collect(),
        made: made.map(|(index, output)| (OutputReference { transaction: id, index }, output)).collect(),
        evaluation,
    })
}

/// Checks the rules that need no script to run.
fn phase_one(
    decoded: &Decoded<'_>,
    transaction: &SignedTransaction,
    utxos: &UtxoSet,
    context: &LedgerContext,
) -> Result<(), LedgerError> {
    shape::supported(decoded)?;
    shape::marked_valid(decoded)?;
    let subject = Subject::new(decoded, transaction, utxos, context)?;
    let rules = [
        shape::inputs_not_empty,
        shape::references_disjoint,
        shape::within_validity,
        shape::size,
        shape::reference_scripts_size,
        shape::network,
        shape::metadata,
        money::conserved,
        money::minimum_held,
        money::value_sizes,
        witnesses::languages,
        witnesses::scripts,
        witnesses::scripts_are_programs,
        witnesses::redeemers,
        witnesses::data,
        witnesses::script_data,
        witnesses::units,
        money::fee,
        money::collateral_count,
        money::collateral,
        witnesses::signed_by_all,
        witnesses::signatures,
    ];
    rules.iter().try_for_each(|rule| rule(&subject))
}

#[cfg(test)]
mod tests;
