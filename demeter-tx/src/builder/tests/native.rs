//! Native scripts: spent by, minted under, attached and referred to.

use super::*;
use crate::ledger::{LedgerError, validate};
use crate::{NativeRule, NativeScript};

fn key(party: u8) -> NativeRule {
    NativeRule::Key(Party::new(party).hash())
}

/// Two of three, before slot 100.
fn guard() -> NativeScript {
    let rules = vec![NativeRule::AtLeast(2, vec![key(2), key(3), key(4)]), NativeRule::Before(slot(100))];
    NativeScript::from(NativeRule::All(rules))
}

fn slot(number: u64) -> Slot {
    Slot::from_number(number)
}

/// Signed by these, as far as they are asked: it goes out all the same.
fn signed(unsigned: &UnsignedTransaction, parties: &[u8]) -> SignedTransaction {
    let mut signed = unsigned.transaction().clone();
    for party in parties.iter().map(|seed| Party::new(*seed)) {
        signed.add_witness(party.public_key(), party.signature(unsigned.sign_hash())).unwrap();
    }
    signed
}

/// An output of 20 ada that the guard locks, one that carries the guard, and money.
fn utxos() -> UtxoSet {
    let script = guard();
    let locked = output(OutputDraft::new(Address::of_script(script.hash()), Value::of_lovelace(ada(20))));
    let carrier = OutputDraft::new(Party::new(9).address(), Value::of_lovelace(ada(10)));
    UtxoSet::from([
        (reference(1), locked),
        (reference(2), output(carrier.with_reference_script(script))),
        (reference(3), held_by(&Party::new(1), ada(20))),
    ])
}

fn at(seed: u8) -> (OutputReference, Output) {
    (reference(seed), utxos()[&reference(seed)].clone())
}

fn attached(builder: TransactionBuilder) -> TransactionBuilder {
    builder.attach(guard())
}

fn referred(builder: TransactionBuilder) -> TransactionBuilder {
    let (reference, carrier) = at(2);
    builder.refer(reference, carrier)
}

const WAYS: [fn(TransactionBuilder) -> TransactionBuilder; 2] = [attached, referred];

fn spending(settings: LedgerSettings) -> TransactionBuilder {
    let (reference, locked) = at(1);
    TransactionBuilder::new(settings, Party::new(1).address()).spend(reference, locked)
}

fn minting(settings: LedgerSettings, quantity: i64) -> TransactionBuilder {
    let (reference, money) = at(3);
    TransactionBuilder::new(settings, Party::new(1).address())
        .spend(reference, money)
        .mint_native(guard().hash(), [(AssetName::from_bytes(b"t").unwrap(), quantity)])
}

#[test]
fn they_let_go_of_outputs() {
    for (settings, way) in ledgers().into_iter().flat_map(|one| WAYS.map(|way| (one.clone(), way))) {
        let built = way(spending(settings.clone()))
            .valid_before(slot(100))
            .with_signature_of(Party::new(2).hash())
            .with_signature_of(Party::new(4).hash())
            .build()
            .unwrap();
        assert_eq!(built.missing_signers(), [2, 4].map(|seed| Party::new(seed).hash()).into());
        let whole = signed(&built, &[2, 4]);
        validate(&whole, &utxos(), &settings, slot(99)).unwrap();
        // The fee is of the transaction as it is sent, signatures and all.
        assert_eq!(whole.to_cbor().len() as u64, built.summary().size);
        let is_referred = built.resolved().contains_key(&reference(2));
        let carried = if is_referred { guard().as_bytes().len() as u64 } else { 0 };
        let charged = Charged {
            size: built.summary().size - 1,
            units: ExecutionUnits::default(),
            reference_script_bytes: carried,
        };
        assert_eq!(built.summary().fee, minimum_fee(&settings.parameters, charged).unwrap());
        let fails = LedgerError::NativeScriptFails { hash: guard().hash() };
        assert_eq!(validate(&signed(&built, &[2]), &utxos(), &settings, slot(99)).unwrap_err(), fails);
    }
}

#[test]
fn they_mint_and_burn() {
    let asset = Asset::Token { policy: guard().hash(), name: AssetName::from_bytes(b"t").unwrap() };
    for (settings, way) in ledgers().into_iter().flat_map(|one| WAYS.map(|way| (one.clone(), way))) {
        let built = |builder: TransactionBuilder| {
            let keys = [2, 3].map(|seed| Party::new(seed).hash());
            let builder = way(builder).valid_before(slot(100));
            keys.into_iter().fold(builder, TransactionBuilder::with_signature_of).build().unwrap()
        };
        let minted = built(minting(settings.clone(), 5));
        let applied = validate(&signed(&minted, &[1, 2, 3]), &utxos(), &settings, slot(0)).unwrap();
        let (at, held) = applied.effect.made[0].clone();
        assert_eq!(held.value().amount_of(&asset).to_units(), 5);
        let mut left = utxos();
        applied.effect.apply_to(&mut left);
        let name = AssetName::from_bytes(b"t").unwrap();
        let burned = built(
            TransactionBuilder::new(settings.clone(), Party::new(1).address())
                .spend(at, held)
                .mint_native(guard().hash(), [(name, -5)]),
        );
        let whole = signed(&burned, &[1, 2, 3]);
        let applied = validate(&whole, &left, &settings, slot(0)).unwrap();
        assert_eq!(applied.effect.made[0].1.value().amount_of(&asset), Amount::ZERO);
        let fails = LedgerError::NativeScriptFails { hash: guard().hash() };
        assert_eq!(validate(&signed(&burned, &[1, 3]), &left, &settings, slot(0)).unwrap_err(), fails);
    }
}

