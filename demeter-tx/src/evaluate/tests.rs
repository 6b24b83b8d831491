#[cfg(feature = "fast-machine")]
mod fast;

use demeter_core::Value;

use super::*;
use crate::builder::{BuildError, TransactionBuilder};
use crate::testing::*;
use crate::{Data, OutputDraft};

fn spend_zero() -> RedeemerPointer {
    RedeemerPointer { purpose: Purpose::Spend, index: 0 }
}

/// The error with which a guarded output cannot be spent.
fn refusal(script: &PlutusScript) -> EvaluationError {
    let party = Party::new(1);
    let utxos = guarded_utxos(&party, script);
    match guarded_spending(&party, &utxos).build().unwrap_err() {
        BuildError::Evaluation(error) => error,
        other => panic!("expected an evaluation error, found {other:?}"),
    }
}

#[test]
fn a_script_that_succeeds_says_what_it_used() {
    let party = Party::new(1);
    let utxos = guarded_utxos(&party, &always_true());
    let built = guarded_spending(&party, &utxos).build().unwrap();
    let evaluation = evaluate(&built.transaction().to_cbor(), &utxos, &settings()).unwrap();
    assert_eq!(evaluation.units, built.summary().units);
    // Starting up takes 100 and 100; an application, a lambda and two constants 100 mem and 16,000 steps each.
    assert_eq!(evaluation.total(), ExecutionUnits { memory: 500, steps: 64_100 });
    // Programs are kept by now.
    assert_eq!(evaluate(&built.transaction().to_cbor(), &utxos, &settings()).unwrap(), evaluation);
}

#[test]
fn a_script_that_fails_says_what_it_traced() {
    let script = always_false();
    let error = refusal(&script);
    let EvaluationError::Refused { pointer, hash, traces, .. } = &error else {
        panic!("expected a refusal, found {error:?}")
    };
    assert_eq!(
        (*pointer, *hash, traces.as_slice()),
        (spend_zero(), script.hash(), &["bid: closed".into()][..])
    );
    assert!(error.to_string().ends_with("after tracing: bid: closed"), "{error}");
}

#[test]
fn false_is_not_success() {
    let error = refusal(&returns_false());
    assert!(error.to_string().ends_with("it returned something else than unit"), "{error}");
}

#[test]
fn an_endless_script_is_stopped() {
    let error = refusal(&script("(program 1.1.0 (lam context [(lam f [f f]) (lam f [f f])]))"));
    assert!(matches!(error, EvaluationError::OverBudget { .. }), "{error:?}");
}

#[test]
fn what_would_panic_in_the_machine_is_a_refusal() {
    let error = refusal(&script(
        "(program 1.1.0 (lam context [[(builtin indexByteString) (con bytestring #)] (con integer 0)]))",
    ));
    assert!(error.to_string().ends_with("index 0 is outside a byte string of 0 bytes"), "{error}");
}

#[test]
fn declared_units_are_a_limit() {
    let party = Party::new(1);
    let utxos = guarded_utxos(&party, &always_true());
    let built = guarded_spending(&party, &utxos).build().unwrap();
    let bytes = built.transaction().to_cbor();
    let mut decoded = Decoded::from_cbor(&bytes).unwrap();
    assert!(run(Machine::default(), &decoded, &utxos, &settings(), Budget::Declared).is_ok());
    for less in [ExecutionUnits { memory: 1, steps: 0 }, ExecutionUnits { memory: 0, steps: 1 }] {
        let redeemer = decoded.redeemers.get_mut(&spend_zero()).unwrap();
        let enough = redeemer.units;
        redeemer.units = enough.saturating_sub(less);
        let error = run(Machine::default(), &decoded, &utxos, &settings(), Budget::Declared).unwrap_err();
        assert!(matches!(error, EvaluationError::OverBudget { .. }), "{error:?}");
        decoded.redeemers.get_mut(&spend_zero()).unwrap().units = enough;
    }
}

#[test]
fn scripts_share_the_limit() {
    let party = Party::new(1);
    let utxos = guarded_utxos(&party, &always_true());
    let mut settings = settings();
    settings.parameters.max_transaction_units = ExecutionUnits { memory: 500, steps: 64_100 };
    let spending = |settings: &LedgerSettings| {
        TransactionBuilder::new(settings.clone(), party.address())
            .spend_with(reference(1), utxos[&reference(1)].clone(), Data::unit())
            .refer(reference(2), utxos[&reference(2)].clone())
            .collateral(reference(3), utxos[&reference(3)].clone())
    };
    assert!(spending(&settings).build().is_ok());
    let second = guarded_by(&always_true(), ada(3));
    let both = |settings: &LedgerSettings| {
        spending(settings).spend_with(reference(4), second.clone(), Data::unit()).build()
    };
    let error = both(&settings).unwrap_err();
    assert!(matches!(error, BuildError::Evaluation(EvaluationError::OverBudget { .. })), "{error:?}");
    settings.parameters.max_transaction_units = ExecutionUnits { memory: 1000, steps: 128_200 };
    assert_eq!(both(&settings).unwrap().summary().units.len(), 2);
}

