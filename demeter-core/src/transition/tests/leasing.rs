//! Award, Take, and all that a lease goes through.

use super::super::*;
use super::fixture::*;
use crate::*;

fn award() -> Step {
    Step {
        references: vec![grid()],
        range: range(2_300_000, 2_400_000),
        ..step(MarketTransition::Award, vec![led_bid(terms(), leader())])
    }
}

fn tagged(address: Address, lovelace: u64, tag: u8) -> Payment {
    Payment { address, value: Value::of_lovelace(amount(lovelace)), tag: reference(tag) }
}

#[test]
fn the_leader_gets_the_lease() {
    let outcome = assert_table(
        &award(),
        &[
            ("no range", |step| step.range = None, "range_not_finite"),
            ("long range", |step| step.range = range(2_300_000, 2_600_001), "range_too_long"),
            ("early", |step| step.range = range(2_299_999, 2_400_000), "too_early"),
            ("nobody leads", |step| step.inputs = vec![open_bid(terms())], "not_led"),
            ("no token", |step| step.inputs[0].value = Value::of_lovelace(amount(1)), "missing_token"),
            ("no grid", |step| step.references.clear(), "missing_reference"),
            (
                "another grid",
                |step| {
                    step.references = vec![grid_with(|grid| grid.id = GridId::from_bytes([2; 28]))]
                        .into_iter()
                        .map(|held| Held { value: Value::default(), ..held })
                        .collect()
                },
                "missing_reference",
            ),
            ("two", |step| step.inputs.push(slot(Stage::Idle, 0)), "inputs"),
        ],
    );
    let lease = Leased { start: time(2_400_000), claimed: Count::ZERO, ..lease() };
    let expected = slot(Stage::Leased(Box::new(lease)), 3_000_000);
    assert_eq!(outcome.states, [StateOutput::new(expected.value, expected.state)]);
    // Escrow 5,050,000, price 2,000,000, fee 20,000.
    assert_eq!(
        outcome.payments,
        [tagged(REFUND, 7_000_000 - 1_600_000 + 3_030_000, 0x30), tagged(TREASURY, 1_620_000, 0x30)]
    );
}

#[test]
fn a_late_award_needs_no_grid_and_charges_no_fee() {
    let late = 2_300_000 + 604_800_000;
    let healthy = Step { references: Vec::new(), range: range(late, late + 1), ..award() };
    let outcome = accepted(&healthy);
    assert_eq!(outcome.payments, [tagged(REFUND, 7_000_000 + 3_050_000, 0x30)]);
    let refusal = apply(&SCRIPTS, &Step { range: range(late - 1, late + 1), ..healthy }).unwrap_err();
    assert_eq!(refusal.code(), "missing_reference");
}

#[test]
fn without_a_fee_the_treasury_gets_nothing() {
    let free = terms_with(|terms| terms.fee_ppm = Ppm::ZERO);
    let outcome = accepted(&Step { inputs: vec![led_bid(free, leader())], ..award() });
    assert_eq!(outcome.payments, [tagged(REFUND, 7_000_000 + 3_000_000, 0x30)]);
}

#[test]
fn another_asset_stands_beside_the_ada() {
    let asset = Asset::Token { policy: ScriptHash::from_bytes([3; 28]), name: AssetName::default() };
    let terms = terms_with(|terms| terms.asset = asset.clone());
    let value = value(14_000_000, Token::Slot).plus(&asset, amount(6_050_000)).unwrap();
    let bid = held(0x30, value, Bid { terms, leader: Some(leader()) });
    let outcome = accepted(&Step { inputs: vec![bid], ..award() });
    let of = |lovelace, units| Value::of_lovelace(amount(lovelace)).plus(&asset, amount(units)).unwrap();
    assert_eq!(outcome.payments[0].value, of(5_400_000, 3_030_000));
    assert_eq!(outcome.payments[1].value, of(1_600_000, 20_000));
    assert_eq!(outcome.states[0].value.lovelace(), amount(7_000_000));
    assert_eq!(outcome.states[0].value.amount_of(&asset), amount(3_000_000));
}

fn race() -> Terms {
    terms_with(|terms| {
        terms.method = Method::reputation(Span::from_seconds(200).unwrap(), Span::from_seconds(100).unwrap());
    })
}

