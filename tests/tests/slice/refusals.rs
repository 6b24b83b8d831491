//! What the contract refuses: each by the mirror, with its reason, and by the compiled validator, in a transaction
//! with which nothing is wrong but that.
//!
//! Where it can be, the same lie is told once more when it makes no difference, and the transaction is accepted: so it
//! was refused for nothing else.

use std::rc::Rc;

use demeter_core::rule::appraise;
use demeter_core::{
    Address, Amount, Asset, Bid, Grid, Label, Merit, Operator, OutputReference, Script, Settled, Slot, Stage,
    State, Terms, Time,
};
use demeter_tx::market::Plan;

use crate::deceit::{Lie, mirror_refuses, validator_accepts, validator_refuses};
use crate::fixture::{Cast, amount, capacity, count, preferred, required, seconds};
use crate::story::{ANA, BO, CY, Story, answer};
use crate::whole::token;

fn opened(asset: Asset) -> (Story, Rc<Cast>) {
    let story = Story::place(asset);
    story.open();
    let cast = Rc::clone(&story.ledger.cast);
    (story, cast)
}

fn record(story: &Story, number: usize) -> Operator {
    match story
        .ledger
        .find(|state| matches!(state, State::Operator(record) if record.number == count(number as u64)))
        .state
    {
        State::Operator(record) => *record,
        other => panic!("a record is wanted, found {other:?}"),
    }
}

fn grid(story: &Story) -> Grid {
    match story.ledger.find(|state| matches!(state, State::Grid(_))).state {
        State::Grid(grid) => *grid,
        other => panic!("a grid is wanted, found {other:?}"),
    }
}

/// A time or merit as a datum holds it.
fn cbor(integer: u64) -> Vec<u8> {
    minicbor::to_vec(integer).unwrap()
}

fn time(time: Time) -> Vec<u8> {
    cbor(time.to_milliseconds())
}

#[test]
fn an_offer_by_a_strangers_signature() {
    let (mut story, cast) = opened(Asset::Lovelace);
    let (price, resources) = answer(BO);
    let plan = story.offer_plan(&story.bid, BO, price, resources);
    mirror_refuses(&story, plan.clone(), &[&cast.stranger], "not_signed");
    // What requires the owner's signature requires the stranger's instead: it comes after all outputs.
    let owner = &cast.operators[BO];
    let lie = Lie::none().with(*owner.hash().as_bytes(), *cast.stranger.hash().as_bytes());
    validator_refuses(&mut story, &lie, plan, &cast.stranger, &[owner], Script::Market);
}

#[test]
fn an_offer_below_the_floor() {
    for asset in [Asset::Lovelace, token()] {
        let (mut story, cast) = opened(asset);
        let bo = &cast.operators[BO];
        let low = amount(999_999);
        let plan = story.offer_plan(&story.bid, BO, low, preferred());
        mirror_refuses(&story, plan.clone(), &[bo], "price_out_of_range");
        // The bid is believed to begin lower; its name and the merit are put right.
        let mut draft = story.bid.clone().into_draft();
        draft.price.floor = low;
        let believed = Terms::new(draft).unwrap();
        let (grid, record) = (grid(&story), record(&story, BO));
        let lie = |story: &Story, price: Amount| {
            let merit = |terms: &Terms| {
                let appraisal = appraise(terms, &grid, &record.reputation, price, &preferred());
                cbor(appraisal.unwrap().merit.to_points())
            };
            Lie::state(story.ledger.bid(&story.bid), State::from(Bid::open(believed.clone())))
                .with(*believed.name().as_bytes(), *story.bid.name().as_bytes())
                .with(merit(&believed), merit(&story.bid))
        };
        let below = lie(&story, low);
        validator_refuses(&mut story, &below, plan, bo, &[bo], Script::Market);
        let floor = story.bid.price.floor;
        let plan = story.offer_plan(&story.bid, BO, floor, preferred());
        validator_accepts(&story, &lie(&story, floor), plan, bo, &[bo]);
    }
}

