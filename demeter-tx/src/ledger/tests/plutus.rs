//! Plutus V1 and V2 beside V3.

use pallas_primitives::conway::{RedeemerTag, Redeemers};

use super::*;
use crate::evaluate::EvaluationError;
use PlutusVersion::{V1, V2, V3};

/// A script that takes as many arguments as its version gives to one that guards an output, and accepts.
fn accepting(version: PlutusVersion) -> PlutusScript {
    match version {
        V1 | V2 => {
            script_of(version, "(program 1.0.0 (lam datum (lam redeemer (lam context (con integer 42)))))")
        }
        V3 => always_true(),
    }
}

fn attach_in(case: &mut Case, script: &PlutusScript) {
    let bytes = Bytes::from(script.as_bytes().to_vec());
    let witnesses = &mut case.transaction.transaction_witness_set;
    match script.version() {
        V1 => {
            witnesses.plutus_v1_script = NonEmptySet::from_vec(vec![pallas_primitives::PlutusScript(bytes)]);
        }
        V2 => {
            witnesses.plutus_v2_script = NonEmptySet::from_vec(vec![pallas_primitives::PlutusScript(bytes)]);
        }
        V3 => {
            witnesses.plutus_v3_script = NonEmptySet::from_vec(vec![pallas_primitives::PlutusScript(bytes)]);
        }
    }
}

/// An output that this script guards, spent with the script attached and the datum by its hash.
fn spending(script: &PlutusScript) -> Case {
    Case::guarded()
        .but(|case| {
            let draft = OutputDraft::new(Address::of_script(script.hash()), Value::of_lovelace(ada(5)));
            case.utxos.insert(reference(1), output(draft.with_datum_hash(Data::unit().hash())));
            case.transaction.transaction_body.reference_inputs = None;
            case.transaction.transaction_witness_set.plutus_data =
                NonEmptySet::from_vec(vec![Data::unit().decode().unwrap()]);
            attach_in(case, script);
            case.versions = BTreeSet::from([script.version()]);
            set_units(case, ExecutionUnits { memory: 10_000, steps: 10_000_000 });
        })
        .rehashed()
}

fn set_units(case: &mut Case, units: ExecutionUnits) {
    let Some(Redeemers::Map(map)) = &mut case.transaction.transaction_witness_set.redeemer else {
        panic!("expected a map")
    };
    let mut pairs = map.clone().to_vec();
    pairs[0].1.ex_units = ExUnits { mem: units.memory, steps: units.steps };
    *map = NonEmptyKeyValuePairs::Def(pairs);
}

/// The same with the script referred to.
fn referring(script: &PlutusScript) -> Case {
    spending(script)
        .but(|case| {
            let witnesses = &mut case.transaction.transaction_witness_set;
            witnesses.plutus_v1_script = None;
            witnesses.plutus_v2_script = None;
            witnesses.plutus_v3_script = None;
            case.utxos.insert(reference(2), carrier(&Party::new(1), script.clone()));
            case.transaction.transaction_body.reference_inputs =
                NonEmptySet::from_vec(vec![wire::input(&reference(2))]);
        })
        .rehashed()
}

#[test]
fn every_version_is_run() {
    for version in PlutusVersion::ALL {
        spending(&accepting(version)).accepted();
        referring(&accepting(version)).accepted();
    }
}

#[test]
fn every_version_can_refuse() {
    for version in [V1, V2] {
        let script = script_of(version, "(program 1.0.0 (lam datum (lam redeemer (lam context (error)))))");
        let refusal = spending(&script).refused();
        assert!(
            matches!(refusal, LedgerError::Script(EvaluationError::Refused { hash, .. }) if hash == script.hash()),
            "{refusal:?}"
        );
    }
    // What V3 takes as one argument makes a program that is not finished in V1 and V2, which is success there.
    let partial =
        script_of(V2, "(program 1.0.0 (lam datum (lam redeemer (lam context (lam more (error))))))");
    spending(&partial).accepted();
    let bool_in_v3 = spending(&returns_false()).refused();
    assert!(matches!(bool_in_v3, LedgerError::Script(EvaluationError::Refused { .. })));
}

#[test]
fn scripts_get_datum_redeemer_and_context() {
    // Succeeds where the datum equals the redeemer, both being unit here.
    let text = "(program 1.0.0 (lam datum (lam redeemer (lam context \
         (force [[[(force (builtin ifThenElse)) [[(builtin equalsData) datum] redeemer]] \
           (delay (con unit ()))] (delay (error))])))))";
    for version in [V1, V2] {
        let script = script_of(version, text);
        spending(&script).accepted();
        let other = spending(&script)
            .but(|case| {
                let Some(Redeemers::Map(map)) = &mut case.transaction.transaction_witness_set.redeemer else {
                    panic!("expected a map")
                };
                let mut pairs = map.clone().to_vec();
                pairs[0].1.data = Data::from_cbor([0x00]).unwrap().decode().unwrap();
                *map = NonEmptyKeyValuePairs::Def(pairs);
            })
            .rehashed();
        assert!(matches!(other.refused(), LedgerError::Script(EvaluationError::Refused { .. })));
    }
}

