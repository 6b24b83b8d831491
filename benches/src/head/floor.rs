//! What no head can go below: the signatures and the script machine alone.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use demeter_core::{OutputReference, ScriptHash, TransactionId};
use demeter_tx::keys::{Signature, VerificationKey, Witness};
use demeter_tx::{LedgerSettings, PlutusVersion, UtxoSet, ledger};
use pallas_primitives::TransactionInput;
use pallas_primitives::conway::{Language, MintedTx, Redeemer, TransactionOutput};
use uplc::ast::{FakeNamedDeBruijn, NamedDeBruijn, Program};
use uplc::machine::cost_model::ExBudget;
use uplc::tx::script_context::{
    DataLookupTable, PlutusScript, ResolvedInput, SlotConfig, TxInfoV3, find_script,
};
use uplc::tx::to_plutus_data::ToPlutusData as _;
use uplc::tx::{iter_redeemers, script_context};

use super::Story;
use crate::Outcome;

/// Enough for what the scripts of a market nest.
const STACK_BYTES: usize = 64 << 20;

/// All signatures and script calls of a story, ready to be run.
pub struct Floor {
    costs: Vec<i64>,
    protocol: u16,
    transactions: Vec<Bare>,
}

/// What of a transaction cannot be left out.
pub(super) struct Bare {
    id: TransactionId,
    witnesses: Vec<Witness>,
    calls: Vec<Call>,
}

/// A program with its argument, and what it may use.
struct Call {
    program: Program<NamedDeBruijn>,
    budget: ExBudget,
}

impl Floor {
    /// The floor of a story.
    ///
    /// # Errors
    /// A transaction of the story is not valid, or calls a script that is not of Plutus V3.
    pub fn of(story: &Story) -> Outcome<Self> {
        let mut utxos = story.opening.clone();
        let mut programs = HashMap::new();
        let mut transactions = Vec::new();
        for (made, transaction) in &story.transactions {
            let bytes = transaction.to_cbor();
            transactions.push(Bare::of(&bytes, transaction.id(), &utxos, &story.settings, &mut programs)?);
            let slot = story.settings.clock.slot_at(*made)?;
            ledger::validate(transaction, &utxos, &story.settings, slot)?.effect.apply_to(&mut utxos);
        }
        let parameters = &story.settings.parameters;
        let costs = parameters.cost_models.of(PlutusVersion::V3).to_vec();
        Ok(Self { costs, protocol: parameters.protocol_version.major, transactions })
    }

    /// How long all of it takes.
    ///
    /// # Errors
    /// A signature or script fails.
    pub(super) fn run(&self) -> Outcome<Duration> {
        let begun = Instant::now();
        for transaction in &self.transactions {
            transaction.verify()?;
            self.call(transaction)?;
        }
        Ok(begun.elapsed())
    }

    pub(super) fn transactions(&self) -> impl Iterator<Item = &Bare> {
        self.transactions.iter()
    }

    /// Runs the scripts of a transaction.
    pub(super) fn call(&self, transaction: &Bare) -> Outcome<()> {
        if transaction.calls.is_empty() {
            return Ok(());
        }
        stacker::grow(STACK_BYTES, || {
            for Call { program, budget } in &transaction.calls {
                let (program, language) = (program.clone(), Language::PlutusV3);
                let ended =
                    program.eval_as_with_protocol(&language, self.protocol, &self.costs, Some(budget));
                if ended.failed(false, &language) {
                    return Err("a script fails that succeeded".into());
                }
            }
            Ok(())
        })
    }
}

impl Bare {
    fn of(
        bytes: &[u8],
        id: TransactionId,
        utxos: &UtxoSet,
        settings: &LedgerSettings,
        programs: &mut HashMap<ScriptHash, Program<NamedDeBruijn>>,
    ) -> Outcome<Self> {
        let decoded: MintedTx<'_> = minicbor::decode(bytes)?;
        let mut witnesses = Vec::new();
        for witness in decoded.transaction_witness_set.vkeywitness.iter().flatten() {
            let key = VerificationKey::from_bytes(witness.vkey.as_slice().try_into()?);
            let signature = Signature::from_bytes(witness.signature.as_slice().try_into()?);
            witnesses.push(Witness { key, signature });
        }
        let calls = calls(&decoded, utxos, settings, programs)?;
        Ok(Self { id, witnesses, calls })
    }

