//! Offer, Lead, Withdraw, Cancel, Collect, Rekey.

use super::super::*;
use super::fixture::*;
use crate::*;

fn offer() -> Step {
    let Offered { price, resources, .. } = offered();
    Step {
        references: vec![grid(), operator(), open_bid(terms())],
        range: range(1_000_000, 1_300_000),
        signers: signers(&[OWNER]),
        ..step(MarketTransition::Offer { price, resources }, vec![slot(Stage::Idle, 123)])
    }
}

fn rebid(step: &mut Step, change: impl FnOnce(&mut TermsDraft)) {
    step.references[2] = open_bid(terms_with(change));
}

fn offer_of(price: u64, resources: &[u64]) -> Transition {
    let resources = resources.iter().copied().map(quantity).collect();
    MarketTransition::Offer { price: amount(price), resources }.into()
}

#[test]
fn an_idle_slot_offers() {
    let outcome = assert_table(
        &offer(),
        &[
            ("no range", |step| step.range = None, "range_not_finite"),
            ("long range", |step| step.range = range(1_000_000, 1_300_001), "range_too_long"),
            ("early", |step| step.range = range(999_999, 1_000_100), "too_early"),
            ("late", |step| step.range = range(1_900_000, 2_000_001), "too_late"),
            ("stranger", |step| step.signers = signers(&[STRANGER]), "not_signed"),
            ("busy", |step| change_slot(step, 0, |slot| slot.stage = settled()), "wrong_stage"),
            (
                "no token",
                |step| step.inputs[0].value = Value::of_lovelace(amount(7_000_000)),
                "missing_token",
            ),
            (
                "another slot too",
                |step| step.inputs.push(held(0x21, value(1, Token::Slot), slot_in(Stage::Idle))),
                "inputs",
            ),
            ("no bid", |step| step.references.truncate(2), "missing_reference"),
            (
                "another state first",
                |step| step.references.insert(2, held(0x2f, value(1, Token::Slot), slot_in(Stage::Idle))),
                "missing_reference",
            ),
            ("no grid", |step| drop(step.references.remove(0)), "missing_reference"),
            (
                "a grid without token",
                |step| step.references[0].value = Value::of_lovelace(amount(1)),
                "missing_reference",
            ),
            ("no operator", |step| drop(step.references.remove(1)), "missing_reference"),
            (
                "another operator",
                |step| step.references[1] = operator_with(|operator| operator.number = count(4)),
                "missing_reference",
            ),
            ("led bid", |step| step.references[2] = led_bid(terms(), leader()), "led"),
            ("a race", |step| rebid(step, |terms| terms.method = Method::race(Span::ZERO)), "wrong_method"),
            (
                "poor bid",
                |step| step.references[2].value = Value::of_lovelace(amount(13_049_999)),
                "not_funded",
            ),
            (
                "rich bid",
                |step| step.references[2].value = Value::of_lovelace(amount(13_050_001)),
                "not_funded",
            ),
            (
                "other grid",
                |step| rebid(step, |terms| terms.grid = GridId::from_bytes([9; 28])),
                "other_grid",
            ),
            (
                "other asset",
                |step| {
                    rebid(step, |terms| {
                        terms.asset = Asset::Token {
                            policy: ScriptHash::from_bytes([3; 28]),
                            name: AssetName::default(),
                        };
                    })
                },
                "other_asset",
            ),
            (
                "low fee",
                |step| rebid(step, |terms| terms.fee_ppm = Ppm::from_millionths(9_999).unwrap()),
                "fee_too_low",
            ),
            (
                "refund at market",
                |step| rebid(step, |terms| terms.refund = SCRIPTS.address(Script::Market)),
                "not_payable",
            ),
            (
                "refund at registry",
                |step| rebid(step, |terms| terms.refund = SCRIPTS.address(Script::Registry)),
                "not_payable",
            ),
            ("cheap", |step| step.transition = offer_of(99_999, &[4000, 1 << 30]), "price_out_of_range"),
            ("dear", |step| step.transition = offer_of(500_001, &[4000, 1 << 30]), "price_out_of_range"),
            ("one amount", |step| step.transition = offer_of(200_000, &[4000]), "resource_count"),
            (
                "three amounts",
                |step| step.transition = offer_of(200_000, &[4000, 1 << 30, 0]),
                "resource_count",
            ),
            (
                "too little",
                |step| step.transition = offer_of(200_000, &[999, 1 << 30]),
                "too_little_of_a_resource",
            ),
            (
                "too much",
                |step| step.transition = offer_of(200_000, &[8001, 1 << 30]),
                "too_much_of_a_resource",
            ),
            (
                "unlabelled",
                |step| step.references[1] = operator_with(|operator| operator.labels = Labels::default()),
                "missing_label",
            ),
            (
                "unendorsed",
                |step| step.references[1] = operator_with(|operator| operator.endorsed = Labels::default()),
                "missing_endorsement",
            ),
        ],
    );
    // The surplus of 123 is free; the bond is in.
    let expected = slot(Stage::Offered(offered()), 1_000_000);
    assert_eq!(outcome.states, [StateOutput::new(expected.value, expected.state)]);
    assert!(outcome.payments.is_empty());
}

