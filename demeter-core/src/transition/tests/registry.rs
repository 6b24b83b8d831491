//! Admit, Report, Update, Endorse, Rotate, Retire.

use super::super::*;
use super::fixture::*;
use crate::grid::sample_grid;
use crate::limits::MAX_SLOTS;
use crate::*;

fn admission(slots: u64, endpoint: &str) -> Transition {
    let Operator { owner, capacity, labels, .. } = operator_state();
    RegistryTransition::Admit { owner, endpoint: endpoint.into(), capacity, labels, slots: count(slots) }
        .into()
}

#[test]
fn an_operator_is_admitted() {
    let healthy = Step {
        references: vec![grid()],
        signers: signers(&[OWNER, entity(2)]),
        ..step(admission(2, "https://three.example"), vec![pool()])
    };
    let outcome = assert_table(
        &healthy,
        &[
            ("not the owner", |step| step.signers = signers(&[entity(2)]), "not_signed"),
            ("no entity", |step| step.signers = signers(&[OWNER]), "no_quorum"),
            ("no slot", |step| step.transition = admission(0, ""), "slots_out_of_range"),
            ("too many slots", |step| step.transition = admission(MAX_SLOTS + 1, ""), "slots_out_of_range"),
            ("long record", |step| step.transition = admission(2, &"x".repeat(1200)), "operator_too_long"),
            ("no grid", |step| step.references.clear(), "missing_reference"),
            (
                "other market",
                |step| step.references = vec![grid_with(|grid| grid.market = SCRIPTS.registry)],
                "other_market",
            ),
            ("no pool token", |step| step.inputs[0].value = Value::default(), "missing_token"),
            ("two", |step| step.inputs.push(operator()), "inputs"),
            (
                "too few slots left",
                |step| {
                    let slots = SCRIPTS.token(Token::Slot, &GRID);
                    step.inputs[0].value = pool().value.minus(&slots, amount(19)).unwrap();
                },
                "pool_exhausted",
            ),
            (
                "no operators left",
                |step| {
                    let operators = SCRIPTS.token(Token::Operator, &GRID);
                    step.inputs[0].value = pool().value.minus(&operators, amount(5)).unwrap();
                },
                "pool_exhausted",
            ),
        ],
    );
    let newcomer = Operator { number: count(4), endorsed: Labels::default(), ..operator_state() };
    let slot = |index| Slot { operator: count(4), index: count(index), ..slot_in(Stage::Idle) };
    assert_eq!(outcome.states[0].state, Pool { grid: GRID, next: count(5) }.into());
    assert_eq!(SCRIPTS.tokens_in(&outcome.states[0].value, Token::Operator, &GRID), amount(4));
    assert_eq!(SCRIPTS.tokens_in(&outcome.states[0].value, Token::Slot, &GRID), amount(18));
    assert_eq!(
        outcome.states[1..],
        [
            StateOutput::new(value(8_000_000, Token::Operator), newcomer),
            StateOutput::new(value(7_000_000, Token::Slot), slot(0)),
            StateOutput::new(value(7_000_000, Token::Slot), slot(1)),
        ]
    );
}

#[test]
fn a_settled_slot_is_reported() {
    let healthy = Step {
        references: vec![grid()],
        ..step(RegistryTransition::Report, vec![operator(), slot(settled(), 99)])
    };
    let outcome = assert_table(
        &healthy,
        &[
            ("no slot", |step| step.inputs.truncate(1), "inputs"),
            ("idle", |step| change_slot(step, 1, |slot| slot.stage = Stage::Idle), "wrong_stage"),
            (
                "other operator",
                |step| change_slot(step, 1, |slot| slot.operator = count(4)),
                "other_operator",
            ),
            ("no slot token", |step| step.inputs[1].value = Value::of_lovelace(amount(1)), "missing_token"),
            (
                "no operator token",
                |step| step.inputs[0].value = Value::of_lovelace(amount(1)),
                "missing_token",
            ),
            ("no grid", |step| step.references.clear(), "missing_reference"),
            (
                "other market",
                |step| step.references = vec![grid_with(|grid| grid.market = SCRIPTS.registry)],
                "other_market",
            ),
        ],
    );
    let reputation =
        Reputation { fulfilled: amount(2_000_000), breached: amount(100_000), as_of: Time::ZERO };
    let idle = slot(Stage::Idle, 99);
    assert_eq!(
        outcome.states,
        [
            StateOutput::new(operator().value, Operator { reputation, ..operator_state() }),
            StateOutput::new(idle.value, idle.state),
        ]
    );
}

