//! The script machine and what it is told.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pallas_primitives::PlutusData;
use pallas_primitives::conway::{ExUnits, Language, Redeemer, RedeemerTag, TransactionOutput};
use uplc::machine::cost_model::ExBudget;
use uplc::machine::eval_result::EvalResult;
use uplc::tx::ResolvedInput;
use uplc::tx::script_context::{TxInfo, TxInfoV1, TxInfoV2, TxInfoV3};
use uplc::tx::to_plutus_data::ToPlutusData;

use super::program::program;
use super::{EvaluationError, resolve};
use crate::decoded::{Decoded, PlacedRedeemer, Purpose, RedeemerPointer};
use crate::{
    ExecutionUnits, PlutusScript, PlutusVersion, ProtocolParameters, Slot, SlotClock, UtxoSet, wire,
};

/// What all scripts of a transaction in one version of Plutus are told alike.
pub(super) struct Context {
    info: TxInfo,
}

/// How a script ended that succeeded.
pub(super) struct Outcome {
    pub(super) units: ExecutionUnits,
    pub(super) traces: Vec<String>,
}

impl Context {
    pub(super) fn new(
        decoded: &Decoded<'_>,
        utxos: &UtxoSet,
        clock: &SlotClock,
        version: PlutusVersion,
    ) -> Result<Self, EvaluationError> {
        let body = &decoded.transaction.transaction_body;
        for slot in [body.validity_interval_start, body.ttl].into_iter().flatten() {
            clock.time_of(Slot::from_number(slot))?;
        }
        if version == PlutusVersion::V1 {
            check_no_inline_data(decoded, utxos)?;
        }
        let context = |reason: String| EvaluationError::Context { reason };
        let mut inputs = Vec::new();
        for reference in decoded.inputs.iter().chain(&decoded.references) {
            let output: TransactionOutput = minicbor::decode(resolve(utxos, reference)?.as_bytes())
                .map_err(|error| context(error.to_string()))?;
            inputs.push(ResolvedInput { input: wire::input(reference), output });
        }
        let slots = clock.to_slot_config();
        guarded(|| match version {
            PlutusVersion::V1 => {
                TxInfoV2::from_transaction(&decoded.transaction, &inputs, &slots).map(for_v1)
            }
            PlutusVersion::V2 => TxInfoV2::from_transaction(&decoded.transaction, &inputs, &slots),
            PlutusVersion::V3 => TxInfoV3::from_transaction(&decoded.transaction, &inputs, &slots),
        })
        .map_err(context)?
        .map(|info| Self { info })
        .map_err(|error| context(one_line(&error.to_string())))
    }

    /// Runs a script. All that the machine makes is gone when this returns.
    pub(super) fn run(
        &self,
        pointer: RedeemerPointer,
        redeemer: &PlacedRedeemer,
        script: &PlutusScript,
        datum: Option<PlutusData>,
        allowed: ExecutionUnits,
        parameters: &ProtocolParameters,
    ) -> Result<Outcome, EvaluationError> {
        on_large_stack(|| self.run_here(pointer, redeemer, script, datum, allowed, parameters))
    }

    fn run_here(
        &self,
        pointer: RedeemerPointer,
        redeemer: &PlacedRedeemer,
        script: &PlutusScript,
        datum: Option<PlutusData>,
        allowed: ExecutionUnits,
        parameters: &ProtocolParameters,
    ) -> Result<Outcome, EvaluationError> {
        let program = program(script)?;
        let hash = script.hash();
        let called = Redeemer {
            tag: tag(pointer.purpose),
            index: pointer.index,
            data: redeemer.data.clone(),
            ex_units: ExUnits { mem: redeemer.units.memory, steps: redeemer.units.steps },
        };
        let context = self
            .info
            .clone()
            .into_script_context(&called, datum.as_ref())
            .ok_or(EvaluationError::NothingThere { pointer })?;
        let arguments = match script.version() {
            PlutusVersion::V1 | PlutusVersion::V2 => {
                datum.into_iter().chain([redeemer.data.clone(), context.to_plutus_data()]).collect()
            }
            PlutusVersion::V3 => vec![context.to_plutus_data()],
        };
        let language = language(script.version());
        let budget = ExBudget { mem: signed(allowed.memory), cpu: signed(allowed.steps) };
        let result = guarded(|| {
            let applied = arguments.into_iter().fold(program, |program, one| program.apply_data(one));
            applied.eval_as_with_protocol(
                &language,
                parameters.protocol_version.major,
                parameters.cost_models.of(script.version()),
                Some(&budget),
            )
        })
        .map_err(|reason| EvaluationError::Refused { pointer, hash, reason, traces: Vec::new() })?;
        let traces = result.logs();
        let used = result.cost();
        let units = ExecutionUnits { memory: unsigned(used.mem), steps: unsigned(used.cpu) };
        // NOTE: the machine stops at its budget, but only looks every so many steps: compare again.
        if matches!(result.result, Err(uplc::machine::Error::OutOfExError(_))) || !units.within(allowed) {
            return Err(EvaluationError::OverBudget { pointer, hash, allowed, traces });
        }
        if result.failed(false, &language) {
            let reason = how_it_ended(&result);
            return Err(EvaluationError::Refused { pointer, hash, reason, traces });
        }
        Ok(Outcome { units, traces })
    }
}

