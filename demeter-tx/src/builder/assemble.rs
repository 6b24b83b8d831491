//! From the parts to the bytes of a transaction.

use std::collections::BTreeMap;

use demeter_core::{Amount, Credential, OutputReference};
use minicbor::Encoder;
use pallas_crypto::hash::Hash;
use pallas_primitives::conway::PseudoTransactionBody;
use pallas_primitives::{Bytes, NonEmptyKeyValuePairs, NonEmptySet, NonZeroInt, Set, TransactionInput};

use super::{BuildError, TransactionBuilder};
use crate::evaluate::{Purpose, RedeemerPointer};
use crate::integrity::script_data_hash;
use crate::transaction::{DATA, NATIVE_SCRIPTS, REDEEMERS, SET, plutus_scripts};
use crate::wire::{self, Verbatim};
use crate::{
    Data, ExecutionUnits, LedgerScript, NativeScript, Output, PlutusScript, PlutusVersion, SignedTransaction,
    Slot,
};

type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

/// A transaction and the outputs that it makes.
pub(super) struct Assembled {
    pub(super) transaction: SignedTransaction,
    pub(super) outputs: Vec<Output>,
}

impl TransactionBuilder {
    /// The transaction that pays this fee and declares these units.
    pub(super) fn assemble(
        &self,
        fee: Amount,
        units: &BTreeMap<RedeemerPointer, ExecutionUnits>,
    ) -> Result<Assembled, BuildError> {
        let mut outputs: Vec<Output> =
            self.outputs.iter().map(|output| output.finish(self.settings.network)).collect();
        outputs.extend(self.change_outputs(fee)?);
        let collateral = self.collateral_plan(fee)?;
        let redeemers = self.redeemers();
        let mut witnesses = BTreeMap::new();
        if !redeemers.is_empty() {
            witnesses.insert(REDEEMERS, encode_redeemers(&redeemers, units));
        }
        if !self.data.is_empty() {
            witnesses.insert(DATA, encode_data(self.data.values()));
        }
        for version in PlutusVersion::ALL {
            let programs = self.scripts.values().filter_map(LedgerScript::as_plutus);
            let scripts: Vec<&PlutusScript> = programs.filter(|script| script.version() == version).collect();
            if !scripts.is_empty() {
                witnesses.insert(plutus_scripts(version), encode_scripts(&scripts));
            }
        }
        let natives: Vec<&NativeScript> = self.scripts.values().filter_map(LedgerScript::as_native).collect();
        if !natives.is_empty() {
            witnesses.insert(NATIVE_SCRIPTS, encode_natives(&natives));
        }
        let script_data = script_data_hash(
            witnesses.get(&REDEEMERS).map(Vec::as_slice),
            witnesses.get(&DATA).map(Vec::as_slice),
            &self.versions_used(),
            &self.settings.parameters.cost_models,
        );
        let body = PseudoTransactionBody {
            inputs: Set::from(inputs(self.inputs.keys())),
            outputs: outputs.iter().map(|output| Verbatim(output.as_bytes())).collect(),
            fee: fee.to_units(),
            ttl: self.valid_before.map(Slot::to_number),
            certificates: None,
            withdrawals: self.withdrawals_field(),
            auxiliary_data_hash: None,
            validity_interval_start: self.valid_from.map(Slot::to_number),
            mint: self.mint_field(),
            script_data_hash: script_data.map(Hash::from),
            collateral: NonEmptySet::from_vec(inputs(self.used_collateral().keys())),
            required_signers: NonEmptySet::from_vec(
                self.signers.iter().map(|key| Hash::from(*key.as_bytes())).collect(),
            ),
            network_id: None,
            collateral_return: collateral.returned.as_ref().map(|output| Verbatim(output.as_bytes())),
            total_collateral: collateral.total,
            reference_inputs: NonEmptySet::from_vec(inputs(self.references.keys())),
            voting_procedures: None,
            proposal_procedures: None,
            treasury_value: None,
            donation: None,
        };
        let transaction = SignedTransaction::unsigned(wire::encode(&body), witnesses);
        Ok(Assembled { transaction, outputs })
    }

    /// Zero from each account.
    fn withdrawals_field(&self) -> Option<NonEmptyKeyValuePairs<Bytes, u64>> {
        let network = self.settings.network;
        let accounts = self.withdrawals.keys().map(|account| {
            (Bytes::from(wire::reward_account_bytes(network, &Credential::from(*account))), 0)
        });
        NonEmptyKeyValuePairs::from_vec(accounts.collect())
    }

    fn mint_field(
        &self,
    ) -> Option<NonEmptyKeyValuePairs<Hash<28>, NonEmptyKeyValuePairs<Bytes, NonZeroInt>>> {
        let policies = self.mint.iter().filter_map(|(policy, mint)| {
            let names = mint.quantities.iter().filter_map(|(name, quantity)| {
                Some((Bytes::from(name.as_bytes().to_vec()), NonZeroInt::try_from(*quantity).ok()?))
            });
            let names = NonEmptyKeyValuePairs::from_vec(names.collect())?;
            Some((Hash::from(*policy.as_bytes()), names))
        });
        NonEmptyKeyValuePairs::from_vec(policies.collect())
    }
}

fn inputs<'r>(references: impl Iterator<Item = &'r OutputReference>) -> Vec<TransactionInput> {
    references.map(wire::input).collect()
}

/// A map from purpose and index to data and units, in that order.
fn encode_redeemers(
    redeemers: &BTreeMap<RedeemerPointer, &Data>,
    units: &BTreeMap<RedeemerPointer, ExecutionUnits>,
) -> Vec<u8> {
    written(|encoder| {
        encoder.map(redeemers.len() as u64)?;
        for (pointer, data) in redeemers {
            let units = units.get(pointer).copied().unwrap_or_default();
            encoder.array(2)?.u8(tag(pointer.purpose))?.u32(pointer.index)?;
            encoder.array(2)?.encode(data.verbatim())?;
            encoder.array(2)?.u64(units.memory)?.u64(units.steps)?;
        }
        Ok(())
    })
}

fn encode_data<'d>(data: impl ExactSizeIterator<Item = &'d Data>) -> Vec<u8> {
    written(|encoder| {
        encoder.tag(SET)?.array(data.len() as u64)?;
        for one in data {
            encoder.encode(one.verbatim())?;
        }
        Ok(())
    })
}

fn encode_scripts(scripts: &[&PlutusScript]) -> Vec<u8> {
    written(|encoder| {
        encoder.tag(SET)?.array(scripts.len() as u64)?;
        for script in scripts {
            encoder.bytes(script.as_bytes())?;
        }
        Ok(())
    })
}

fn encode_natives(scripts: &[&NativeScript]) -> Vec<u8> {
    written(|encoder| {
        encoder.tag(SET)?.array(scripts.len() as u64)?;
        for script in scripts {
            encoder.encode(Verbatim(script.as_bytes()))?;
        }
        Ok(())
    })
}

/// What is written to memory, which does not fail.
fn written(write: impl FnOnce(&mut Encoder<Vec<u8>>) -> Written) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    write(&mut encoder).map(|()| encoder.into_writer()).unwrap_or_default()
}

const fn tag(purpose: Purpose) -> u8 {
    match purpose {
        Purpose::Spend => 0,
        Purpose::Mint => 1,
        Purpose::Certify => 2,
        Purpose::Reward => 3,
        Purpose::Vote => 4,
        Purpose::Propose => 5,
    }
}
