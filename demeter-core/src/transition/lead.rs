//! Lead: an offer takes the lead of its bid.

use super::answer::{check_funding, wrong_stage};
use super::{Held, Outcome, Refusal, StateOutput, context::Context};
use crate::limits::{BID_RESERVE, SLOT_RESERVE};
use crate::rule::Rank;
use crate::{Bid, Leader, Slot, Stage, State, StateKind, Token};

pub(super) fn lead(context: Context<'_>, primary: &Held<State>, bid: &Bid) -> Result<Outcome, Refusal> {
    let range = context.range()?;
    let (held, slot) = context.other_slot("a bid and an offered slot")?;
    let terms = &bid.terms;
    range.from(terms.window.closes)?;
    range.before(terms.window.settles)?;
    let Stage::Offered(offered) = &slot.stage else {
        return Err(wrong_stage("offered", &slot.stage));
    };
    if slot.grid != terms.grid {
        return Err(Refusal::OtherGrid { state: StateKind::Slot });
    }
    context.holds(held, &terms.grid)?;
    let name = bid.name();
    if offered.bid != name {
        return Err(Refusal::OtherBid { expected: name, found: offered.bid });
    }
    let best = Leader::of(slot, offered);
    let mut states = Vec::with_capacity(2);
    let reserves = BID_RESERVE.checked_add(SLOT_RESERVE)?;
    let amount = terms.escrow()?.checked_add(terms.bond)?;
    let value = context.state_value(Token::Slot, &terms.grid, reserves, &terms.asset, amount)?;
    let led = |best| Bid { terms: terms.clone(), leader: Some(best) };
    match &bid.leader {
        None => {
            check_funding(primary, terms)?;
            states.push(StateOutput::new(value, led(best)));
        }
        Some(ousted) => {
            context.holds(primary, &terms.grid)?;
            if !Rank::better(&name, &best, ousted) {
                return Err(Refusal::NotBetter);
            }
            let back = Slot {
                grid: terms.grid,
                operator: ousted.operator,
                index: ousted.index,
                owner: ousted.owner,
                stage: Stage::Idle,
            };
            states.push(StateOutput::new(value, led(best)));
            let value =
                context.state_value(Token::Slot, &terms.grid, SLOT_RESERVE, &terms.asset, terms.bond)?;
            states.push(StateOutput::new(value, back));
        }
    }
    Ok(Outcome::of_states(states))
}
