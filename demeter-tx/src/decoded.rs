//! A transaction taken apart: what evaluation and the ledger's rules look at.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use demeter_core::{Amount, Asset, Credential, KeyHash, OutputReference, TransactionId};
use minicbor::Decoder;
use pallas_crypto::hash::Hasher;
use pallas_primitives::alonzo::AuxiliaryData;
use pallas_primitives::conway::{
    MintedTransactionOutput, MintedTx, PseudoTransactionBody, RedeemerTag, Redeemers,
};
use pallas_primitives::{KeepRaw, Nullable, PlutusData, TransactionInput};

use crate::data::{check_byte_strings, check_nesting};
use crate::wire::{self, WireError};
use crate::{
    Data, Effect, ExecutionUnits, LedgerScript, NativeScript, Network, Output, PlutusScript, PlutusVersion,
    SignedTransaction, Slot,
};

/// What a redeemer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Spending an input.
    Spend,
    /// Minting or burning under a policy.
    Mint,
    /// A certificate.
    Certify,
    /// A withdrawal of rewards.
    Reward,
    /// A vote.
    Vote,
    /// A proposal.
    Propose,
}

/// Which redeemer: its purpose and the position of what it is for among all of that purpose, in the ledger's
/// order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RedeemerPointer {
    /// What it is for.
    pub purpose: Purpose,
    /// The position, from 0.
    pub index: u32,
}

impl fmt::Display for RedeemerPointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let purpose = match self.purpose {
            Purpose::Spend => "spend",
            Purpose::Mint => "mint",
            Purpose::Certify => "certify",
            Purpose::Reward => "reward",
            Purpose::Vote => "vote",
            Purpose::Propose => "propose",
        };
        write!(f, "{purpose} {}", self.index)
    }
}

impl From<RedeemerTag> for Purpose {
    fn from(tag: RedeemerTag) -> Self {
        match tag {
            RedeemerTag::Spend => Self::Spend,
            RedeemerTag::Mint => Self::Mint,
            RedeemerTag::Cert => Self::Certify,
            RedeemerTag::Reward => Self::Reward,
            RedeemerTag::Vote => Self::Vote,
            RedeemerTag::Propose => Self::Propose,
        }
    }
}

/// A transaction cannot be taken apart.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The bytes are not a transaction of the Conway era.
    #[error("not a transaction: {reason}")]
    Malformed {
        /// What the decoder says.
        reason: String,
    },
    /// An output cannot be represented.
    #[error("output {index}: {source}")]
    Output {
        /// Its position; the return of collateral comes after the others.
        index: usize,
        /// What is wrong with it.
        source: WireError,
    },
    /// The mint field cannot be represented.
    #[error("mint: {0}")]
    Mint(WireError),
    /// A withdrawal cannot be represented.
    #[error("withdrawal: {0}")]
    Withdrawal(WireError),
    /// Something that must be unique appears twice.
    #[error("{what} {item} appears twice")]
    Twice {
        /// What it is.
        what: &'static str,
        /// Which.
        item: String,
    },
}

/// A redeemer in a transaction.
pub(crate) struct PlacedRedeemer {
    pub(crate) data: PlutusData,
    pub(crate) units: ExecutionUnits,
}

/// What is withdrawn from a reward account.
pub(crate) struct Withdrawal {
    pub(crate) network: Network,
    pub(crate) account: Credential,
    pub(crate) lovelace: u64,
}

pub(crate) struct Decoded<'b> {
    pub(crate) size: usize,
    pub(crate) id: TransactionId,
    pub(crate) transaction: MintedTx<'b>,
    /// In the ledger's order, which is that of redeemer indices.
    pub(crate) inputs: BTreeSet<OutputReference>,
    pub(crate) references: BTreeSet<OutputReference>,
    pub(crate) collateral: BTreeSet<OutputReference>,
    pub(crate) outputs: Vec<Output>,
    pub(crate) collateral_return: Option<Output>,
    pub(crate) mint: BTreeMap<Asset, i64>,
    pub(crate) redeemers: BTreeMap<RedeemerPointer, PlacedRedeemer>,
    /// In the ledger's order, which is that of redeemer indices.
    pub(crate) withdrawals: Vec<Withdrawal>,
    /// Those among the witnesses.
    pub(crate) scripts: Vec<LedgerScript>,
    pub(crate) data: BTreeMap<[u8; 32], Data>,
}