#[test]
fn those_that_will_not_hold_are_not_built() {
    for (settings, way) in ledgers().into_iter().flat_map(|one| WAYS.map(|way| (one.clone(), way))) {
        for start in [spending(settings.clone()), minting(settings.clone(), 1)] {
            let [first, second] = [2, 3].map(|seed| Party::new(seed).hash());
            let start = way(start).with_signature_of(first);
            let fails = BuildError::NativeScriptFails { script: guard().hash() };
            let one_key = start.clone().valid_before(slot(100));
            assert_eq!(one_key.build().unwrap_err(), fails);
            let no_end = start.clone().with_signature_of(second);
            assert_eq!(no_end.build().unwrap_err(), fails);
            let too_late = start.with_signature_of(second).valid_before(slot(101));
            assert_eq!(too_late.build().unwrap_err(), fails);
        }
    }
    // Referred to without need, it need not hold.
    let (reference, money) = at(3);
    let needless = TransactionBuilder::new(settings(), Party::new(1).address()).spend(reference, money);
    assert!(referred(needless).build().is_ok());
}

#[test]
fn signatures_that_are_demanded_anyway_count_too() {
    // Of the required signer 2, and of the key 3 that locks an input.
    let built = attached(spending(settings()))
        .spend(reference(4), held_by(&Party::new(3), ada(5)))
        .signed_by(Party::new(2).hash())
        .valid_before(slot(100))
        .build()
        .unwrap();
    let mut all = utxos();
    all.insert(reference(4), held_by(&Party::new(3), ada(5)));
    validate(&signed(&built, &[2, 3]), &all, &settings(), slot(0)).unwrap();
}

#[test]
fn native_scripts_and_programs_stand_side_by_side() {
    let party = Party::new(1);
    for settings in ledgers() {
        let mut all = utxos();
        all.insert(reference(5), guarded_by(&always_true(), ada(5)));
        let (guarded, locked) = (reference(5), all[&reference(5)].clone());
        let (money, collateral) = at(3);
        let names = |name: &[u8]| [(AssetName::from_bytes(name).unwrap(), 1)];
        let built = attached(spending(settings.clone()))
            .spend_with(guarded, locked, Data::unit())
            .spend(money, collateral.clone())
            .collateral(money, collateral)
            .mint_native(guard().hash(), names(b"native"))
            .mint(always_true().hash(), names(b"program"), Data::unit())
            .attach(always_true())
            .valid_before(slot(100))
            .signed_by(party.hash())
            .with_signature_of(Party::new(2).hash())
            .with_signature_of(Party::new(3).hash())
            .build()
            .unwrap();
        // The program guards the last of three inputs; its policy comes before or after the native one.
        let mint = u32::from(guard().hash() < always_true().hash());
        let pointers = [(Purpose::Spend, 2), (Purpose::Mint, mint)]
            .map(|(purpose, index)| RedeemerPointer { purpose, index });
        assert_eq!(built.summary().units.keys().copied().collect::<Vec<_>>(), pointers);
        validate(&signed(&built, &[1, 2, 3]), &all, &settings, slot(0)).unwrap();
    }
}

#[test]
fn redeemers_are_for_programs() {
    let native = guard().hash();
    let program = always_true().hash();
    let (reference, locked) = at(1);
    let start = || TransactionBuilder::new(settings(), Party::new(1).address());
    let name = || [(AssetName::default(), 1)];
    let error = attached(start().spend_with(reference, locked.clone(), Data::unit())).build().unwrap_err();
    assert_eq!(error, BuildError::RedeemerForNative { script: native });
    assert_eq!(error.to_string(), format!("script {native} is native and takes no redeemer"));
    let error = attached(start().mint(native, name(), Data::unit())).build().unwrap_err();
    assert_eq!(error, BuildError::RedeemerForNative { script: native });
    let error = start().mint_native(program, name()).attach(always_true()).build().unwrap_err();
    assert_eq!(error.to_string(), format!("script {program} is a program and needs a redeemer"));
    let error = start().mint_native(native, name()).build().unwrap_err();
    let expected = format!("script {native} is neither attached nor carried by an input or reference input");
    assert_eq!(error.to_string(), expected);
    // Of an input it is said which.
    let missing = BuildError::RedeemerMissing { reference, script: native };
    assert_eq!(start().spend(reference, locked).build().unwrap_err(), missing);
    let error = attached(spending(settings())).build().unwrap_err();
    let expected = "does not hold with the keys that are to sign and the slots stated";
    assert_eq!(error.to_string(), format!("native script {native} {expected}"));
}