#[test]
fn an_idle_slot_takes_a_race() {
    // A newcomer enters at 1,000,000 + 100,000; half a ramp later it may name 300,000.
    let resources = vec![quantity(1000), quantity(1 << 30)];
    let healthy = Step {
        references: vec![grid(), operator()],
        range: range(1_150_000, 1_200_000),
        signers: signers(&[OWNER]),
        ..step(
            MarketTransition::Take { price: amount(300_000), resources },
            vec![open_bid(race()), slot(Stage::Idle, 5)],
        )
    };
    let outcome = assert_table(
        &healthy,
        &[
            ("before entry", |step| step.range = range(1_099_999, 1_200_000), "too_early"),
            ("after closing", |step| step.range = range(1_990_000, 2_000_001), "too_late"),
            ("ahead of the ramp", |step| step.range = range(1_149_999, 1_200_000), "above_ramp"),
            ("stranger", |step| step.signers = signers(&[STRANGER]), "not_signed"),
            ("an auction", |step| step.inputs[0] = open_bid(terms()), "wrong_method"),
            ("led", |step| step.inputs[0] = led_bid(race(), leader()), "led"),
            ("busy", |step| change_slot(step, 1, |slot| slot.stage = settled()), "wrong_stage"),
            ("poor", |step| step.inputs[0].value = Value::of_lovelace(amount(1)), "not_funded"),
            (
                "no token",
                |step| step.inputs[1].value = Value::of_lovelace(amount(7_000_000)),
                "missing_token",
            ),
            (
                "unlabelled",
                |step| step.references[1] = operator_with(|operator| operator.labels = Labels::default()),
                "missing_label",
            ),
            ("alone", |step| step.inputs.truncate(1), "inputs"),
        ],
    );
    let State::Slot(Slot { stage: Stage::Leased(lease), .. }) = &outcome.states[0].state else {
        panic!("not leased")
    };
    assert_eq!((lease.start, lease.price), (time(1_200_000), amount(300_000)));
    // Escrow 5,050,000, price 3,000,000, fee 30,000.
    assert_eq!(
        outcome.payments,
        [tagged(REFUND, 5_400_000 + 2_020_000, 0x30), tagged(TREASURY, 1_630_000, 0x30)]
    );
}

/// A step of the lease, signed by owner and application: its third period has passed.
fn course(transition: MarketTransition) -> Step {
    Step {
        range: range(3_185_000, 3_190_000),
        signers: signers(&[OWNER, APPLICATION]),
        references: vec![grid()],
        ..step(transition, vec![leased_slot()])
    }
}

fn settled_as(kept: u64, broken: u64, at: u64, besides: u64) -> StateOutput {
    let expected =
        slot(Stage::Settled(Settled { kept: amount(kept), broken: amount(broken), at: time(at) }), besides);
    StateOutput::new(expected.value, expected.state)
}

#[test]
fn pay_is_claimed_as_periods_pass() {
    let outcome = assert_table(
        &course(MarketTransition::Claim { claimed: count(3) }),
        &[
            ("no range", |step| step.range = None, "range_not_finite"),
            ("long range", |step| step.range = range(3_185_000, 3_485_001), "range_too_long"),
            ("stranger", |step| step.signers = signers(&[APPLICATION]), "not_signed"),
            (
                "nothing new",
                |step| step.transition = MarketTransition::Claim { claimed: count(2) }.into(),
                "not_more_claimed",
            ),
            (
                "too soon",
                |step| step.transition = MarketTransition::Claim { claimed: count(4) }.into(),
                "claimed_too_much",
            ),
            (
                "before the period is over",
                |step| step.range = range(3_179_999, 3_190_000),
                "claimed_too_much",
            ),
            (
                "more than all",
                |step| {
                    step.transition = MarketTransition::Claim { claimed: count(11) }.into();
                    step.range = range(9_000_000, 9_000_001);
                },
                "claimed_too_much",
            ),
            ("idle", |step| change_slot(step, 0, |slot| slot.stage = Stage::Idle), "wrong_stage"),
            ("no token", |step| step.inputs[0].value = Value::default(), "missing_token"),
            (
                "two",
                |step| step.inputs.push(held(0x21, value(1, Token::Slot), slot_in(Stage::Idle))),
                "inputs",
            ),
        ],
    );
    let lease = Leased { claimed: count(3), ..lease() };
    let expected = slot(Stage::Leased(Box::new(lease)), 7 * 200_000 + 1_000_000);
    assert_eq!(outcome.states, [StateOutput::new(expected.value, expected.state)]);
}

