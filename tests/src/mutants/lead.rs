//! Lead: an offer takes the lead of its bid.

use demeter_core::rule::tie;
use demeter_core::transition::{Datum, Held, Step};
use demeter_core::{
    Asset, Leader, MarketRedeemer, MarketTransition, PlutusData, Redeemer, Script, Stage, State, Token,
};

use super::case::{Case, Reason, reason};
use super::change::{add, at, rewrite, slot, subtract, take};
use super::input::BID_FOLLOWS;
use super::scene::{
    BID, BOND, CLOSES, LATE, OPENS, PRICE, SETTLES, SLOT, Scene, THIEF, dollar, foreign, from, step,
};
use crate::drt::{input, state_output};
use crate::machine;
use crate::make::{amount, count, key, merit, reference};

const TWO: &str = "expect [first, second] = ours";
const LED: &str = "led == state_output(";
const BACK: &str = "back == state_output(";
const OTHER_BID: Reason = reason("other_bid", "bid == bid_terms.name(terms)");
const BID_TOKEN: Reason = reason("missing_token", "holds(own_output.value, registry, slot_token, grid)");
const NOT_BETTER: Reason = reason("not_better", "rule.better(bid, best, ousted)");

fn lead(scene: &Scene, bid: Held<State>) -> Step {
    let offered = scene.held_slot(Stage::Offered(scene.offered()), BOND);
    let mut step = step(MarketTransition::Lead, vec![bid, offered], []);
    step.range = from(CLOSES);
    step
}

/// The first offer takes the lead of an open bid.
pub(super) fn first(scene: &Scene) -> Case {
    let mut case = Case::new("lead", "lead", scene.carry_out(lead(scene, scene.open_bid())));
    let gain = "a leader before all offers are in";
    case.begins_on_bound(gain, "lower >= closes");
    case.ends_on_bound("a leader whom nobody can better any more", "upper <= settles");
    case.mutant("the bid closes a millisecond later", gain, reason("too_early", "lower >= closes"), |view| {
        rewrite(&mut at(view, BID).output, &[0, 10, 1], machine::integer(CLOSES + 1));
        rewrite(&mut at(view, BID).output, &[0, 10, 2], machine::integer(SETTLES + 1));
    });
    let settles = reason("too_late", "upper <= settles");
    case.mutant("the bid settles a millisecond earlier", "a leader too late", settles, |view| {
        rewrite(&mut at(view, BID).output, &[0, 10, 0], machine::integer(OPENS - 1));
        rewrite(&mut at(view, BID).output, &[0, 10, 2], machine::integer(SETTLES - 1));
        // The terms of a bid that settles this early close earlier too, or the mirror does not read them.
        rewrite(&mut at(view, BID).output, &[0, 10, 1], machine::integer(CLOSES - 1));
    });
    case.reads_time();
    offers(scene, &mut case);
    wrong_bids(scene, &mut case);
    unfunded(&mut case);
    case.must_act(BID, BID_FOLLOWS);
    case.must_follow(SLOT, BID, reason("inputs", "expect [_] = ours"));
    case.alone_at_market(scene, TWO, reason("inputs", TWO));
    case.mints_nothing(scene, "state_output");
    case.yields(scene, "expect [led, ..rest] = outputs", &[LED]);
    case.neighbour("the thief signs, whom nobody asks", |view| super::change::signed(view, THIEF));
    case
}

