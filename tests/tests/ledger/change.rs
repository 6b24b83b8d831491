//! How healthy transactions are changed: what mutations are made of. Each says whether it applies.

use demeter_core::{Address, Amount, Asset, AssetName, ScriptHash};
use demeter_tests::drt::Dice;
use demeter_tx::ledger::{Charged, minimum_fee};
use demeter_tx::{
    Data, ExecutionUnits, NativeRule, NativeScript, Output, OutputDraft, PlutusScript, PlutusVersion,
};
use pallas_crypto::hash::{Hash, Hasher};
use pallas_primitives::alonzo::AuxiliaryData;
use pallas_primitives::conway::{ExUnits, Redeemers, RedeemersKey, RedeemersValue, TransactionOutput};
use pallas_primitives::{
    Bytes, KeyValuePairs, Metadatum, NonEmptyKeyValuePairs, NonEmptySet, NonZeroInt, Nullable,
    PlutusScript as PlutusBytes, TransactionInput,
};

use crate::case::{Case, address, always_true, coin, held, lovelace, output, reference, script};

pub(crate) fn wire(seed: u8) -> TransactionInput {
    let reference = reference(seed);
    TransactionInput { transaction_id: Hash::from(*reference.transaction.as_bytes()), index: reference.index }
}

pub(crate) fn decoded(output: &Output) -> pallas_primitives::conway::TransactionOutput {
    minicbor::decode(output.as_bytes()).unwrap()
}

pub(crate) fn guarded(script: &PlutusScript, units: u64) -> Output {
    let draft = OutputDraft::new(Address::of_script(script.hash()), lovelace(units));
    output(draft.with_inline_datum(Data::unit()))
}

pub(crate) fn needs_script(case: &Case) -> Option<()> {
    case.transaction.transaction_witness_set.redeemer.as_ref().map(|_| ())
}

pub(crate) fn references(case: &Case) -> Vec<TransactionInput> {
    case.transaction.transaction_body.reference_inputs.clone().map(|set| set.to_vec()).unwrap_or_default()
}

pub(crate) fn refer(case: &mut Case, references: Vec<TransactionInput>) -> Option<()> {
    case.transaction.transaction_body.reference_inputs = NonEmptySet::from_vec(references);
    Some(())
}

pub(crate) fn valid(case: &mut Case, from: Option<u64>, before: Option<u64>) -> Option<()> {
    case.transaction.transaction_body.validity_interval_start = from;
    case.transaction.transaction_body.ttl = before;
    Some(())
}

/// The fee is what was paid before the slack.
pub(crate) fn fee_least(case: &mut Case, _: &mut Dice) -> Option<()> {
    let slack = std::mem::take(&mut case.slack);
    if slack == 0 {
        return None;
    }
    case.transaction.transaction_body.fee -= slack;
    *case.change() += slack;
    Some(())
}

pub(crate) fn fee_below(case: &mut Case, _: &mut Dice) -> Option<()> {
    if case.slack == 0 {
        return None;
    }
    let declared = declared(case);
    let reference_script_bytes =
        if references(case).contains(&wire(3)) { always_true().as_bytes().len() as u64 } else { 0 };
    // NOTE: computed anew, because without a declared collateral the transaction is smaller than the builder's.
    let size = case.bytes().len() as u64 - 1;
    let charged = Charged { size, units: declared, reference_script_bytes };
    let least = minimum_fee(&case.settings.parameters, charged).unwrap().to_units();
    let less = case.transaction.transaction_body.fee - (least - 1);
    case.transaction.transaction_body.fee -= less;
    *case.change() += less;
    Some(())
}

pub(crate) fn declared(case: &Case) -> ExecutionUnits {
    let units = match &case.transaction.transaction_witness_set.redeemer {
        Some(Redeemers::Map(map)) => map.iter().map(|(_, value)| value.ex_units).collect(),
        Some(Redeemers::List(list)) => list.iter().map(|one| one.ex_units).collect(),
        None => Vec::new(),
    };
    ExecutionUnits::total(units.into_iter().map(ExecutionUnits::from))
}

pub(crate) fn fee_unbalanced(case: &mut Case, _: &mut Dice) -> Option<()> {
    case.transaction.transaction_body.fee += 1;
    Some(())
}

/// The limit is declared, at the fee for what is used.
pub(crate) fn fee_without_units(case: &mut Case, _: &mut Dice) -> Option<()> {
    needs_script(case)?;
    if case.slack == 0 {
        return None;
    }
    let limit = case.settings.parameters.max_transaction_units;
    let count = u64::try_from(redeemers(case)?.len()).unwrap();
    units(case, ExUnits { mem: limit.memory / count, steps: limit.steps / count })
}

