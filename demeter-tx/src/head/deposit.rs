//! From L1 into a head: what hydra recreates from the output of its deposit validator.

use demeter_core::codec::DecodeError;
use demeter_core::{
    Address, Amount, Asset, AssetName, Deposit, OutputReference, PlutusData as _, RangeError, ScriptHash,
    Value,
};
use pallas_primitives::{BigInt, PlutusData};

use crate::{Data, DataError, Datum, Network, Output, OutputDraft, UtxoSet};

/// The hash of the deposit validator of hydra-node 2.3.0, the one to name in a grid's `deposit`.
///
/// Source: `hydra-plutus/plutus.json` of that version.
pub const HYDRA_DEPOSIT: ScriptHash = ScriptHash::from_bytes([
    0xc7, 0x8e, 0x8c, 0x92, 0x05, 0x72, 0x1e, 0xb3, 0xef, 0x44, 0x10, 0xf3, 0xdb, 0x9c, 0x61, 0x69, 0xfa,
    0x6d, 0xb4, 0x97, 0xc2, 0x46, 0x41, 0xd2, 0x9c, 0x20, 0x52, 0x9c,
]);

/// An output is not a deposit that hydra would take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DepositError {
    /// It has no inline datum.
    #[error("a deposit has an inline datum, found none")]
    NoDatum,
    /// Its datum is not a deposit's.
    #[error(transparent)]
    Datum(#[from] DecodeError),
    /// What it records is not the output of a transaction.
    #[error("commit {position} is not an output: its {part} is not one")]
    Commit {
        /// Which of the recorded outputs, from 0.
        position: usize,
        /// What could not be read.
        part: &'static str,
    },
    /// Two outputs are recorded under one reference.
    #[error("commit {position} has the reference {reference} of another one")]
    Twice {
        /// Which of the recorded outputs, from 0.
        position: usize,
        /// The reference.
        reference: OutputReference,
    },
    /// It holds something else than what it records.
    #[error("a deposit holds what it records, {expected:?}, found {found:?}")]
    Value {
        /// What it records, in all.
        expected: Box<Value>,
        /// What it holds.
        found: Box<Value>,
    },
    /// The sum of what it records is out of range.
    #[error(transparent)]
    Range(#[from] RangeError),
}

/// What a head holds once it has taken up this deposit.
///
/// A reference script would be lost on the way: hydra does not record any. Whether the output stands where hydra looks,
/// at [`HYDRA_DEPOSIT`] of this version, is for the caller to see.
///
/// Every deposit that the contract makes is taken. Of others this refuses some that hydra would take: with a pointer
/// for a staking part, amounts of 2^63 and more, or one reference twice where the last output alone adds up.
///
/// Source: `observeDepositTxOut` in hydra-node 2.3.0 (`hydra-tx`, `Hydra.Tx.Deposit`).
///
/// # Errors
/// The output is not a deposit, or does not hold just what it records: hydra ignores it, and says nothing.
pub fn recreated(deposit: &Output) -> Result<UtxoSet, DepositError> {
    let datum = deposit.inline_datum().ok_or(DepositError::NoDatum)?;
    let record = Deposit::decode(datum.as_bytes())?;
    let mut outputs = UtxoSet::new();
    let mut sum = Value::default();
    for (position, commit) in record.commits.iter().enumerate() {
        let output = output(commit.output.as_bytes(), deposit.network())
            .map_err(|Unreadable(part)| DepositError::Commit { position, part })?;
        sum = sum.checked_add(output.value())?;
        if outputs.insert(commit.reference, output).is_some() {
            return Err(DepositError::Twice { position, reference: commit.reference });
        }
    }
    if sum != *deposit.value() {
        return Err(DepositError::Value {
            expected: Box::new(sum),
            found: Box::new(deposit.value().clone()),
        });
    }
    Ok(outputs)
}

/// The part of an output that could not be read.
struct Unreadable(&'static str);

impl From<DataError> for Unreadable {
    fn from(_: DataError) -> Self {
        Self("data")
    }
}

/// An output as a Plutus V3 script sees it, on the ledger again.
fn output(bytes: &[u8], network: Network) -> Result<Output, Unreadable> {
    let data = Data::from_cbor(bytes)?.decode()?;
    let Some((0, [address, value, datum, script])) = constructor(&data) else {
        return Err(Unreadable("shape"));
    };
    match constructor(script) {
        Some((0, [PlutusData::BoundedBytes(hash)])) if hash.len() == ScriptHash::LENGTH => {}
        Some((1, [])) => {}
        _ => return Err(Unreadable("script")),
    }
    let address = Address::decode(Data::from(address).as_bytes()).map_err(|_| Unreadable("address"))?;
    let draft = OutputDraft::new(address, value_of(value).ok_or(Unreadable("value"))?);
    let draft = match datum_of(datum).ok_or(Unreadable("datum"))? {
        Datum::None => draft,
        Datum::Hash(hash) => draft.with_datum_hash(hash),
        Datum::Inline(data) => draft.with_inline_datum(data),
    };
    Ok(draft.finish(network))
}

fn datum_of(data: &PlutusData) -> Option<Datum> {
    match constructor(data)? {
        (0, []) => Some(Datum::None),
        (1, [PlutusData::BoundedBytes(hash)]) => {
            Some(Datum::Hash(<[u8; 32]>::try_from(hash.as_slice()).ok()?))
        }
        (2, [data]) => Some(Datum::Inline(Data::from(data))),
        _ => None,
    }
}

fn value_of(data: &PlutusData) -> Option<Value> {
    let PlutusData::Map(policies) = data else { return None };
    let mut value = Value::default();
    for (policy, names) in policies.iter() {
        let (PlutusData::BoundedBytes(policy), PlutusData::Map(names)) = (policy, names) else { return None };
        for (name, amount) in names.iter() {
            let (PlutusData::BoundedBytes(name), PlutusData::BigInt(BigInt::Int(amount))) = (name, amount)
            else {
                return None;
            };
            let asset = asset(policy.as_slice(), name.as_slice())?;
            let amount = Amount::from_units(u64::try_from(i128::from(*amount)).ok()?).ok()?;
            value = value.plus(&asset, amount).ok()?;
        }
    }
    Some(value)
}

fn asset(policy: &[u8], name: &[u8]) -> Option<Asset> {
    if policy.is_empty() {
        return name.is_empty().then_some(Asset::Lovelace);
    }
    let name = AssetName::from_bytes(name).ok()?;
    Some(Asset::Token { policy: ScriptHash::try_from(policy).ok()?, name })
}

fn constructor(data: &PlutusData) -> Option<(u64, &[PlutusData])> {
    let PlutusData::Constr(constr) = data else { return None };
    Some((constr.constructor_value()?, constr.fields.as_slice()))
}