#[test]
fn an_operator_updates_its_record() {
    let Operator { endpoint, capacity, .. } = operator_state();
    let labels = Labels::default();
    let update = RegistryTransition::Update { owner: STRANGER, endpoint, capacity, labels };
    let healthy = Step {
        range: range(600_000, 700_000),
        signers: signers(&[OWNER, STRANGER]),
        ..step(update, vec![operator()])
    };
    let outcome = assert_table(
        &healthy,
        &[
            ("without the old owner", |step| step.signers = signers(&[STRANGER]), "not_signed"),
            ("without the new owner", |step| step.signers = signers(&[OWNER]), "not_signed"),
            ("too soon", |step| step.range = range(599_999, 700_000), "too_early"),
            ("no range", |step| step.range = None, "range_not_finite"),
            ("two", |step| step.inputs.push(pool()), "inputs"),
        ],
    );
    let updated =
        Operator { owner: STRANGER, labels: Labels::default(), updated: time(700_000), ..operator_state() };
    assert_eq!(outcome.states, [StateOutput::new(operator().value, updated)]);
}

#[test]
fn the_entities_endorse() {
    let endorsed: Labels = [Label::new("tier", "platinum")].into_iter().collect();
    let healthy = Step {
        references: vec![grid()],
        signers: signers(&[entity(1), entity(2)]),
        ..step(RegistryTransition::Endorse { endorsed: endorsed.clone() }, vec![operator()])
    };
    let outcome = assert_table(
        &healthy,
        &[
            ("one entity", |step| step.signers = signers(&[entity(1)]), "no_quorum"),
            (
                "too long",
                |step| {
                    let endorsed = [Label::new("k", &"v".repeat(1200))].into_iter().collect();
                    step.transition = RegistryTransition::Endorse { endorsed }.into();
                },
                "operator_too_long",
            ),
        ],
    );
    assert_eq!(
        outcome.states,
        [StateOutput::new(operator().value, Operator { endorsed, ..operator_state() })]
    );
}

fn rotation(change: impl FnOnce(&mut GridDraft)) -> Transition {
    let mut draft = sample_grid().into_draft();
    change(&mut draft);
    RegistryTransition::Rotate {
        deposit: draft.deposit,
        entities: draft.entities,
        admission: draft.admission,
        threshold: draft.threshold,
        fee_ppm: draft.fee_ppm,
        treasury: draft.treasury,
        prior: draft.prior,
        penalty: draft.penalty,
        half_life: draft.half_life,
    }
    .into()
}

#[test]
fn the_entities_rotate() {
    let healthy = Step {
        signers: signers(&[entity(1), entity(2)]),
        ..step(rotation(|grid| grid.entities = vec![entity(9), entity(8), entity(7)]), vec![grid()])
    };
    let outcome = assert_table(
        &healthy,
        &[
            ("the new ones", |step| step.signers = signers(&[entity(9), entity(8)]), "no_quorum"),
            (
                "no majority",
                |step| step.transition = rotation(|grid| grid.threshold = count(1)),
                "grid_not_well_formed",
            ),
            (
                "treasury at market",
                |step| step.transition = rotation(|grid| grid.treasury = SCRIPTS.address(Script::Market)),
                "not_payable",
            ),
            ("two", |step| step.inputs.push(pool()), "inputs"),
        ],
    );
    let State::Grid(rotated) = &outcome.states[0].state else { panic!("not a grid") };
    assert_eq!(rotated.entities, [entity(9), entity(8), entity(7)]);
}