    /// Verifies the signatures of a transaction.
    pub(super) fn verify(&self) -> Outcome<()> {
        match self.witnesses.iter().all(|witness| witness.verifies(&self.id)) {
            true => Ok(()),
            false => Err("a signature is wrong that was right".into()),
        }
    }
}

/// What the redeemers of a transaction call.
fn calls(
    decoded: &MintedTx<'_>,
    utxos: &UtxoSet,
    settings: &LedgerSettings,
    programs: &mut HashMap<ScriptHash, Program<NamedDeBruijn>>,
) -> Outcome<Vec<Call>> {
    let Some(redeemers) = &decoded.transaction_witness_set.redeemer else { return Ok(Vec::new()) };
    let body = &decoded.transaction_body;
    let referred = body.reference_inputs.iter().flatten();
    let inputs = body.inputs.iter().chain(referred).map(|input| resolved(input, utxos));
    let inputs = inputs.collect::<Outcome<Vec<_>>>()?;
    let slots = slot_config(settings)?;
    let table = DataLookupTable::from_transaction(decoded, &inputs);
    let mut calls = Vec::new();
    for (key, data, ex_units) in iter_redeemers(redeemers) {
        let redeemer = Redeemer { tag: key.tag, index: key.index, data: data.clone(), ex_units };
        let (script, datum) =
            find_script(&redeemer, decoded, &inputs, &table).map_err(|error| error.to_string())?;
        let PlutusScript::V3(script) = script else { return Err("a script is not of Plutus V3".into()) };
        let context = TxInfoV3::from_transaction(decoded, &inputs, &slots)
            .map_err(|error| error.to_string())?
            .into_script_context(&redeemer, datum.as_ref())
            .ok_or("a redeemer calls nothing")?;
        let hash = demeter_tx::PlutusScript::new(script.as_ref().to_vec()).hash();
        let program = match programs.get(&hash) {
            Some(program) => program.clone(),
            None => {
                let program = program(script.as_ref())?;
                programs.insert(hash, program.clone());
                program
            }
        };
        let budget = ExBudget { mem: i64::try_from(ex_units.mem)?, cpu: i64::try_from(ex_units.steps)? };
        calls.push(Call { program: program.apply_data(context.to_plutus_data()), budget });
    }
    Ok(calls)
}

fn program(script: &[u8]) -> Outcome<Program<NamedDeBruijn>> {
    stacker::grow(STACK_BYTES, || {
        let mut buffer = Vec::new();
        let program = Program::<FakeNamedDeBruijn>::from_cbor(script, &mut buffer)
            .map_err(|error| error.to_string())?;
        Ok(program.into())
    })
}

fn resolved(input: &TransactionInput, utxos: &UtxoSet) -> Outcome<ResolvedInput> {
    let transaction = TransactionId::from_bytes(*input.transaction_id);
    let reference = OutputReference { transaction, index: input.index };
    let output = utxos.get(&reference).ok_or("an input is not there")?;
    let output: TransactionOutput = minicbor::decode(output.as_bytes())?;
    Ok(ResolvedInput { input: input.clone(), output })
}

fn slot_config(settings: &LedgerSettings) -> Outcome<script_context::SlotConfig> {
    let clock = &settings.clock;
    let zero_slot = clock.zero_slot();
    let next = demeter_tx::Slot::from_number(zero_slot.to_number().saturating_add(1));
    let length = clock.time_of(next)?.since(clock.zero_time()).to_milliseconds();
    Ok(SlotConfig {
        slot_length: u32::try_from(length)?,
        zero_slot: zero_slot.to_number(),
        zero_time: clock.zero_time().to_milliseconds(),
    })
}