#[test]
fn older_versions_need_a_datum() {
    for version in PlutusVersion::ALL {
        let script = accepting(version);
        let bare = spending(&script)
            .but(|case| {
                let draft = OutputDraft::new(Address::of_script(script.hash()), Value::of_lovelace(ada(5)));
                case.utxos.insert(reference(1), output(draft));
                case.transaction.transaction_witness_set.plutus_data = None;
            })
            .rehashed();
        match version {
            V1 | V2 => assert_eq!(bare.refused(), LedgerError::DatumAbsent { reference: reference(1) }),
            V3 => bare.accepted(),
        }
        let lacking = spending(&script)
            .but(|case| case.transaction.transaction_witness_set.plutus_data = None)
            .rehashed();
        let hash = hex::encode(Data::unit().hash());
        assert_eq!(lacking.refused(), LedgerError::DatumMissing { hash });
    }
}

#[test]
fn the_first_version_knows_no_inline_data() {
    for version in PlutusVersion::ALL {
        let script = accepting(version);
        let inline = spending(&script)
            .but(|case| {
                case.utxos.insert(reference(1), guarded_by(&script, ada(5)));
                case.transaction.transaction_witness_set.plutus_data = None;
            })
            .rehashed();
        let made = spending(&script).but(|case| {
            let draft = OutputDraft::new(Party::new(1).address(), Value::of_lovelace(ada(5)));
            replace_output(case, 0, &output(draft.with_inline_datum(Data::unit())));
        });
        for (case, place) in [(inline, format!("input {}", reference(1))), (made, "output 0".to_owned())] {
            match version {
                V1 => assert_eq!(case.refused(), LedgerError::Script(EvaluationError::InlineDatum { place })),
                V2 | V3 => case.accepted(),
            }
        }
    }
}

#[test]
fn exactly_the_needed_scripts_in_every_version() {
    for version in PlutusVersion::ALL {
        let script = accepting(version);
        let hash = script.hash();
        let twice = referring(&script).but(|case| attach_in(case, &script)).rehashed();
        assert_eq!(twice.refused(), LedgerError::ScriptNotNeeded { hash });
        let missing = referring(&script)
            .but(|case| {
                case.utxos.insert(reference(2), held_by(&Party::new(1), ada(10)));
            })
            .rehashed();
        assert_eq!(missing.refused(), LedgerError::ScriptMissing { hash });
        // The same bytes in another version are another script.
        let other = PlutusScript::of(if version == V1 { V2 } else { V1 }, script.as_bytes());
        let confused = referring(&script).but(|case| attach_in(case, &other)).rehashed();
        assert_eq!(confused.refused(), LedgerError::ScriptNotNeeded { hash: other.hash() });
    }
}

#[test]
fn every_version_has_costs() {
    for version in PlutusVersion::ALL {
        let script = accepting(version);
        let without = spending(&script).but(|case| {
            let costs = &mut case.settings.parameters.cost_models;
            match version {
                V1 => costs.plutus_v1.clear(),
                V2 => costs.plutus_v2.clear(),
                V3 => costs.plutus_v3.clear(),
            }
        });
        assert_eq!(without.refused(), LedgerError::NoCostModel { hash: script.hash(), version });
        // The body commits to the costs of the versions used, and of no other.
        let wrong = spending(&script).but(|case| {
            case.settings.parameters.cost_models.plutus_v1[0] += 1;
        });
        match version {
            V1 => assert!(matches!(wrong.refused(), LedgerError::ScriptDataHash { .. })),
            V2 | V3 => wrong.accepted(),
        }
    }
}

#[test]
fn malformed_scripts_of_every_version_are_refused() {
    for version in PlutusVersion::ALL {
        let broken = PlutusScript::of(version, [0x41, 0xff]);
        let hash = broken.hash();
        assert_eq!(spending(&broken).refused(), LedgerError::ScriptMalformed { hash });
        let carrying = Case::payment().but(|case| {
            let draft = OutputDraft::new(Party::new(2).address(), Value::of_lovelace(ada(5)));
            replace_output(case, 0, &output(draft.with_reference_script(broken)));
        });
        assert_eq!(carrying.refused(), LedgerError::ScriptMalformed { hash });
    }
}

#[test]
fn policies_in_every_version() {
    for version in PlutusVersion::ALL {
        let policy = match version {
            V1 | V2 => script_of(version, "(program 1.0.0 (lam redeemer (lam context (con unit ()))))"),
            V3 => always_true(),
        };
        let asset = Asset::Token { policy: policy.hash(), name: AssetName::from_bytes(*b"t").unwrap() };
        let minting = Case::payment()
            .but(|case| {
                let body = &mut case.transaction.transaction_body;
                let names = vec![(Bytes::from(b"t".to_vec()), NonZeroInt::try_from(3).unwrap())];
                let names = NonEmptyKeyValuePairs::from_vec(names).unwrap();
                let hash = Hash::from(*policy.hash().as_bytes());
                body.mint = NonEmptyKeyValuePairs::from_vec(vec![(hash, names)]);
                body.collateral = NonEmptySet::from_vec(vec![wire::input(&reference(3))]);
                let value = Value::of_lovelace(ada(15)).plus(&asset, units(3)).unwrap();
                replace_output(case, 1, &output(OutputDraft::new(Party::new(1).address(), value)));
                attach_in(case, &policy);
                case.transaction.transaction_witness_set.redeemer = Some(one_redeemer(RedeemerTag::Mint, 0));
                case.versions = BTreeSet::from([version]);
            })
            .rehashed();
        minting.accepted();
    }
}