/// The offer must be one, and authentic.
fn offers(scene: &Scene, case: &mut Case) {
    let stage = reason("wrong_stage", "expect Offered { bid, price, resources, merit, .. } = stage");
    let gain = "a leader that offers nothing";
    let (settled, leased) = (scene.settled(), Box::new(scene.leased()));
    case.mutant("the slot is idle", gain, stage, |view| slot(view, SLOT, |slot| slot.stage = Stage::Idle));
    case.mutant("the slot carries a lease", gain, stage, move |view| {
        slot(view, SLOT, |slot| slot.stage = Stage::Leased(leased.clone()));
    });
    case.mutant("the slot is settled", gain, stage, move |view| {
        slot(view, SLOT, |slot| slot.stage = Stage::Settled(settled));
    });
    let token = reason("missing_token", "holds(slot_output.value, registry, slot_token, grid)");
    case.needs_token(scene, "offer", SLOT, Token::Slot, token, token);
    case.mutant("an offer of another grid", gain, reason("other_grid", "slot_grid == grid"), |view| {
        slot(view, SLOT, |slot| slot.grid = crate::make::grid_id(0x42));
    });
    case.mutant("no offer", gain, reason("inputs", TWO), |view| {
        view.inputs.retain(|input| input.reference != SLOT);
    });
    let other = Held { reference: LATE, ..scene.open_bid() };
    let intruder = input(scene.scripts, &other, Some(MarketRedeemer::Follow.encode()));
    let no_slot =
        reason("inputs", "expect Slot { grid: slot_grid, operator, index, owner, stage } = state_of(");
    case.mutant("a bid in the place of the offer", gain, no_slot, move |view| {
        view.inputs.retain(|input| input.reference != SLOT);
        view.inputs.push(intruder.clone());
    });
    let better = reason("state_output", LED);
    case.mutant("a merit better than the offer's", "a lead that was not earned", better, move |view| {
        rewrite(&mut view.outputs[0], &[1, 0, 5], machine::integer(1_i128 << 62));
    });
}

/// The offer must be on this bid.
fn wrong_bids(scene: &Scene, case: &mut Case) {
    let scripts = scene.scripts;
    // Bid and led bid on other terms: all fits but the name in the offer.
    let on = |other: &Scene| {
        let open = input(scripts, &other.open_bid(), Some(act())).output;
        let led = other.led_bid(scene.leader());
        (open, state_output(scripts, Script::Market, led.value, &led.state))
    };
    let another = on(&scene.with_terms(|terms| terms.nonce = count(8)));
    let gain = "an operator bound to a bid that it never answered";
    case.mutant("the offer used on another bid", gain, OTHER_BID, move |view| {
        at(view, BID).output = another.0.clone();
        at(view, BID).reference = reference(0x41, 0);
        view.outputs[0] = another.1.clone();
    });
    let gain = "an operator bound to terms that it never saw";
    for (what, other) in [
        ("more periods", scene.with_terms(|terms| terms.term.periods = count(11))),
        ("another workload", scene.with_terms(|terms| terms.workload = crate::make::workload(0xcd))),
        ("another application", scene.with_terms(|terms| terms.application = key(0xa5))),
        ("a lower ceiling", scene.with_terms(|terms| terms.price.ceiling = amount(PRICE))),
    ] {
        let recreated = on(&other);
        case.mutant(format!("the bid re-created with {what}"), gain, OTHER_BID, move |view| {
            at(view, BID).output = recreated.0.clone();
            view.outputs[0] = recreated.1.clone();
        });
    }
    let twin = input(scripts, &Held { reference: reference(0x41, 0), ..scene.open_bid() }, Some(act()));
    case.mutant("the offer used twice", "two leads with one bond", reason("inputs", TWO), move |view| {
        view.inputs.push(twin.clone());
        let led = view.outputs[0].clone();
        view.outputs.insert(1, led);
    });
}

fn act() -> Vec<u8> {
    Redeemer::Act(MarketTransition::Lead).encode()
}

/// An open bid must hold just what its terms ask for.
fn unfunded(case: &mut Case) {
    let reason = reason("not_funded", "own_output.value == bid_terms.funding(terms)");
    let gain = "a lead that somebody else pays for";
    for (what, asset) in [("unit", dollar()), ("lovelace", Asset::Lovelace)] {
        let more = asset.clone();
        case.mutant(format!("the bid one {what} short"), gain, reason, move |view| {
            subtract(&mut at(view, BID).output.value, &asset, 1);
        });
        case.mutant(
            format!("the bid one {what} over"),
            "money that no transition gives back",
            reason,
            move |view| {
                add(&mut at(view, BID).output.value, &more, 1);
            },
        );
    }
    case.mutant("the bid with a foreign token", "a state that fits no output", reason, |view| {
        add(&mut at(view, BID).output.value, &foreign(), 1);
    });
}

