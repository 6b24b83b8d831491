//! A lease that goes on: Claim, Extend.

use demeter_core::{MarketTransition, Stage, Token};

use super::case::{Case, reason};
use super::change::{at, retell, rewrite, shift, slot, take};
use super::purse::alone;
use super::scene::{
    APPLICATION, CLAIMED, END, GRACE, GRID, OWNER, PERIOD, PERIODS, PRICE, SLOT, START, Scene, dollar, from,
    step,
};
use crate::machine;
use crate::make::{count, span};

const FIRST: &str = "first == state_output(here, value, Slot";

/// A slot that carries no lease.
pub(super) fn without_lease(scene: &Scene, case: &mut Case) {
    let stage = reason("wrong_stage", "expect Leased { bid, application,");
    let (offered, settled) = (scene.offered(), scene.settled());
    let gain = "a lease that is none";
    case.mutant("the slot is idle", gain, stage, |view| slot(view, SLOT, |slot| slot.stage = Stage::Idle));
    case.mutant("the slot stands behind an offer", gain, stage, move |view| {
        slot(view, SLOT, |slot| slot.stage = Stage::Offered(offered.clone()));
    });
    case.mutant("the lease is settled", "the same lease ended twice", stage, move |view| {
        slot(view, SLOT, |slot| slot.stage = Stage::Settled(settled));
    });
}

/// The operator draws the pay of three hours more, as soon as the fifth is over.
pub(super) fn claimed(scene: &Scene) -> Case {
    let claim = |claimed, lower| {
        let mut step =
            step(MarketTransition::Claim { claimed: count(claimed) }, vec![scene.leased_slot()], [OWNER]);
        step.range = from(lower);
        scene.carry_out(step)
    };
    let mut case = Case::new("claim", "claim", claim(5, START + 5 * PERIOD));
    case.also_healthy("fewer than have passed", claim(CLAIMED + 1, START + 5 * PERIOD).transaction);
    case.also_healthy("all, after the end", claim(PERIODS, END).transaction);
    case.needs_signature(
        "the owner",
        OWNER,
        "another's pay",
        reason("not_signed", "list.has(signatories, owner)"),
    );
    let early = reason("claimed_too_much", "more <= whole");
    let gain = "pay for an hour that is not over";
    case.mutant("a slot before the hour is over", gain, early, |view| shift(view, -1000));
    case.mutant("the lease began a millisecond later", gain, early, |view| {
        rewrite(&mut at(view, SLOT).output, &[4, 11], machine::integer(START + 1));
    });
    case.mutant("periods a millisecond longer", gain, early, |view| {
        rewrite(&mut at(view, SLOT).output, &[4, 6], machine::integer(PERIOD + 1));
    });
    case.reads_time();
    let said = |claimed: i128| move |view: &mut _| retell(view, SLOT, &[0], &machine::integer(claimed));
    case.mutant("one hour more than is over", gain, early, said(6));
    case.mutant("one hour more than there are", "pay beyond the end", early, move |view| {
        shift(view, i64::try_from(END - START).unwrap());
        said(11)(view);
    });
    let none = reason("not_more_claimed", "more > claimed");
    case.mutant("nothing more", "a slot spent for nothing, again and again", none, said(2));
    case.mutant("one hour less than before", "the same hour paid twice", none, said(1));
    case.mutant(
        "minus one hours",
        "the same hours paid twice",
        reason("malformed_redeemer", "more > claimed"),
        said(-1),
    );
    case.mutant(
        "2^64 hours",
        "the whole escrow",
        reason("malformed_redeemer", "more <= whole"),
        said(1 << 64),
    );
    let pay = dollar();
    let gain = "one hour's pay more than is told";
    case.mutant("one hour's pay more", gain, reason("state_output", FIRST), move |view| {
        take(view, 0, &pay, PRICE)
    });
    without_lease(scene, &mut case);
    case.mutant(
        "told to award",
        "a check that looks at nothing",
        reason("not_of_this_state", "not of a lease"),
        |view| {
            super::change::told(view, SLOT, MarketTransition::Award);
        },
    );
    alone(scene, &mut case);
    case
}

/// Both sides add three hours.
pub(super) fn extended(scene: &Scene) -> Case {
    let extend = |scene: &Scene, grace| {
        let mut leased = scene.leased();
        leased.grace = span(grace);
        let lease = scene
            .held_slot(Stage::Leased(Box::new(leased)), PRICE * (PERIODS - CLAIMED) + super::scene::BOND);
        let mut step =
            step(MarketTransition::Extend { periods: count(3) }, vec![lease], [OWNER, APPLICATION]);
        step.references = vec![scene.held_grid()];
        scene.carry_out(step)
    };
    let mut case = Case::new("extend", "extend", extend(scene, GRACE));
    let longest = 31_622_400_000 - 13 * PERIOD;
    case.also_healthy("to 366 days", extend(scene, longest).transaction);
    let owner = reason("not_signed", "list.has(signatories, owner)");
    case.needs_signature("the owner", OWNER, "hours that the operator did not sell", owner);
    let application = reason("not_signed", "list.has(signatories, application)");
    case.needs_signature(
        "the application",
        APPLICATION,
        "hours that the application did not buy",
        application,
    );
    let said = |periods: i128| move |view: &mut _| retell(view, SLOT, &[0], &machine::integer(periods));
    case.mutant("no hours", "a slot spent for nothing", reason("no_more_periods", "more >= 1"), said(0));
    let gain = "a lease cut short, its price taken out";
    case.mutant("minus one hours", gain, reason("malformed_redeemer", "more >= 1"), said(-1));
    let fits = "bid_terms.term_fits(period, extended, grace)";
    case.mutant("2^64 hours", "a lease without end", reason("malformed_redeemer", fits), said(1 << 64));
    case.mutant(
        "an hour more than 366 days",
        "a lease without end",
        reason("term_too_long", fits),
        said(8_773),
    );
    case.mutant(
        "a millisecond more than 366 days",
        "a lease without end",
        reason("term_too_long", fits),
        move |view| {
            rewrite(&mut at(view, SLOT).output, &[4, 7], machine::integer(longest + 1));
        },
    );
    let sum = reason("out_of_range", "in_range(whole_price + whole_fee + bond)");
    case.mutant("a price that comes to 2^63", "a slot that holds more than there can be", sum, |view| {
        rewrite(&mut at(view, SLOT).output, &[4, 5], machine::integer((1_u64 << 63) / (PERIODS + 3) + 1));
    });
    let pay = dollar();
    let gain = "hours that nobody paid for";
    case.mutant("one hour not paid for", gain, reason("state_output", FIRST), move |view| {
        take(view, 0, &pay, PRICE)
    });
    without_lease(scene, &mut case);
    case.reads(scene, "grid", GRID, Token::Grid);
    alone(scene, &mut case);
    case.pays();
    case
}