pub(crate) fn mint_without_script(case: &mut Case, _: &mut Dice) -> Option<()> {
    let policy = ScriptHash::from_bytes([9; 28]);
    let names = vec![(Bytes::from(b"t".to_vec()), NonZeroInt::try_from(3).unwrap())];
    let names = NonEmptyKeyValuePairs::from_vec(names).unwrap();
    if case.transaction.transaction_body.mint.is_some() {
        return None;
    }
    case.transaction.transaction_body.mint =
        NonEmptyKeyValuePairs::from_vec(vec![(Hash::from(*policy.as_bytes()), names)]);
    let asset = Asset::Token { policy, name: AssetName::from_bytes(*b"t").unwrap() };
    let value = lovelace(1).plus(&asset, Amount::from_units(3).unwrap()).unwrap();
    replace_first(case, &output(OutputDraft::new(address(3), value)))
}

/// Puts this in the place of the first output, with as much lovelace as that had.
pub(crate) fn replace_first(case: &mut Case, output: &Output) -> Option<()> {
    let outputs = &mut case.transaction.transaction_body.outputs;
    let before = *coin(&mut outputs[0]);
    outputs[0] = decoded(output);
    *coin(&mut outputs[0]) = before;
    Some(())
}

/// Gives the first output this much less than its minimum, the rest to the change.
pub(crate) fn output_about_minimum(case: &mut Case, less: u64) -> Option<()> {
    let output = &mut case.transaction.transaction_body.outputs[0];
    let before = *coin(output);
    *coin(output) = 1_000_000;
    let bytes = minicbor::to_vec(&*output).unwrap();
    let minimum = Output::from_cbor(&bytes).unwrap().minimum_lovelace(&case.settings.parameters).unwrap();
    let left = minimum.to_units() - less;
    *coin(output) = left;
    *case.change() += before - left;
    Some(())
}

pub(crate) fn output_with_datum_below_minimum(case: &mut Case, _: &mut Dice) -> Option<()> {
    let datum = Data::from_cbor([vec![0x58, 0x40], vec![7; 64]].concat()).unwrap();
    let draft = OutputDraft::new(address(3), lovelace(1_000_000)).with_inline_datum(datum);
    replace_first(case, &output(draft))?;
    output_about_minimum(case, 1)
}

/// Limits transactions to so many bytes less than this one has.
pub(crate) fn limited(case: &mut Case, less: u64) -> Option<()> {
    case.settings.parameters.max_transaction_size = case.bytes().len() as u64 - less;
    Some(())
}

pub(crate) fn metadata(case: &mut Case, length: usize, state: fn(Vec<u8>) -> Option<Vec<u8>>) -> Option<()> {
    let text = Metadatum::Text("x".repeat(length));
    let metadata = AuxiliaryData::Shelley(KeyValuePairs::from(vec![(674, text)]));
    let hash = Hasher::<256>::hash(&minicbor::to_vec(&metadata).unwrap()).to_vec();
    case.transaction.auxiliary_data = Nullable::Some(metadata);
    case.transaction.transaction_body.auxiliary_data_hash = state(hash).map(Bytes::from);
    Some(())
}

pub(crate) fn collateral(case: &mut Case, seeds: &[u8]) -> Option<()> {
    needs_script(case)?;
    let inputs = seeds.iter().map(|seed| wire(*seed)).collect();
    case.transaction.transaction_body.collateral = NonEmptySet::from_vec(inputs);
    Some(())
}

pub(crate) fn return_collateral(case: &mut Case, units: u64) -> Option<()> {
    case.transaction.transaction_body.collateral_return = Some(decoded(&held(1, units)));
    Some(())
}

pub(crate) fn collateral_of_tokens(case: &mut Case, returned: Option<u64>) -> Option<()> {
    let policy = ScriptHash::from_bytes([8; 28]);
    let asset = Asset::Token { policy, name: AssetName::default() };
    let holding = |units, tokens| {
        let value = lovelace(units).plus(&asset, Amount::from_units(tokens).unwrap()).unwrap();
        output(OutputDraft::new(address(1), value))
    };
    case.utxos.insert(reference(50), holding(20_000_000, 3));
    collateral(case, &[50])?;
    case.transaction.transaction_body.collateral_return =
        returned.map(|tokens| decoded(&holding(2_000_000, tokens)));
    Some(())
}

/// What is returned leaves so much less at risk than must be.
pub(crate) fn collateral_at_risk(case: &mut Case, less: u64) -> Option<()> {
    collateral(case, &[9])?;
    if case.slack == 0 {
        return None;
    }
    let share = (case.transaction.transaction_body.fee * 150).div_ceil(100);
    return_collateral(case, 10_000_009 - (share - less))
}

pub(crate) fn collateral_declared(case: &mut Case, more: u64) -> Option<()> {
    collateral(case, &[9])?;
    case.transaction.transaction_body.total_collateral = Some(10_000_009 + more);
    Some(())
}

pub(crate) fn attach(case: &mut Case, scripts: Vec<PlutusScript>, even_if_referred: bool) -> Option<()> {
    needs_script(case)?;
    if !even_if_referred && case.transaction.transaction_body.reference_inputs.is_some() {
        return None;
    }
    let scripts = scripts.iter().map(|script| PlutusBytes::<3>(Bytes::from(script.as_bytes().to_vec())));
    case.transaction.transaction_witness_set.plutus_v3_script = NonEmptySet::from_vec(scripts.collect());
    Some(())
}

