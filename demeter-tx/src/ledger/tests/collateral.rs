//! What is put up in case a script fails, and the tricks one can try with it.

use super::*;

/// The guarded case with this collateral, returned as this output, under parameters with a fee of 1,000.
fn with_collateral(collateral: &Output, returned: Option<&Output>, declared: Option<u64>) -> Case {
    Case::guarded().but(|case| {
        let body = &mut case.transaction.transaction_body;
        body.fee = 1000;
        body.collateral_return = returned.map(|output| minicbor::decode(output.as_bytes()).unwrap());
        body.total_collateral = declared;
        replace_output(case, 0, &held_by(&Party::new(1), units(4_999_000)));
        case.utxos.insert(reference(3), collateral.clone());
    })
}

#[test]
fn collateral_is_there_and_not_too_much() {
    let with = |seeds: &[u8]| {
        Case::guarded().but(|case| {
            case.transaction.transaction_body.collateral =
                NonEmptySet::from_vec(seeds.iter().map(|seed| wire::input(&reference(*seed))).collect());
            for seed in [4, 5, 6] {
                case.utxos.insert(reference(seed), held_by(&Party::new(1), ada(2)));
            }
        })
    };
    with(&[4, 5, 6]).accepted();
    assert_eq!(with(&[3, 4, 5, 6]).refused(), LedgerError::TooMuchCollateral { maximum: 3, found: 4 });
    assert_eq!(with(&[]).refused(), LedgerError::NoCollateral);
    assert_eq!(with(&[1]).refused(), LedgerError::CollateralLockedByScript { reference: reference(1) });
}

#[test]
fn collateral_covers_its_share_of_the_fee() {
    let party = Party::new(1);
    let collateral = held_by(&party, units(2_001_500));
    let leaving = |at_risk: u64| {
        let returned = held_by(&party, units(2_001_500 - at_risk));
        with_collateral(&collateral, Some(&returned), Some(at_risk))
    };
    leaving(1500).accepted();
    assert_eq!(leaving(1499).refused(), LedgerError::CollateralTooSmall { minimum: 1500, found: 1499 });
    let returned = held_by(&party, units(2_000_000));
    assert_eq!(
        with_collateral(&collateral, Some(&returned), Some(1501)).refused(),
        LedgerError::CollateralDeclared { declared: 1501, found: 1500 }
    );
    with_collateral(&collateral, Some(&returned), None).accepted();
    with_collateral(&collateral, None, None).accepted();
}

#[test]
fn collateral_is_ada_in_the_end() {
    let party = Party::new(1);
    let holding = |lovelace, tokens| {
        let value = Value::of_lovelace(lovelace).plus(&token(), units(tokens)).unwrap();
        output(OutputDraft::new(party.address(), value))
    };
    let collateral = holding(ada(4), 7);
    with_collateral(&collateral, Some(&holding(ada(2), 7)), None).accepted();
    for (returned, found) in [(6, 1), (8, -1)] {
        assert_eq!(
            with_collateral(&collateral, Some(&holding(ada(2), returned)), None).refused(),
            LedgerError::CollateralNotAda { asset: token(), found }
        );
    }
    // No return at all: the tokens would be lost.
    assert_eq!(
        with_collateral(&collateral, None, None).refused(),
        LedgerError::CollateralNotAda { asset: token(), found: 7 }
    );
    // A return of tokens that were never there.
    let plain = held_by(&party, ada(4));
    assert_eq!(
        with_collateral(&plain, Some(&holding(ada(2), 1)), None).refused(),
        LedgerError::CollateralNotAda { asset: token(), found: -1 }
    );
}

