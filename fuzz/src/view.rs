//! A transaction of the ledger as the contract sees it, for the mirror to judge.

use std::collections::{BTreeMap, BTreeSet};

use demeter_core::transition::{Datum, InputView, OutputView, TransactionView};
use demeter_core::{Asset, AssetName, KeyHash, OutputReference, ScriptHash, Time, TransactionId};
use demeter_tx::{Output, Slot, SlotClock, UtxoSet};
use pallas_crypto::hash::Hasher;
use pallas_crypto::key::ed25519::{PublicKey, Signature};
use pallas_primitives::conway::{
    MintedTransactionOutput, MintedTx, PseudoTransactionBody, RedeemerTag, Redeemers,
};
use pallas_primitives::{KeepRaw, PlutusData, TransactionInput};

/// A transaction that a ledger has run the scripts of: all of it can be read, and what it refers to is there.
pub struct Parsed {
    /// As the contract sees it.
    pub view: TransactionView,
    /// In lovelace.
    pub fee: u64,
    /// Whose signatures of its body it carries.
    pub signers: BTreeSet<KeyHash>,
}

type RawBody<'b> = PseudoTransactionBody<KeepRaw<'b, MintedTransactionOutput<'b>>>;

/// The first slot in which a transaction is valid, as far as it can be read and says so.
pub fn first_slot(bytes: &[u8]) -> Option<Slot> {
    let transaction: MintedTx<'_> = minicbor::decode(bytes).ok()?;
    transaction.transaction_body.validity_interval_start.map(Slot::from_number)
}

/// Reads a transaction.
pub fn parse(bytes: &[u8], utxos: &UtxoSet, clock: &SlotClock) -> Parsed {
    let transaction: MintedTx<'_> = minicbor::decode(bytes).expect("a transaction");
    let body: RawBody<'_> = minicbor::decode(transaction.transaction_body.raw_cbor()).expect("a body");
    let redeemers = redeemers(&transaction);
    let redeemer = |tag, index: usize| {
        let index = u32::try_from(index).expect("an index");
        redeemers.get(&(tag, index)).map(|data| minicbor::to_vec(data).expect("memory"))
    };
    let mut inputs: Vec<_> = body.inputs.iter().map(reference).collect();
    inputs.sort();
    let mut references: Vec<_> = body.reference_inputs.iter().flatten().map(reference).collect();
    references.sort();
    let input = |reference: OutputReference, redeemer| InputView {
        reference,
        output: output(&utxos[&reference]),
        redeemer,
    };
    let minted = minted(&body);
    let mut policies: Vec<_> = minted.iter().filter_map(|(asset, _)| policy(asset)).collect();
    policies.sort();
    policies.dedup();
    let time =
        |slot: u64| -> Time { clock.time_of(Slot::from_number(slot)).expect("a slot that was reached") };
    let view = TransactionView {
        inputs: inputs
            .iter()
            .enumerate()
            .map(|(index, reference)| input(*reference, redeemer(RedeemerKind::Spend, index)))
            .collect(),
        references: references.into_iter().map(|reference| input(reference, None)).collect(),
        outputs: body
            .outputs
            .iter()
            .map(|raw| output(&Output::from_cbor(raw.raw_cbor()).expect("an output")))
            .collect(),
        // Only the registry mints here: other policies would need scripts that nobody has.
        policy_redeemer: (0..policies.len()).find_map(|index| redeemer(RedeemerKind::Mint, index)),
        minted,
        lower: body.validity_interval_start.map(time),
        upper: body.ttl.map(time),
        signatories: body.required_signers.iter().flatten().map(|key| KeyHash::from_bytes(**key)).collect(),
    };
    Parsed { view, fee: body.fee, signers: signers(&transaction) }
}

fn signers(transaction: &MintedTx<'_>) -> BTreeSet<KeyHash> {
    let id = Hasher::<256>::hash(transaction.transaction_body.raw_cbor());
    let witnesses = transaction.transaction_witness_set.vkeywitness.iter().flatten();
    witnesses
        .filter_map(|witness| {
            let key = PublicKey::from(<[u8; 32]>::try_from(witness.vkey.as_slice()).ok()?);
            let signature = Signature::from(<[u8; 64]>::try_from(witness.signature.as_slice()).ok()?);
            let hash = KeyHash::from_bytes(*Hasher::<224>::hash(&witness.vkey));
            key.verify(id, &signature).then_some(hash)
        })
        .collect()
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum RedeemerKind {
    Spend,
    Mint,
}

fn redeemers(transaction: &MintedTx<'_>) -> BTreeMap<(RedeemerKind, u32), PlutusData> {
    let listed: Vec<_> = match transaction.transaction_witness_set.redeemer.as_deref() {
        None => Vec::new(),
        Some(Redeemers::List(list)) => {
            list.iter().map(|one| (one.tag, one.index, one.data.clone())).collect()
        }
        Some(Redeemers::Map(map)) => {
            map.iter().map(|(key, one)| (key.tag, key.index, one.data.clone())).collect()
        }
    };
    let kind = |tag| match tag {
        RedeemerTag::Spend => Some(RedeemerKind::Spend),
        RedeemerTag::Mint => Some(RedeemerKind::Mint),
        _ => None,
    };
    listed.into_iter().filter_map(|(tag, index, data)| Some(((kind(tag)?, index), data))).collect()
}

fn reference(input: &TransactionInput) -> OutputReference {
    OutputReference { transaction: TransactionId::from_bytes(*input.transaction_id), index: input.index }
}

fn output(output: &Output) -> OutputView {
    OutputView {
        address: *output.address(),
        value: output.value().clone(),
        datum: match output.datum() {
            demeter_tx::Datum::None => Datum::None,
            demeter_tx::Datum::Hash(_) => Datum::Hash,
            demeter_tx::Datum::Inline(data) => Datum::Inline(data.as_bytes().to_vec()),
        },
        has_reference_script: output.reference_script().is_some(),
    }
}

fn minted(body: &RawBody<'_>) -> Vec<(Asset, i64)> {
    let mut minted = Vec::new();
    for (policy, names) in body.mint.iter().flat_map(|mint| mint.iter()) {
        for (name, quantity) in names.iter() {
            let name = AssetName::from_bytes(name.as_slice()).expect("a name");
            minted
                .push((Asset::Token { policy: ScriptHash::from_bytes(**policy), name }, i64::from(quantity)));
        }
    }
    minted
}

fn policy(asset: &Asset) -> Option<ScriptHash> {
    match asset {
        Asset::Token { policy, .. } => Some(*policy),
        Asset::Lovelace => None,
    }
}
