//! Phase 2: running the scripts of a transaction.
//!
//! [`evaluate`] runs every script that a redeemer calls, with the costs and the protocol version of the parameters,
//! and says what each used. All versions of Plutus are run, for spending, minting and withdrawing; everything else is
//! a typed error, never a silent pass.
//!
//! The [machine](Machine) is the one that Aiken ships (`uplc`), the reference. With the feature `fast-machine` there is
//! a faster one besides (`amaru-uplc`), for who chooses it. Which of them runs changes no result. [`ScriptCall`] is one
//! script with its arguments, for who wants to run it by itself.
//!
//! Decoded programs are kept per thread, because decoding one takes longer than running it and the machine's
//! types cannot cross threads. What [`evaluate`] returns can.

mod call;
mod context;
mod error;
#[cfg(feature = "fast-machine")]
mod fast;
mod machine;
mod program;
mod reference;
mod stack;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use demeter_core::{Asset, Credential, OutputReference, ScriptHash};
use pallas_primitives::PlutusData;

use crate::decoded::{Decoded, PlacedRedeemer};
use crate::{
    Datum, ExecutionUnits, LedgerScript, LedgerSettings, Output, PlutusScript, PlutusVersion, UtxoSet,
};

pub use crate::decoded::{DecodeError, Purpose, RedeemerPointer};
pub use call::{Ending, ScriptCall};
pub use error::EvaluationError;
pub use machine::Machine;

pub(crate) use program::check_program;

use context::Context;
use stack::on_large_stack;

/// What the scripts of a transaction used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// The units that each redeemer's script used.
    pub units: BTreeMap<RedeemerPointer, ExecutionUnits>,
    /// The traces that each redeemer's script wrote.
    pub traces: BTreeMap<RedeemerPointer, Vec<String>>,
}

impl Evaluation {
    /// What all scripts used together.
    pub fn total(&self) -> ExecutionUnits {
        ExecutionUnits::total(self.units.values().copied())
    }
}

/// How much each script may use.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Budget {
    /// What the transaction declares for it.
    Declared,
    /// What is left of this limit for all of them.
    Limit(ExecutionUnits),
}

/// Runs all scripts of a transaction and says what they use, whatever the transaction declares; together they
/// may use what the parameters allow a transaction.
///
/// `utxos` must hold every input and reference input; others do no harm.
///
/// # Errors
/// The transaction cannot be read, something it needs is missing or unsupported, or a script fails or exceeds
/// the limit.
pub fn evaluate(
    transaction: &[u8],
    utxos: &UtxoSet,
    settings: &LedgerSettings,
) -> Result<Evaluation, EvaluationError> {
    evaluate_on(Machine::default(), transaction, utxos, settings)
}

/// The same as [`evaluate`] on the machine that is named.
///
/// # Errors
/// As [`evaluate`].
pub fn evaluate_on(
    machine: Machine,
    transaction: &[u8],
    utxos: &UtxoSet,
    settings: &LedgerSettings,
) -> Result<Evaluation, EvaluationError> {
    let decoded = Decoded::from_cbor(transaction)?;
    run(machine, &decoded, utxos, settings, Budget::Limit(settings.parameters.max_transaction_units))
}

/// The scripts that the redeemers of a transaction call, with their arguments and the units that it declares for them,
/// in the ledger's order. Nothing is run.
///
/// # Errors
/// As [`evaluate`], but for what comes of running scripts.
pub fn script_calls(
    transaction: &[u8],
    utxos: &UtxoSet,
    settings: &LedgerSettings,
) -> Result<Vec<(RedeemerPointer, ScriptCall, ExecutionUnits)>, EvaluationError> {
    let decoded = Decoded::from_cbor(transaction)?;
    let mut contexts = Contexts::new(&decoded, utxos, settings);
    let calls = decoded.redeemers.iter();
    calls
        .map(|(pointer, redeemer)| Ok((*pointer, contexts.call(*pointer, redeemer)?, redeemer.units)))
        .collect()
}

/// Runs the scripts of a transaction, on one large stack for all of them.
pub(crate) fn run(
    machine: Machine,
    decoded: &Decoded<'_>,
    utxos: &UtxoSet,
    settings: &LedgerSettings,
    budget: Budget,
) -> Result<Evaluation, EvaluationError> {
    if decoded.redeemers.is_empty() {
        return Ok(Evaluation::default());
    }
    on_large_stack(|| run_all(machine, decoded, utxos, settings, budget))
}

fn run_all(
    machine: Machine,
    decoded: &Decoded<'_>,
    utxos: &UtxoSet,
    settings: &LedgerSettings,
    budget: Budget,
) -> Result<Evaluation, EvaluationError> {
    let mut evaluation = Evaluation::default();
    let mut contexts = Contexts::new(decoded, utxos, settings);
    let mut left = match budget {
        Budget::Declared => ExecutionUnits::ZERO,
        Budget::Limit(limit) => limit,
    };
    for (pointer, redeemer) in &decoded.redeemers {
        let allowed = match budget {
            Budget::Declared => redeemer.units,
            Budget::Limit(_) => left,
        };
        let call = contexts.call(*pointer, redeemer)?;
        let hash = call.script().hash();
        match machine.run(&call, allowed, &settings.parameters) {
            Ending::Succeeded { units, traces } => {
                left = left.saturating_sub(units);
                evaluation.units.insert(*pointer, units);
                evaluation.traces.insert(*pointer, traces);
            }
            Ending::Refused { reason, traces, .. } => {
                return Err(EvaluationError::Refused { pointer: *pointer, hash, reason, traces });
            }
            Ending::OverBudget { traces } => {
                return Err(EvaluationError::OverBudget { pointer: *pointer, hash, allowed, traces });
            }
            Ending::Malformed { reason } => return Err(EvaluationError::MalformedScript { hash, reason }),
        }
    }
    Ok(evaluation)
}