type RawBody<'b> = PseudoTransactionBody<KeepRaw<'b, MintedTransactionOutput<'b>>>;

impl<'b> Decoded<'b> {
    pub(crate) fn from_cbor(bytes: &'b [u8]) -> Result<Self, DecodeError> {
        let malformed = |reason: String| DecodeError::Malformed { reason };
        check_nesting(bytes).map_err(|error| malformed(error.to_string()))?;
        let mut decoder = Decoder::new(bytes);
        let transaction: MintedTx<'b> = decoder.decode().map_err(|error| malformed(error.to_string()))?;
        let trailing = bytes.len().saturating_sub(decoder.position());
        if trailing > 0 {
            return Err(malformed(format!("{trailing} bytes follow it")));
        }
        if transaction.auxiliary_data == Nullable::Undefined {
            return Err(malformed("metadata are there or null".to_owned()));
        }
        known_fields("body", transaction.transaction_body.raw_cbor(), &BODY_KEYS)?;
        known_fields("witness set", transaction.transaction_witness_set.raw_cbor(), &WITNESS_KEYS)?;
        if let Nullable::Some(metadata) = &transaction.auxiliary_data {
            check_metadata(metadata)?;
        }
        let witnesses = &transaction.transaction_witness_set;
        let data = witnesses.plutus_data.iter().flatten().map(KeepRaw::raw_cbor);
        for bytes in data.chain(witnesses.redeemer.as_ref().map(KeepRaw::raw_cbor)) {
            check_byte_strings(bytes).map_err(|error| malformed(error.to_string()))?;
        }
        // NOTE: decoded twice, because only this type keeps the bytes of each output.
        let body: RawBody<'b> = minicbor::decode(transaction.transaction_body.raw_cbor())
            .map_err(|error| malformed(error.to_string()))?;
        unique("required signer", body.required_signers.iter().flatten())?;
        let (outputs, collateral_return) = outputs(&body)?;
        Ok(Self {
            size: bytes.len(),
            id: TransactionId::from_bytes(*Hasher::<256>::hash(transaction.transaction_body.raw_cbor())),
            inputs: references("input", &body.inputs)?,
            references: references("reference input", body.reference_inputs.iter().flatten())?,
            collateral: references("collateral input", body.collateral.iter().flatten())?,
            outputs,
            collateral_return,
            mint: mint(&body)?,
            redeemers: redeemers(transaction.transaction_witness_set.redeemer.as_deref())?,
            withdrawals: withdrawals(&body)?,
            scripts: scripts(&transaction),
            data: transaction
                .transaction_witness_set
                .plutus_data
                .iter()
                .flatten()
                .map(|data| Data::from_decoded(data.raw_cbor()))
                .map(|data| (data.hash(), data))
                .collect(),
            transaction,
        })
    }

    /// The total of what is declared for all scripts.
    pub(crate) fn declared_units(&self) -> ExecutionUnits {
        ExecutionUnits::total(self.redeemers.values().map(|redeemer| redeemer.units))
    }
}

/// The fields that a body of the Conway era can have.
const BODY_KEYS: [u64; 20] = [0, 1, 2, 3, 4, 5, 7, 8, 9, 11, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22];
const WITNESS_KEYS: [u64; 8] = [0, 1, 2, 3, 4, 5, 6, 7];
/// The fields that metadata can have in the form of a tagged map.
const METADATA_KEYS: [u64; 5] = [0, 1, 2, 3, 4];

/// Metadata have no unknown field, and no label twice.
///
/// Source: ledger `AlonzoTxAuxData`, `decodeTxAuxDataByTokenType`; its maps have no key twice since version 9.
fn check_metadata(raw: &KeepRaw<'_, AuxiliaryData>) -> Result<(), DecodeError> {
    let metadata = match &**raw {
        AuxiliaryData::Shelley(metadata) => Some(metadata),
        AuxiliaryData::ShelleyMa(data) => Some(&data.transaction_metadata),
        AuxiliaryData::PostAlonzo(data) => {
            let mut decoder = Decoder::new(raw.raw_cbor());
            decoder.tag().map_err(|error| DecodeError::Malformed { reason: error.to_string() })?;
            known_fields(
                "metadata",
                raw.raw_cbor().get(decoder.position()..).unwrap_or_default(),
                &METADATA_KEYS,
            )?;
            data.metadata.as_ref()
        }
    };
    let labels = metadata.into_iter().flat_map(|metadata| metadata.iter()).map(|(label, _)| label);
    unique("metadata label", labels)
}