fn lead() -> Step {
    Step {
        range: range(2_000_000, 2_300_000),
        ..step(MarketTransition::Lead, vec![open_bid(terms()), slot(Stage::Offered(offered()), 1_000_000)])
    }
}

fn reoffer(step: &mut Step, change: impl FnOnce(&mut Offered)) {
    change_slot(step, 1, |slot| {
        let mut offered = offered();
        change(&mut offered);
        slot.stage = Stage::Offered(offered);
    });
}

#[test]
fn the_first_offer_leads() {
    let outcome = assert_table(
        &lead(),
        &[
            ("no range", |step| step.range = None, "range_not_finite"),
            ("long range", |step| step.range = range(1_999_999, 2_300_000), "range_too_long"),
            ("early", |step| step.range = range(1_999_999, 2_000_001), "too_early"),
            ("late", |step| step.range = range(2_200_000, 2_300_001), "too_late"),
            ("no slot", |step| step.inputs.truncate(1), "inputs"),
            (
                "two bids",
                |step| step.inputs[1] = held(0x31, Value::of_lovelace(amount(1)), Bid::open(terms())),
                "inputs",
            ),
            ("idle slot", |step| change_slot(step, 1, |slot| slot.stage = Stage::Idle), "wrong_stage"),
            (
                "no token",
                |step| step.inputs[1].value = Value::of_lovelace(amount(8_000_000)),
                "missing_token",
            ),
            (
                "other grid",
                |step| change_slot(step, 1, |slot| slot.grid = GridId::from_bytes([2; 28])),
                "other_grid",
            ),
            (
                "other bid",
                |step| reoffer(step, |offered| offered.bid = BidName::from_bytes([2; 32])),
                "other_bid",
            ),
            ("poor bid", |step| step.inputs[0].value = Value::of_lovelace(amount(13_049_999)), "not_funded"),
        ],
    );
    let expected = led_bid(terms(), leader());
    assert_eq!(outcome.states, [StateOutput::new(expected.value, expected.state)]);
}

#[test]
fn a_better_offer_ousts_the_leader() {
    let worse =
        Leader { operator: count(8), index: count(1), owner: STRANGER, merit: Merit::ZERO, ..leader() };
    let mut healthy = lead();
    healthy.inputs[0] = led_bid(terms(), worse);
    let outcome = assert_table(
        &healthy,
        &[
            ("no better", |step| step.inputs[0] = led_bid(terms(), leader()), "not_better"),
            ("without token", |step| step.inputs[0].value = Value::of_lovelace(amount(1)), "missing_token"),
        ],
    );
    let ousted = Slot { operator: count(8), index: count(1), owner: STRANGER, ..slot_in(Stage::Idle) };
    let expected = led_bid(terms(), leader());
    assert_eq!(
        outcome.states,
        [
            StateOutput::new(expected.value, expected.state),
            StateOutput::new(value(8_000_000, Token::Slot), ousted)
        ]
    );
}

