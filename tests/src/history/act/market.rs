//! What is done to bids and offers.

use demeter_core::{Bid, MarketTransition, Method, OutputReference, Quantity, Slot, Stage};

use super::place::needs;
use crate::history::choice::{Choice, Digits};
use crate::history::deed::{Act, Step};
use crate::history::ground::Ground;
use crate::history::walk::Walk;
use crate::make::amount;

/// The slots in a stage.
pub(super) fn slots_in(ground: &Ground, stage: fn(&Stage) -> bool) -> Vec<(OutputReference, &Slot)> {
    ground.slots().into_iter().filter(|(_, slot)| stage(&slot.stage)).collect()
}

/// The bids of a sort.
fn bids_that(ground: &Ground, wanted: impl Fn(&Bid) -> bool) -> Vec<(OutputReference, &Bid)> {
    ground.bids().into_iter().filter(|(_, bid)| wanted(bid)).collect()
}

/// What a slot asks for and offers.
fn answer(walk: &Walk, slot: &Slot, bid: &Bid, digits: &mut Digits) -> Option<(u64, Vec<Quantity>)> {
    let (_, operator) = walk.ground.operator(slot.operator.to_number())?;
    let (floor, ceiling) = (bid.terms.price.floor.to_units(), bid.terms.price.ceiling.to_units());
    let price = floor + (ceiling - floor) * u64::from(digits.below(5)) / 4;
    let generous = digits.below(2) == 1;
    let amounts = needs().into_iter().map(|need| {
        let most = operator.capacity.amount_of(&need.name);
        if generous { most.min(need.preferred) } else { need.required }
    });
    Some((price, amounts.collect()))
}

/// An idle slot answers an auction.
pub(super) fn offer(walk: &Walk, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let now = ground.now().time;
    let mut digits = choice.digits();
    let open = bids_that(ground, |bid| {
        let window = bid.terms.window;
        bid.leader.is_none()
            && matches!(bid.terms.method, Method::Auction { .. })
            && window.opens <= now
            && now < window.closes
    });
    let (bid, state) = *choice.pick(&open)?;
    let idle = slots_in(ground, |stage| *stage == Stage::Idle);
    let (slot, held) = *idle.get((choice.actor as usize).checked_rem(idle.len())?)?;
    let (price, resources) = answer(walk, held, state, &mut digits)?;
    let transition = MarketTransition::Offer { price: amount(price), resources };
    let step = Step::new(ground, transition, slot)
        .reading(bid)
        .reading(ground.operator(held.operator.to_number())?.0)
        .reading(ground.grid().0)
        .signed_by(held.owner)
        .within(ground, 60, Some(state.terms.window.closes));
    Some(Act::transition(ground.cast.of_key(&held.owner)?, step))
}

/// An idle slot wins a race.
pub(super) fn take(walk: &Walk, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let now = ground.now().time;
    let mut digits = choice.digits();
    let open = bids_that(ground, |bid| {
        let window = bid.terms.window;
        matches!(bid.terms.method, Method::Race { .. }) && window.opens <= now && now < window.closes
    });
    let (bid, state) = *choice.pick(&open)?;
    let idle = slots_in(ground, |stage| *stage == Stage::Idle);
    let (slot, held) = *idle.get((choice.actor as usize).checked_rem(idle.len())?)?;
    let (price, resources) = answer(walk, held, state, &mut digits)?;
    let transition = MarketTransition::Take { price: amount(price), resources };
    let step = Step::new(ground, transition, bid)
        .consuming(slot)
        .reading(ground.operator(held.operator.to_number())?.0)
        .reading(ground.grid().0)
        .signed_by(held.owner)
        .within(ground, digits.of(&[60, 1, 300]), Some(state.terms.window.closes));
    Some(Act::transition(ground.cast.of_key(&held.owner)?, step))
}

/// The bids that an offer answers.
pub(in crate::history) fn bids_of<'g>(ground: &'g Ground, slot: &Slot) -> Vec<(OutputReference, &'g Bid)> {
    match &slot.stage {
        Stage::Offered(offered) => bids_that(ground, |bid| bid.name() == offered.bid),
        _ => Vec::new(),
    }
}

/// An offer takes the lead, whoever sees to it.
pub(in crate::history) fn leading(
    ground: &Ground,
    bid: (OutputReference, &Bid),
    slot: OutputReference,
) -> Step {
    let settles = bid.1.terms.window.settles;
    Step::new(ground, MarketTransition::Lead, bid.0).consuming(slot).within(ground, 60, Some(settles))
}

/// An offer takes the lead, by anyone.
pub(super) fn lead(walk: &Walk, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let now = ground.now().time;
    let offered = slots_in(ground, |stage| matches!(stage, Stage::Offered(_)));
    let pairs: Vec<_> = offered
        .into_iter()
        .flat_map(|(slot, state)| bids_of(ground, state).into_iter().map(move |bid| (bid, slot)))
        .filter(|((_, bid), _)| bid.terms.window.closes <= now && now < bid.terms.window.settles)
        .collect();
    let (bid, slot) = *choice.pick(&pairs)?;
    Some(Act::transition(walk.anyone(choice)?, leading(ground, bid, slot)))
}

/// A leader gets its lease.
pub(in crate::history) fn awarding(ground: &Ground, bid: OutputReference, seconds: u32) -> Step {
    let step = Step::new(ground, MarketTransition::Award, bid).reading(ground.grid().0);
    step.within(ground, seconds, None)
}

/// A leader gets its lease, by anyone; so late that no grid is read, with or without it.
pub(super) fn award(walk: &Walk, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let now = ground.now().time;
    let led = bids_that(ground, |bid| bid.leader.is_some() && bid.terms.window.settles <= now);
    let (bid, _) = *choice.pick(&led)?;
    let mut digits = choice.digits();
    let mut step = awarding(ground, bid, digits.of(&[60, 1, 300]));
    if digits.below(4) == 3 {
        step.reads.clear();
    }
    Some(Act::transition(walk.anyone(choice)?, step))
}

/// An offer that did not win is taken back.
pub(super) fn withdraw(walk: &Walk, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let offered = slots_in(ground, |stage| matches!(stage, Stage::Offered(_)));
    let (slot, state) = *choice.pick(&offered)?;
    let step = Step::new(ground, MarketTransition::Withdraw, slot).signed_by(state.owner);
    Some(Act::transition(ground.cast.of_key(&state.owner)?, step))
}

/// An open bid is taken back.
pub(super) fn cancel(walk: &Walk, choice: &Choice) -> Option<Act> {
    let open = bids_that(&walk.ground, |bid| bid.leader.is_none());
    let (reference, bid) = *choice.pick(&open)?;
    let step = cancelling(&walk.ground, reference, bid);
    Some(Act::transition(walk.ground.cast.of_key(&bid.terms.application)?, step))
}

/// An open bid is taken back: before it opens, if that is to come.
pub(in crate::history) fn cancelling(ground: &Ground, reference: OutputReference, bid: &Bid) -> Step {
    let opens = bid.terms.window.opens;
    let bound = (ground.now().time < opens).then_some(opens);
    let step = Step::new(ground, MarketTransition::Cancel, reference).signed_by(bid.terms.application);
    step.within(ground, 60, bound)
}
