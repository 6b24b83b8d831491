//! What a choice means, given what there is: an act of somebody who has the right to it.
//!
//! Whether the contract allows it now is for the composer to say; what it refuses is skipped.

pub(super) mod lease;
pub(super) mod market;
pub(super) mod place;
pub(super) mod registry;

use super::choice::{Action, Choice};
use super::deed::{Act, Deed};
use super::walk::Walk;

/// How many outputs somebody has before it makes one of them.
const MANY: usize = 3;

/// What a choice means; none where there is nothing that it could be about.
pub(super) fn act(walk: &Walk, choice: &Choice) -> Option<Act> {
    match choice.action {
        Action::Place => place::place(walk, choice),
        Action::Twin => place::twin(walk, choice),
        Action::Litter => place::litter(walk, choice),
        Action::Admit => registry::admit(walk, choice),
        Action::Update => registry::update(walk, choice),
        Action::Rekey => registry::rekey(walk, choice),
        Action::Endorse => registry::endorse(walk, choice),
        Action::Rotate => registry::rotate(walk, choice),
        Action::Report => registry::report(walk, choice),
        Action::Retire => registry::retire(walk, choice),
        Action::Evict => registry::evict(walk, choice),
        Action::Flap => registry::flap(walk, choice),
        Action::Offer => market::offer(walk, choice),
        Action::Lead => market::lead(walk, choice),
        Action::Award => market::award(walk, choice),
        Action::Take => market::take(walk, choice),
        Action::Withdraw => market::withdraw(walk, choice),
        Action::Cancel => market::cancel(walk, choice),
        Action::Claim => lease::claim(walk, choice),
        Action::Extend => lease::extend(walk, choice),
        Action::Close => lease::close(walk, choice),
        Action::Complete => lease::complete(walk, choice),
        Action::Resign => lease::resign(walk, choice),
        Action::Arbitrate => lease::arbitrate(walk, choice),
        Action::Collect => lease::collect(walk, choice),
        Action::Sweep => sweep(walk, choice),
        Action::Jump
        | Action::Steal
        | Action::Hurry
        | Action::Spam
        | Action::Divert
        | Action::Replay
        | Action::FrontRun
        | Action::Desert
        | Action::Forge => None,
    }
}

/// Somebody makes one output of all that it has.
fn sweep(walk: &Walk, choice: &Choice) -> Option<Act> {
    let ground = &walk.ground;
    let scattered: Vec<_> =
        ground.cast.all().filter(|party| ground.funds(*party).utxos.len() > MANY).collect();
    Some(Act { payer: *choice.pick(&scattered)?, deed: Deed::Sweep })
}