fn known_fields(what: &'static str, bytes: &[u8], allowed: &[u64]) -> Result<(), DecodeError> {
    wire::check_keys(what, bytes, allowed)
        .map_err(|error| DecodeError::Malformed { reason: error.to_string() })
}

/// Refuses what appears twice.
fn unique<T: Ord + fmt::Display>(
    what: &'static str,
    items: impl IntoIterator<Item = T>,
) -> Result<(), DecodeError> {
    let mut seen = BTreeSet::new();
    for item in items {
        let text = item.to_string();
        if !seen.insert(item) {
            return Err(DecodeError::Twice { what, item: text });
        }
    }
    Ok(())
}

/// What a body does: what it consumes and makes, or, if it is marked invalid, its collateral and the return of it.
///
/// Source: ledger `updateUTxOState` and `collOuts`: the return comes after the outputs, which are not made.
pub(crate) fn effect(id: TransactionId, body: &[u8], is_marked_valid: bool) -> Result<Effect, DecodeError> {
    effect_of(id, &raw_body(body)?, is_marked_valid)
}

/// What a transaction does, and what its scripts see of it beside that.
pub(crate) struct Anatomy {
    pub(crate) effect: Effect,
    pub(crate) references: BTreeSet<OutputReference>,
    pub(crate) mint: BTreeMap<Asset, i64>,
    /// The first slot in which it is valid.
    pub(crate) from: Option<Slot>,
    /// The first slot in which it is valid no more.
    pub(crate) before: Option<Slot>,
    pub(crate) required_signers: BTreeSet<KeyHash>,
    /// Their data alone: none where it is marked invalid, because then no script has a say.
    pub(crate) redeemers: BTreeMap<RedeemerPointer, Data>,
}

impl Anatomy {
    /// Takes a transaction apart without checking anything.
    pub(crate) fn of(transaction: &SignedTransaction) -> Result<Self, DecodeError> {
        let body = raw_body(transaction.body())?;
        let valid = transaction.is_marked_valid();
        let listed = match transaction.redeemer_bytes().filter(|_| valid) {
            Some(bytes) => Some(minicbor::decode::<Redeemers>(bytes).map_err(malformed)?),
            None => None,
        };
        let redeemers = redeemers(listed.as_ref())?.into_iter();
        let required = body.required_signers.iter().flatten();
        Ok(Self {
            effect: effect_of(transaction.id(), &body, valid)?,
            references: references("reference input", body.reference_inputs.iter().flatten())?,
            mint: mint(&body)?,
            from: body.validity_interval_start.map(Slot::from_number),
            before: body.ttl.map(Slot::from_number),
            required_signers: required.map(|hash| KeyHash::from_bytes(**hash)).collect(),
            redeemers: redeemers.map(|(pointer, placed)| (pointer, Data::from(&placed.data))).collect(),
        })
    }
}

fn malformed(error: impl fmt::Display) -> DecodeError {
    DecodeError::Malformed { reason: error.to_string() }
}

fn raw_body(body: &[u8]) -> Result<RawBody<'_>, DecodeError> {
    known_fields("body", body, &BODY_KEYS)?;
    minicbor::decode(body).map_err(malformed)
}

fn effect_of(id: TransactionId, body: &RawBody<'_>, is_marked_valid: bool) -> Result<Effect, DecodeError> {
    let (outputs, collateral_return) = outputs(body)?;
    let (consumed, made) = if is_marked_valid {
        (references("input", &body.inputs)?, (0..).zip(outputs).collect())
    } else {
        let consumed = references("collateral input", body.collateral.iter().flatten())?;
        (consumed, (outputs.len() as u64..).zip(collateral_return).collect::<Vec<_>>())
    };
    let made = made.into_iter().map(|(index, output)| (OutputReference { transaction: id, index }, output));
    Ok(Effect { consumed: consumed.into_iter().collect(), made: made.collect() })
}

