//! What a ledger has accepted, judged again with either machine.

use demeter_tx::evaluate::{Machine, ScriptCall, script_calls};
use demeter_tx::{LedgerSettings, SignedTransaction, Slot, UtxoSet, ledger};

use super::Tally;
use crate::drt::Dice;

/// A ledger on which transactions happen again.
pub(super) struct Replay<'s> {
    pub(super) settings: &'s LedgerSettings,
    pub(super) utxos: UtxoSet,
    /// What its runs are counted under.
    pub(super) group: &'s str,
}

impl Replay<'_> {
    /// Judges the next transaction as a ledger does with either machine, compares each of its scripts, and lets it
    /// happen; the calls of its scripts.
    ///
    /// # Panics
    /// The reference refuses it.
    pub(super) fn next(
        &mut self,
        tally: &mut Tally,
        transaction: &SignedTransaction,
        slot: Slot,
        dice: &mut Dice,
    ) -> Vec<ScriptCall> {
        let Self { settings, utxos, group } = self;
        let parameters = &settings.parameters;
        let case = format!("the transaction {}", transaction.id());
        let calls = script_calls(&transaction.to_cbor(), utxos, settings).expect("our scripts");
        for (pointer, call, _) in &calls {
            tally.compare(group, &format!("{case}, {pointer}"), call, parameters, dice);
        }
        let judge = |machine| ledger::validate_on(machine, transaction, utxos, settings, slot);
        let (reference, fast) = (judge(Machine::Reference).expect("it was accepted"), judge(Machine::Fast));
        if fast.as_ref() != Ok(&reference) {
            let (reference, fast) = (format!("{reference:?}"), format!("{fast:?}"));
            tally.differ(&case, parameters.max_transaction_units, &reference, &fast);
        }
        reference.effect.apply_to(utxos);
        calls.into_iter().map(|(_, call, _)| call).collect()
    }
}
