//! What scripts are told of the transaction that calls them.

use pallas_primitives::PlutusData;
use pallas_primitives::conway::{ExUnits, Redeemer, RedeemerTag, TransactionOutput};
use uplc::tx::ResolvedInput;
use uplc::tx::script_context::{TxInfo, TxInfoV1, TxInfoV2, TxInfoV3};
use uplc::tx::to_plutus_data::ToPlutusData;

use super::call::ScriptCall;
use super::stack::{guarded, one_line};
use super::{EvaluationError, resolve};
use crate::decoded::{Decoded, PlacedRedeemer, Purpose, RedeemerPointer};
use crate::{PlutusScript, PlutusVersion, Slot, SlotClock, UtxoSet, wire};

/// What all scripts of a transaction in one version of Plutus are told alike.
pub(super) struct Context {
    info: TxInfo,
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

    /// The call that a redeemer makes.
    pub(super) fn call(
        &self,
        pointer: RedeemerPointer,
        redeemer: &PlacedRedeemer,
        script: PlutusScript,
        datum: Option<PlutusData>,
    ) -> Result<ScriptCall, EvaluationError> {
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
            .ok_or(EvaluationError::NothingThere { pointer })?
            .to_plutus_data();
        let arguments = match script.version() {
            PlutusVersion::V1 | PlutusVersion::V2 => {
                datum.into_iter().chain([called.data, context]).collect()
            }
            PlutusVersion::V3 => vec![context],
        };
        Ok(ScriptCall::of(script, arguments))
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
