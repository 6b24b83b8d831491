//! What no head can go below: the signatures and the script machine alone.

use std::time::{Duration, Instant};

use demeter_core::TransactionId;
use demeter_tx::evaluate::{Ending, Machine, ScriptCall, script_calls};
use demeter_tx::keys::{Signature, VerificationKey, Witness};
use demeter_tx::{ExecutionUnits, LedgerSettings, ProtocolParameters, SignedTransaction, UtxoSet, ledger};
use pallas_primitives::conway::MintedTx;

use super::Story;
use crate::Outcome;

/// As large as the stack that scripts get: one for all of a transaction.
const STACK_BYTES: usize = 256 << 20;

/// All signatures and script calls of a story, ready to be run.
pub struct Floor {
    parameters: ProtocolParameters,
    transactions: Vec<Bare>,
}

/// What of a transaction cannot be left out.
pub(super) struct Bare {
    id: TransactionId,
    witnesses: Vec<Witness>,
    calls: Vec<(ScriptCall, ExecutionUnits)>,
}

impl Floor {
    /// The floor of a story.
    ///
    /// # Errors
    /// A transaction of the story is not valid.
    pub fn of(story: &Story) -> Outcome<Self> {
        let mut utxos = story.opening.clone();
        let mut transactions = Vec::new();
        for (made, transaction) in &story.transactions {
            transactions.push(Bare::of(transaction, &utxos, &story.settings)?);
            let slot = story.settings.clock.slot_at(*made)?;
            ledger::validate(transaction, &utxos, &story.settings, slot)?.effect.apply_to(&mut utxos);
        }
        Ok(Self { parameters: story.settings.parameters.clone(), transactions })
    }

    /// How long all of it takes, with the scripts on this machine.
    ///
    /// # Errors
    /// A signature or script fails.
    pub(super) fn run(&self, machine: Machine) -> Outcome<Duration> {
        let begun = Instant::now();
        for transaction in &self.transactions {
            transaction.verify()?;
            self.call(transaction, machine)?;
        }
        Ok(begun.elapsed())
    }

    pub(super) fn transactions(&self) -> impl Iterator<Item = &Bare> {
        self.transactions.iter()
    }

    /// Runs the scripts of a transaction.
    pub(super) fn call(&self, transaction: &Bare, machine: Machine) -> Outcome<()> {
        if transaction.calls.is_empty() {
            return Ok(());
        }
        stacker::grow(STACK_BYTES, || {
            for (call, allowed) in &transaction.calls {
                let Ending::Succeeded { .. } = machine.run(call, *allowed, &self.parameters) else {
                    return Err("a script fails that succeeded".into());
                };
            }
            Ok(())
        })
    }
}

impl Bare {
    fn of(transaction: &SignedTransaction, utxos: &UtxoSet, settings: &LedgerSettings) -> Outcome<Self> {
        let bytes = transaction.to_cbor();
        let decoded: MintedTx<'_> = minicbor::decode(&bytes)?;
        let mut witnesses = Vec::new();
        for witness in decoded.transaction_witness_set.vkeywitness.iter().flatten() {
            let key = VerificationKey::from_bytes(witness.vkey.as_slice().try_into()?);
            let signature = Signature::from_bytes(witness.signature.as_slice().try_into()?);
            witnesses.push(Witness { key, signature });
        }
        let calls = script_calls(&bytes, utxos, settings)?;
        let calls = calls.into_iter().map(|(_, call, allowed)| (call, allowed)).collect();
        Ok(Self { id: transaction.id(), witnesses, calls })
    }

    /// Verifies the signatures of a transaction.
    pub(super) fn verify(&self) -> Outcome<()> {
        match self.witnesses.iter().all(|witness| witness.verifies(&self.id)) {
            true => Ok(()),
            false => Err("a signature is wrong that was right".into()),
        }
    }
}
