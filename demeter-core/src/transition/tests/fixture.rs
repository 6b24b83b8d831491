//! One grid, one operator, one bid; and the checks that every test makes.

use super::super::*;
use crate::grid::sample_grid;
use crate::limits::*;
use crate::terms::sample_terms;
use crate::*;

pub(super) const SCRIPTS: Scripts =
    Scripts { registry: ScriptHash::from_bytes([0xaa; 28]), market: ScriptHash::from_bytes([0xbb; 28]) };
pub(super) const GRID: GridId = GridId::from_bytes([1; 28]);
pub(super) const OWNER: KeyHash = KeyHash::from_bytes([0x55; 28]);
pub(super) const APPLICATION: KeyHash = KeyHash::from_bytes([0xa0; 28]);
pub(super) const REFUND: Address = Address::of_key(KeyHash::from_bytes([0xa1; 28]));
pub(super) const TREASURY: Address = Address::of_key(KeyHash::from_bytes([0x77; 28]));
pub(super) const STRANGER: KeyHash = KeyHash::from_bytes([0xee; 28]);

pub(super) fn amount(units: u64) -> Amount {
    Amount::from_units(units).unwrap()
}

pub(super) fn quantity(units: u64) -> Quantity {
    Quantity::from_units(units).unwrap()
}

pub(super) fn count(number: u64) -> Count {
    Count::from_number(number).unwrap()
}

pub(super) fn time(milliseconds: u64) -> Time {
    Time::from_milliseconds(milliseconds).unwrap()
}

pub(super) fn range(lower: u64, upper: u64) -> Option<Range> {
    Some(Range { lower: time(lower), upper: time(upper) })
}

pub(super) fn entity(byte: u8) -> KeyHash {
    KeyHash::from_bytes([byte; 28])
}

pub(super) fn signers(keys: &[KeyHash]) -> Signers {
    keys.iter().copied().collect()
}

pub(super) fn reference(byte: u8) -> OutputReference {
    OutputReference { transaction: TransactionId::from_bytes([byte; 32]), index: 0 }
}

/// Ada and one token of the grid.
pub(super) fn value(lovelace: u64, token: Token) -> Value {
    Value::of_lovelace(amount(lovelace)).plus(&SCRIPTS.token(token, &GRID), amount(1)).unwrap()
}

pub(super) fn held(byte: u8, value: Value, state: impl Into<State>) -> Held<State> {
    Held { reference: reference(byte), value, state: state.into() }
}

pub(super) fn grid() -> Held<State> {
    held(0x10, value(GRID_RESERVE.to_units(), Token::Grid), sample_grid())
}

pub(super) fn grid_with(change: impl FnOnce(&mut GridDraft)) -> Held<State> {
    let mut draft = sample_grid().into_draft();
    change(&mut draft);
    held(0x10, value(GRID_RESERVE.to_units(), Token::Grid), Grid::new(draft).unwrap())
}

pub(super) fn operator_state() -> Operator {
    Operator {
        grid: GRID,
        number: count(3),
        owner: OWNER,
        endpoint: "https://three.example".into(),
        capacity: [("cpu".into(), quantity(8000)), ("memory".into(), quantity(1 << 31))]
            .into_iter()
            .collect(),
        labels: [Label::new("region", "eu")].into_iter().collect(),
        endorsed: [Label::new("tier", "gold")].into_iter().collect(),
        reputation: Reputation::default(),
        slots: count(2),
        updated: Time::ZERO,
    }
}

pub(super) fn operator() -> Held<State> {
    held(0x11, value(OPERATOR_RESERVE.to_units(), Token::Operator), operator_state())
}

pub(super) fn operator_with(change: impl FnOnce(&mut Operator)) -> Held<State> {
    let mut operator = operator_state();
    change(&mut operator);
    held(0x11, value(OPERATOR_RESERVE.to_units(), Token::Operator), operator)
}

pub(super) fn pool() -> Held<State> {
    let value = value(2_000_000, Token::Pool)
        .plus(&SCRIPTS.token(Token::Operator, &GRID), amount(5))
        .unwrap()
        .plus(&SCRIPTS.token(Token::Slot, &GRID), amount(20))
        .unwrap();
    held(0x12, value, Pool { grid: GRID, next: count(4) })
}

pub(super) fn slot_in(stage: Stage) -> Slot {
    Slot { grid: GRID, operator: count(3), index: count(0), owner: OWNER, stage }
}

/// A slot holding so much besides its reserve.
pub(super) fn slot(stage: Stage, besides: u64) -> Held<State> {
    held(0x20, value(SLOT_RESERVE.to_units() + besides, Token::Slot), slot_in(stage))
}

pub(super) fn terms() -> Terms {
    Terms::new(sample_terms()).unwrap()
}

pub(super) fn terms_with(change: impl FnOnce(&mut TermsDraft)) -> Terms {
    let mut draft = sample_terms();
    change(&mut draft);
    Terms::new(draft).unwrap()
}

/// An open bid that holds just what it should.
pub(super) fn open_bid(terms: Terms) -> Held<State> {
    let value = Value::of_lovelace(BID_RESERVE).plus(&terms.asset, terms.escrow().unwrap()).unwrap();
    held(0x30, value, Bid::open(terms))
}

