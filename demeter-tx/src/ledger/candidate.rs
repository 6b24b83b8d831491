//! A transaction taken apart once, to be checked as often as it takes.

use demeter_core::OutputReference;

use super::shape::Validity;
use super::subject::Subject;
use super::{Applied, LedgerError, check_contents, check_shape, scripts, shape, witnesses};
use crate::decoded::Decoded;
use crate::evaluate::{Budget, Machine, run};
use crate::{Effect, LedgerSettings, SignedTransaction, Slot, UtxoSet};

/// A transaction that can be read.
///
/// INVARIANT: its verdict depends on nothing but itself, the outputs that it [names](Self::named), the settings, and
/// whether the slot is within its [validity](Self::validity). So a verdict holds wherever these are the same.
pub(crate) struct Candidate<'t> {
    signed: &'t SignedTransaction,
    decoded: Decoded<'t>,
}

impl<'t> Candidate<'t> {
    /// Takes a transaction apart, of which these are the bytes.
    pub(crate) fn read(signed: &'t SignedTransaction, bytes: &'t [u8]) -> Result<Self, LedgerError> {
        Ok(Self { signed, decoded: Decoded::from_cbor(bytes)? })
    }

    /// The outputs that it spends, refers to or puts up as collateral. One may be named twice.
    pub(crate) fn named(&self) -> impl Iterator<Item = &OutputReference> {
        self.decoded.inputs.iter().chain(&self.decoded.references).chain(&self.decoded.collateral)
    }

    /// The slots in which it is valid.
    pub(crate) fn validity(&self) -> Validity {
        Validity::of(&self.decoded)
    }

    /// Checks all rules and runs the scripts, on this machine.
    pub(crate) fn validate(
        &self,
        machine: Machine,
        utxos: &UtxoSet,
        settings: &LedgerSettings,
        slot: Slot,
    ) -> Result<Applied, LedgerError> {
        self.phase_one(utxos, settings, slot)?;
        let evaluation = run(machine, &self.decoded, utxos, settings, Budget::Declared)?;
        let id = self.decoded.id;
        let made = (0u64..).zip(self.decoded.outputs.iter().cloned());
        let effect = Effect {
            consumed: self.decoded.inputs.iter().copied().collect(),
            made: made.map(|(index, output)| (OutputReference { transaction: id, index }, output)).collect(),
        };
        Ok(Applied { id, effect, evaluation })
    }

    /// Checks the rules that need no script to run.
    fn phase_one(&self, utxos: &UtxoSet, settings: &LedgerSettings, slot: Slot) -> Result<(), LedgerError> {
        check_shape(&self.decoded)?;
        let subject = Subject::new(&self.decoded, self.signed, utxos, settings)?;
        shape::within_validity(&subject, slot)?;
        check_contents(&subject)?;
        witnesses::signed_by_all(&subject)?;
        witnesses::signatures(&subject)?;
        scripts::native_hold(&subject)
    }
}