#[test]
fn an_operator_retires() {
    let second = held(0x21, value(7_000_500, Token::Slot), Slot { index: count(1), ..slot_in(Stage::Idle) });
    let healthy = Step {
        references: vec![grid()],
        signers: signers(&[entity(1), entity(2)]),
        ..step(RegistryTransition::Retire, vec![pool(), operator(), slot(Stage::Idle, 0), second])
    };
    let outcome = assert_table(
        &healthy,
        &[
            ("one entity", |step| step.signers = signers(&[entity(1)]), "no_quorum"),
            ("a slot is missing", |step| step.inputs.truncate(3), "inputs"),
            ("no operator", |step| drop(step.inputs.remove(1)), "inputs"),
            ("a busy slot", |step| change_slot(step, 2, |slot| slot.stage = settled()), "wrong_stage"),
            (
                "another's slot",
                |step| change_slot(step, 2, |slot| slot.operator = count(9)),
                "other_operator",
            ),
        ],
    );
    assert_eq!(SCRIPTS.tokens_in(&outcome.states[0].value, Token::Slot, &GRID), amount(22));
    let value = Value::of_lovelace(amount(22_000_500));
    let tag = reference(0x12);
    assert_eq!(outcome.payments, [Payment { address: Address::of_key(OWNER), value, tag }]);
    let by_owner = accepted(&Step { signers: signers(&[OWNER]), ..healthy });
    assert!(by_owner.payments.is_empty());
}

fn deposit() -> RegistryTransition {
    RegistryTransition::Deposit { head: ScriptHash::from_bytes([0xd1; 28]), deadline: time(9_000_000) }
}

#[test]
fn grid_and_pool_move_into_a_head() {
    let healthy = Step { signers: signers(&[entity(1), entity(2)]), ..step(deposit(), vec![grid(), pool()]) };
    let outcome = assert_table(
        &healthy,
        &[
            ("one entity", |step| step.signers = signers(&[entity(1), STRANGER]), "no_quorum"),
            ("no pool", |step| step.inputs.truncate(1), "inputs"),
            ("an operator instead", |step| step.inputs[1] = operator(), "inputs"),
            ("an operator too", |step| step.inputs.push(operator()), "inputs"),
            (
                "a pool without token",
                |step| step.inputs[1].value = Value::of_lovelace(amount(2_000_000)),
                "missing_token",
            ),
        ],
    );
    assert!(outcome.states.is_empty() && outcome.payments.is_empty());
    let output = outcome.deposit.unwrap();
    let State::Grid(state) = grid().state else { panic!("not a grid") };
    assert_eq!(output.address, Address::of_script(state.deposit));
    assert_eq!(output.value, grid().value.checked_add(&pool().value).unwrap());
    let recorded: Vec<_> = output.datum.commits.iter().map(|commit| commit.reference).collect();
    assert_eq!(recorded, [grid().reference, pool().reference]);
    // The order is that of the inputs, whichever is the grid's.
    let mut pool_first = healthy;
    pool_first.inputs[1].reference = reference(0x01);
    let recorded = accepted(&pool_first).deposit.unwrap().datum.commits;
    assert_eq!(recorded[0].reference, reference(0x01));
}

#[test]
fn a_deposit_is_checked_whole() {
    let step = Step { signers: signers(&[entity(1), entity(2)]), ..step(deposit(), vec![grid(), pool()]) };
    let healthy = transaction(&step, &accepted(&step));
    type Change = (&'static str, fn(&mut OutputView));
    let changes: [Change; 5] = [
        ("address", |output| output.address = Address::of_key(OWNER)),
        ("address", |output| output.address.stake = Some(Credential::Key(STRANGER))),
        ("value", |output| output.value = output.value.clone().plus(&Asset::Lovelace, amount(1)).unwrap()),
        ("datum", |output| output.datum = Datum::None),
        ("reference script", |output| output.has_reference_script = true),
    ];
    for (part, change) in changes {
        let mut transaction = healthy.clone();
        change(&mut transaction.outputs[0]);
        let refusal = verify(&SCRIPTS, &transaction).unwrap_err();
        assert!(matches!(refusal, Refusal::DepositOutput { position: 0, part: found } if found == part));
    }
}

#[test]
fn each_state_knows_its_own_transitions() {
    let foreign = [
        step(MarketTransition::Lead, vec![slot(Stage::Idle, 0)]),
        step(MarketTransition::Claim { claimed: count(1) }, vec![open_bid(terms())]),
        step(MarketTransition::Collect, vec![operator()]),
        step(RegistryTransition::Report, vec![pool()]),
        step(RegistryTransition::Retire, vec![operator()]),
        step(RegistryTransition::Retire, vec![grid()]),
        step(deposit(), vec![pool(), grid()]),
    ];
    for step in foreign {
        assert_eq!(apply(&SCRIPTS, &step).unwrap_err().code(), "not_of_this_state", "{step:?}");
    }
    assert_eq!(apply(&SCRIPTS, &step(MarketTransition::Lead, Vec::new())).unwrap_err().code(), "inputs");
}