#[test]
fn minting_runs_the_policy() {
    let party = Party::new(1);
    let policy = always_true();
    let name = demeter_core::AssetName::from_bytes(*b"GRID").unwrap();
    let mint = |policy: &PlutusScript| {
        TransactionBuilder::new(settings(), party.address())
            .spend(reference(3), held_by(&party, ada(20)))
            .collateral(reference(3), held_by(&party, ada(20)))
            .mint(policy.hash(), [(name.clone(), 3)], Data::unit())
            .attach(policy.clone())
            .build()
    };
    let built = mint(&policy).unwrap();
    let asset = Asset::Token { policy: policy.hash(), name: name.clone() };
    let (_, change) = built.outputs().next().unwrap();
    assert_eq!(change.value().amount_of(&asset).to_units(), 3);
    assert!(matches!(mint(&always_false()).unwrap_err(), BuildError::Evaluation(_)));
}

#[test]
fn bytes_that_are_no_program_are_named() {
    let error = refusal(&PlutusScript::new([0x41, 0xff]));
    assert!(matches!(error, EvaluationError::MalformedScript { .. }), "{error:?}");
}

#[test]
fn nothing_follows_a_program() {
    let script = always_true();
    let after = |version| {
        let bytes = [script.as_bytes(), &[0x00]].concat();
        check_program(&PlutusScript::of(version, bytes))
    };
    // A quirk of the older versions.
    assert_eq!(after(PlutusVersion::V1), Ok(()));
    assert_eq!(after(PlutusVersion::V2), Ok(()));
    let Err(EvaluationError::MalformedScript { reason, .. }) = after(PlutusVersion::V3) else {
        panic!("expected a malformed script")
    };
    assert_eq!(reason, "1 bytes follow it");
    // Within the byte string, of which the length is in the first byte here.
    for version in PlutusVersion::ALL {
        let mut bytes = script.as_bytes().to_vec();
        bytes[0] += 1;
        bytes.push(0x01);
        let inside = check_program(&PlutusScript::of(version, bytes));
        assert!(matches!(inside, Err(EvaluationError::MalformedScript { .. })), "{inside:?}");
    }
}

#[test]
fn a_missing_script_or_input_is_named() {
    let party = Party::new(1);
    let script = always_true();
    let utxos = guarded_utxos(&party, &script);
    let built = guarded_spending(&party, &utxos).build().unwrap();
    let bytes = built.transaction().to_cbor();
    let mut fewer = utxos.clone();
    fewer.remove(&reference(1));
    assert_eq!(
        evaluate(&bytes, &fewer, &settings()).unwrap_err(),
        EvaluationError::UnknownInput { reference: reference(1) }
    );
    let mut bare = utxos;
    bare.insert(reference(2), output(OutputDraft::new(party.address(), Value::of_lovelace(ada(10)))));
    assert_eq!(
        evaluate(&bytes, &bare, &settings()).unwrap_err(),
        EvaluationError::ScriptMissing { pointer: spend_zero(), hash: script.hash() }
    );
}

fn nested(depth: usize) -> PlutusScript {
    // Version 1.1.0, then `force (delay ...)`s by four bits each, around an error.
    let mut flat = vec![0x01, 0x01, 0x00];
    flat.extend(std::iter::repeat_n(0x51, depth / 2));
    flat.extend([0x60 | 0x01]);
    let mut bytes = vec![0x59];
    bytes.extend(u16::try_from(flat.len()).unwrap().to_be_bytes());
    bytes.extend(flat);
    PlutusScript::new(bytes)
}

#[test]
fn deep_programs_do_not_overflow_the_stack() {
    // As deep as the largest transaction can carry.
    let script = nested(20_000);
    assert_eq!(check_program(&script), Ok(()));
    assert!(matches!(refusal(&script), EvaluationError::Refused { .. }));
}

#[test]
fn deep_recursion_does_not_overflow_the_stack() {
    let script = script(
        "(program 1.1.0 (lam context \
         [(lam f [[(builtin addInteger) (con integer 1)] [f f]]) \
          (lam f [[(builtin addInteger) (con integer 1)] [f f]])]))",
    );
    assert!(matches!(refusal(&script), EvaluationError::OverBudget { .. }));
}

#[test]
fn deep_values_do_not_overflow_the_stack() {
    // A list in a list in a list, until the budget ends.
    let script = script(
        "(program 1.1.0 (lam context [ \
         (lam f [[f f] (con data (I 0))]) \
         (lam f (lam value [[f f] [(builtin listData) \
           [[(force (builtin mkCons)) value] (con (list data) [])]]])) ]))",
    );
    assert!(matches!(refusal(&script), EvaluationError::OverBudget { .. }));
}
