//! A lease that ends: Close, Complete, Resign, Arbitrate.

use demeter_core::transition::{Held, Range, Step};
use demeter_core::{KeyHash, MarketTransition, PlutusData, Redeemer, Token};

use super::case::{Case, Reason, reason};
use super::change::{at, give, lower, retell, rewrite, shift, signed, take, unsigned, upper};
use super::lease::without_lease;
use super::purse::alone;
use super::scene::{
    APPLICATION, BOND, CLAIMED, END, ENTITIES, GRID, LATE, OWNER, PERIOD, PERIODS, PRICE, SLOT, START, Scene,
    dollar, step,
};
use crate::drt::input;
use crate::machine;
use crate::make::{amount, time};

const ALONE: &str = "expect [_] = ours";
const ENDED: Reason = reason("state_output", "first == state_output(here, value, Slot");
const UNSIGNED: Reason = reason("not_signed", "list.has(signatories, owner)");

fn settle(
    scene: &Scene,
    transition: MarketTransition,
    (lower, upper): (u64, u64),
    signers: impl IntoIterator<Item = KeyHash>,
) -> Step {
    let mut step = step(transition, vec![scene.leased_slot()], signers);
    step.range = Some(Range { lower: time(lower), upper: time(upper) });
    step
}

/// The bounds that the lease holds, a millisecond off: what is written would be of another time.
fn moments(case: &mut Case, gain: &'static str) {
    case.mutant("the lease began a millisecond later", gain, ENDED, |view| {
        rewrite(&mut at(view, SLOT).output, &[4, 11], machine::integer(START + 1));
    });
    case.mutant("periods a millisecond longer", gain, ENDED, |view| {
        rewrite(&mut at(view, SLOT).output, &[4, 6], machine::integer(PERIOD + 1));
    });
}

/// The application ends its lease just when the fifth hour is over.
pub(super) fn closed(scene: &Scene) -> Case {
    let now = START + 5 * PERIOD;
    let close =
        |now| scene.carry_out(settle(scene, MarketTransition::Close, (now - 300_000, now), [APPLICATION]));
    let mut case = Case::new("close", "close", close(now));
    case.also_healthy("a slot later", close(now + 1000).transaction);
    case.also_healthy("after the end", close(END + 1_000_000).transaction);
    let unsigned_close = reason("not_signed", "list.has(signatories, application)");
    case.needs_signature("the application", APPLICATION, "another's lease ended", unsigned_close);
    case.mutant(
        "the operator signs, not the application",
        "a lease given up without a trace",
        unsigned_close,
        |view| {
            unsigned(view, APPLICATION);
            signed(view, OWNER);
        },
    );
    let gain = "an hour that was begun, not paid";
    case.mutant("a slot into the sixth hour", gain, ENDED, |view| {
        lower(view, 1000);
        upper(view, 1000);
    });
    case.mutant("a slot before the fifth is over", "an hour kept that was not", ENDED, |view| {
        shift(view, -1000)
    });
    case.mutant("only the upper bound a slot earlier", "an hour kept that was not", ENDED, |view| {
        upper(view, -1000)
    });
    moments(&mut case, "an hour kept that was not");
    case.reads_time();
    let pay = dollar();
    case.mutant("one hour's pay less", gain, ENDED, move |view| take(view, 0, &pay, PRICE));
    let bond = dollar();
    case.mutant("the bond taken", "the operator's bond", ENDED, move |view| take(view, 0, &bond, BOND));
    without_lease(scene, &mut case);
    alone(scene, &mut case);
    case
}

/// The operator ends a lease as soon as its grace is over.
pub(super) fn completed(scene: &Scene) -> Case {
    let complete =
        |now| scene.carry_out(settle(scene, MarketTransition::Complete, (now, now + 300_000), [OWNER]));
    let mut case = Case::new("complete", "complete", complete(END));
    case.also_healthy("later", complete(END + 1_000_000).transaction);
    case.needs_signature("the owner", OWNER, "another's record", UNSIGNED);
    let (gain, trace) = ("pay before the application could complain", "lower >= end_and_grace");
    case.begins_on_bound(gain, trace);
    let early = reason("too_early", trace);
    for (what, field, milliseconds) in [
        ("began a millisecond later", 11, START + 1),
        ("has a grace a millisecond longer", 7, super::scene::GRACE + 1),
        ("has periods a millisecond longer", 6, PERIOD + 1),
        ("has a period more", 12, PERIODS + 1),
    ] {
        case.mutant(format!("the lease {what}"), gain, early, move |view| {
            rewrite(&mut at(view, SLOT).output, &[4, field], machine::integer(milliseconds));
        });
    }
    case.reads_time();
    without_lease(scene, &mut case);
    alone(scene, &mut case);
    case
}

