//! Somebody who has the right to something does it before it is time, or when it is too late.

use demeter_core::{MarketTransition, OutputReference, Refusal, RegistryTransition, Span, Stage, Time};
use demeter_tx::market::ComposeError;

use super::lie::Lie;
use super::{Attempt, act};
use crate::history::act::market::{awarding, bids_of, cancelling, leading};
use crate::history::choice::{Action, Choice};
use crate::history::deed::{Act, Step};
use crate::history::walk::Walk;
use crate::make::count;

/// Somebody does something for which it is not the time.
pub(super) fn hurry(walk: &Walk, choice: &Choice) -> Option<Attempt> {
    let candidates = candidates(walk, choice);
    let act = choice.pick(&candidates)?;
    let Err(ComposeError::Refused(refusal)) = walk.compose(act) else { return None };
    let (lie, when) = match *refusal {
        Refusal::TooEarly { from, lower } => (Lie::later(whole_seconds(from, lower)?), "too early"),
        Refusal::AuctionIsOn { settles, .. } => {
            (Lie::later(whole_seconds(settles, walk.ground.now().time)?), "while it is on")
        }
        Refusal::ClaimedTooMuch { .. } => (Lie::later(period(walk, act)?), "for more than has passed"),
        Refusal::TooLate { before, upper } => (Lie::earlier(whole_seconds(upper, before)?), "too late"),
        _ => return None,
    };
    let what = format!("{} {when}", act.deed.name());
    let transaction = lie.compose(walk, act, &[])?;
    Some(Attempt { name: "act out of time", by: act.payer, what, transaction })
}

/// From one moment to a later one, in whole seconds, rounded up.
fn whole_seconds(later: Time, earlier: Time) -> Option<Span> {
    Span::from_seconds(later.since(earlier).to_milliseconds().div_ceil(1000)).ok()
}

/// How long a period of the lease is.
fn period(walk: &Walk, act: &Act) -> Option<Span> {
    let primary = act.step()?.primary;
    let slots = walk.ground.slots();
    match &slots.into_iter().find(|(reference, _)| *reference == primary)?.1.stage {
        Stage::Leased(lease) => whole_seconds(Time::ZERO.after(lease.period).ok()?, Time::ZERO),
        _ => None,
    }
}

/// What could be done out of time.
fn candidates(walk: &Walk, choice: &Choice) -> Vec<Act> {
    let ground = &walk.ground;
    let by = |key, step: Step| Some(Act::transition(ground.cast.of_key(&key)?, step.signed_by(key)));
    let of = |transition: MarketTransition, place: OutputReference| Step::new(ground, transition, place);
    let mut acts = Vec::new();
    for (place, slot) in ground.slots() {
        match &slot.stage {
            Stage::Leased(lease) => {
                let next = lease.whole_periods(ground.now().time).min(lease.periods).to_number() + 1;
                let claim = MarketTransition::Claim { claimed: count(next.min(lease.periods.to_number())) };
                acts.extend(by(slot.owner, of(claim, place)));
                acts.extend(by(slot.owner, of(MarketTransition::Complete, place)));
            }
            Stage::Offered(_) => {
                acts.extend(by(slot.owner, of(MarketTransition::Withdraw, place)));
                for bid in bids_of(ground, slot) {
                    let mut step = leading(ground, bid, place);
                    step.range = ground.range(60, None);
                    acts.extend(walk.anyone(choice).map(|payer| Act::transition(payer, step)));
                }
            }
            Stage::Idle | Stage::Settled(_) => {}
        }
    }
    for (place, bid) in ground.bids() {
        if bid.leader.is_some() {
            let step = awarding(ground, place, 60);
            acts.extend(walk.anyone(choice).map(|payer| Act::transition(payer, step)));
        } else {
            let application = ground.cast.of_key(&bid.terms.application);
            acts.extend(application.map(|payer| Act::transition(payer, cancelling(ground, place, bid))));
        }
    }
    for (place, operator) in ground.operators() {
        let update = RegistryTransition::Update {
            owner: operator.owner,
            endpoint: "https://soon.example".into(),
            capacity: operator.capacity.clone(),
            labels: operator.labels.clone(),
        };
        acts.extend(by(operator.owner, Step::new(ground, update, place)));
    }
    for action in [Action::Offer, Action::Take] {
        if let Some(mut answer) = act(walk, &Choice { action, ..*choice }) {
            // Valid for longer than the bid is open, or than it takes to end.
            if let crate::history::deed::Deed::Transition(step) = &mut answer.deed {
                step.range = ground.range(300, None);
            }
            acts.push(answer);
        }
    }
    acts
}