/// A bid led by this, holding just what it should.
pub(super) fn led_bid(terms: Terms, leader: Leader) -> Held<State> {
    let lovelace = BID_RESERVE.to_units()
        + SLOT_RESERVE.to_units()
        + terms.escrow().unwrap().to_units()
        + terms.bond.to_units();
    held(0x30, value(lovelace, Token::Slot), Bid { terms, leader: Some(leader) })
}

pub(super) fn offered() -> Offered {
    Offered {
        bid: terms().name(),
        price: amount(200_000),
        resources: vec![quantity(4000), quantity(1 << 30)],
        merit: Merit::from_points(750_000_000_000 + 1_000_000_000_000 + 500_000_000_000).unwrap(),
        until: time(2_300_000),
    }
}

pub(super) fn leader() -> Leader {
    let Offered { price, resources, merit, .. } = offered();
    Leader { operator: count(3), index: count(0), owner: OWNER, price, resources, merit }
}

/// Ten periods of a minute from 3,000,000 on, two of them claimed; 200,000 for each, and a bond of 1,000,000.
pub(super) fn lease() -> Leased {
    let terms = terms();
    Leased {
        bid: terms.name(),
        application: APPLICATION,
        refund: REFUND,
        asset: Asset::Lovelace,
        fee_ppm: terms.fee_ppm,
        price: amount(200_000),
        period: terms.term.period,
        grace: terms.term.grace,
        bond: terms.bond,
        workload: terms.workload,
        resources: [("cpu".into(), quantity(4000)), ("memory".into(), quantity(1 << 30))]
            .into_iter()
            .collect(),
        start: time(3_000_000),
        periods: count(10),
        claimed: count(2),
    }
}

pub(super) fn leased_slot() -> Held<State> {
    slot(Stage::Leased(Box::new(lease())), 8 * 200_000 + 1_000_000)
}

pub(super) fn settled() -> Stage {
    Stage::Settled(Settled { kept: amount(2_000_000), broken: amount(100_000), at: time(3_720_000) })
}

pub(super) fn step(transition: impl Into<Transition>, inputs: Vec<Held<State>>) -> Step {
    Step {
        transition: transition.into(),
        inputs,
        references: Vec::new(),
        range: None,
        signers: Signers::default(),
    }
}

pub(super) fn change_slot(step: &mut Step, index: usize, change: impl FnOnce(&mut Slot)) {
    let State::Slot(slot) = &mut step.inputs[index].state else { panic!("not a slot") };
    change(slot);
}

/// A row of a table: what is changed, how, and under which code that is refused.
pub(super) type Row = (&'static str, fn(&mut Step), &'static str);

/// Checks that the step is accepted, and that each change gets it refused for its own reason; both by [`apply`] and,
/// as a whole transaction, by [`verify`].
pub(super) fn assert_table(healthy: &Step, rows: &[Row]) -> Outcome {
    let outcome = accepted(healthy);
    for (name, change, code) in rows {
        let mut step = healthy.clone();
        change(&mut step);
        let refusal = apply(&SCRIPTS, &step).expect_err(name);
        assert_eq!(refusal.code(), *code, "{name}: {refusal}");
        let verdict = verify(&SCRIPTS, &transaction(&step, &outcome));
        assert!(verdict.is_err(), "{name}: the whole transaction is accepted");
    }
    outcome
}

/// What a healthy step yields, which a whole transaction with just these outputs does as well.
pub(super) fn accepted(step: &Step) -> Outcome {
    let outcome = apply(&SCRIPTS, step).unwrap();
    assert_eq!(verify(&SCRIPTS, &transaction(step, &outcome)).as_ref(), Ok(&outcome));
    outcome
}

/// The transaction that carries out a step.
pub(super) fn transaction(step: &Step, outcome: &Outcome) -> TransactionView {
    let input = |held: &Held<State>, redeemer| InputView {
        reference: held.reference,
        output: OutputView {
            address: SCRIPTS.address(held.state.script()),
            value: held.value.clone(),
            datum: Datum::Inline(held.state.encode()),
            has_reference_script: false,
        },
        redeemer,
    };
    let act = match &step.transition {
        Transition::Registry(transition) => Redeemer::Act(transition.clone()).encode(),
        Transition::Market(transition) => Redeemer::Act(transition.clone()).encode(),
    };
    let follow = MarketRedeemer::Follow.encode();
    let mut inputs: Vec<InputView> = step
        .inputs
        .iter()
        .enumerate()
        .map(|(position, held)| input(held, Some(if position == 0 { act.clone() } else { follow.clone() })))
        .collect();
    inputs.sort_by_key(|input| input.reference);
    let states = outcome.states.iter().map(|expected| OutputView {
        address: SCRIPTS.address(expected.script),
        value: expected.value.clone(),
        datum: Datum::Inline(expected.state.encode()),
        has_reference_script: false,
    });
    let deposit = outcome.deposit.iter().map(|expected| OutputView {
        address: expected.address,
        value: expected.value.clone(),
        datum: Datum::Inline(expected.datum.encode()),
        has_reference_script: false,
    });
    let payments = outcome.payments.iter().map(|payment| OutputView {
        address: payment.address,
        value: payment.value.clone(),
        datum: Datum::Inline(payment.tag.encode()),
        has_reference_script: false,
    });
    TransactionView {
        inputs,
        references: step.references.iter().map(|held| input(held, None)).collect(),
        outputs: states.chain(deposit).chain(payments).collect(),
        lower: step.range.map(|range| range.lower),
        upper: step.range.map(|range| range.upper),
        signatories: step.signers.clone(),
        ..TransactionView::default()
    }
}
