//! What a transaction does, read off its bytes, as the books are told.

use demeter_core::{
    Credential, KeyHash, MarketRedeemer, OutputReference, PlutusData as _, Redeemer, RegistryRedeemer,
    Scripts, State, TransactionId, Transition,
};
use demeter_tx::market::SlotRange;
use demeter_tx::{Datum, SignedTransaction, Slot, UtxoSet};
use pallas_codec::minicbor;
use pallas_primitives::conway::{RedeemerTag, Redeemers, Tx};
use pallas_primitives::{PlutusData as Data, TransactionInput};

use crate::history::cast::Cast;
use crate::history::deed::{Act, Deed, Step};
use crate::history::money::Money;

/// Who does what with a transaction that a head has confirmed; these were its outputs before.
///
/// # Panics
/// It is none of those that agents make.
pub(super) fn act_of(
    transaction: &SignedTransaction,
    utxos: &UtxoSet,
    cast: &Cast,
    scripts: &Scripts,
) -> Act {
    let Tx { transaction_body: body, transaction_witness_set: witnesses, .. } =
        minicbor::decode(&transaction.to_cbor()).unwrap();
    let mut inputs: Vec<_> = body.inputs.iter().map(reference).collect();
    inputs.sort();
    let collateral = body.collateral.iter().flat_map(|set| set.iter()).map(reference);
    let payer = inputs.iter().copied().chain(collateral).find_map(|input| cast.at(utxos[&input].address()));
    let states = inputs.iter().enumerate().filter(|(_, input)| is_at_script(utxos, input));
    let states: Vec<_> = states.map(|(index, input)| (u32::try_from(index).unwrap(), *input)).collect();

    let redeemers = witnesses.redeemer.map(|redeemers| spending(&redeemers)).unwrap_or_default();
    let mut primary = None;
    let mut followers = Vec::new();
    for (index, input) in states {
        let data = &redeemers.iter().find(|(of, _)| *of == index).unwrap().1;
        let at = utxos[&input].address().payment;
        match transition(data, at == Credential::Script(scripts.registry)) {
            Some(transition) => primary = Some((transition, input)),
            None => followers.push(input),
        }
    }
    let deed = match primary {
        Some((transition, primary)) => Deed::Transition(Box::new(Step {
            transition,
            primary,
            followers,
            reads: body.reference_inputs.iter().flat_map(|set| set.iter()).map(reference).collect(),
            signers: body
                .required_signers
                .iter()
                .flat_map(|set| set.iter())
                .map(|key| KeyHash::from_bytes(**key))
                .collect(),
            range: SlotRange {
                from: Slot::from_number(body.validity_interval_start.unwrap_or_default()),
                before: Slot::from_number(body.ttl.unwrap_or(u64::MAX)),
            },
        })),
        None => payment(transaction),
    };
    Act { payer: payer.unwrap(), deed }
}

/// A bid is placed, or a wallet is put in order.
fn payment(transaction: &SignedTransaction) -> Deed {
    let made = transaction.effect().unwrap().made;
    let bid = made.iter().find_map(|(_, output)| match output.datum() {
        Datum::Inline(data) => match State::decode(data.as_bytes()) {
            Ok(State::Bid(bid)) => Some((bid.terms, output.value())),
            _ => None,
        },
        _ => None,
    });
    match bid {
        Some((terms, value)) => {
            let funded = Money::in_value(value, &terms.asset);
            Deed::Place { terms: Box::new(terms), funded }
        }
        None => Deed::Sweep,
    }
}

fn is_at_script(utxos: &UtxoSet, input: &OutputReference) -> bool {
    matches!(utxos[input].address().payment, Credential::Script(_))
}

/// The redeemers of inputs, by the positions of these.
fn spending(redeemers: &Redeemers) -> Vec<(u32, Vec<u8>)> {
    let bytes = |data: &Data| minicbor::to_vec(data).unwrap();
    match redeemers {
        Redeemers::List(list) => list
            .iter()
            .filter(|redeemer| redeemer.tag == RedeemerTag::Spend)
            .map(|redeemer| (redeemer.index, bytes(&redeemer.data)))
            .collect(),
        Redeemers::Map(map) => map
            .iter()
            .filter(|(key, _)| key.tag == RedeemerTag::Spend)
            .map(|(key, value)| (key.index, bytes(&value.data)))
            .collect(),
    }
}

/// The transition that the redeemer of an input asks for, if it is the primary one.
fn transition(data: &[u8], is_at_registry: bool) -> Option<Transition> {
    let transition: Transition = if is_at_registry {
        match RegistryRedeemer::decode(data).unwrap() {
            Redeemer::Act(transition) => transition.into(),
            Redeemer::Follow => return None,
        }
    } else {
        match MarketRedeemer::decode(data).unwrap() {
            Redeemer::Act(transition) => transition.into(),
            Redeemer::Follow => return None,
        }
    };
    Some(transition)
}

fn reference(input: &TransactionInput) -> OutputReference {
    let transaction = TransactionId::from_bytes(*input.transaction_id);
    OutputReference { transaction, index: input.index }
}
