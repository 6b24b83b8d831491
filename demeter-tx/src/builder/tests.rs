use demeter_core::{Asset, Value};

use super::*;
use crate::testing::*;
use crate::{PlutusScript, PlutusVersion, Ratio};

mod native;
mod withdrawals;

/// The parameters of a head, and figures like those of L1.
fn ledgers() -> [LedgerSettings; 2] {
    let mainnet = LedgerSettings { parameters: crate::ProtocolParameters::mainnet().unwrap(), ..settings() };
    [settings(), mainnet]
}

fn token(script: &PlutusScript, name: &[u8]) -> Asset {
    Asset::Token { policy: script.hash(), name: AssetName::from_bytes(name).unwrap() }
}

#[test]
fn the_same_parts_in_any_order_give_the_same_bytes() {
    let party = Party::new(1);
    let utxos = guarded_utxos(&party, &always_true());
    let start = || {
        TransactionBuilder::new(settings(), party.address())
            .pay(OutputDraft::new(party.address(), Value::of_lovelace(ada(2))))
    };
    let one = start()
        .spend_with(reference(1), utxos[&reference(1)].clone(), Data::unit())
        .spend(reference(3), utxos[&reference(3)].clone())
        .refer(reference(2), utxos[&reference(2)].clone())
        .collateral(reference(3), utxos[&reference(3)].clone())
        .signed_by(Party::new(9).hash())
        .signed_by(party.hash());
    let other = start()
        .signed_by(party.hash())
        .collateral(reference(3), utxos[&reference(3)].clone())
        .signed_by(Party::new(9).hash())
        .refer(reference(2), utxos[&reference(2)].clone())
        .spend(reference(3), utxos[&reference(3)].clone())
        .spend_with(reference(1), utxos[&reference(1)].clone(), Data::unit());
    assert_eq!(one.build().unwrap(), other.build().unwrap());
}

#[test]
fn redeemers_follow_the_sorted_inputs() {
    let party = Party::new(1);
    let mut utxos = guarded_utxos(&party, &always_true());
    utxos.insert(reference(0), held_by(&party, ada(3)));
    let built =
        guarded_spending(&party, &utxos).spend(reference(0), utxos[&reference(0)].clone()).build().unwrap();
    let pointer = RedeemerPointer { purpose: Purpose::Spend, index: 1 };
    assert_eq!(built.summary().units.keys().collect::<Vec<_>>(), [&pointer]);
}

#[test]
fn everything_left_over_is_change() {
    let party = Party::new(1);
    let script = always_true();
    let value = Value::of_lovelace(ada(10))
        .plus(&token(&script, b"a"), Amount::from_units(7).unwrap())
        .unwrap()
        .plus(&token(&script, b"b"), Amount::from_units(2).unwrap())
        .unwrap();
    let paid =
        Value::of_lovelace(ada(4)).plus(&token(&script, b"a"), Amount::from_units(5).unwrap()).unwrap();
    let expected = value.checked_sub(&paid).unwrap();
    let built = TransactionBuilder::new(settings(), party.address())
        .spend(reference(1), output(OutputDraft::new(party.address(), value)))
        .pay(OutputDraft::new(Party::new(2).address(), paid))
        .build()
        .unwrap();
    let outputs: Vec<_> = built.outputs().collect();
    assert_eq!(outputs.len(), 2);
    assert_eq!(outputs[1].1.value(), &expected);
    assert_eq!(outputs[1].1.address(), &party.address());
    assert_eq!(outputs[1].0, OutputReference { transaction: built.id(), index: 1 });
}

#[test]
fn nothing_left_over_is_no_change() {
    let party = Party::new(1);
    let built = TransactionBuilder::new(settings(), party.address())
        .spend(reference(1), held_by(&party, ada(4)))
        .pay(OutputDraft::new(Party::new(2).address(), Value::of_lovelace(ada(4))))
        .build()
        .unwrap();
    assert_eq!(built.outputs().count(), 1);
}

