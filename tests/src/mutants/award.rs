//! Award: the leader gets the lease.

use demeter_core::transition::{Held, InputView, Step};
use demeter_core::{MarketTransition, PlutusData, Redeemer, Token};

use super::case::{Case, Reason, reason};
use super::change::{at, rewrite, shift, take, told};
use super::input::{BID_FOLLOWS, NOT_READ};
use super::scene::{BID, GRID, PRICE, SETTLES, Scene, THIEF, dollar, from, step};
use crate::drt::input;
use crate::machine;
use crate::make::{count, reference};

const ALONE: &str = "expect [_] = ours";
const LEASE: &str = "first == state_output(market, state_value(";
const EARLY_AWARD: Reason = reason("too_early", "lower >= settles");
const WEEK: u64 = 604_800_000;

fn award(scene: &Scene, lower: u64) -> Step {
    let mut step = step(MarketTransition::Award, vec![scene.led_bid(scene.leader())], []);
    step.references = vec![scene.held_grid()];
    step.range = from(lower);
    step
}

/// The leader gets the lease as soon as the bid settles.
pub(super) fn awarded(scene: &Scene) -> Case {
    let mut case = Case::new("award", "award", scene.carry_out(award(scene, SETTLES)));
    case.also_healthy(
        "a slot before the week is over",
        scene.carry_out(award(scene, SETTLES + WEEK - 1000)).transaction,
    );
    case.begins_on_bound("a lease while better offers could still lead", "lower >= settles");
    case.mutant("the bid settles a millisecond later", "a lease too early", EARLY_AWARD, |view| {
        rewrite(&mut at(view, BID).output, &[0, 10, 2], machine::integer(SETTLES + 1));
    });
    case.reads_time();
    let open =
        reason("not_led", "expect Some(Leader { operator, index, owner, price, resources, .. }) = leader");
    case.mutant("nobody leads the bid", "the escrow without an offer", open, |view| {
        rewrite(&mut at(view, BID).output, &[1], crate::tree::constructor(1, Vec::new()));
    });
    let token = reason("missing_token", "holds(own_output.value, registry, slot_token, grid)");
    case.needs_token(scene, "leader", BID, Token::Slot, token, token);
    case.reads(scene, "grid", GRID, Token::Grid);
    twice(scene, &mut case);
    case.alone_at_market(scene, ALONE, reason("inputs", ALONE));
    case.must_act(BID, BID_FOLLOWS);
    let lost = reason("not_of_this_state", "not of a bid");
    case.mutant("told to claim", "a check that looks at nothing", lost, |view| {
        told(view, BID, MarketTransition::Claim { claimed: count(1) });
    });
    case.mutant(
        "told to take",
        "the leader's slot lost",
        reason("inputs", "expect [first, second] = ours"),
        |view| {
            told(
                view,
                BID,
                MarketTransition::Take { price: crate::make::amount(PRICE), resources: Vec::new() },
            );
        },
    );
    case.mutant(
        "told to cancel",
        "the leader's slot and bond",
        reason("led", "expect None = leader"),
        |view| {
            told(view, BID, MarketTransition::Cancel);
        },
    );
    case.mints_nothing(scene, "state_output");
    let asset = dollar();
    let gain = "another's money";
    let covers = reason("payment_output", "value.covers(value, lovelace, asset, amount)");
    case.mutant("the fee out of the refund", gain, covers, move |view| take(view, 1, &asset, 20_000));
    case.mutant(
        "the treasury's money to the refund",
        gain,
        reason("payment_output", "address == to"),
        |view| {
            view.outputs.swap(1, 2);
        },
    );
    case.mutant("a treasury of the thief's", "all fees", reason("payment_output", "address == to"), |view| {
        let thief = machine::bytes(THIEF.as_bytes());
        rewrite(&mut at(view, GRID).output, &[8, 0, 0], thief);
    });
    case.yields(scene, "expect [first, ..rest] = outputs", &[LEASE]);
    case.pays();
    case
}

fn another(scene: &Scene) -> InputView {
    let other = scene.with_terms(|terms| terms.nonce = count(8));
    let held = Held { reference: reference(0x41, 0), ..other.led_bid(other.leader()) };
    input(scene.scripts, &held, Some(Redeemer::Act(MarketTransition::Award).encode()))
}

/// Two refunds in one transaction.
fn twice(scene: &Scene, case: &mut Case) {
    let second = another(scene);
    let gain = "one refund for two bids";
    let inputs = reason("inputs", ALONE);
    case.mutant("two bids awarded, one refund for both", gain, inputs, move |view| {
        view.inputs.push(second.clone())
    });
    let second = another(scene);
    case.mutant("two bids awarded, a lease and a refund each", gain, inputs, move |view| {
        view.inputs.push(second.clone());
        let lease = view.outputs[0].clone();
        view.outputs.insert(1, lease);
        let refund = view.outputs[2].clone();
        view.outputs.insert(3, refund);
    });
}

/// The leader gets a lease whose price is in ada.
pub(super) fn awarded_in_ada(scene: &Scene) -> Case {
    let mut case = Case::new("award", "award, in ada", scene.carry_out(award(scene, SETTLES)));
    case.begins_on_bound("a lease while better offers could still lead", "lower >= settles");
    case.yields(scene, "expect [first, ..rest] = outputs", &[LEASE]);
    case.pays();
    case
}

/// The leader gets the lease a week late: no grid is read, and no fee is due.
pub(super) fn awarded_late(scene: &Scene) -> Case {
    let mut late = award(scene, SETTLES + WEEK);
    late.references = Vec::new();
    let mut case = Case::new("award", "award, a week late", scene.carry_out(late));
    case.mutant("a slot too early for that", "a lease without a fee", NOT_READ, |view| shift(view, -1000));
    case.mutant("the bid settles a millisecond later", "a lease without a fee", NOT_READ, |view| {
        rewrite(&mut at(view, BID).output, &[0, 10, 2], machine::integer(SETTLES + 1));
    });
    case.pays();
    case
}