/// Plutus V1 cannot be told of inline data, wherever the transaction has them.
///
/// Source: ledger `transTxOutV1` of the Conway era, `InlineDatumsNotSupported`.
fn check_no_inline_data(decoded: &Decoded<'_>, utxos: &UtxoSet) -> Result<(), EvaluationError> {
    for reference in decoded.inputs.iter().chain(&decoded.references) {
        if resolve(utxos, reference)?.inline_datum().is_some() {
            return Err(EvaluationError::InlineDatum { place: format!("input {reference}") });
        }
    }
    match decoded.outputs.iter().position(|output| output.inline_datum().is_some()) {
        Some(index) => Err(EvaluationError::InlineDatum { place: format!("output {index}") }),
        None => Ok(()),
    }
}

/// What Plutus V1 is told: what V2 is, but for reference inputs.
///
/// NOTE: the machine's own translation refuses reference inputs and reference scripts, as the Babbage era did; the
/// Conway era only leaves them out.
fn for_v1(info: TxInfo) -> TxInfo {
    match info {
        TxInfo::V2(info) => TxInfo::V1(TxInfoV1 {
            inputs: info.inputs,
            outputs: info.outputs,
            fee: info.fee,
            mint: info.mint,
            certificates: info.certificates,
            withdrawals: info.withdrawals.into(),
            valid_range: info.valid_range,
            signatories: info.signatories,
            data: info.data.into(),
            redeemers: info.redeemers,
            id: info.id,
        }),
        TxInfo::V1(_) | TxInfo::V3(_) => info,
    }
}

const fn language(version: PlutusVersion) -> Language {
    match version {
        PlutusVersion::V1 => Language::PlutusV1,
        PlutusVersion::V2 => Language::PlutusV2,
        PlutusVersion::V3 => Language::PlutusV3,
    }
}

fn how_it_ended(result: &EvalResult) -> String {
    match &result.result {
        // NOTE: this error's own text computes a length less one, which panics on the empty byte string.
        Err(uplc::machine::Error::ByteStringOutOfBounds(index, bytes)) => {
            format!("index {index} is outside a byte string of {} bytes", bytes.len())
        }
        Err(error) => one_line(&error.to_string()),
        Ok(_) => "it returned something else than unit".to_owned(),
    }
}

/// Runs what recurses over programs and values, on a stack that holds the deepest that a transaction's size and
/// budget allow. Two megabytes, which a thread has by default, end at a few thousand nested terms, and a stack
/// that overflows takes the process with it.
pub(super) fn on_large_stack<T>(run: impl FnOnce() -> T) -> T {
    stacker::grow(STACK_BYTES, run)
}

/// Only what is touched of this is ever used.
const STACK_BYTES: usize = 256 << 20;

/// Runs the machine such that a fault in it, which no script should be able to cause, takes one transaction
/// down and not the head.
fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|_| "the script machine failed".to_owned())
}

/// The machine's texts are laid out over many lines and can hold whole terms.
fn one_line(text: &str) -> String {
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(400) {
        line.truncate(end);
        line.push_str(" ...");
    }
    line
}

const fn tag(purpose: Purpose) -> RedeemerTag {
    match purpose {
        Purpose::Spend => RedeemerTag::Spend,
        Purpose::Mint => RedeemerTag::Mint,
        Purpose::Certify => RedeemerTag::Cert,
        Purpose::Reward => RedeemerTag::Reward,
        Purpose::Vote => RedeemerTag::Vote,
        Purpose::Propose => RedeemerTag::Propose,
    }
}

fn signed(units: u64) -> i64 {
    i64::try_from(units).unwrap_or(i64::MAX)
}

fn unsigned(units: i64) -> u64 {
    u64::try_from(units).unwrap_or(0)
}
