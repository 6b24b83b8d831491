//! What an owner takes back, and whose a slot is: Withdraw, Cancel, Collect, Rekey.

use demeter_core::codec::grid_id;
use demeter_core::transition::{Datum, Held, Step, genesis};
use demeter_core::{Genesis, Grid, MarketTransition, Method, PlutusData, Redeemer, Stage, State, Token};

use super::case::{Case, Reason, reason};
use super::change::{at, operator, rewrite, shift, slot, told};
use super::input::{BID_FOLLOWS, CANNOT_FOLLOW, NOT_READ};
use super::scene::{
    APPLICATION, BID, BOND, NEW_OWNER, OPENS, OPERATOR, OWNER, SETTLES, SLOT, Scene, WALLET, dollar, from,
    grid_draft, step,
};
use crate::drt::{input, outputs};
use crate::machine;
use crate::make::{count, reference, span, time};

const ALONE: &str = "expect [_] = ours";
const FIRST: &str = "first == state_output(here, value, Slot";
const NO_OUTPUT: &str = "expect [first, ..] = outputs";
const SLOT_TOKEN: Reason = reason("missing_token", "holds(own_output.value, registry, slot_token, grid)");
const UNSIGNED: Reason = reason("not_signed", "list.has(signatories, owner)");

/// What every transition of a slot alone asks.
pub(super) fn alone(scene: &Scene, case: &mut Case) {
    case.needs_token(scene, "slot", SLOT, Token::Slot, SLOT_TOKEN, SLOT_TOKEN);
    let stray = scene.held_operator().state.encode();
    let market = reason("misplaced", "neither slot nor bid");
    case.mutant(
        "an operator at the market",
        "an operator that no transition of its own checks",
        market,
        move |view| {
            at(view, SLOT).output.datum = Datum::Inline(stray.clone());
        },
    );
    case.alone_at_market(scene, ALONE, CANNOT_FOLLOW);
    case.must_act(SLOT, CANNOT_FOLLOW);
    case.mints_nothing(scene, "state_output");
    case.yields(scene, NO_OUTPUT, &[FIRST]);
}

/// An offer that did not win is taken back as soon as its bid settles.
pub(super) fn withdrawn(scene: &Scene) -> Case {
    let mut step = step(
        MarketTransition::Withdraw,
        vec![scene.held_slot(Stage::Offered(scene.offered()), BOND)],
        [OWNER],
    );
    step.range = from(SETTLES);
    let mut case = Case::new("withdraw", "withdraw", scene.carry_out(step));
    case.needs_signature("the owner", OWNER, "another's offer undone", UNSIGNED);
    case.begins_on_bound("an offer that binds nobody", "lower >= until");
    let early = reason("too_early", "lower >= until");
    case.mutant("the offer stands a millisecond longer", "an offer that binds nobody", early, |view| {
        rewrite(&mut at(view, SLOT).output, &[4, 4], machine::integer(SETTLES + 1));
    });
    case.reads_time();
    let stage = reason("wrong_stage", "expect Offered { until, .. } = stage");
    let (settled, leased) = (scene.settled(), Box::new(scene.leased()));
    case.mutant("the slot is idle", "a slot spent for nothing", stage, |view| {
        slot(view, SLOT, |slot| slot.stage = Stage::Idle)
    });
    case.mutant("the slot carries a lease", "a lease shed, with its escrow", stage, move |view| {
        slot(view, SLOT, |slot| slot.stage = Stage::Leased(leased.clone()));
    });
    case.mutant("the slot is not reported yet", "a bad record shed", stage, move |view| {
        slot(view, SLOT, |slot| slot.stage = Stage::Settled(settled));
    });
    let lost = reason("not_of_this_state", "expect Leased { bid, application,");
    for (what, transition) in [
        ("lead", MarketTransition::Lead),
        ("award", MarketTransition::Award),
        ("cancel", MarketTransition::Cancel),
    ] {
        case.mutant(format!("told to {what}"), "a check that looks at nothing", lost, move |view| {
            told(view, SLOT, transition.clone());
        });
    }
    alone(scene, &mut case);
    case
}

fn cancel(scene: &Scene, lower: Option<u64>) -> Step {
    let mut step = step(MarketTransition::Cancel, vec![scene.open_bid()], [APPLICATION]);
    step.range = lower.and_then(from);
    step
}

/// What every cancelled bid asks.
fn cancelled(scene: &Scene, case: &mut Case) {
    let unsigned = reason("not_signed", "list.has(signatories, application)");
    case.needs_signature("the application", APPLICATION, "the whole escrow", unsigned);
    let led = input(
        scene.scripts,
        &scene.led_bid(scene.leader()),
        Some(Redeemer::Act(MarketTransition::Cancel).encode()),
    )
    .output;
    case.mutant(
        "the bid has a leader",
        "the leader's slot and bond",
        reason("led", "expect None = leader"),
        move |view| {
            at(view, BID).output = led.clone();
        },
    );
    let twin = Held { reference: reference(0x41, 0), ..scene.open_bid() };
    let act = Redeemer::Act(MarketTransition::Cancel).encode();
    case.intruder(
        scene,
        "two bids cancelled at once",
        "one check for two bids",
        twin,
        act,
        reason("inputs", ALONE),
    );
    case.alone_at_market(scene, ALONE, reason("inputs", ALONE));
    case.must_act(BID, BID_FOLLOWS);
    case.mints_nothing(scene, "state_output");
}

