//! What only a whole transaction can get wrong: followers, redeemers, outputs, mint.

use super::super::*;
use super::fixture::*;
use crate::*;

fn award() -> (Step, TransactionView) {
    let step = Step {
        references: vec![grid()],
        range: range(2_300_000, 2_400_000),
        ..step(MarketTransition::Award, vec![led_bid(terms(), leader())])
    };
    let outcome = accepted(&step);
    let transaction = transaction(&step, &outcome);
    (step, transaction)
}

fn lead() -> TransactionView {
    let step = Step {
        range: range(2_000_000, 2_300_000),
        ..step(MarketTransition::Lead, vec![open_bid(terms()), slot(Stage::Offered(offered()), 1_000_000)])
    };
    transaction(&step, &accepted(&step))
}

type Row = (&'static str, fn(&mut TransactionView), &'static str);

fn assert_refused(transaction: &TransactionView, rows: &[Row]) {
    for (name, change, code) in rows {
        let mut transaction = transaction.clone();
        change(&mut transaction);
        let refusal = verify(&SCRIPTS, &transaction).expect_err(name);
        assert_eq!(refusal.code(), *code, "{name}: {refusal}");
    }
}

fn plain(byte: u8, address: Address) -> InputView {
    InputView {
        reference: reference(byte),
        output: OutputView {
            address,
            value: Value::of_lovelace(amount(1_000_000)),
            datum: Datum::None,
            has_reference_script: false,
        },
        redeemer: None,
    }
}

#[test]
fn outputs_are_compared_whole_and_payments_at_least() {
    let (_, transaction) = award();
    assert_refused(
        &transaction,
        &[
            ("state missing", |transaction| transaction.outputs.clear(), "missing_output"),
            ("another address", |transaction| transaction.outputs[0].address = REFUND, "state_output"),
            (
                "a staking part",
                |transaction| {
                    transaction.outputs[0].address.stake = Some(Credential::Key(STRANGER));
                },
                "state_output",
            ),
            (
                "more value",
                |transaction| {
                    let value = transaction.outputs[0].value.clone();
                    transaction.outputs[0].value = value.plus(&Asset::Lovelace, amount(1)).unwrap();
                },
                "state_output",
            ),
            (
                "another state",
                |transaction| {
                    transaction.outputs[0].datum = Datum::Inline(slot_in(Stage::Idle).encode());
                },
                "state_output",
            ),
            ("only a hash", |transaction| transaction.outputs[0].datum = Datum::Hash, "state_output"),
            (
                "a reference script",
                |transaction| transaction.outputs[0].has_reference_script = true,
                "state_output",
            ),
            ("refund missing", |transaction| transaction.outputs.truncate(1), "missing_output"),
            ("refund elsewhere", |transaction| transaction.outputs[1].address = TREASURY, "payment_output"),
            ("refund untagged", |transaction| transaction.outputs[1].datum = Datum::None, "payment_output"),
            (
                "refund tagged for another",
                |transaction| {
                    transaction.outputs[1].datum = Datum::Inline(reference(0x31).encode());
                },
                "payment_output",
            ),
            (
                "refund short",
                |transaction| {
                    let value = transaction.outputs[1].value.clone();
                    transaction.outputs[1].value = value.minus(&Asset::Lovelace, amount(1)).unwrap();
                },
                "payment_output",
            ),
            (
                "refund with a script",
                |transaction| transaction.outputs[1].has_reference_script = true,
                "payment_output",
            ),
            ("fee missing", |transaction| transaction.outputs.truncate(2), "missing_output"),
            ("fee before refund", |transaction| transaction.outputs.swap(1, 2), "payment_output"),
        ],
    );
    let mut generous = transaction;
    let value = generous.outputs[1].value.clone();
    generous.outputs[1].value = value.plus(&Asset::Lovelace, amount(1)).unwrap();
    assert!(verify(&SCRIPTS, &generous).is_ok());
}