/// The operator gives up just when the fifth hour is over.
pub(super) fn resigned(scene: &Scene, name: &'static str) -> Case {
    let resign =
        |now| scene.carry_out(settle(scene, MarketTransition::Resign, (now, now + 300_000), [OWNER]));
    let mut case = Case::new("resign", name, resign(START + 5 * PERIOD));
    case.also_healthy("a slot earlier", resign(START + 5 * PERIOD - 1000).transaction);
    case.also_healthy("after the end", resign(END + 1_000_000).transaction);
    case.needs_signature("the owner", OWNER, "another's lease ended, its bond lost", UNSIGNED);
    let gain = "pay for an hour that was not served";
    case.mutant("a slot before the hour is over", gain, ENDED, |view| shift(view, -1000));
    case.mutant("a slot later", "a lease that ended later than it did", ENDED, |view| shift(view, 1000));
    moments(&mut case, gain);
    case.reads_time();
    let asset = scene.grid.asset.clone();
    case.mutant("the bond kept", "the bond", ENDED, move |view| give(view, 0, &asset, BOND));
    without_lease(scene, &mut case);
    twice(scene, &mut case, MarketTransition::Resign);
    alone(scene, &mut case);
    case.pays();
    case
}

/// Two leases ended at once, with one refund for both.
fn twice(scene: &Scene, case: &mut Case, transition: MarketTransition) {
    let second = Held { reference: LATE, ..scene.leased_slot() };
    let second = input(scene.scripts, &second, Some(Redeemer::Act(transition).encode()));
    let (gain, inputs) = ("one refund for two leases", reason("inputs", ALONE));
    case.mutant("two leases ended, one refund for both", gain, inputs, move |view| {
        view.inputs.push(second.clone());
        let ended = view.outputs[0].clone();
        view.outputs.insert(1, ended);
    });
}

const PAID: u64 = 500_000;
const SLASHED: u64 = 300_000;
const BROKEN: u64 = 700_000;

/// Two entities rule on a lease after five hours.
pub(super) fn arbitrated(scene: &Scene) -> Case {
    let now = (START + 5 * PERIOD, START + 5 * PERIOD + 300_000);
    let [first, second, third] = ENTITIES;
    let rule = |paid, slashed, broken| {
        let (paid, slashed, broken) = (amount(paid), amount(slashed), amount(broken));
        let ruling = MarketTransition::Arbitrate { paid, slashed, broken };
        let mut step = settle(scene, ruling, now, [first, second]);
        step.references = vec![scene.held_grid()];
        scene.carry_out(step)
    };
    let unclaimed = PRICE * (PERIODS - CLAIMED);
    let whole = PRICE * PERIODS;
    let mut case = Case::new("arbitrate", "arbitrate", rule(PAID, SLASHED, BROKEN));
    case.also_healthy("all to the application", rule(0, BOND, whole).transaction);
    case.also_healthy("all to the operator", rule(unclaimed, 0, 0).transaction);
    let quorum = reason("no_quorum", "quorum(entities, signatories, threshold)");
    case.needs_signature("one of the two entities", first, "a verdict by one", quorum);
    case.mutant("both parties sign, no entity", "a record of their own making", quorum, move |view| {
        unsigned(view, first);
        unsigned(view, second);
        signed(view, OWNER);
        signed(view, APPLICATION);
    });
    case.neighbour("another entity signs instead", move |view| {
        unsigned(view, first);
        signed(view, third);
    });
    for (what, field, ruled, most, low, high) in [
        ("paid", 0, PAID, unclaimed, "0 <= pay", "pay <= unclaimed"),
        ("slashed", 1, SLASHED, BOND, "0 <= slashed", "slashed <= bond"),
        ("broken", 2, BROKEN, whole, "0 <= broken", "broken <= price * periods"),
    ] {
        let said = |amount: i128| move |view: &mut _| retell(view, SLOT, &[field], &machine::integer(amount));
        let gain = "more than the lease has, or a record that owes";
        case.mutant(
            format!("one unit more {what} than there is"),
            gain,
            reason("ruling_too_high", high),
            said(i128::from(most) + 1),
        );
        case.mutant(format!("minus one {what}"), gain, reason("malformed_redeemer", low), said(-1));
        case.mutant(format!("2^64 {what}"), gain, reason("malformed_redeemer", high), said(1 << 64));
        let gain = "another verdict than was carried out";
        case.mutant(
            format!("one unit more {what} than is carried out"),
            gain,
            ENDED,
            said(i128::from(ruled) + 1),
        );
    }
    case.mutant("a slot later", "a lease that ended later than it did", ENDED, |view| shift(view, 1000));
    case.mutant("a slot earlier", "a lease that ended earlier than it did", ENDED, |view| shift(view, -1000));
    case.reads_time();
    case.reads(scene, "grid", GRID, Token::Grid);
    without_lease(scene, &mut case);
    let ruling =
        MarketTransition::Arbitrate { paid: amount(PAID), slashed: amount(SLASHED), broken: amount(BROKEN) };
    twice(scene, &mut case, ruling);
    alone(scene, &mut case);
    case.pays();
    case
}