fn outputs(body: &RawBody<'_>) -> Result<(Vec<Output>, Option<Output>), DecodeError> {
    let read = |(index, raw): (usize, &KeepRaw<'_, MintedTransactionOutput<'_>>)| {
        Output::from_decoded(raw.raw_cbor(), raw).map_err(|source| DecodeError::Output { index, source })
    };
    let outputs = body.outputs.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
    let collateral_return = body.collateral_return.as_ref().map(|raw| read((outputs.len(), raw)));
    Ok((outputs, collateral_return.transpose()?))
}

fn references<'i>(
    what: &'static str,
    inputs: impl IntoIterator<Item = &'i TransactionInput>,
) -> Result<BTreeSet<OutputReference>, DecodeError> {
    let mut references = BTreeSet::new();
    for input in inputs {
        let reference = wire::output_reference(input);
        if !references.insert(reference) {
            return Err(DecodeError::Twice { what, item: reference.to_string() });
        }
    }
    Ok(references)
}

fn mint(body: &RawBody<'_>) -> Result<BTreeMap<Asset, i64>, DecodeError> {
    let mut mint = BTreeMap::new();
    for (policy, names) in body.mint.iter().flat_map(|mint| mint.iter()) {
        for (name, quantity) in names.iter() {
            let asset = wire::token(policy, name).map_err(DecodeError::Mint)?;
            let quantity = i64::from(quantity);
            let magnitude = Amount::from_units(quantity.unsigned_abs());
            magnitude.map_err(|error| DecodeError::Mint(WireError::Value { reason: error.to_string() }))?;
            let item = asset.to_string();
            if mint.insert(asset, quantity).is_some() {
                return Err(DecodeError::Twice { what: "minted asset", item });
            }
        }
    }
    Ok(mint)
}

/// Source: ledger `AccountAddress`, `Credential`: by network, then script accounts before those of keys.
fn withdrawals(body: &RawBody<'_>) -> Result<Vec<Withdrawal>, DecodeError> {
    let mut withdrawals = BTreeMap::new();
    for (account, lovelace) in body.withdrawals.iter().flat_map(|withdrawals| withdrawals.iter()) {
        let (network, account) = wire::reward_account(account).map_err(DecodeError::Withdrawal)?;
        let place = match account {
            Credential::Script(hash) => (network.id(), 0, *hash.as_bytes()),
            Credential::Key(hash) => (network.id(), 1, *hash.as_bytes()),
        };
        if withdrawals.insert(place, Withdrawal { network, account, lovelace: *lovelace }).is_some() {
            return Err(DecodeError::Twice { what: "withdrawal from", item: format!("{account:?}") });
        }
    }
    Ok(withdrawals.into_values().collect())
}

fn scripts(transaction: &MintedTx<'_>) -> Vec<LedgerScript> {
    let witnesses = &transaction.transaction_witness_set;
    let native = witnesses.native_script.iter().flatten();
    let native = native.map(|script| NativeScript::from_decoded(script.raw_cbor(), script).into());
    let plutus = |version: PlutusVersion, bytes: &[u8]| PlutusScript::of(version, bytes).into();
    let v1 = witnesses.plutus_v1_script.iter().flatten();
    let v2 = witnesses.plutus_v2_script.iter().flatten();
    let v3 = witnesses.plutus_v3_script.iter().flatten();
    native
        .chain(v1.map(|script| plutus(PlutusVersion::V1, script.as_ref())))
        .chain(v2.map(|script| plutus(PlutusVersion::V2, script.as_ref())))
        .chain(v3.map(|script| plutus(PlutusVersion::V3, script.as_ref())))
        .collect()
}

fn redeemers(listed: Option<&Redeemers>) -> Result<BTreeMap<RedeemerPointer, PlacedRedeemer>, DecodeError> {
    let listed: Vec<_> = match listed {
        None => Vec::new(),
        Some(Redeemers::List(list)) => {
            list.iter().map(|one| (one.tag, one.index, &one.data, one.ex_units)).collect()
        }
        Some(Redeemers::Map(map)) => {
            map.iter().map(|(key, one)| (key.tag, key.index, &one.data, one.ex_units)).collect()
        }
    };
    let mut redeemers = BTreeMap::new();
    for (tag, index, data, units) in listed {
        let pointer = RedeemerPointer { purpose: tag.into(), index };
        let redeemer = PlacedRedeemer { data: data.clone(), units: units.into() };
        if redeemers.insert(pointer, redeemer).is_some() {
            return Err(DecodeError::Twice { what: "redeemer", item: pointer.to_string() });
        }
    }
    Ok(redeemers)
}