/// The guarded output carries its own script.
pub(crate) fn script_on_an_input(case: &mut Case, _: &mut Dice) -> Option<()> {
    let guarded_at = case.guarded?;
    let draft = OutputDraft::new(Address::of_script(always_true().hash()), lovelace(5_000_000));
    let draft = draft.with_inline_datum(Data::unit()).with_reference_script(always_true());
    case.utxos.insert(guarded_at, output(draft));
    case.transaction.transaction_witness_set.plutus_v3_script = None;
    case.transaction.transaction_body.reference_inputs = None;
    Some(())
}

/// The money is guarded by a native script.
pub(crate) fn native(case: &mut Case, rule: &NativeRule, attached: bool) -> Option<()> {
    let script = NativeScript::from(rule.clone());
    let money = case.money;
    let value = case.utxos[&money].value().clone();
    let held = output(OutputDraft::new(Address::of_script(script.hash()), value));
    case.utxos.insert(money, held);
    // A redeemer's place is that among all inputs; what is checked here is the native script alone.
    let decoded = minicbor::decode(script.as_bytes()).unwrap();
    case.transaction.transaction_witness_set.native_script =
        NonEmptySet::from_vec(vec![decoded]).filter(|_| attached);
    Some(())
}

pub(crate) type Pairs = Vec<(RedeemersKey, RedeemersValue)>;

pub(crate) fn redeemers(case: &Case) -> Option<Pairs> {
    match &case.transaction.transaction_witness_set.redeemer {
        Some(Redeemers::Map(map)) => Some(map.clone().to_vec()),
        Some(Redeemers::List(_)) | None => None,
    }
}

pub(crate) fn change_redeemers(case: &mut Case, change: impl FnOnce(&mut Pairs)) -> Option<()> {
    let mut pairs = redeemers(case)?;
    change(&mut pairs);
    case.transaction.transaction_witness_set.redeemer =
        Some(Redeemers::Map(NonEmptyKeyValuePairs::from_vec(pairs)?));
    case.rehash();
    Some(())
}

pub(crate) fn units(case: &mut Case, units: ExUnits) -> Option<()> {
    change_redeemers(case, |pairs| {
        for (_, value) in pairs {
            value.ex_units = units;
        }
    })
}

pub(crate) fn datum_by_hash(case: &mut Case, attached: bool) -> Option<()> {
    let guarded_at = case.guarded?;
    let datum = Data::from_cbor([0x18, 0x2b]).unwrap();
    let draft = OutputDraft::new(Address::of_script(always_true().hash()), lovelace(5_000_000));
    case.utxos.insert(guarded_at, output(draft.with_datum_hash(datum.hash())));
    case.transaction.transaction_witness_set.plutus_data =
        NonEmptySet::from_vec(vec![datum.decode().unwrap()]).filter(|_| attached);
    case.rehash();
    Some(())
}

pub(crate) fn withdraw(case: &mut Case, header: u8, hash: [u8; 28], units: u64) -> Option<()> {
    let account = Bytes::from([vec![header], hash.to_vec()].concat());
    case.transaction.transaction_body.withdrawals = NonEmptyKeyValuePairs::from_vec(vec![(account, units)]);
    Some(())
}

/// The guarded output is guarded by a script in an older version of Plutus, with its datum by hash or inline.
pub(crate) fn older(case: &mut Case, version: PlutusVersion, inline: bool) -> Option<()> {
    let guarded_at = case.guarded?;
    if case.transaction.transaction_body.mint.is_some() {
        return None;
    }
    let script = script(version, "(program 1.0.0 (lam datum (lam redeemer (lam context (con unit ())))))");
    let draft = OutputDraft::new(Address::of_script(script.hash()), lovelace(5_000_000));
    let draft = if inline {
        draft.with_inline_datum(Data::unit())
    } else {
        draft.with_datum_hash(Data::unit().hash())
    };
    case.utxos.insert(guarded_at, output(draft));
    // Inline data anywhere are more than the first version bears.
    for output in &mut case.transaction.transaction_body.outputs {
        let TransactionOutput::PostAlonzo(output) = output else { continue };
        output.datum_option = None;
    }
    let bytes = Bytes::from(script.as_bytes().to_vec());
    let witnesses = &mut case.transaction.transaction_witness_set;
    witnesses.plutus_v3_script = None;
    case.transaction.transaction_body.reference_inputs = None;
    match version {
        PlutusVersion::V1 => witnesses.plutus_v1_script = NonEmptySet::from_vec(vec![PlutusBytes(bytes)]),
        PlutusVersion::V2 => witnesses.plutus_v2_script = NonEmptySet::from_vec(vec![PlutusBytes(bytes)]),
        PlutusVersion::V3 => witnesses.plutus_v3_script = NonEmptySet::from_vec(vec![PlutusBytes(bytes)]),
    }
    witnesses.plutus_data = NonEmptySet::from_vec(vec![Data::unit().decode().unwrap()]).filter(|_| !inline);
    case.version = version;
    units(case, ExUnits { mem: 10_000, steps: 10_000_000 })
}
