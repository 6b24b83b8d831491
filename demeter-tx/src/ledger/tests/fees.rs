//! What a transaction pays.

use super::*;
use crate::ProtocolParameters;

#[test]
fn the_fee_is_part_of_what_comes_out() {
    let case = Case::payment().but(|case| case.transaction.transaction_body.fee = 1);
    let expected =
        LedgerError::NotConserved { asset: Asset::Lovelace, consumed: 20_000_000, produced: 20_000_001 };
    assert_eq!(case.refused(), expected);
}

#[test]
fn fees_have_a_minimum() {
    let demanding = |fixed: u64| {
        Case::payment().but(|case| {
            case.settings.parameters.fee_fixed = units(fixed);
            case.transaction.transaction_body.fee = 1000;
            replace_output(case, 1, &held_by(&Party::new(1), units(14_999_000)));
        })
    };
    demanding(1000).accepted();
    let expected = LedgerError::FeeTooSmall { minimum: units(1001), found: units(1000) };
    assert_eq!(demanding(1001).refused(), expected);
}

#[test]
fn execution_units_are_paid_for() {
    let paying = |fee: u64| {
        Case::guarded().but(|case| {
            case.settings.parameters.prices.price_memory = Ratio::new(1, 1).unwrap();
            case.transaction.transaction_body.fee = fee;
            replace_output(case, 0, &held_by(&Party::new(1), units(5_000_000 - fee)));
        })
    };
    paying(500).accepted();
    let expected = LedgerError::FeeTooSmall { minimum: units(500), found: units(499) };
    assert_eq!(paying(499).refused(), expected);
}

fn mainnet() -> LedgerSettings {
    LedgerSettings { parameters: ProtocolParameters::mainnet().unwrap(), ..settings() }
}

/// The same transaction, with less of a fee and as much more of change: the last output.
fn paying_less(case: Case, less: u64) -> Case {
    case.but(|case| {
        let body = &mut case.transaction.transaction_body;
        body.fee -= less;
        let last = body.outputs.len() - 1;
        let change = minicbor::to_vec(&body.outputs[last]).unwrap();
        let change = Output::from_cbor(&change).unwrap().value().lovelace().to_units();
        replace_output(case, last, &held_by(&Party::new(1), units(change + less)));
    })
}

#[test]
fn the_fee_of_mainnet_to_the_lovelace() {
    let party = Party::new(1);
    let of = |utxos: &UtxoSet, seed: u8| (reference(seed), utxos[&reference(seed)].clone());
    let utxos = guarded_utxos(&party, &always_true());
    let pay = OutputDraft::new(Party::new(2).address(), Value::of_lovelace(ada(2)));
    let (money, held) = of(&utxos, 3);
    let start = TransactionBuilder::new(mainnet(), party.address()).pay(pay);
    let plain = start.clone().spend(money, held.clone());
    let (guarded, locked) = of(&utxos, 1);
    let spending = start.spend_with(guarded, locked, Data::unit()).collateral(money, held);
    let (carried_at, carrier) = of(&utxos, 2);
    let referring = spending.clone().refer(carried_at, carrier);
    for builder in [plain, spending.attach(always_true()), referring] {
        let built = builder.build().unwrap();
        let fee = built.summary().fee;
        let case = || Case::of(built.transaction(), utxos.clone()).but(|case| case.settings = mainnet());
        case().accepted();
        let found = fee.checked_sub(units(1)).unwrap();
        // NOTE: one lovelace less is still at least the percentage that the collateral was declared for.
        assert_eq!(paying_less(case(), 1).refused(), LedgerError::FeeTooSmall { minimum: fee, found });
    }
}

#[test]
fn reference_scripts_are_paid_for_whether_they_run_or_not() {
    let size = always_true().as_bytes().len() as u64;
    let referring = |fee: u64| {
        Case::payment().but(|case| {
            case.settings.parameters.fee_per_reference_script_byte = Ratio::new(15, 1).unwrap();
            case.transaction.transaction_body.fee = fee;
            case.transaction.transaction_body.reference_inputs =
                NonEmptySet::from_vec(vec![wire::input(&reference(2))]);
            replace_output(case, 1, &held_by(&Party::new(1), units(15_000_000 - fee)));
        })
    };
    referring(15 * size).accepted();
    assert_eq!(
        referring(15 * size - 1).refused(),
        LedgerError::FeeTooSmall { minimum: units(15 * size), found: units(15 * size - 1) }
    );
    // So are those on inputs.
    let carrying = |fee: u64| {
        referring(fee).but(|case| {
            case.transaction.transaction_body.reference_inputs = None;
            let draft = OutputDraft::new(Party::new(1).address(), Value::of_lovelace(ada(20)));
            case.utxos.insert(reference(3), output(draft.with_reference_script(always_true())));
        })
    };
    carrying(15 * size).accepted();
    assert!(matches!(carrying(15 * size - 1).refused(), LedgerError::FeeTooSmall { .. }));
}