#[test]
fn the_share_is_rounded_up() {
    let party = Party::new(1);
    let at_risk = |fee: u64, risked: u64| {
        let collateral = held_by(&party, units(2_000_000 + risked));
        with_collateral(&collateral, Some(&held_by(&party, units(2_000_000))), None).but(|case| {
            case.transaction.transaction_body.fee = fee;
            replace_output(case, 0, &held_by(&Party::new(1), units(5_000_000 - fee)));
        })
    };
    // 150 % of 1,001 are 1,501.5.
    at_risk(1001, 1502).accepted();
    assert_eq!(at_risk(1001, 1501).refused(), LedgerError::CollateralTooSmall { minimum: 1502, found: 1501 });
    at_risk(1000, 1500).accepted();
    let of = |percentage: u64, risked: u64| {
        at_risk(1000, risked).but(|case| case.settings.parameters.collateral_percentage = percentage)
    };
    of(0, 0).accepted();
    of(1, 10).accepted();
    assert_eq!(of(1, 9).refused(), LedgerError::CollateralTooSmall { minimum: 10, found: 9 });
}

#[test]
fn more_cannot_be_returned_than_was_put_up() {
    let party = Party::new(1);
    let returned = held_by(&party, ada(3));
    assert_eq!(
        with_collateral(&held_by(&party, ada(2)), Some(&returned), None).refused(),
        LedgerError::CollateralTooSmall { minimum: 1500, found: -1_000_000 }
    );
}

#[test]
fn the_return_is_an_output_like_others() {
    let party = Party::new(1);
    let minimum = held_by(&party, ada(2)).minimum_lovelace(&settings().parameters).unwrap();
    let returning =
        |returned: Amount| with_collateral(&held_by(&party, ada(20)), Some(&held_by(&party, returned)), None);
    returning(minimum).accepted();
    let found = minimum.checked_sub(units(1)).unwrap();
    assert_eq!(returning(found).refused(), LedgerError::BelowMinimum { index: 1, minimum, found });
    // Its value has a size, and its address a network.
    let limited = returning(ada(2)).but(|case| case.settings.parameters.max_value_size = 4);
    assert!(matches!(limited.refused(), LedgerError::ValueTooBig { .. }));
    let elsewhere = OutputDraft::new(party.address(), Value::of_lovelace(ada(2))).finish(Network::Mainnet);
    assert_eq!(
        with_collateral(&held_by(&party, ada(20)), Some(&elsewhere), None).refused(),
        LedgerError::OutputNetwork { index: 1, expected: Network::Testnet, found: Network::Mainnet }
    );
    // A return of nothing is below the minimum too.
    let nothing = returning(Amount::ZERO).refused();
    assert!(matches!(nothing, LedgerError::BelowMinimum { index: 1, .. }), "{nothing:?}");
}

#[test]
fn scripts_that_are_referred_to_or_carried_by_inputs_need_collateral_too() {
    let without = |case: Case| case.but(|case| case.transaction.transaction_body.collateral = None);
    assert_eq!(without(Case::guarded()).refused(), LedgerError::NoCollateral);
    // The guarded output carries its own script: nothing is attached and nothing referred to.
    let own = || {
        Case::guarded().but(|case| {
            let draft =
                OutputDraft::new(Address::of_script(always_true().hash()), Value::of_lovelace(ada(5)));
            let draft = draft.with_inline_datum(Data::unit()).with_reference_script(always_true());
            case.utxos.insert(reference(1), output(draft));
            case.transaction.transaction_body.reference_inputs = None;
        })
    };
    own().accepted();
    assert_eq!(without(own()).refused(), LedgerError::NoCollateral);
}

#[test]
fn collateral_of_a_payment_is_not_looked_at_but_for_its_number() {
    let with = |count: u8| {
        Case::payment().but(|case| {
            let seeds = 10..10 + count;
            let inputs = seeds.clone().map(|seed| wire::input(&reference(seed))).collect();
            case.transaction.transaction_body.collateral = NonEmptySet::from_vec(inputs);
            case.transaction.transaction_body.total_collateral = Some(1);
            for seed in seeds {
                case.utxos.insert(reference(seed), held_by(&Party::new(1), ada(2)));
            }
        })
    };
    with(3).accepted();
    assert_eq!(with(4).refused(), LedgerError::TooMuchCollateral { maximum: 3, found: 4 });
    let unknown = with(1).but(|case| {
        case.utxos.remove(&reference(10));
    });
    assert_eq!(unknown.refused(), LedgerError::UnknownInput { reference: reference(10) });
}