#[test]
fn inputs_of_ours_are_all_accounted_for() {
    let (_, transaction) = award();
    assert_refused(
        &transaction,
        &[
            ("no redeemer", |transaction| transaction.inputs[0].redeemer = None, "missing_redeemer"),
            (
                "bad redeemer",
                |transaction| transaction.inputs[0].redeemer = Some(vec![0x80]),
                "malformed_redeemer",
            ),
            (
                "a bid follows",
                |transaction| {
                    transaction.inputs[0].redeemer = Some(MarketRedeemer::Follow.encode());
                },
                "cannot_follow",
            ),
            ("no datum", |transaction| transaction.inputs[0].output.datum = Datum::Hash, "missing_datum"),
            (
                "bad datum",
                |transaction| transaction.inputs[0].output.datum = Datum::Inline(vec![0]),
                "malformed_state",
            ),
            (
                "a state of the registry at market",
                |transaction| {
                    transaction.inputs[0].output.datum = Datum::Inline(pool().state.encode());
                },
                "misplaced",
            ),
            (
                "a registry input",
                |transaction| {
                    transaction.inputs.push(plain(0x50, SCRIPTS.address(Script::Registry)));
                },
                "registry_input",
            ),
            (
                "another market input",
                |transaction| {
                    transaction.inputs.push(plain(0x50, SCRIPTS.address(Script::Market)));
                },
                "missing_datum",
            ),
            (
                "minting",
                |transaction| {
                    transaction.minted.push((SCRIPTS.token(Token::Slot, &GRID), 1));
                },
                "missing_policy_redeemer",
            ),
        ],
    );
    let mut with_wallet = transaction;
    with_wallet.inputs.push(plain(0x50, Address::of_key(OWNER)));
    with_wallet
        .minted
        .push((Asset::Token { policy: ScriptHash::from_bytes([4; 28]), name: AssetName::default() }, 7));
    assert!(verify(&SCRIPTS, &with_wallet).is_ok());
}

#[test]
fn two_transitions_do_not_share_a_transaction() {
    let mut transaction = lead();
    let cancel = Redeemer::Act(MarketTransition::Cancel).encode();
    transaction.signatories = signers(&[APPLICATION]);
    for input in &mut transaction.inputs {
        input.redeemer = Some(cancel.clone());
    }
    assert!(verify(&SCRIPTS, &transaction).is_err());
    assert_refused(
        &lead(),
        &[
            (
                "both follow",
                |transaction| {
                    transaction.inputs.iter_mut().for_each(|input| {
                        input.redeemer = Some(MarketRedeemer::Follow.encode());
                    });
                },
                "cannot_follow",
            ),
            (
                "two bids",
                |transaction| {
                    let mut second = transaction.inputs[1].clone();
                    second.reference = reference(0x31);
                    transaction.inputs.push(second);
                },
                "inputs",
            ),
        ],
    );
}

#[test]
fn a_slot_follows_only_its_own_grid() {
    let settled_slot = slot(settled(), 0);
    let step =
        Step { references: vec![grid()], ..step(RegistryTransition::Report, vec![operator(), settled_slot]) };
    let healthy = transaction(&step, &accepted(&step));
    assert_refused(
        &healthy,
        &[
            (
                "an operator follows",
                |transaction| {
                    transaction.inputs[0].redeemer = Some(RegistryRedeemer::Follow.encode());
                },
                "cannot_follow",
            ),
            (
                "tokens in a wallet",
                |transaction| {
                    let mut wallet = plain(0x60, Address::of_key(OWNER));
                    wallet.output.value = value(1, Token::Slot);
                    transaction.inputs.push(wallet);
                },
                "missing_datum",
            ),
            (
                "a slot of another grid",
                |transaction| {
                    let slot = Slot { grid: GridId::from_bytes([2; 28]), ..slot_in(settled()) };
                    transaction.inputs[1].output.datum = Datum::Inline(slot.encode());
                },
                "cannot_follow",
            ),
        ],
    );
}

#[test]
fn a_bid_that_is_read_must_be_just_a_state() {
    let Offered { price, resources, .. } = offered();
    let step = Step {
        references: vec![grid(), operator(), open_bid(terms())],
        range: range(1_000_000, 1_300_000),
        signers: signers(&[OWNER]),
        ..step(MarketTransition::Offer { price, resources }, vec![slot(Stage::Idle, 0)])
    };
    let healthy = transaction(&step, &accepted(&step));
    assert_refused(
        &healthy,
        &[
            (
                "with a staking part",
                |transaction| {
                    transaction.references[2].output.address.stake = Some(Credential::Key(STRANGER));
                },
                "missing_reference",
            ),
            (
                "with a reference script",
                |transaction| {
                    transaction.references[2].output.has_reference_script = true;
                },
                "missing_reference",
            ),
            (
                "behind another",
                |transaction| {
                    transaction.references.insert(0, plain(0x01, SCRIPTS.address(Script::Market)));
                },
                "missing_reference",
            ),
        ],
    );
    let mut with_scripts = healthy;
    with_scripts.references.insert(0, plain(0x01, SCRIPTS.address(Script::Registry)));
    with_scripts.references.insert(0, plain(0x02, Address::of_key(OWNER)));
    assert!(verify(&SCRIPTS, &with_scripts).is_ok());
}

#[test]
fn strangers_transactions_are_none_of_ours() {
    let mut transaction = TransactionView::default();
    transaction.inputs.push(plain(0x50, Address::of_key(OWNER)));
    assert_eq!(verify(&SCRIPTS, &transaction), Ok(Outcome::default()));
}