/// What the scripts of a transaction are told, made once for each version of Plutus.
struct Contexts<'t, 'b> {
    decoded: &'t Decoded<'b>,
    utxos: &'t UtxoSet,
    settings: &'t LedgerSettings,
    made: BTreeMap<PlutusVersion, Context>,
}

impl<'t, 'b> Contexts<'t, 'b> {
    const fn new(decoded: &'t Decoded<'b>, utxos: &'t UtxoSet, settings: &'t LedgerSettings) -> Self {
        Self { decoded, utxos, settings, made: BTreeMap::new() }
    }

    /// The call that a redeemer makes.
    fn call(
        &mut self,
        pointer: RedeemerPointer,
        redeemer: &PlacedRedeemer,
    ) -> Result<ScriptCall, EvaluationError> {
        let (script, datum) = called_script(self.decoded, self.utxos, pointer)?;
        let context = match self.made.entry(script.version()) {
            Entry::Occupied(made) => made.into_mut(),
            Entry::Vacant(place) => {
                place.insert(Context::new(self.decoded, self.utxos, &self.settings.clock, script.version())?)
            }
        };
        context.call(pointer, redeemer, script, datum)
    }
}

/// The script that a redeemer calls, and the datum that it gets.
fn called_script(
    decoded: &Decoded<'_>,
    utxos: &UtxoSet,
    pointer: RedeemerPointer,
) -> Result<(PlutusScript, Option<PlutusData>), EvaluationError> {
    let index = pointer.index as usize;
    match pointer.purpose {
        Purpose::Spend => {
            let reference =
                decoded.inputs.iter().nth(index).ok_or(EvaluationError::NothingThere { pointer })?;
            let output = resolve(utxos, reference)?;
            let Credential::Script(hash) = output.address().payment else {
                return Err(EvaluationError::NotAScript { pointer });
            };
            let script = find_script(decoded, utxos, pointer, hash)?;
            let datum = datum_of(decoded, pointer, output)?;
            // Source: CIP-69, since which the datum is optional.
            if datum.is_none() && script.version() < PlutusVersion::V3 {
                return Err(EvaluationError::NoDatum { pointer });
            }
            Ok((script, datum))
        }
        Purpose::Mint => {
            let hash = policies(decoded).nth(index).ok_or(EvaluationError::NothingThere { pointer })?;
            Ok((find_script(decoded, utxos, pointer, hash)?, None))
        }
        Purpose::Reward => {
            let withdrawal =
                decoded.withdrawals.get(index).ok_or(EvaluationError::NothingThere { pointer })?;
            let Credential::Script(hash) = withdrawal.account else {
                return Err(EvaluationError::NotAScript { pointer });
            };
            Ok((find_script(decoded, utxos, pointer, hash)?, None))
        }
        Purpose::Certify | Purpose::Vote | Purpose::Propose => {
            Err(EvaluationError::UnsupportedPurpose { pointer })
        }
    }
}

/// The policies that a transaction mints or burns under, in the ledger's order.
pub(crate) fn policies<'d>(decoded: &'d Decoded<'_>) -> impl Iterator<Item = ScriptHash> + 'd {
    let mut last = None;
    decoded.mint.keys().filter_map(move |asset| match asset {
        Asset::Token { policy, .. } if last != Some(*policy) => {
            last = Some(*policy);
            last
        }
        Asset::Token { .. } | Asset::Lovelace => None,
    })
}

pub(crate) fn resolve<'u>(
    utxos: &'u UtxoSet,
    reference: &OutputReference,
) -> Result<&'u Output, EvaluationError> {
    utxos.get(reference).ok_or(EvaluationError::UnknownInput { reference: *reference })
}

/// Looks for a script among the witnesses, then on the inputs and reference inputs.
fn find_script(
    decoded: &Decoded<'_>,
    utxos: &UtxoSet,
    pointer: RedeemerPointer,
    hash: ScriptHash,
) -> Result<PlutusScript, EvaluationError> {
    let carried = decoded
        .inputs
        .iter()
        .chain(&decoded.references)
        .filter_map(|reference| utxos.get(reference)?.reference_script());
    match decoded.scripts.iter().chain(carried).find(|script| script.hash() == hash) {
        Some(LedgerScript::Plutus(script)) => Ok(script.clone()),
        Some(LedgerScript::Native(_)) => Err(EvaluationError::NotAProgram { pointer, hash }),
        None => Err(EvaluationError::ScriptMissing { pointer, hash }),
    }
}

fn datum_of(
    decoded: &Decoded<'_>,
    pointer: RedeemerPointer,
    output: &Output,
) -> Result<Option<PlutusData>, EvaluationError> {
    let data = match output.datum() {
        Datum::None => return Ok(None),
        Datum::Inline(data) => data,
        Datum::Hash(hash) => decoded
            .data
            .get(hash)
            .ok_or_else(|| EvaluationError::DatumMissing { pointer, hash: hex::encode(hash) })?,
    };
    let tree =
        data.decode().map_err(|error| EvaluationError::Datum { pointer, reason: error.to_string() })?;
    Ok(Some(tree))
}

#[cfg(test)]
mod tests;