#[test]
fn a_loser_withdraws() {
    let healthy = Step {
        range: range(2_300_000, 2_400_000),
        signers: signers(&[OWNER]),
        ..step(MarketTransition::Withdraw, vec![slot(Stage::Offered(offered()), 1_000_000)])
    };
    let outcome = assert_table(
        &healthy,
        &[
            ("no range", |step| step.range = None, "range_not_finite"),
            ("long range", |step| step.range = range(2_300_000, 2_600_001), "range_too_long"),
            ("early", |step| step.range = range(2_299_999, 2_400_000), "too_early"),
            ("stranger", |step| step.signers = signers(&[STRANGER]), "not_signed"),
            ("idle", |step| change_slot(step, 0, |slot| slot.stage = Stage::Idle), "wrong_stage"),
            ("no token", |step| step.inputs[0].value = Value::default(), "missing_token"),
            (
                "two",
                |step| step.inputs.push(held(0x21, value(1, Token::Slot), slot_in(Stage::Idle))),
                "inputs",
            ),
        ],
    );
    let expected = slot(Stage::Idle, 1_000_000);
    assert_eq!(outcome.states, [StateOutput::new(expected.value, expected.state)]);
}

#[test]
fn an_application_cancels() {
    let healthy = Step {
        range: range(2_300_000, 2_400_000),
        signers: signers(&[APPLICATION]),
        ..step(MarketTransition::Cancel, vec![open_bid(terms())])
    };
    let outcome = assert_table(
        &healthy,
        &[
            ("no range", |step| step.range = None, "range_not_finite"),
            ("long range", |step| step.range = range(2_300_000, 2_600_001), "range_too_long"),
            ("while it is on", |step| step.range = range(2_299_999, 2_300_000), "auction_is_on"),
            ("when it has opened", |step| step.range = range(999_999, 1_000_001), "auction_is_on"),
            ("stranger", |step| step.signers = signers(&[STRANGER]), "not_signed"),
            ("led", |step| step.inputs[0] = led_bid(terms(), leader()), "led"),
            ("two", |step| step.inputs.push(slot(Stage::Idle, 0)), "inputs"),
        ],
    );
    assert_eq!(outcome, Outcome::default());
    accepted(&Step { range: range(900_000, 1_000_000), ..healthy.clone() });
    let race = open_bid(terms_with(|terms| terms.method = Method::race(Span::ZERO)));
    accepted(&Step { range: None, inputs: vec![race], ..healthy });
}

#[test]
fn an_operator_collects() {
    for stage in [Stage::Idle, settled()] {
        let healthy = Step {
            signers: signers(&[OWNER]),
            ..step(MarketTransition::Collect, vec![slot(stage.clone(), 777)])
        };
        let outcome = assert_table(
            &healthy,
            &[
                ("stranger", |step| step.signers = signers(&[STRANGER]), "not_signed"),
                (
                    "offered",
                    |step| change_slot(step, 0, |slot| slot.stage = Stage::Offered(offered())),
                    "wrong_stage",
                ),
                (
                    "leased",
                    |step| change_slot(step, 0, |slot| slot.stage = Stage::Leased(Box::new(lease()))),
                    "wrong_stage",
                ),
                ("no token", |step| step.inputs[0].value = Value::default(), "missing_token"),
                (
                    "two",
                    |step| step.inputs.push(held(0x21, value(1, Token::Slot), slot_in(Stage::Idle))),
                    "inputs",
                ),
            ],
        );
        let expected = slot(stage, 0);
        assert_eq!(outcome.states, [StateOutput::new(expected.value, expected.state)]);
    }
}

#[test]
fn anyone_tells_a_slot_its_operators_key() {
    let healthy = Step {
        references: vec![operator_with(|operator| operator.owner = STRANGER)],
        ..step(MarketTransition::Rekey, vec![leased_slot()])
    };
    let outcome = assert_table(
        &healthy,
        &[
            ("same key", |step| step.references = vec![operator()], "same_owner"),
            ("no operator", |step| step.references.clear(), "missing_reference"),
        ],
    );
    let State::Slot(slot) = &outcome.states[0].state else { panic!("not a slot") };
    assert_eq!(slot.owner, STRANGER);
    assert_eq!(outcome.states[0].value, leased_slot().value);
}
