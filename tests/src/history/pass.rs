//! Time passes, and with it what nobody has to decide: bids close and settle.

use std::collections::BTreeSet;

use demeter_core::{BidName, OutputReference, Stage, Time};

use super::act::market::{bids_of, leading};
use super::best::Seen;
use super::books::Standing;
use super::choice::Choice;
use super::deed::Act;
use super::fault::Fault;
use super::violation::{Promise, Violation};
use super::walk::{Done, Walk};
use crate::make::time;

/// Time passes: to a moment at which something begins or ends, or so much of it.
pub(super) fn jump(walk: &mut Walk, choice: &Choice) -> Result<(), Violation> {
    let mut digits = choice.digits();
    let now = walk.ground.now().time.to_milliseconds();
    let moments = moments(walk, now);
    let moment = |ahead: usize| moments.iter().nth(ahead).copied().unwrap_or(now + 60_000);
    let to = match digits.below(40) {
        0..=19 => moment(0),
        20..=25 => moment(1),
        26..=28 => moment(3),
        29..=32 => now + 30_000,
        33..=35 => now + 600_000,
        36 | 37 => now + 3_600_000,
        38 => now + 86_400_000,
        _ => now + 8 * 86_400_000,
    };
    walk.say(format!("time passes: {} s", (to - now) / 1000));
    until(walk, time(to), choice)
}

/// When something begins or ends that is to come.
fn moments(walk: &Walk, now: u64) -> BTreeSet<u64> {
    let windows = walk.books.bids().values().flat_map(|bid| {
        let window = bid.terms.window;
        [window.opens, window.closes, window.settles].map(Time::to_milliseconds)
    });
    let leases = walk.books.slots().values().filter_map(|slot| match &slot.standing {
        Standing::Leased(lease) => {
            let passed = now.saturating_sub(lease.start) / lease.period + 1;
            Some([lease.start + passed * lease.period, lease.end_of_grace()])
        }
        _ => None,
    });
    windows.chain(leases.flatten()).filter(|moment| *moment > now).collect()
}

/// Lets time pass until a moment. Whenever an auction closes, those who made offers look to them; whenever one
/// settles, the best offer must lead.
pub(super) fn until(walk: &mut Walk, to: Time, choice: &Choice) -> Result<(), Violation> {
    while walk.diligent {
        // By slots: nobody can see a moment before the first slot that begins at it or after it.
        let slot = |moment| walk.ground.first_slot_from(moment);
        let (now, last) = (walk.ground.now().slot, slot(to));
        let auctions = walk.books.bids().values().filter(|bid| bid.is_auction());
        let events = auctions.flat_map(|bid| {
            let window = bid.terms.window;
            [(slot(window.closes), false, bid.name), (slot(window.settles), true, bid.name)]
        });
        let due: BTreeSet<_> = events.filter(|(slot, ..)| now < *slot && *slot <= last).collect();
        let Some((next, ..)) = due.first().copied() else { break };
        walk.ground.wait_until_slot(next);
        for (_, settles, bid) in due.into_iter().filter(|(slot, ..)| *slot == next) {
            if settles { settle(walk, bid)? } else { attend(walk, bid, choice)? }
        }
    }
    walk.ground.wait_until(to);
    walk.audit()
}

/// A bid has closed: whoever is honest leads with its offer where it is better, in an order that the choice gives;
/// and before that a stranger, perhaps, with any of the offers.
fn attend(walk: &mut Walk, bid: BidName, choice: &Choice) -> Result<(), Violation> {
    let mut offers = offers_on(walk, bid);
    if offers.is_empty() {
        return Ok(());
    }
    let first = choice.object as usize % offers.len();
    offers.rotate_left(first);
    if choice.actor % 2 == 1 {
        offers.reverse();
        lead(walk, bid, offers[0].0, |walk| walk.anyone(choice))?;
    }
    for (slot, _) in offers {
        let honest = |walk: &Walk| {
            let (_, held) = walk.ground.slots().into_iter().find(|(reference, _)| *reference == slot)?;
            let party = walk.ground.cast.of_key(&held.owner)?;
            walk.ground.cast[party].honest.then_some(party)
        };
        lead(walk, bid, slot, honest)?;
    }
    Ok(())
}

/// The offers on a bid.
fn offers_on(walk: &Walk, bid: BidName) -> Vec<(OutputReference, Seen)> {
    let slots = walk.ground.slots();
    let offers = slots.into_iter().filter_map(|(reference, slot)| match &slot.stage {
        Stage::Offered(offered) if offered.bid == bid => Some((reference, Seen::of_slot(slot)?.1)),
        _ => None,
    });
    offers.collect()
}

/// Somebody leads with an offer where it finds it better.
fn lead(
    walk: &mut Walk,
    bid: BidName,
    slot: OutputReference,
    by: impl Fn(&Walk) -> Option<super::cast::Party>,
) -> Result<(), Violation> {
    let Some(payer) = by(walk) else { return Ok(()) };
    let slots = walk.ground.slots();
    let Some((_, held)) = slots.into_iter().find(|(reference, _)| *reference == slot) else { return Ok(()) };
    let Some((_, offer)) = Seen::of_slot(held) else { return Ok(()) };
    let finds_better = |leader: &Seen| match walk.fault {
        Some(Fault::PrefersDearOffers) => offer.price > leader.price,
        _ => offer.better(leader, &bid),
    };
    let lesser = bids_of(&walk.ground, held).into_iter().find(|(reference, state)| match &state.leader {
        Some(leader) => finds_better(&Seen::of_leader(leader)),
        None => walk.is_funded(reference),
    });
    let Some(lesser) = lesser else { return Ok(()) };
    let act = Act::transition(payer, leading(&walk.ground, lesser, slot));
    match walk.act(&act)? {
        Done::Accepted => Ok(()),
        // What the contract finds no better, though it is, cannot win.
        Done::NotNow if walk.fault.is_some() => Ok(()),
        Done::NotNow => {
            let seen = format!("{offer:?} is better than what leads bid {bid}, and cannot lead");
            Err(Violation::new(Promise::BestOfferWins, seen))
        }
    }
}

/// A bid has settled: the best of the offers that count leads, on one output of that name.
fn settle(walk: &mut Walk, bid: BidName) -> Result<(), Violation> {
    let leaders: Vec<Seen> = walk
        .ground
        .bids()
        .into_iter()
        .filter(|(_, state)| state.name() == bid)
        .filter_map(|(_, state)| Some(Seen::of_leader(state.leader.as_ref()?)))
        .collect();
    walk.offers.settled(bid, &leaders).map_err(|seen| Violation::new(Promise::BestOfferWins, seen))?;
    walk.tally.best_led += u64::from(walk.offers.is_due(&bid));
    Ok(())
}