#[test]
fn a_lease_runs_its_course() {
    // The end is at 3,600,000, the grace until 3,720,000.
    let healthy = Step { range: range(3_720_000, 3_800_000), ..course(MarketTransition::Complete) };
    let outcome = assert_table(
        &healthy,
        &[
            ("no range", |step| step.range = None, "range_not_finite"),
            ("long range", |step| step.range = range(3_720_000, 4_020_001), "range_too_long"),
            ("stranger", |step| step.signers = signers(&[APPLICATION]), "not_signed"),
            ("early", |step| step.range = range(3_719_999, 3_800_000), "too_early"),
            ("idle", |step| change_slot(step, 0, |slot| slot.stage = Stage::Idle), "wrong_stage"),
            ("no token", |step| step.inputs[0].value = Value::default(), "missing_token"),
            (
                "two",
                |step| step.inputs.push(held(0x21, value(1, Token::Slot), slot_in(Stage::Idle))),
                "inputs",
            ),
        ],
    );
    assert_eq!(outcome.states, [settled_as(2_000_000, 0, 3_720_000, 2_600_000)]);
    let later = accepted(&Step { range: range(9_000_000, 9_000_001), ..healthy });
    assert_eq!(later.states, outcome.states);
}

#[test]
fn an_application_closes_its_lease() {
    let outcome = assert_table(
        &course(MarketTransition::Close),
        &[
            ("stranger", |step| step.signers = signers(&[OWNER]), "not_signed"),
            ("no range", |step| step.range = None, "range_not_finite"),
        ],
    );
    // Four periods begun, three whole; two are claimed.
    assert_eq!(outcome.states, [settled_as(600_000, 0, 3_185_000, 2 * 200_000 + 1_000_000)]);
    assert!(outcome.payments.is_empty());
}

#[test]
fn an_operator_resigns() {
    let outcome = assert_table(
        &course(MarketTransition::Resign),
        &[("stranger", |step| step.signers = signers(&[APPLICATION]), "not_signed")],
    );
    assert_eq!(outcome.states, [settled_as(600_000, 1_400_000, 3_185_000, 200_000)]);
    assert_eq!(outcome.payments, [tagged(REFUND, 2_400_000, 0x20)]);
}

#[test]
fn the_entities_rule() {
    let ruling = |paid, slashed, broken| MarketTransition::Arbitrate {
        paid: amount(paid),
        slashed: amount(slashed),
        broken: amount(broken),
    };
    let healthy =
        Step { signers: signers(&[entity(1), entity(3)]), ..course(ruling(600_000, 250_000, 2_000_000)) };
    let outcome = assert_table(
        &healthy,
        &[
            ("one entity", |step| step.signers = signers(&[entity(1), OWNER, APPLICATION]), "no_quorum"),
            ("no grid", |step| step.references.clear(), "missing_reference"),
        ],
    );
    assert_eq!(outcome.states, [settled_as(1_000_000, 2_000_000, 3_185_000, 1_350_000)]);
    assert_eq!(outcome.payments, [tagged(REFUND, 1_250_000, 0x20)]);
    for beyond in [ruling(1_600_001, 0, 0), ruling(0, 1_000_001, 0), ruling(0, 0, 2_000_001)] {
        let refusal = apply(&SCRIPTS, &Step { transition: beyond.into(), ..healthy.clone() }).unwrap_err();
        assert_eq!(refusal.code(), "ruling_too_high");
    }
    let nothing_back = Step { transition: ruling(1_600_000, 0, 0).into(), ..healthy };
    assert!(accepted(&nothing_back).payments.is_empty());
}

#[test]
fn both_extend_their_lease() {
    let extend = |periods| MarketTransition::Extend { periods: count(periods) };
    let outcome = assert_table(
        &course(extend(5)),
        &[
            ("application alone", |step| step.signers = signers(&[APPLICATION]), "not_signed"),
            ("owner alone", |step| step.signers = signers(&[OWNER]), "not_signed"),
            (
                "by nothing",
                |step| step.transition = MarketTransition::Extend { periods: Count::ZERO }.into(),
                "no_more_periods",
            ),
            (
                "for ever",
                |step| step.transition = MarketTransition::Extend { periods: count(527_029) }.into(),
                "term_too_long",
            ),
            ("no grid", |step| step.references.clear(), "missing_reference"),
        ],
    );
    let lease = Leased { periods: count(15), ..lease() };
    let expected = slot(Stage::Leased(Box::new(lease)), 13 * 200_000 + 1_000_000);
    assert_eq!(outcome.states, [StateOutput::new(expected.value, expected.state)]);
    assert_eq!(outcome.payments, [tagged(TREASURY, 10_000, 0x20)]);
    accepted(&Step { range: None, ..course(extend(1)) });
}
