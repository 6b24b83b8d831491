//! What the rules look at: a transaction, what it refers to, and the ledger's surroundings.

use std::collections::{BTreeMap, BTreeSet};

use demeter_core::{Credential, OutputReference, ScriptHash};

use super::LedgerError;
use crate::decoded::{Decoded, Purpose, RedeemerPointer};
use crate::evaluate::policies;
use crate::{LedgerScript, LedgerSettings, Output, PlutusScript, SignedTransaction, UtxoSet};

pub(super) struct Subject<'s> {
    pub(super) decoded: &'s Decoded<'s>,
    pub(super) signed: &'s SignedTransaction,
    pub(super) settings: &'s LedgerSettings,
    pub(super) spent: BTreeMap<OutputReference, &'s Output>,
    pub(super) referred: BTreeMap<OutputReference, &'s Output>,
    pub(super) collateral: BTreeMap<OutputReference, &'s Output>,
    /// The scripts that are there to be run: attached, or carried by inputs and reference inputs.
    ///
    /// Source: ledger `getBabbageScriptsProvided`.
    pub(super) provided: BTreeMap<ScriptHash, &'s LedgerScript>,
    /// The scripts that must hold, by the redeemers that they have if they are programs.
    ///
    /// Source: ledger `getConwayScriptsNeeded`.
    pub(super) needed: BTreeMap<RedeemerPointer, ScriptHash>,
    /// The programs that must run, by their redeemers, as far as they are there.
    pub(super) programs: BTreeMap<RedeemerPointer, &'s PlutusScript>,
}

impl<'s> Subject<'s> {
    /// Resolves all inputs.
    ///
    /// Source: ledger rule UTXO, `BadInputsUTxO`: `spendInputs ∪ collateral ∪ refInputs ⊆ dom utxo`.
    pub(super) fn new(
        decoded: &'s Decoded<'s>,
        signed: &'s SignedTransaction,
        utxos: &'s UtxoSet,
        settings: &'s LedgerSettings,
    ) -> Result<Self, LedgerError> {
        let resolve = |references: &BTreeSet<OutputReference>| {
            references
                .iter()
                .map(|reference| match utxos.get(reference) {
                    Some(output) => Ok((*reference, output)),
                    None => Err(LedgerError::UnknownInput { reference: *reference }),
                })
                .collect::<Result<BTreeMap<_, _>, _>>()
        };
        let spent = resolve(&decoded.inputs)?;
        let referred = resolve(&decoded.references)?;
        let collateral = resolve(&decoded.collateral)?;
        let carried = carriers(&spent, &referred).filter_map(Output::reference_script);
        let provided: BTreeMap<_, _> =
            decoded.scripts.iter().chain(carried).map(|script| (script.hash(), script)).collect();
        let needed = needed_scripts(decoded, &spent);
        let programs = needed
            .iter()
            .filter_map(|(pointer, hash)| Some((*pointer, provided.get(hash)?.as_plutus()?)))
            .collect();
        Ok(Self { decoded, signed, settings, spent, referred, collateral, provided, needed, programs })
    }

    /// All outputs with their positions, the return of collateral last.
    pub(super) fn made(&self) -> impl Iterator<Item = (usize, &Output)> {
        self.decoded.outputs.iter().chain(&self.decoded.collateral_return).enumerate()
    }

    /// The outputs that scripts can be referred to on.
    pub(super) fn carriers(&self) -> impl Iterator<Item = &'s Output> + '_ {
        carriers(&self.spent, &self.referred)
    }

    /// The bytes of all reference scripts, those that appear twice counted twice.
    pub(super) fn reference_script_bytes(&self) -> u64 {
        self.carriers()
            .filter_map(|output| output.reference_script())
            .fold(0, |sum: u64, script| sum.saturating_add(script.size() as u64))
    }

    /// The transaction's size as the ledger counts it: without the flag that says whether its scripts succeed.
    ///
    /// Source: ledger `sizeAlonzoTxF`, `toCBORForSizeComputation`.
    pub(super) const fn size(&self) -> u64 {
        (self.decoded.size as u64).saturating_sub(1)
    }
}

fn carriers<'m, 's>(
    spent: &'m BTreeMap<OutputReference, &'s Output>,
    referred: &'m BTreeMap<OutputReference, &'s Output>,
) -> impl Iterator<Item = &'s Output> + 'm {
    spent.values().chain(referred.values()).copied()
}

fn needed_scripts(
    decoded: &Decoded<'_>,
    spent: &BTreeMap<OutputReference, &Output>,
) -> BTreeMap<RedeemerPointer, ScriptHash> {
    let spent = spent.values().enumerate().filter_map(|(index, output)| match output.address().payment {
        Credential::Script(hash) => Some((Purpose::Spend, index, hash)),
        Credential::Key(_) => None,
    });
    let minted = policies(decoded).enumerate().map(|(index, hash)| (Purpose::Mint, index, hash));
    let withdrawn =
        decoded.withdrawals.iter().enumerate().filter_map(|(index, withdrawal)| match withdrawal.account {
            Credential::Script(hash) => Some((Purpose::Reward, index, hash)),
            Credential::Key(_) => None,
        });
    spent
        .chain(minted)
        .chain(withdrawn)
        .filter_map(|(purpose, index, hash)| {
            Some((RedeemerPointer { purpose, index: u32::try_from(index).ok()? }, hash))
        })
        .collect()
}