#[test]
fn an_offer_beyond_the_capacity() {
    let (mut story, cast) = opened(Asset::Lovelace);
    let ana = &cast.operators[ANA];
    let plan = story.offer_plan(&story.bid, ANA, amount(2_000_000), preferred());
    mirror_refuses(&story, plan.clone(), &[ana], "too_much_of_a_resource");
    let boasting = Operator { capacity: capacity(BO), ..record(&story, ANA) };
    let lie = Lie::state(story.ledger.operator(ANA), State::from(boasting));
    validator_refuses(&mut story, &lie, plan, ana, &[ana], Script::Market);
    let modest = story.offer_plan(&story.bid, ANA, amount(2_000_000), required());
    validator_accepts(&story, &lie, modest, ana, &[ana]);
}

#[test]
fn an_offer_without_the_label() {
    let (mut story, cast) = opened(Asset::Lovelace);
    let ana = &cast.operators[ANA];
    let plan = story.offer_plan(&story.late, ANA, amount(2_000_000), required());
    mirror_refuses(&story, plan.clone(), &[ana], "missing_label");
    let elsewhere = [Label::new("region", "eu")].into_iter().collect();
    let boasting = Operator { labels: elsewhere, ..record(&story, ANA) };
    let lie = Lie::state(story.ledger.operator(ANA), State::from(boasting));
    validator_refuses(&mut story, &lie, plan, ana, &[ana], Script::Market);
    // The early bid asks for no label.
    let elsewhere = story.offer_plan(&story.early, ANA, amount(2_000_000), required());
    validator_accepts(&story, &lie, elsewhere, ana, &[ana]);
}

#[test]
fn an_offer_with_a_better_merit_than_it_has() {
    let (mut story, cast) = opened(Asset::Lovelace);
    let ana = &cast.operators[ANA];
    let plan = story.offer_plan(&story.bid, ANA, amount(2_000_000), required());
    let (grid, record) = (grid(&story), record(&story, ANA));
    let merit =
        appraise(&story.bid, &grid, &record.reputation, amount(2_000_000), &required()).unwrap().merit;
    let points = merit.to_points();
    let lie = Lie::none().with(cbor(points), cbor(points + 1));
    validator_refuses(&mut story, &lie, plan, ana, &[ana], Script::Market);
}

#[test]
fn a_lead_with_a_worse_offer() {
    let (mut story, cast) = opened(Asset::Lovelace);
    story.offer();
    story.lead();
    let (at, plan, lie) = lead_believing_the_leader_worthless(&story, CY);
    let cy = &cast.operators[CY];
    mirror_refuses(&story, Plan::lead(at, story.ledger.slot(CY).reference), &[cy], "not_better");
    validator_refuses(&mut story, &lie, plan, cy, &[cy], Script::Market);
}

/// What the leader is worth is not in the transaction: believing it to be nothing changes nothing for a better offer.
#[test]
fn a_lead_with_a_better_offer_whatever_the_leader_is_believed_to_be() {
    let (mut story, cast) = opened(Asset::Lovelace);
    story.offer();
    story.ledger.wait_until(story.bid.window.closes);
    let cy = &cast.operators[CY];
    let first = Plan::lead(story.ledger.bid(&story.bid), story.ledger.slot(CY).reference);
    story.ledger.act("lead", first, cy, &[]);
    let (_, plan, lie) = lead_believing_the_leader_worthless(&story, ANA);
    validator_accepts(&story, &lie, plan, cy, &[cy]);
}