/// An application takes its auction back, just before it opens.
pub(super) fn cancelled_before(scene: &Scene) -> Case {
    let mut case =
        Case::new("cancel", "cancel, an auction", scene.carry_out(cancel(scene, Some(OPENS - 300_000))));
    case.also_healthy("as soon as it settles", scene.carry_out(cancel(scene, Some(SETTLES))).transaction);
    let on = reason("auction_is_on", "upper <= opens || lower >= settles");
    let gain = "an auction that is taken back when its offers are known";
    case.mutant("a slot after it opens", gain, on, |view| shift(view, 1000));
    case.mutant("a slot before it settles", gain, on, |view| shift(view, 900_000 - 1000));
    case.mutant("it opens a millisecond earlier", gain, on, |view| {
        rewrite(&mut at(view, BID).output, &[0, 10, 0], machine::integer(OPENS - 1));
    });
    case.mutant("it settles a millisecond later than now", gain, on, |view| {
        shift(view, 900_000);
        rewrite(&mut at(view, BID).output, &[0, 10, 2], machine::integer(SETTLES + 1));
    });
    case.reads_time();
    cancelled(scene, &mut case);
    founding(scene, &mut case);
    case
}

/// A whole genesis in the same transaction, in which nothing is wrong by itself: the one thing that the mirror, too,
/// refuses because something is minted.
fn founding(scene: &Scene, case: &mut Case) {
    let deadline = time(OPENS);
    let one = count(1);
    let redeemer = Genesis { seed: WALLET, deadline, operators: one, slots: one };
    let mut draft = grid_draft(scene.scripts, dollar());
    draft.id = grid_id(&WALLET, deadline);
    let founding =
        genesis(&scene.scripts, &redeemer, &Grid::new(draft).unwrap(), &[WALLET], from(OPENS - 300_000))
            .unwrap();
    let states = outputs(scene.scripts, &founding.outcome);
    let gain = "a policy that runs beside a transition";
    case.mutant(
        "another grid founded beside",
        gain,
        reason("minted", "!value.has_policy(mint, registry)"),
        move |view| {
            view.outputs.splice(0..0, states.clone());
            view.policy_redeemer = Some(redeemer.encode());
            view.minted = founding
                .minted
                .iter()
                .map(|(asset, count)| (asset.clone(), i64::try_from(count.to_units()).unwrap()))
                .collect();
        },
    );
}

/// An application takes its race back, at no time in particular.
pub(super) fn cancelled_race(scene: &Scene) -> Case {
    let scene = &scene.with_terms(|terms| terms.method = Method::race(span(1000)));
    let mut case = Case::new("cancel", "cancel, a race", scene.carry_out(cancel(scene, None)));
    cancelled(scene, &mut case);
    case
}

/// An operator empties the purse of a slot.
pub(super) fn collected(scene: &Scene, name: &'static str, stage: Stage) -> Case {
    let step = step(MarketTransition::Collect, vec![scene.held_slot(stage, 900_000)], [OWNER]);
    let mut case = Case::new("collect", name, scene.carry_out(step));
    case.needs_signature("the owner", OWNER, "another's pay", UNSIGNED);
    let bound = reason("wrong_stage", "nothing to collect");
    let (offered, leased) = (scene.offered(), Box::new(scene.leased()));
    case.mutant("the slot stands behind an offer", "an offer without a bond", bound, move |view| {
        slot(view, SLOT, |slot| slot.stage = Stage::Offered(offered.clone()));
    });
    case.mutant("the slot carries a lease", "the whole escrow", bound, move |view| {
        slot(view, SLOT, |slot| slot.stage = Stage::Leased(leased.clone()));
    });
    alone(scene, &mut case);
    case
}

/// A slot learns its operator's new key; nobody signs.
pub(super) fn rekeyed(scene: &Scene, name: &'static str, held: Held<State>) -> Case {
    let mut other = scene.clone();
    other.operator.owner = NEW_OWNER;
    let mut step = step(MarketTransition::Rekey, vec![held], []);
    step.references = vec![other.held_operator()];
    let mut case = Case::new("rekey", name, scene.carry_out(step));
    let same = reason("same_owner", "new_owner != owner");
    case.mutant("the slot has the key already", "a slot spent by anybody, again and again", same, |view| {
        operator(view, OPERATOR, |operator| operator.owner = OWNER);
    });
    case.mutant("another operator's key", "another's slot, with its pay", NOT_READ, |view| {
        operator(view, OPERATOR, |operator| operator.number = count(4));
    });
    case.reads(scene, "operator", OPERATOR, Token::Operator);
    alone(scene, &mut case);
    case
}
