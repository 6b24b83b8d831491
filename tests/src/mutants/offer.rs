//! Offer: a slot answers an auction.

use demeter_core::transition::Held;
use demeter_core::{Address, Asset, Credential, MarketTransition, Stage, Token};

use super::answer::{Traces, UNSIGNED, busy, times};
use super::case::{Case, reason};
use super::change::{add, at, retell, subtract, take};
use super::input::CANNOT_FOLLOW;
use super::scene::{
    BID, BOND, CEILING, EARLY, FLOOR, Healthy, OPENS, OWNER, PRICE, SLOT, Scene, THIEF, dollar, foreign,
    from, step,
};
use crate::drt::input;
use crate::machine;
use crate::make::{amount, quantities, span, time};

/// The score, and with it all that is asked of an answer, comes only where the merit is compared: after the time and
/// the bid as a whole, and after the fit.
const LATE_SCORE: Traces = Traces {
    unfundable: "bid_output == state_output(",
    never_open: "lower >= opens",
    too_few: "expect [amount, ..resources] = resources",
};

fn offer(scene: &Scene, price: u64, offered: &[u64]) -> Healthy {
    let offer = MarketTransition::Offer { price: amount(price), resources: quantities(offered) };
    let mut step = step(offer, vec![scene.held_slot(Stage::Idle, 0)], [OWNER]);
    step.references = vec![scene.held_grid(), scene.held_operator(), scene.open_bid()];
    step.range = from(OPENS);
    scene.carry_out(step)
}

/// A slot answers an auction, from its opening to its closing.
pub(super) fn offered(scene: &Scene) -> Case {
    let mut case = Case::new("offer", "offer", offer(scene, PRICE, &[3_000, 4_000]));
    for (what, price, resources) in [
        ("at the floor", FLOOR, [3_000, 4_000]),
        ("at the ceiling", CEILING, [3_000, 4_000]),
        ("with just what is required", PRICE, [2_000, 4_000]),
        ("with all that the slot may carry", PRICE, [8_000, 16_000]),
    ] {
        case.also_healthy(what, offer(scene, price, &resources).transaction);
    }
    bounds_of_terms(scene, &mut case);
    case.needs_signature("the owner", OWNER, "another's slot bound", UNSIGNED);
    case.begins_on_bound("an offer before others know the bid", "lower >= opens");
    case.ends_on_bound("an offer made in the knowledge of all others", "upper <= closes");
    times(&mut case, "lower >= opens", "upper <= closes");
    case.reads_time();
    let stage = reason("wrong_stage", "expect Idle = stage");
    busy(scene, &mut case, stage);
    let token = reason("missing_token", "holds(own_output.value, registry, slot_token, grid)");
    case.needs_token(scene, "slot", SLOT, Token::Slot, token, token);
    bid_read(scene, &mut case);
    case.answers(scene, SLOT, &LATE_SCORE, "missing_reference");
    case.alone_at_market(scene, "expect [_] = ours", CANNOT_FOLLOW);
    case.must_act(SLOT, CANNOT_FOLLOW);
    case.mints_nothing(scene, "state_output");
    let left_out = reason("state_output", "first == state_output(");
    let bond = dollar();
    case.mutant("the bond left out", "an offer that costs nothing", left_out, move |view| {
        take(view, 0, &bond, BOND)
    });
    let gain = "an offer better than it is";
    case.mutant("told a lower price than written", gain, left_out, |view| {
        retell(view, SLOT, &[0], &machine::integer(PRICE - 1));
    });
    case.yields(scene, "expect [first, ..] = outputs", &["first == state_output("]);
    case
}

/// Terms that stand just on a bound are answered.
fn bounds_of_terms(scene: &Scene, case: &mut Case) {
    let mut healthy = |what: &str, scene: &Scene| {
        case.also_healthy(what, offer(scene, PRICE, &[3_000, 4_000]).transaction);
    };
    healthy("on periods of a minute", &scene.with_terms(|terms| terms.term.period = span(60_000)));
    let longest = span(31_622_400_000 - 10 * 3_600_000);
    healthy("on a term of 366 days", &scene.with_terms(|terms| terms.term.grace = longest));
    healthy(
        "on a bond as high as the fee",
        &scene.with_terms(|terms| terms.bond = amount(CEILING * 10 / 100)),
    );
    let latest = time(OPENS + 2_592_000_000);
    healthy("on a bid that settles after 30 days", &scene.with_terms(|terms| terms.window.settles = latest));
}

/// The bid that an offer reads.
fn bid_read(scene: &Scene, case: &mut Case) {
    const WHOLE: &str = "bid_output == state_output(";
    let gain = "an offer on a bid that pays nobody";
    let none = reason("missing_reference", "expect [Input { output, .. }, ..rest] = inputs");
    case.mutant("the bid is not read", gain, none, |view| {
        view.references.retain(|input| input.reference != BID)
    });
    case.mutant("the bid read, at the thief's address", gain, none, |view| {
        at(view, BID).output.address = Address::of_key(THIEF);
    });
    let unfunded = reason("not_funded", WHOLE);
    let asset = dollar();
    case.mutant("the bid one unit short", gain, unfunded, move |view| {
        subtract(&mut at(view, BID).output.value, &asset, 1)
    });
    case.mutant("the bid one lovelace short", gain, unfunded, |view| {
        subtract(&mut at(view, BID).output.value, &Asset::Lovelace, 1);
    });
    let gain = "a bid that can never be led";
    case.mutant("the bid one lovelace over", gain, unfunded, |view| {
        add(&mut at(view, BID).output.value, &Asset::Lovelace, 1);
    });
    case.mutant("the bid with a foreign token", gain, unfunded, |view| {
        add(&mut at(view, BID).output.value, &foreign(), 1);
    });
    let whole = reason("missing_reference", WHOLE);
    case.mutant("the bid with a staking key", gain, whole, |view| {
        at(view, BID).output.address.stake = Some(Credential::Key(THIEF));
    });
    case.mutant("the bid with a reference script", gain, whole, |view| {
        at(view, BID).output.has_reference_script = true;
    });
    let led = input(scene.scripts, &scene.led_bid(scene.leader()), None);
    case.mutant("the bid has a leader", "an offer after the window", reason("led", WHOLE), move |view| {
        *at(view, BID) = led.clone();
    });
    let race = scene.racing().open_bid();
    let race = input(scene.scripts, &race, None);
    let auction = reason("wrong_method", "expect Auction { price: w_price,");
    case.mutant("the bid is a race", "an offer that nobody ranks", auction, move |view| {
        *at(view, BID) = race.clone()
    });
    let state = Held { reference: EARLY, ..scene.held_slot(Stage::Idle, 0) };
    let before = input(scene.scripts, &state, None);
    let first = reason("missing_reference", "expect Bid { terms, .. } = state_of(bid_output)");
    case.mutant("a slot read before the bid", "the wrong state taken for a bid", first, move |view| {
        view.references.push(before.clone());
    });
}
