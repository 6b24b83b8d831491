//! No dead ends: each party gets out what is its own, by its own signature and the passing of time.

use demeter_core::{MarketTransition, Method, OutputReference, Span, Stage, State, Time};

use super::act::market::{awarding, cancelling};
use super::act::registry::{report_of, retirement};
use super::books::{Account, Standing};
use super::cast::{Party, Role};
use super::deed::{Act, Step};
use super::violation::{Promise, Violation};
use super::walk::{Done, Walk};

/// Everybody who may have something in the contract.
pub fn parties(walk: &Walk) -> Vec<Party> {
    let cast = &walk.ground.cast;
    [cast.of_role(Role::Application), cast.of_role(Role::Operator)].concat()
}

/// On copies of the head, each party alone gets out all that is its own.
///
/// # Errors
/// Somebody cannot, or a promise is broken on the way.
pub fn each_alone(walk: &mut Walk) -> Result<(), Violation> {
    for party in parties(walk) {
        let mut copy = walk.fork();
        leave(&mut copy, party)?;
        walk.tally.exits += 1;
        walk.tally.checks += copy.tally.checks;
        walk.tally.exit_transactions += copy.tally.transactions();
    }
    Ok(())
}

/// Somebody gets out all that is its own.
///
/// # Errors
/// It cannot, or a promise is broken on the way.
pub fn leave(walk: &mut Walk, party: Party) -> Result<(), Violation> {
    while let Some(stake) = first_stake(walk, party) {
        let step = next(walk, party, stake);
        let name = walk.ground.cast[party].name.clone();
        let stuck = |why: String| {
            let seen = format!("{name} cannot get {stake:?} out: {why}");
            Err(Violation::new(Promise::NoDeadEnds, seen))
        };
        let Some(step) = step else { return stuck("there is nothing that it can do".into()) };
        let act = Act::transition(party, step);
        match walk.compose(&act) {
            Err(error) => return stuck(format!("{}: {error}", act.deed)),
            Ok(unsigned) => {
                let own = |key| walk.ground.cast.of_key(key) == Some(party);
                if !unsigned.needed_signers().iter().all(own) {
                    return stuck(format!("{} needs another's signature", act.deed));
                }
            }
        }
        if walk.act(&act)? == Done::NotNow {
            return stuck(format!("{} is not to be had", act.deed));
        }
    }
    Ok(())
}

/// What somebody gets out next: slots that are done with go with their operator, which goes last.
fn first_stake(walk: &Walk, party: Party) -> Option<Account> {
    let stakes = walk.books.stakes_of(party);
    let done = |stake: &Account| match stake {
        Account::Slot(operator, index) => {
            let slot = &walk.books.slots()[&(*operator, *index)];
            slot.party == party && slot.purse == 0 && matches!(slot.standing, Standing::Idle)
        }
        _ => false,
    };
    stakes.into_iter().find(|stake| !done(stake))
}

/// The next thing that somebody does to get a stake of its own out, having waited until it may.
fn next(walk: &Walk, party: Party, stake: Account) -> Option<Step> {
    match stake {
        Account::Bid(number) => {
            let place = walk.books.place_of(stake)?;
            let bid = &walk.books.bids()[&number];
            settle(walk, place, bid.leader.is_some())
        }
        Account::Slot(operator, index) => {
            let slot = &walk.books.slots()[&(operator, index)];
            if let Standing::Leading { bid, .. } = slot.standing {
                return settle(walk, walk.books.place_of(Account::Bid(bid))?, true);
            }
            let place = walk.books.place_of(stake)?;
            if slot.party == party {
                of_own_slot(walk, place, operator, slot.purse)
            } else {
                // Not its slot, so its lease.
                Some(
                    Step::new(&walk.ground, MarketTransition::Close, place)
                        .signed_by(application(walk, place)?),
                )
            }
        }
        Account::Operator(number) => {
            let (_, record) = walk.ground.operator(number)?;
            Some(retirement(&walk.ground, record)?.signed_by(record.owner))
        }
        Account::Grid | Account::Pool | Account::Litter(_) => None,
    }
}

fn application(walk: &Walk, place: OutputReference) -> Option<demeter_core::KeyHash> {
    let slots = walk.ground.slots();
    match &slots.into_iter().find(|(reference, _)| *reference == place)?.1.stage {
        Stage::Leased(lease) => Some(lease.application),
        _ => None,
    }
}

/// A bid is taken back or awarded, when it may be.
fn settle(walk: &Walk, place: OutputReference, led: bool) -> Option<Step> {
    let bid = walk.ground.states().find(|held| held.reference == place)?;
    let State::Bid(bid) = &bid.state else { return None };
    let window = bid.terms.window;
    let auction = matches!(bid.terms.method, Method::Auction { .. });
    let now = walk.ground.now().time;
    let sooner = now.after(Span::from_seconds(1).ok()?).ok()? <= window.opens;
    if led || auction && !sooner {
        walk.ground.wait_until(window.settles);
    }
    let step = if led { awarding(&walk.ground, place, 60) } else { cancelling(&walk.ground, place, bid) };
    Some(step)
}

/// What an operator does with a slot of its own: by its present key alone, which it teaches the slot first.
fn of_own_slot(walk: &Walk, place: OutputReference, operator: u64, purse: i128) -> Option<Step> {
    let ground = &walk.ground;
    let (record, state) = ground.operator(operator)?;
    let (_, slot) = ground.slots().into_iter().find(|(reference, _)| *reference == place)?;
    let by_owner = |transition: MarketTransition, from: Option<Time>| {
        if let Some(from) = from {
            ground.wait_until(from);
        }
        Some(Step::new(ground, transition, place).signed_by(slot.owner))
    };
    if slot.owner != state.owner {
        return Some(Step::new(ground, MarketTransition::Rekey, place).reading(record));
    }
    match &slot.stage {
        Stage::Offered(offered) => by_owner(MarketTransition::Withdraw, Some(offered.until)),
        Stage::Leased(lease) => by_owner(MarketTransition::Complete, Some(lease.end_of_grace().ok()?)),
        Stage::Settled(_) => report_of(ground, place, operator),
        Stage::Idle if purse > 0 => by_owner(MarketTransition::Collect, None),
        Stage::Idle => None,
    }
}

/// On the head itself, everybody leaves, one after the other, and all books are closed.
///
/// # Errors
/// Somebody cannot, or the books do not balance.
pub fn everybody(walk: &mut Walk) -> Result<(), Violation> {
    walk.diligent = false;
    for party in parties(walk) {
        leave(walk, party)?;
    }
    let (escrow, reserves) = (walk.books.escrow.held(), walk.books.reserves.held());
    let left = walk.books.operators().len() + walk.books.slots().len() + walk.books.bids().len();
    if (escrow, reserves, left) == (0, 0, 0) {
        return walk.audit();
    }
    let seen = format!("at the end {escrow} of escrow and {reserves} of reserves are held, by {left} states");
    Err(Violation::new(Promise::Conservation, seen))
}