/// The leader to be ousted: another operator's, a little worse.
fn incumbent(scene: &Scene) -> Leader {
    let best = scene.leader();
    let worse = merit(best.merit.to_points() - 1);
    Leader { operator: count(9), index: count(1), owner: key(0x29), merit: worse, ..best }
}

/// A better offer ousts the leader.
pub(super) fn ousting(scene: &Scene) -> Case {
    let bid = scene.led_bid(incumbent(scene));
    let mut case = Case::new("lead", "lead, a leader ousted", scene.carry_out(lead(scene, bid)));
    case.begins_on_bound("a leader before all offers are in", "lower >= closes");
    case.ends_on_bound("a leader whom nobody can better any more", "upper <= settles");
    case.needs_token(scene, "leader", BID, Token::Slot, BID_TOKEN, BID_TOKEN);
    ranks(scene, &mut case);
    let bond = dollar();
    let gain = "the bond of the ousted";
    case.mutant("the ousted slot without its bond", gain, reason("state_output", BACK), move |view| {
        take(view, 1, &bond, BOND);
    });
    case.mutant("the ousted slot's token kept with the leader's", gain, reason("state_output", LED), {
        let token = scene.token(Token::Slot);
        move |view| {
            subtract(&mut view.outputs[1].value, &token, 1);
            add(&mut view.outputs[0].value, &token, 1);
        }
    });
    case.mutant(
        "the ousted slot not returned",
        "a slot and its bond",
        reason("missing_output", "expect [back, ..] = rest"),
        |view| {
            view.outputs.truncate(1);
        },
    );
    let offered = scene.slot(0, Stage::Offered(scene.offered()));
    let same = "one slot behind two offers";
    case.mutant("the ousted slot still behind its offer", same, reason("state_output", BACK), move |view| {
        view.outputs[1].datum = Datum::Inline(State::from(offered.clone()).encode());
    });
    case.alone_at_market(scene, TWO, reason("inputs", TWO));
    case.mints_nothing(scene, "state_output");
    case.yields(scene, "expect [led, ..rest] = outputs", &[LED, BACK]);
    case
}

/// The new leader must be better, by each criterion.
fn ranks(scene: &Scene, case: &mut Case) {
    let best = scene.leader();
    let name = scene.terms.name();
    let better = count(
        (0..).find(|number| tie(&name, count(*number)) < tie(&name, best.operator)).expect("a lower hash"),
    );
    let same = |change: &dyn Fn(&mut Leader)| {
        let mut leader = best.clone();
        change(&mut leader);
        leader
    };
    let gain = "a lead over a better offer";
    let (cheaper, other) = (amount(PRICE - 1), key(0x29));
    let more = merit(best.merit.to_points() + 1);
    for (what, leader, index) in [
        ("the leader has one point of merit more", same(&|leader| leader.merit = more), 0),
        ("the leader is one unit cheaper", same(&|leader| leader.price = cheaper), 0),
        ("the leader has the lower hash", same(&|leader| leader.operator = better), 0),
        ("the leader is the operator's slot before", same(&|_| ()), 1),
        ("the leader has the same rank", same(&|leader| leader.owner = other), 0),
    ] {
        let led = scene.led_bid(leader);
        let bid = input(scene.scripts, &led, Some(act())).output;
        case.mutant(what, gain, NOT_BETTER, move |view| {
            at(view, BID).output = bid.clone();
            slot(view, SLOT, |slot| slot.index = count(index));
            rewrite(&mut view.outputs[0], &[1, 0, 1], machine::integer(index));
        });
    }
    // The token of the leader's slot is in the bid, so that its offer can only lead again with a forged one.
    let again = input(scene.scripts, &scene.led_bid(best), Some(act())).output;
    let token = scene.token(Token::Slot);
    let forged = reason("missing_token", "holds(slot_output.value, registry, slot_token, grid)");
    case.mutant("the leader led again", "one slot led twice", forged, move |view| {
        at(view, BID).output = again.clone();
        subtract(&mut at(view, SLOT).output.value, &token, 1);
    });
    let open = Held { reference: reference(0x41, 0), ..scene.open_bid() };
    let open = input(scene.scripts, &open, Some(act()));
    case.mutant("two bids led at once", "two leads with one bond", reason("inputs", TWO), move |view| {
        view.inputs.push(open.clone());
    });
}
