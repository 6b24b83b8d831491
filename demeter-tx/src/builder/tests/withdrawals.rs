//! Withdrawals of zero.

use super::*;
use crate::ledger::{LedgerError, validate};
use crate::{NativeRule, NativeScript};

/// A program that costs another amount than [`always_true`].
fn other() -> PlutusScript {
    script("(program 1.1.0 (lam context (force (delay (con unit ())))))")
}

fn native() -> NativeScript {
    NativeScript::from(NativeRule::Key(Party::new(2).hash()))
}

fn money() -> UtxoSet {
    UtxoSet::from([(reference(1), held_by(&Party::new(1), ada(20)))])
}

fn start(settings: LedgerSettings) -> TransactionBuilder {
    let held = money()[&reference(1)].clone();
    TransactionBuilder::new(settings, Party::new(1).address())
        .spend(reference(1), held.clone())
        .collateral(reference(1), held)
}

fn signed(built: UnsignedTransaction, parties: &[u8]) -> SignedTransaction {
    parties.iter().fold(built, |built, seed| Party::new(*seed).witness(built)).transaction().clone()
}

fn slot() -> Slot {
    Slot::from_number(0)
}

fn before_delegation(mut settings: LedgerSettings) -> LedgerSettings {
    settings.parameters.protocol_version.major = 9;
    settings
}

#[test]
fn redeemers_follow_the_accounts_in_the_ledgers_order() {
    for settings in ledgers().map(before_delegation) {
        // As bytes of an account, the key's is the smallest.
        let built = start(settings.clone())
            .withdraw_zero(Credential::Key(Party::new(3).hash()))
            .withdraw_zero_with(other().hash(), Data::unit())
            .withdraw_zero(Credential::Script(native().hash()))
            .withdraw_zero_with(always_true().hash(), Data::unit())
            .attach(always_true())
            .attach(other())
            .attach(native())
            .with_signature_of(Party::new(2).hash())
            .build()
            .unwrap();
        let mut accounts = [always_true().hash(), other().hash(), native().hash()];
        accounts.sort();
        let place = |hash: ScriptHash| {
            let index = accounts.iter().position(|one| *one == hash).unwrap() as u32;
            RedeemerPointer { purpose: Purpose::Reward, index }
        };
        // Each ran the program of its own place: they cost differently.
        let units = &built.summary().units;
        assert_eq!(units.len(), 2);
        assert_eq!(units[&place(always_true().hash())], ExecutionUnits { memory: 500, steps: 64_100 });
        assert_eq!(units[&place(other().hash())], ExecutionUnits { memory: 700, steps: 96_100 });
        let size = built.summary().size;
        let whole = signed(built.clone(), &[1, 2, 3]);
        assert_eq!(whole.to_cbor().len() as u64, size);
        validate(&whole, &money(), &settings, slot()).unwrap();
        let unheld = validate(&signed(built.clone(), &[1, 3]), &money(), &settings, slot()).unwrap_err();
        assert_eq!(unheld, LedgerError::NativeScriptFails { hash: native().hash() });
        let unsigned = validate(&signed(built, &[1, 2]), &money(), &settings, slot()).unwrap_err();
        assert_eq!(unsigned, LedgerError::NotSigned { key: Party::new(3).hash() });
    }
}

#[test]
fn a_program_is_run_by_reference() {
    let carrier = carrier(&Party::new(9), always_true());
    let mut all = money();
    all.insert(reference(2), carrier.clone());
    for settings in ledgers() {
        let built = start(settings.clone())
            .withdraw_zero_with(always_true().hash(), Data::unit())
            .refer(reference(2), carrier.clone())
            .build()
            .unwrap();
        validate(&signed(built, &[1]), &all, &settings, slot()).unwrap();
    }
}

#[test]
fn a_program_that_refuses_is_not_built() {
    for settings in ledgers() {
        let error = start(settings)
            .withdraw_zero_with(always_false().hash(), Data::unit())
            .attach(always_false())
            .build()
            .unwrap_err();
        assert!(matches!(error, BuildError::Evaluation(_)), "{error}");
    }
}

#[test]
fn keys_withdraw_only_where_the_ledger_lets_them() {
    let key = Party::new(3).hash();
    for settings in ledgers() {
        let withdrawing = |settings| start(settings).withdraw_zero(Credential::Key(key));
        assert!(settings.parameters.protocol_version.major > 9);
        let error = withdrawing(settings.clone()).build().unwrap_err();
        assert_eq!(error, BuildError::Refused(LedgerError::NotDelegated { key }));
        let built = withdrawing(before_delegation(settings)).build().unwrap();
        assert!(built.needed_signers().contains(&key));
    }
}

#[test]
fn what_is_wrong_with_a_withdrawal_is_said() {
    let withdrawing = || start(settings()).withdraw_zero(Credential::Script(native().hash()));
    let error = withdrawing().withdraw_zero(Credential::Script(native().hash())).build().unwrap_err();
    let expected = format!("the account of script {} was to be withdrawn from twice", native().hash());
    assert_eq!(error.to_string(), expected);
    let key = Party::new(3).hash();
    let twice = start(settings()).withdraw_zero(Credential::Key(key)).withdraw_zero(Credential::Key(key));
    let expected = format!("the account of key {key} was to be withdrawn from twice");
    assert_eq!(twice.build().unwrap_err().to_string(), expected);
    let script = native().hash();
    assert_eq!(withdrawing().build().unwrap_err(), BuildError::ScriptAbsent { script });
    let fails = withdrawing().attach(native()).build().unwrap_err();
    assert_eq!(fails, BuildError::NativeScriptFails { script });
    let redeemed = start(settings()).withdraw_zero_with(script, Data::unit()).attach(native());
    assert_eq!(redeemed.build().unwrap_err(), BuildError::RedeemerForNative { script });
    let script = always_true().hash();
    let silent = start(settings()).withdraw_zero(Credential::Script(script)).attach(always_true());
    assert_eq!(silent.build().unwrap_err(), BuildError::RedeemerAbsent { script });
}

#[test]
fn the_order_of_calls_does_not_matter() {
    let settings = before_delegation(settings());
    let key = Credential::Key(Party::new(3).hash());
    let one = start(settings.clone())
        .withdraw_zero(key)
        .withdraw_zero_with(other().hash(), Data::unit())
        .withdraw_zero_with(always_true().hash(), Data::unit())
        .attach(always_true())
        .attach(other());
    let another = start(settings)
        .attach(other())
        .attach(always_true())
        .withdraw_zero_with(always_true().hash(), Data::unit())
        .withdraw_zero_with(other().hash(), Data::unit())
        .withdraw_zero(key);
    assert_eq!(one.build().unwrap(), another.build().unwrap());
}
