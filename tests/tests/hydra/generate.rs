//! Values that may stand in a head.

use demeter_core::Value;
use demeter_core::any::{any_address, any_amount, any_asset, any_key_hash, any_output_reference};
use demeter_tests::tree;
use demeter_tx::{
    Data, LedgerScript, NativeRule, NativeScript, Network, Output, OutputDraft, PlutusScript, PlutusVersion,
    Slot, UtxoSet,
};
use pallas_codec::utils::MaybeIndefArray;
use pallas_primitives::{BigInt, PlutusData};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

/// Data as the ledger encodes them.
pub(crate) fn any_tree() -> impl Strategy<Value = PlutusData> {
    let small = prop_oneof![any::<i64>().prop_map(i128::from), -(1i128 << 64)..(1i128 << 64)];
    // Beyond 64 bits: nine bytes or more, the first of which is not 0.
    let large = (1..=u8::MAX, vec(any::<u8>(), 8..64)).prop_map(|(first, rest)| [vec![first], rest].concat());
    let leaf = prop_oneof![
        small.prop_map(|number| PlutusData::BigInt(BigInt::Int(number.try_into().unwrap()))),
        large.clone().prop_map(|bytes| PlutusData::BigInt(BigInt::BigUInt(bytes.into()))),
        large.prop_map(|bytes| PlutusData::BigInt(BigInt::BigNInt(bytes.into()))),
        vec(any::<u8>(), 0..150).prop_map(|bytes| PlutusData::BoundedBytes(bytes.into())),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        let items = vec(inner.clone(), 0..6);
        prop_oneof![
            (prop_oneof![0..10u64, 120..140u64, any::<u64>()], items.clone())
                .prop_map(|(index, fields)| canonical(tree::constructor(index, fields))),
            items.prop_map(|items| canonical(tree::list(items))),
            vec((inner.clone(), inner), 0..4).prop_map(tree::map),
        ]
    })
}

/// With an empty list written as such.
fn canonical(data: PlutusData) -> PlutusData {
    match data {
        PlutusData::Array(items) if items.is_empty() => PlutusData::Array(MaybeIndefArray::Def(vec![])),
        PlutusData::Constr(mut constructor) if constructor.fields.is_empty() => {
            constructor.fields = MaybeIndefArray::Def(vec![]);
            PlutusData::Constr(constructor)
        }
        other => other,
    }
}

/// Data in any encoding: the ledger's, or one with lists of stated length and numbers in more bytes than they need.
fn any_data() -> impl Strategy<Value = Data> {
    let odd = prop_oneof![
        Just("1801"),
        Just("c24101"),
        Just("c340"),
        Just("9f1801ff"),
        Just("d87981811801"),
        Just("bf0102ff"),
        Just("5f41014102ff"),
        Just("d8668203811801"),
    ];
    prop_oneof![
        3 => any_tree().prop_map(|tree| Data::from(&tree)),
        1 => odd.prop_map(|digits| Data::from_cbor(hex::decode(digits).unwrap()).unwrap()),
    ]
}

/// Up to sixty assets.
fn any_value() -> impl Strategy<Value = Value> {
    vec((any_asset(), any_amount()), 0..60).prop_map(|parts| {
        let mut value = Value::default();
        for (asset, amount) in parts {
            value = value.clone().plus(&asset, amount).unwrap_or(value);
        }
        value
    })
}

fn any_rule() -> impl Strategy<Value = NativeRule> {
    let leaf = prop_oneof![
        any_key_hash().prop_map(NativeRule::Key),
        any::<u64>().prop_map(|slot| NativeRule::From(Slot::from_number(slot))),
        any::<u64>().prop_map(|slot| NativeRule::Before(Slot::from_number(slot))),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        let rules = vec(inner, 0..4);
        prop_oneof![
            rules.clone().prop_map(NativeRule::All),
            rules.clone().prop_map(NativeRule::Any),
            (0..5u32, rules).prop_map(|(count, rules)| NativeRule::AtLeast(count, rules)),
        ]
    })
}

fn any_script() -> impl Strategy<Value = LedgerScript> {
    let version = prop::sample::select(&PlutusVersion::ALL[..]);
    prop_oneof![
        any_rule().prop_map(|rule| NativeScript::from(rule).into()),
        (version, vec(any::<u8>(), 0..300))
            .prop_map(|(version, bytes)| PlutusScript::of(version, bytes).into()),
    ]
}

#[derive(Clone, Debug)]
enum AnyDatum {
    None,
    Hash([u8; 32]),
    Inline(Data),
}

fn any_output() -> impl Strategy<Value = Output> {
    let datum = prop_oneof![
        Just(AnyDatum::None),
        any::<[u8; 32]>().prop_map(AnyDatum::Hash),
        any_data().prop_map(AnyDatum::Inline),
    ];
    let network = prop_oneof![Just(Network::Testnet), Just(Network::Mainnet)];
    (network, any_address(), any_value(), datum, option::of(any_script())).prop_map(
        |(network, address, value, datum, script)| {
            let mut draft = OutputDraft::new(address, value);
            draft = match datum {
                AnyDatum::None => draft,
                AnyDatum::Hash(hash) => draft.with_datum_hash(hash),
                AnyDatum::Inline(data) => draft.with_inline_datum(data),
            };
            if let Some(script) = script {
                draft = draft.with_reference_script(script);
            }
            draft.finish(network)
        },
    )
}

/// What a head may hold.
pub(crate) fn any_utxos() -> impl Strategy<Value = UtxoSet> {
    btree_map(any_output_reference(), any_output(), 0..8)
}