fn lead_believing_the_leader_worthless(story: &Story, number: usize) -> (OutputReference, Plan, Lie) {
    let at = story.ledger.bid(&story.bid);
    let led = story.ledger.find(|state| matches!(state, State::Bid(bid) if bid.leader.is_some()));
    let State::Bid(mut bid) = led.state else { panic!("a bid is wanted") };
    bid.leader.as_mut().unwrap().merit = Merit::ZERO;
    let plan = Plan::lead(at, story.ledger.slot(number).reference);
    (at, plan, Lie::state(at, State::Bid(bid)))
}

#[test]
fn an_award_too_early() {
    let (mut story, cast) = opened(Asset::Lovelace);
    story.offer();
    story.lead();
    // A second before.
    story
        .ledger
        .wait_until(Time::from_milliseconds(story.bid.window.settles.to_milliseconds() - 1_000).unwrap());
    let plan = Plan::award(story.ledger.bid(&story.bid), story.ledger.grid());
    mirror_refuses(&story, plan.clone(), &[&cast.stranger], "too_early");
    // The lease begins where the range ends, by the true clock.
    let lie = |story: &Story| {
        let start = story.ledger.composer.settings().clock.time_of(story.ledger.range().before).unwrap();
        Lie::clock_ahead(seconds(1)).with(time(start.after(seconds(1)).unwrap()), time(start))
    };
    let early = lie(&story);
    validator_refuses(&mut story, &early, plan.clone(), &cast.stranger, &[&cast.stranger], Script::Market);
    story.ledger.wait_until(story.bid.window.settles);
    validator_accepts(&story, &lie(&story), plan, &cast.stranger, &[&cast.stranger]);
}

#[test]
fn an_award_that_pays_the_fee_to_another() {
    let (mut story, cast) = opened(token());
    story.offer();
    story.lead();
    story.ledger.wait_until(story.bid.window.settles);
    let plan = Plan::award(story.ledger.bid(&story.bid), story.ledger.grid());
    let mut draft = grid(&story).into_draft();
    draft.treasury = Address::of_key(cast.stranger.hash());
    let lie = Lie::state(story.ledger.grid(), State::from(Grid::new(draft).unwrap()));
    validator_refuses(&mut story, &lie, plan, &cast.stranger, &[&cast.stranger], Script::Market);
}

#[test]
fn a_cancel_inside_the_window() {
    let (mut story, cast) = opened(Asset::Lovelace);
    let application = &cast.application;
    let plan = Plan::cancel(story.ledger.bid(&story.late));
    // From the opening, and until a second before it settles.
    let settles = story.late.window.settles;
    let moments = [story.ledger.now(), Time::from_milliseconds(settles.to_milliseconds() - 1_000).unwrap()];
    for moment in moments {
        story.ledger.wait_until(moment);
        mirror_refuses(&story, plan.clone(), &[application], "auction_is_on");
        let lie = Lie::clock_ahead(settles.since(moment));
        validator_refuses(&mut story, &lie, plan.clone(), application, &[application], Script::Market);
    }
    story.ledger.wait_until(settles);
    validator_accepts(&story, &Lie::clock_ahead(seconds(1)), plan, application, &[application]);
}

#[test]
fn a_cancel_by_a_stranger() {
    let mut story = Story::place(Asset::Lovelace);
    let cast = Rc::clone(&story.ledger.cast);
    let plan = Plan::cancel(story.ledger.bid(&story.early));
    mirror_refuses(&story, plan.clone(), &[&cast.stranger], "not_signed");
    let lie = Lie::none().with(*cast.application.hash().as_bytes(), *cast.stranger.hash().as_bytes());
    validator_refuses(&mut story, &lie, plan, &cast.stranger, &[&cast.application], Script::Market);
}

fn leased(asset: Asset) -> (Story, Rc<Cast>) {
    let (mut story, cast) = opened(asset);
    story.offer();
    story.lead();
    story.award();
    (story, cast)
}

