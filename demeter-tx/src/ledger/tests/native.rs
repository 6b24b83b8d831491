//! Native scripts: needed, there, and satisfied.

use super::*;
use crate::{NativeRule, NativeScript};

fn key(party: u8) -> NativeRule {
    NativeRule::Key(Party::new(party).hash())
}

fn guard(rule: NativeRule) -> NativeScript {
    NativeScript::from(rule)
}

fn decoded(script: &NativeScript) -> pallas_primitives::conway::NativeScript {
    minicbor::decode(script.as_bytes()).unwrap()
}

/// The payment, out of an output that this script guards and that is spent with the script attached.
fn attached(script: &NativeScript) -> Case {
    Case::payment().but(|case| {
        let address = Address::of_script(script.hash());
        case.utxos.insert(reference(3), output(OutputDraft::new(address, Value::of_lovelace(ada(20)))));
        case.transaction.transaction_witness_set.native_script = NonEmptySet::from_vec(vec![decoded(script)]);
    })
}

/// The same with the script referred to.
fn referred(script: &NativeScript) -> Case {
    attached(script).but(|case| {
        case.transaction.transaction_witness_set.native_script = None;
        let draft = OutputDraft::new(Party::new(9).address(), Value::of_lovelace(ada(5)));
        case.utxos.insert(reference(5), output(draft.with_reference_script(script.clone())));
        case.transaction.transaction_body.reference_inputs =
            NonEmptySet::from_vec(vec![wire::input(&reference(5))]);
    })
}

fn both(script: &NativeScript) -> [Case; 2] {
    [attached(script), referred(script)]
}

fn fails(script: &NativeScript) -> LedgerError {
    LedgerError::NativeScriptFails { hash: script.hash() }
}

#[test]
fn keys_sign_for_them() {
    let rules = [
        (key(2), 1),
        (NativeRule::All(vec![key(2), key(3)]), 2),
        (NativeRule::Any(vec![key(2), key(9)]), 1),
        (NativeRule::AtLeast(2, vec![key(2), key(3), key(9)]), 2),
    ];
    for (rule, needed) in rules {
        let script = guard(rule);
        for case in both(&script) {
            case.but(|case| case.signers = (2..2 + needed).map(Party::new).collect()).accepted();
        }
        for case in both(&script) {
            let one_less = case.but(|case| case.signers = (2..1 + needed).map(Party::new).collect());
            assert_eq!(one_less.refused(), fails(&script));
        }
    }
}

#[test]
fn they_hold_within_stated_times() {
    let slot = Slot::from_number;
    let stating = |script: &NativeScript, from: Option<u64>, before: Option<u64>| {
        attached(script).but(|case| {
            case.transaction.transaction_body.validity_interval_start = from;
            case.transaction.transaction_body.ttl = before;
        })
    };
    // The slot is 10.
    let from = guard(NativeRule::From(slot(5)));
    stating(&from, Some(5), None).accepted();
    assert_eq!(stating(&from, Some(4), None).refused(), fails(&from));
    assert_eq!(stating(&from, None, None).refused(), fails(&from));
    let before = guard(NativeRule::Before(slot(20)));
    stating(&before, None, Some(20)).accepted();
    assert_eq!(stating(&before, None, Some(21)).refused(), fails(&before));
    assert_eq!(stating(&before, None, None).refused(), fails(&before));
}

#[test]
fn exactly_the_needed_ones_are_there() {
    let script = guard(key(1));
    let missing = attached(&script).but(|case| case.transaction.transaction_witness_set.native_script = None);
    assert_eq!(missing.refused(), LedgerError::ScriptMissing { hash: script.hash() });
    // Attached and referred to.
    let twice = referred(&script).but(|case| {
        case.transaction.transaction_witness_set.native_script =
            NonEmptySet::from_vec(vec![decoded(&script)]);
    });
    assert_eq!(twice.refused(), LedgerError::ScriptNotNeeded { hash: script.hash() });
    // Needed by nothing, and it does not even hold.
    let other = guard(NativeRule::Any(vec![]));
    let needless = Case::payment().but(|case| {
        case.transaction.transaction_witness_set.native_script = NonEmptySet::from_vec(vec![decoded(&other)]);
    });
    assert_eq!(needless.refused(), LedgerError::ScriptNotNeeded { hash: other.hash() });
    // Referred to without need, it need not hold.
    let carried = Case::payment().but(|case| {
        let draft = OutputDraft::new(Party::new(9).address(), Value::of_lovelace(ada(5)));
        case.utxos.insert(reference(5), output(draft.with_reference_script(other.clone())));
        case.transaction.transaction_body.reference_inputs =
            NonEmptySet::from_vec(vec![wire::input(&reference(5))]);
    });
    carried.accepted();
}

#[test]
fn they_need_neither_redeemer_nor_collateral_nor_datum() {
    let script = guard(key(1));
    let data = Data::unit();
    // An output guarded by a native script may name a datum, which need not and must not be attached.
    let named = |attach: bool| {
        attached(&script)
            .but(|case| {
                let address = Address::of_script(script.hash());
                let draft = OutputDraft::new(address, Value::of_lovelace(ada(20)));
                case.utxos.insert(reference(3), output(draft.with_datum_hash(data.hash())));
                let tree = NonEmptySet::from_vec(vec![data.decode().unwrap()]);
                case.transaction.transaction_witness_set.plutus_data = tree.filter(|_| attach);
            })
            .rehashed()
    };
    named(false).accepted();
    assert_eq!(named(true).refused(), LedgerError::DatumNotNeeded { hash: hex::encode(data.hash()) });
    let redeemed = attached(&script)
        .but(|case| {
            let guarded = Case::guarded().transaction.transaction_witness_set.redeemer;
            case.transaction.transaction_witness_set.redeemer = guarded;
        })
        .rehashed();
    assert_eq!(redeemed.refused(), LedgerError::RedeemerNotNeeded { pointer: spend_zero() });
}

#[test]
fn they_mint_and_burn() {
    let script = guard(key(2));
    let asset = Asset::Token { policy: script.hash(), name: AssetName::from_bytes(*b"t").unwrap() };
    let minting = |before: u64, quantity: i64| {
        Case::payment().but(|case| {
            case.signers.push(Party::new(2));
            let held = |lovelace, tokens: u64| {
                let value = Value::of_lovelace(lovelace).plus(&asset, units(tokens)).unwrap();
                output(OutputDraft::new(Party::new(1).address(), value))
            };
            case.utxos.insert(reference(3), held(ada(20), before));
            replace_output(case, 1, &held(ada(15), before.checked_add_signed(quantity).unwrap()));
            let policy = Hash::from(*script.hash().as_bytes());
            let names = vec![(Bytes::from(b"t".to_vec()), NonZeroInt::try_from(quantity).unwrap())];
            let names = NonEmptyKeyValuePairs::from_vec(names).unwrap();
            case.transaction.transaction_body.mint = NonEmptyKeyValuePairs::from_vec(vec![(policy, names)]);
            case.transaction.transaction_witness_set.native_script =
                NonEmptySet::from_vec(vec![decoded(&script)]);
        })
    };
    minting(0, 3).accepted();
    minting(5, -3).accepted();
    minting(3, -3).accepted();
    let unsigned = minting(0, 3).but(|case| case.signers.truncate(1));
    assert_eq!(unsigned.refused(), fails(&script));
    let bare = minting(0, 3).but(|case| case.transaction.transaction_witness_set.native_script = None);
    assert_eq!(bare.refused(), LedgerError::ScriptMissing { hash: script.hash() });
}
