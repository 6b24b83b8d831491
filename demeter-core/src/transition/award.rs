//! Award: the leader gets the lease.

use super::lease::opened;
use super::{Held, Outcome, Refusal, context::Context};
use crate::limits::LATE_AWARD;
use crate::{Bid, State};

pub(super) fn award(context: Context<'_>, primary: &Held<State>, bid: &Bid) -> Result<Outcome, Refusal> {
    let range = context.range()?;
    context.others(0, "a bid alone")?;
    let terms = &bid.terms;
    let leader = bid.leader.as_ref().ok_or(Refusal::NotLed)?;
    context.holds(primary, &terms.grid)?;
    range.from(terms.window.settles)?;
    // So late that a grid which nobody can read any more must not hold up the award.
    let late = terms.window.settles.after(LATE_AWARD).is_ok_and(|late| range.lower >= late);
    let treasury = if late { None } else { Some(context.grid(&terms.grid)?.treasury) };
    opened(context, terms, leader, range.upper, treasury)
}