#[test]
fn what_is_lacking_is_said() {
    let party = Party::new(1);
    let pay = |units: u64| {
        TransactionBuilder::new(settings(), party.address())
            .spend(reference(1), held_by(&party, ada(4)))
            .pay(OutputDraft::new(
                Party::new(2).address(),
                Value::of_lovelace(Amount::from_units(units).unwrap()),
            ))
            .build()
    };
    assert_eq!(pay(4_000_001).unwrap_err(), BuildError::NotEnough { asset: Asset::Lovelace, lacking: 1 });
    let error = pay(3_999_999).unwrap_err();
    let BuildError::ChangeTooSmall { minimum, found, lacking } = error else {
        panic!("expected too small a change, found {error:?}")
    };
    assert_eq!(found.to_units(), 1);
    assert_eq!(minimum.checked_sub(found).unwrap(), lacking);
    // With exactly what was lacking, it goes through: the change's amount is one of four bytes then.
    assert!(pay(4_000_000 - 857_690).is_ok());
}

#[test]
fn faults_are_reported_once_at_the_end() {
    let party = Party::new(1);
    let utxos = guarded_utxos(&party, &always_true());
    let start = || TransactionBuilder::new(settings(), party.address());
    let money = || held_by(&party, ada(4));
    assert_eq!(
        start().spend(reference(1), money()).spend(reference(1), money()).build().unwrap_err(),
        BuildError::InputTwice { reference: reference(1) }
    );
    assert_eq!(
        start().spend(reference(1), utxos[&reference(1)].clone()).build().unwrap_err(),
        BuildError::RedeemerMissing { reference: reference(1), script: always_true().hash() }
    );
    assert_eq!(
        start().spend_with(reference(1), money(), Data::unit()).build().unwrap_err(),
        BuildError::RedeemerNotNeeded { reference: reference(1) }
    );
    let policy = always_true().hash();
    assert_eq!(
        start().mint(policy, [(AssetName::default(), 0)], Data::unit()).build().unwrap_err(),
        BuildError::MintOfNothing { policy }
    );
    assert!(matches!(start().build().unwrap_err(), BuildError::Refused(_)));
}

fn with_fees() -> LedgerSettings {
    let mut settings = settings();
    settings.parameters.fee_fixed = Amount::from_units(155_381).unwrap();
    settings.parameters.fee_per_byte = Amount::from_units(44).unwrap();
    settings.parameters.fee_per_reference_script_byte = Ratio::new(15, 1).unwrap();
    settings.parameters.prices.price_memory = Ratio::new(577, 10_000).unwrap();
    settings.parameters.prices.price_steps = Ratio::new(721, 10_000_000).unwrap();
    settings
}

#[test]
fn fees_are_as_small_as_they_may_be() {
    let party = Party::new(1);
    let utxos = guarded_utxos(&party, &always_true());
    let settings = with_fees();
    let built = TransactionBuilder::new(settings.clone(), party.address())
        .spend_with(reference(1), utxos[&reference(1)].clone(), Data::unit())
        .refer(reference(2), utxos[&reference(2)].clone())
        .collateral(reference(3), utxos[&reference(3)].clone())
        .build()
        .unwrap();
    let summary = built.summary().clone();
    let signed = party.sign(built);
    assert_eq!(signed.to_cbor().len() as u64, summary.size);
    let charged = Charged {
        size: summary.size - 1,
        units: summary.total_units(),
        reference_script_bytes: always_true().as_bytes().len() as u64,
    };
    assert_eq!(summary.fee, minimum_fee(&settings.parameters, charged).unwrap());
    assert!(crate::ledger::validate(&signed, &utxos, &settings, Slot::from_number(0)).is_ok());
    let decoded_bytes = signed.to_cbor();
    let decoded = Decoded::from_cbor(&decoded_bytes).unwrap();
    let total = decoded.transaction.transaction_body.total_collateral.unwrap();
    assert_eq!(total, (summary.fee.to_units() * 150).div_ceil(100));
    let returned = decoded.collateral_return.unwrap();
    assert_eq!(returned.value().lovelace().to_units(), 20_000_000 - total);
}

