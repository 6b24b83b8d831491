//! Offer: an idle slot answers an auction.

use super::answer::{check_answer, check_funding, slot_in, wrong_stage};
use super::{Outcome, Refusal, context::Context};
use crate::limits::SLOT_RESERVE;
use crate::{Amount, Method, Offered, Quantity, Slot, Stage, State, StateKind, Token};

pub(super) fn offer(
    context: Context<'_>,
    slot: &Slot,
    price: Amount,
    resources: &[Quantity],
) -> Result<Outcome, Refusal> {
    let range = context.range()?;
    if slot.stage != Stage::Idle {
        return Err(wrong_stage("idle", &slot.stage));
    }
    // NOTE: the first state at market among the references; they are sorted by reference.
    let first = context.step.references.iter().find(|held| held.state.script() == crate::Script::Market);
    let (held, bid) = match first {
        Some(held) => match &held.state {
            State::Bid(bid) => (held, bid),
            _ => return Err(Refusal::MissingReference { state: StateKind::Bid }),
        },
        None => return Err(Refusal::MissingReference { state: StateKind::Bid }),
    };
    let terms = &bid.terms;
    context.signed_by("owner", slot.owner)?;
    if bid.leader.is_some() {
        return Err(Refusal::Led);
    }
    if !matches!(terms.method, Method::Auction { .. }) {
        return Err(Refusal::WrongMethod { expected: "an auction" });
    }
    range.from(terms.window.opens)?;
    range.before(terms.window.closes)?;
    let (appraisal, _) = check_answer(context, terms, slot, slot.operator, price, resources)?;
    check_funding(held, terms)?;
    let value = context.state_value(Token::Slot, &slot.grid, SLOT_RESERVE, &terms.asset, terms.bond)?;
    let offered = Offered {
        bid: bid.name(),
        price,
        resources: resources.to_vec(),
        merit: appraisal.merit,
        until: terms.window.settles,
    };
    Ok(slot_in(slot, value, Stage::Offered(offered)))
}