#[test]
fn a_claim_of_too_many_periods() {
    for asset in [Asset::Lovelace, token()] {
        let (mut story, cast) = leased(asset);
        let bo = &cast.operators[BO];
        story.ledger.wait_until(Time::from_milliseconds(story.after(3).to_milliseconds() - 1_000).unwrap());
        let plan = Plan::claim(story.ledger.slot(BO).reference, count(3));
        mirror_refuses(&story, plan.clone(), &[bo], "claimed_too_much");
        let lie = Lie::clock_ahead(seconds(1));
        validator_refuses(&mut story, &lie, plan.clone(), bo, &[bo], Script::Market);
        // In time it is fine, and more than all is never.
        story.ledger.wait_until(story.after(3));
        validator_accepts(&story, &lie, plan, bo, &[bo]);
        let more = Plan::claim(story.ledger.slot(BO).reference, count(5));
        story.ledger.wait_until(story.after(9));
        mirror_refuses(&story, more, &[bo], "claimed_too_much");
        let same = Plan::claim(story.ledger.slot(BO).reference, count(3));
        mirror_refuses(&story, same, &[bo], "not_more_claimed");
    }
}

#[test]
fn a_completion_before_the_grace_ends() {
    let (mut story, cast) = leased(Asset::Lovelace);
    let bo = &cast.operators[BO];
    let end = story.after(4).after(story.bid.term.grace).unwrap();
    let just_before = Time::from_milliseconds(end.to_milliseconds() - 1_000).unwrap();
    story.ledger.wait_until(just_before);
    let plan = Plan::complete(story.ledger.slot(BO).reference);
    mirror_refuses(&story, plan.clone(), &[bo], "too_early");
    let lie = Lie::clock_ahead(seconds(1)).with(time(end), time(just_before));
    validator_refuses(&mut story, &lie, plan.clone(), bo, &[bo], Script::Market);
    // A second later it is what the clock that is ahead makes of it that is true.
    story.ledger.wait_until(end);
    validator_accepts(&story, &Lie::clock_ahead(seconds(1)), plan, bo, &[bo]);
}

#[test]
fn a_lease_reported_twice() {
    let (mut story, cast) = leased(Asset::Lovelace);
    story.complete();
    let settled = story.ledger.slot(BO).state;
    story.report();
    let plan = story.report_plan();
    mirror_refuses(&story, plan.clone(), &[&cast.stranger], "wrong_stage");
    let lie = Lie::state(story.ledger.slot(BO).reference, settled.clone());
    validator_refuses(&mut story, &lie, plan.clone(), &cast.stranger, &[&cast.stranger], Script::Registry);

    // Nor can an idle slot be reported as one that kept nothing.
    let State::Slot(slot) = settled else { panic!("a slot is wanted") };
    let nothing = Settled { kept: Amount::ZERO, broken: Amount::ZERO, at: story.ledger.now() };
    let lie = Lie::state(
        story.ledger.slot(BO).reference,
        State::from(Slot { stage: Stage::Settled(nothing), ..slot }),
    );
    validator_refuses(&mut story, &lie, plan, &cast.stranger, &[&cast.stranger], Script::Registry);
}

#[test]
fn an_admission_with_too_few_entities() {
    let (mut story, cast) = opened(Asset::Lovelace);
    let [first, second, _] = &cast.entities;
    let candidate = demeter_tx::market::Candidate {
        owner: cast.stranger.hash(),
        endpoint: "https://stranger.example".into(),
        capacity: capacity(BO),
        labels: Default::default(),
        slots: count(1),
    };
    let plan = Plan::admit(story.ledger.pool(), story.ledger.grid(), candidate);
    mirror_refuses(&story, plan.clone(), &[&cast.stranger, first], "no_quorum");
    // What requires the second entity's signature requires another's instead.
    let lie = Lie::none().with(*second.hash().as_bytes(), *cast.application.hash().as_bytes());
    let required = [&cast.stranger, first, second];
    validator_refuses(&mut story, &lie, plan, &cast.stranger, &required, Script::Registry);
}