#[test]
fn a_margin_is_added_to_what_is_used() {
    let party = Party::new(1);
    let utxos = guarded_utxos(&party, &always_true());
    let exact = guarded_spending(&party, &utxos).build().unwrap().summary().total_units();
    let margin = Ppm::from_millionths(100_000).unwrap();
    let more = guarded_spending(&party, &utxos).margin(margin).build().unwrap().summary().total_units();
    assert_eq!(more, ExecutionUnits { memory: exact.memory * 11 / 10, steps: exact.steps * 11 / 10 });
}

#[test]
fn tokens_among_the_collateral_are_returned() {
    let party = Party::new(1);
    let script = always_true();
    let mut utxos = guarded_utxos(&party, &script);
    let value =
        Value::of_lovelace(ada(6)).plus(&token(&script, b"a"), Amount::from_units(1).unwrap()).unwrap();
    utxos.insert(reference(3), output(OutputDraft::new(party.address(), value.clone())));
    let signed = party.sign(guarded_spending(&party, &utxos).build().unwrap());
    assert!(crate::ledger::validate(&signed, &utxos, &settings(), Slot::from_number(0)).is_ok());
    let bytes = signed.to_cbor();
    assert_eq!(Decoded::from_cbor(&bytes).unwrap().collateral_return.unwrap().value(), &value);
}

#[test]
fn signatures_are_counted() {
    let parties = [Party::new(1), Party::new(2)];
    let built = TransactionBuilder::new(settings(), parties[0].address())
        .spend(reference(1), held_by(&parties[0], ada(4)))
        .signed_by(parties[1].hash())
        .build()
        .unwrap();
    assert_eq!(built.missing_signers().len(), 2);
    let half = parties[0].witness(built.clone());
    assert_eq!(half.clone().finish().unwrap_err().missing, [parties[1].hash()]);
    let mut whole = parties[1].witness(built);
    whole.merge(half.transaction()).unwrap();
    let size = whole.summary().size;
    assert_eq!(whole.finish().unwrap().to_cbor().len() as u64, size);
}

#[test]
fn policies_mint_and_burn_in_their_order() {
    let party = Party::new(1);
    let other = script("(program 1.1.0 (lam context (force (delay (con unit ())))))");
    let burned = token(&other, b"old");
    let value = Value::of_lovelace(ada(20)).plus(&burned, Amount::from_units(5).unwrap()).unwrap();
    let money = output(OutputDraft::new(party.address(), value));
    let utxos = UtxoSet::from([(reference(1), money.clone())]);
    let name = |text: &[u8]| AssetName::from_bytes(text).unwrap();
    let built = TransactionBuilder::new(settings(), party.address())
        .spend(reference(1), money.clone())
        .collateral(reference(1), money)
        .mint(other.hash(), [(name(b"old"), -5)], Data::unit())
        .mint(always_true().hash(), [(name(b"new"), 2), (name(b"newer"), 1)], Data::unit())
        .attach(other.clone())
        .attach(always_true())
        .build()
        .unwrap();
    // Each ran the script of its own place: they cost differently.
    let simple = ExecutionUnits { memory: 500, steps: 64_100 };
    let position = u32::from(other.hash() < always_true().hash());
    let pointer = RedeemerPointer { purpose: Purpose::Mint, index: position };
    assert_eq!(built.summary().units[&pointer], simple);
    assert_eq!(built.summary().total_units(), ExecutionUnits { memory: 1200, steps: 160_200 });
    let applied =
        crate::ledger::validate(&party.sign(built), &utxos, &settings(), Slot::from_number(0)).unwrap();
    let value = applied.effect.made[0].1.value();
    assert_eq!(value.amount_of(&burned), Amount::ZERO);
    assert_eq!(value.amount_of(&token(&always_true(), b"new")).to_units(), 2);
    assert_eq!(value.amount_of(&token(&always_true(), b"newer")).to_units(), 1);
}

