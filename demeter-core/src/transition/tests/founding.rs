//! Genesis, alone and as a whole transaction.

use super::super::*;
use super::fixture::*;
use crate::codec::grid_id;
use crate::grid::sample_grid;
use crate::*;

type Row = (&'static str, fn(&mut TransactionView), &'static str);

fn redeemer() -> Genesis {
    Genesis { seed: reference(0x40), deadline: time(500_000), operators: count(10), slots: count(40) }
}

fn founded(change: impl FnOnce(&mut GridDraft)) -> Grid {
    let mut draft = sample_grid().into_draft();
    draft.id = grid_id(&reference(0x40), time(500_000));
    change(&mut draft);
    Grid::new(draft).unwrap()
}

fn transaction() -> TransactionView {
    let Founding { outcome, minted } =
        genesis(&SCRIPTS, &redeemer(), &founded(|_| ()), &[reference(0x40)], range(400_000, 500_000))
            .unwrap();
    let wallet = OutputView {
        address: Address::of_key(OWNER),
        value: Value::of_lovelace(amount(100_000_000)),
        datum: Datum::None,
        has_reference_script: false,
    };
    let outputs = outcome.states.iter().map(|expected| OutputView {
        address: SCRIPTS.address(expected.script),
        value: expected.value.clone(),
        datum: Datum::Inline(expected.state.encode()),
        has_reference_script: false,
    });
    TransactionView {
        inputs: vec![InputView { reference: reference(0x40), output: wallet, redeemer: None }],
        outputs: outputs.collect(),
        minted: minted.iter().map(|(asset, count)| (asset.clone(), count.to_units() as i64)).collect(),
        policy_redeemer: Some(redeemer().encode()),
        lower: Some(time(400_000)),
        upper: Some(time(500_000)),
        ..TransactionView::default()
    }
}

#[test]
fn a_grid_is_founded() {
    let outcome = verify(&SCRIPTS, &transaction()).unwrap();
    let id = grid_id(&reference(0x40), time(500_000));
    let pool = &outcome.states[1];
    assert_eq!(pool.state, Pool { grid: id, next: Count::ZERO }.into());
    assert_eq!(SCRIPTS.tokens_in(&pool.value, Token::Pool, &id), amount(1));
    assert_eq!(SCRIPTS.tokens_in(&pool.value, Token::Operator, &id), amount(10));
    assert_eq!(SCRIPTS.tokens_in(&pool.value, Token::Slot, &id), amount(40));
    assert_eq!(
        (pool.value.lovelace(), outcome.states[0].value.lovelace()),
        (amount(2_000_000), amount(6_000_000))
    );
}

#[test]
fn each_condition_of_genesis_has_its_refusal() {
    let code = |change: fn(&mut Genesis), grid: Grid, consumed: u8, range| {
        let mut redeemer = redeemer();
        change(&mut redeemer);
        genesis(&SCRIPTS, &redeemer, &grid, &[reference(consumed)], range).unwrap_err().code()
    };
    let good = || founded(|_| ());
    let now = range(400_000, 500_000);
    assert_eq!(code(|_| (), good(), 0x40, None), "range_not_finite");
    assert_eq!(code(|_| (), good(), 0x40, range(199_999, 500_000)), "range_too_long");
    assert_eq!(code(|_| (), good(), 0x40, range(400_000, 500_001)), "too_late");
    assert_eq!(code(|_| (), good(), 0x41, now), "seed_not_consumed");
    assert_eq!(code(|redeemer| redeemer.deadline = time(500_001), good(), 0x40, now), "other_grid_id");
    assert_eq!(code(|redeemer| redeemer.operators = Count::ZERO, good(), 0x40, now), "no_tokens");
    assert_eq!(code(|redeemer| redeemer.slots = Count::ZERO, good(), 0x40, now), "no_tokens");
    let grid = founded(|grid| grid.market = ScriptHash::from_bytes([5; 28]));
    assert_eq!(code(|_| (), grid, 0x40, now), "other_market");
    let own = || Asset::Token { policy: SCRIPTS.registry, name: AssetName::default() };
    assert_eq!(code(|_| (), founded(|grid| grid.asset = own()), 0x40, now), "settlement_in_own_tokens");
    for script in [Script::Market, Script::Registry] {
        let grid = founded(|grid| grid.treasury = SCRIPTS.address(script));
        assert_eq!(code(|_| (), grid, 0x40, now), "not_payable");
    }
}

#[test]
fn each_part_of_the_founding_transaction_is_checked() {
    let rows: &[Row] = &[
        ("no redeemer", |transaction| transaction.policy_redeemer = None, "missing_policy_redeemer"),
        (
            "bad redeemer",
            |transaction| transaction.policy_redeemer = Some(vec![0]),
            "malformed_policy_redeemer",
        ),
        ("one more", |transaction| transaction.minted[0].1 = 2, "wrong_mint"),
        ("one burned", |transaction| transaction.minted[0].1 = -1, "wrong_mint"),
        ("no outputs", |transaction| transaction.outputs.clear(), "missing_output"),
        ("no pool", |transaction| transaction.outputs.truncate(1), "missing_output"),
        ("no datum", |transaction| transaction.outputs[0].datum = Datum::Hash, "state_output"),
        ("the pool first", |transaction| transaction.outputs.swap(0, 1), "state_output"),
        (
            "rich grid",
            |transaction| transaction.outputs[0].value = Value::of_lovelace(amount(9)),
            "state_output",
        ),
        ("seed unspent", |transaction| transaction.inputs.clear(), "seed_not_consumed"),
        ("unbounded", |transaction| transaction.lower = None, "range_not_finite"),
    ];
    for (name, change, code) in rows {
        let mut transaction = transaction();
        change(&mut transaction);
        assert_eq!(verify(&SCRIPTS, &transaction).expect_err(name).code(), *code, "{name}");
    }
}
