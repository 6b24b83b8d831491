//! A transaction as the validators saw it, put together from what a history says of its inputs.

use std::collections::BTreeSet;

use demeter_core::transition::{self, InputView, OutputView, Signers, TransactionView};
use demeter_core::{Address, Asset, KeyHash, OutputReference, Scripts, Time, Value};

use super::states::States;
use crate::decoded::{Anatomy, Purpose, RedeemerPointer};
use crate::signature::is_signed;
use crate::transaction::key_hash;
use crate::{Datum, Output, SignedTransaction, Slot, SlotClock};

/// What is known of a transaction.
pub(super) struct Reading {
    pub(super) view: TransactionView,
    /// What it consumes by a redeemer and nobody knows.
    pub(super) unknown_inputs: Vec<OutputReference>,
    /// What it reads and nobody knows.
    pub(super) unknown_references: Vec<OutputReference>,
}

impl Reading {
    pub(super) fn of(anatomy: &Anatomy, states: &States, clock: &SlotClock, signers: Signers) -> Self {
        let Anatomy { effect, references, mint, redeemers, .. } = anatomy;
        let redeemer = |purpose, index: usize| {
            let index = u32::try_from(index).ok()?;
            Some(redeemers.get(&RedeemerPointer { purpose, index })?.as_bytes().to_vec())
        };
        let (mut inputs, mut unknown_inputs) = (Vec::new(), Vec::new());
        for (position, reference) in effect.consumed.iter().enumerate() {
            let redeemer = redeemer(Purpose::Spend, position);
            let output = states.output(reference).map_or_else(foreign, seen);
            if states.output(reference).is_none() && redeemer.is_some() {
                unknown_inputs.push(*reference);
            }
            inputs.push(InputView { reference: *reference, output, redeemer });
        }
        let (mut read, mut unknown_references) = (Vec::new(), Vec::new());
        for reference in references {
            match states.output(reference) {
                Some(output) => {
                    let input = InputView { reference: *reference, output: seen(output), redeemer: None };
                    read.push(input);
                }
                None => unknown_references.push(*reference),
            }
        }
        let policy = policy_position(states.scripts(), mint.keys());
        let time = |slot: Option<Slot>| -> Option<Time> { clock.time_of(slot?).ok() };
        let view = TransactionView {
            inputs,
            references: read,
            outputs: effect.made.iter().map(|(_, output)| seen(output)).collect(),
            minted: mint.iter().map(|(asset, count)| (asset.clone(), *count)).collect(),
            policy_redeemer: policy.and_then(|position| redeemer(Purpose::Mint, position)),
            lower: time(anatomy.from),
            upper: time(anatomy.before),
            signatories: signers,
        };
        Self { view, unknown_inputs, unknown_references }
    }
}

/// Those of the required keys that really signed.
pub(super) fn verified_signers(transaction: &SignedTransaction, required: &BTreeSet<KeyHash>) -> Signers {
    let message = transaction.sign_hash();
    let wanted = transaction.signatures().filter(|(key, _)| required.contains(&key_hash(key)));
    let signed = wanted.filter(|(key, signature)| is_signed(&message, key, signature));
    signed.map(|(key, _)| key_hash(key)).collect()
}

/// Which of the policies that mint is ours, in the ledger's order.
fn policy_position<'a>(scripts: &Scripts, minted: impl Iterator<Item = &'a Asset>) -> Option<usize> {
    let policies: BTreeSet<_> = minted
        .filter_map(|asset| match asset {
            Asset::Token { policy, .. } => Some(*policy),
            Asset::Lovelace => None,
        })
        .collect();
    policies.into_iter().position(|policy| policy == scripts.registry)
}

/// What stands for an output that is not kept: it is nothing to the contract, but for its reference.
fn foreign() -> OutputView {
    OutputView {
        address: Address::of_key(KeyHash::from_bytes([0; 28])),
        value: Value::default(),
        datum: transition::Datum::None,
        has_reference_script: false,
    }
}

/// An output as the validators see it.
pub(super) fn seen(output: &Output) -> OutputView {
    OutputView {
        address: *output.address(),
        value: output.value().clone(),
        datum: match output.datum() {
            Datum::None => transition::Datum::None,
            Datum::Hash(_) => transition::Datum::Hash,
            Datum::Inline(data) => transition::Datum::Inline(data.as_bytes().to_vec()),
        },
        has_reference_script: output.reference_script().is_some(),
    }
}