#[test]
fn one_cannot_burn_what_is_not_there() {
    let party = Party::new(1);
    let policy = always_true();
    let error = TransactionBuilder::new(settings(), party.address())
        .spend(reference(1), held_by(&party, ada(20)))
        .mint(policy.hash(), [(AssetName::default(), -1)], Data::unit())
        .build()
        .unwrap_err();
    assert_eq!(error, BuildError::NotEnough { asset: token(&policy, b""), lacking: 1 });
}

#[test]
fn change_that_is_too_big_for_one_output_is_split() {
    let party = Party::new(1);
    let policy = always_true();
    let tokens = |first: u8| {
        let names = (0..120u8).map(|index| AssetName::from_bytes([first, index].repeat(16)).unwrap());
        let value = names.fold(Value::of_lovelace(ada(40)), |value, name| {
            let asset = Asset::Token { policy: policy.hash(), name };
            value.plus(&asset, Amount::from_units(u64::from(first) + 1).unwrap()).unwrap()
        });
        output(OutputDraft::new(party.address(), value))
    };
    let utxos = UtxoSet::from([(reference(1), tokens(1)), (reference(2), tokens(2))]);
    let start = || {
        utxos.iter().fold(TransactionBuilder::new(with_fees(), party.address()), |builder, (at, output)| {
            builder.spend(*at, output.clone())
        })
    };
    let built = start().build().unwrap();
    let change: Vec<&Value> = built.outputs().map(|(_, output)| output.value()).collect();
    assert_eq!(change.len(), 2);
    assert!(change[1].lovelace() > change[0].lovelace());
    let sum = change[0].checked_add(change[1]).unwrap();
    let fee = Value::of_lovelace(built.summary().fee);
    let held = utxos[&reference(1)].value().checked_add(utxos[&reference(2)].value()).unwrap();
    assert_eq!(sum.checked_add(&fee).unwrap(), held);
    let signed = party.sign(built);
    assert!(crate::ledger::validate(&signed, &utxos, &with_fees(), Slot::from_number(0)).is_ok());
    // With too little ada for both, it is said how much is lacking: with that much more it goes through.
    let paying = |units: u64| {
        let value = Value::of_lovelace(Amount::from_units(units).unwrap());
        start().pay(OutputDraft::new(Party::new(2).address(), value)).build()
    };
    let BuildError::ChangeTooSmall { lacking, .. } = paying(45_000_000).unwrap_err() else {
        panic!("expected too small a change")
    };
    assert!(paying(45_000_000 - lacking.to_units() - 1_000_000).is_ok());
}

#[test]
fn scripts_of_all_versions_with_data_by_hash() {
    let party = Party::new(1);
    for version in PlutusVersion::ALL {
        let script = match version {
            PlutusVersion::V1 | PlutusVersion::V2 => {
                script_of(version, "(program 1.0.0 (lam datum (lam redeemer (lam context (con unit ())))))")
            }
            PlutusVersion::V3 => always_true(),
        };
        let draft = OutputDraft::new(Address::of_script(script.hash()), Value::of_lovelace(ada(5)));
        let guarded = output(draft.with_datum_hash(Data::unit().hash()));
        let money = held_by(&party, ada(20));
        let carrier = carrier(&party, script.clone());
        let utxos = UtxoSet::from([
            (reference(1), guarded.clone()),
            (reference(2), money.clone()),
            (reference(3), carrier.clone()),
        ]);
        let start = TransactionBuilder::new(with_fees(), party.address())
            .spend_with(reference(1), guarded, Data::unit())
            .collateral(reference(2), money);
        let with_datum = start.clone().attach_datum(Data::unit());
        for builder in [with_datum.clone().attach(script.clone()), with_datum.refer(reference(3), carrier)] {
            let signed = party.sign(builder.build().unwrap());
            crate::ledger::validate(&signed, &utxos, &with_fees(), Slot::from_number(0)).unwrap();
        }
        assert!(matches!(start.attach(script).build().unwrap_err(), BuildError::Evaluation(_)));
    }
}
