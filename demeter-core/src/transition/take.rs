//! Take: an idle slot wins a race.

use super::answer::{check_answer, check_funding, wrong_stage};
use super::lease::opened;
use super::{Held, Outcome, Refusal, context::Context};
use crate::rule::{entry, ramped};
use crate::{Amount, Bid, Leader, Merit, Method, Quantity, Stage, State};

pub(super) fn take(
    context: Context<'_>,
    primary: &Held<State>,
    bid: &Bid,
    price: Amount,
    resources: &[Quantity],
) -> Result<Outcome, Refusal> {
    let range = context.range()?;
    let (held, slot) = context.other_slot("a bid and an idle slot")?;
    let terms = &bid.terms;
    if slot.stage != Stage::Idle {
        return Err(wrong_stage("idle", &slot.stage));
    }
    if bid.leader.is_some() {
        return Err(Refusal::Led);
    }
    let Method::Race { head_start, ramp } = terms.method else {
        return Err(Refusal::WrongMethod { expected: "a race" });
    };
    let (appraisal, grid) = check_answer(context, terms, slot, slot.operator, price, resources)?;
    context.holds(held, &terms.grid)?;
    check_funding(primary, terms)?;
    context.signed_by("owner", slot.owner)?;
    let entry = entry(terms.window.opens, head_start, appraisal.score)?;
    range.from(entry)?;
    range.before(terms.window.closes)?;
    let limit = ramped(&terms.price, ramp, range.lower.since(entry));
    if price > limit {
        return Err(Refusal::AboveRamp { price, limit });
    }
    let winner = Leader {
        operator: slot.operator,
        index: slot.index,
        owner: slot.owner,
        price,
        resources: resources.to_vec(),
        merit: Merit::ZERO,
    };
    opened(context, terms, &winner, range.upper, Some(grid.treasury))
}
