//! Take: a slot wins a race.

use demeter_core::transition::{Range, Step};
use demeter_core::{Asset, MarketTransition, Method, Reputation, Stage, Token};

use super::answer::{Traces, UNSIGNED, busy, times};
use super::case::{Case, reason};
use super::change::{add, at, give, operator, retell, rewrite, subtract, take};
use super::input::BID_FOLLOWS;
use super::scene::{BID, CEILING, CLOSES, FLOOR, OPENS, OPERATOR, OWNER, SLOT, Scene, dollar, foreign, step};
use crate::drt::input;
use crate::machine;
use crate::make::{amount, ppm, quantities, time};

/// The score, and with it all that is asked of an answer, comes first: the entry depends on it.
const EARLY_SCORE: Traces = Traces {
    unfundable: "in_range(escrow(terms) + bond)",
    never_open: "opens < closes",
    too_few: "within(needs, resources, capacity)",
};

fn take_step(scene: &Scene, lower: u64, price: u64) -> Step {
    let take = MarketTransition::Take { price: amount(price), resources: quantities(&[3_000, 4_000]) };
    let mut step = step(take, vec![scene.open_bid(), scene.held_slot(Stage::Idle, 0)], [OWNER]);
    step.references = vec![scene.held_grid(), scene.held_operator()];
    step.range = Some(Range { lower: time(lower), upper: time(CLOSES) });
    step
}

/// When a newcomer may enter the race: half of the head start after its opening.
const ENTRY: u64 = OPENS + 30_000;

/// A newcomer takes a race as soon as it may, at the floor, just before it closes.
pub(super) fn taken(scene: &Scene) -> Case {
    let scene = &scene.racing();
    let mut case = Case::new("take", "take", scene.carry_out(take_step(scene, ENTRY, FLOOR)));
    case.also_healthy(
        "at the ceiling, up the ramp",
        scene.carry_out(take_step(scene, ENTRY + 150_000, CEILING)).transaction,
    );
    case.needs_signature("the owner", OWNER, "another's slot bound", UNSIGNED);
    case.begins_on_bound("a start before those with better records", "lower >= entry");
    case.ends_on_bound("a lease on a bid that is over", "upper <= closes");
    times(&mut case, "lower >= entry", "upper <= closes");
    case.mutant(
        "a head start of two milliseconds more",
        "a start too early",
        reason("too_early", "lower >= entry"),
        |view| {
            rewrite(&mut at(view, BID).output, &[0, 11, 0], machine::integer(60_002));
        },
    );
    case.mutant(
        "a record a little worse",
        "a start too early",
        reason("too_early", "lower >= entry"),
        |view| {
            operator(view, OPERATOR, |operator| {
                operator.reputation =
                    Reputation { breached: amount(1_000), as_of: time(OPENS), ..Reputation::default() };
            });
        },
    );
    case.mutant(
        "a price one unit above the ramp",
        "a price that nobody could undercut yet",
        reason("above_ramp", "price <= rule.ramped("),
        |view| {
            retell(view, BID, &[0], &machine::integer(FLOOR + 1));
        },
    );
    case.mutant(
        "no lower bound",
        "a range without an end is every time at once",
        reason("range_not_finite", "expect Interval {"),
        |view| view.lower = None,
    );
    case.mutant(
        "no upper bound",
        "a range without an end is every time at once",
        reason("range_not_finite", "expect Interval {"),
        |view| view.upper = None,
    );
    busy(
        scene,
        &mut case,
        reason("wrong_stage", "expect Slot { grid: slot_grid, operator, index, owner, stage: Idle"),
    );
    bid_taken(scene, &mut case);
    case.answers(scene, BID, &EARLY_SCORE, "malformed_state");
    let token = reason("missing_token", "holds(slot_output.value, registry, slot_token, grid)");
    case.needs_token(scene, "slot", SLOT, Token::Slot, token, token);
    let two = "expect [first, second] = ours";
    case.mutant("no slot", "a lease that no slot carries", reason("inputs", two), |view| {
        view.inputs.retain(|input| input.reference != SLOT);
    });
    case.alone_at_market(scene, two, reason("inputs", two));
    case.must_act(BID, BID_FOLLOWS);
    case.must_follow(SLOT, BID, reason("inputs", "expect [_] = ours"));
    case.mints_nothing(scene, "state_output");
    case.yields(scene, "expect [first, ..rest] = outputs", &["first == state_output(market, state_value("]);
    case.pays();
    case
}

/// The bid that is taken.
fn bid_taken(scene: &Scene, case: &mut Case) {
    let unfunded = reason("not_funded", "own_output.value == bid_terms.funding(terms)");
    let gain = "a lease that nobody has paid for, or that can never be balanced";
    let asset = dollar();
    case.mutant("the bid one unit short", gain, unfunded, move |view| {
        subtract(&mut at(view, BID).output.value, &asset, 1)
    });
    case.mutant("the bid one lovelace over", gain, unfunded, |view| {
        add(&mut at(view, BID).output.value, &Asset::Lovelace, 1);
    });
    case.mutant("the bid with a foreign token", gain, unfunded, |view| {
        add(&mut at(view, BID).output.value, &foreign(), 1);
    });
    let auction = scene.with_terms(|terms| terms.method = Method::auction(ppm(1), ppm(1), ppm(1)));
    let bid = input(scene.scripts, &auction.open_bid(), None).output;
    let method = reason("wrong_method", "expect Race { head_start, ramp } = method");
    case.mutant("the bid is an auction", "an auction cut short", method, move |view| {
        at(view, BID).output = bid.clone()
    });
    let led = input(scene.scripts, &scene.led_bid(scene.leader()), None).output;
    case.mutant(
        "the bid has a leader",
        "the leader's slot lost",
        reason("led", "expect None = leader"),
        move |view| {
            at(view, BID).output = led.clone();
        },
    );
    let refund = dollar();
    let covers = reason("payment_output", "value.covers(value, lovelace, asset, amount)");
    case.mutant("the fee taken out of the refund twice", "another's money", covers, move |view| {
        take(view, 1, &refund, 1_000)
    });
    case.neighbour("more than is due refunded", |view| give(view, 1, &foreign(), 1));
}
