//! Cancel: an application takes its bid back.

use super::{Outcome, Refusal, context::Context};
use crate::{Bid, Method};

pub(super) fn cancel(context: Context<'_>, bid: &Bid) -> Result<Outcome, Refusal> {
    context.others(0, "a bid alone")?;
    let terms = &bid.terms;
    if bid.leader.is_some() {
        return Err(Refusal::Led);
    }
    context.signed_by("application", terms.application)?;
    if matches!(terms.method, Method::Auction { .. }) {
        let range = context.range()?;
        let (opens, settles) = (terms.window.opens, terms.window.settles);
        if range.before(opens).is_err() && range.from(settles).is_err() {
            return Err(Refusal::AuctionIsOn { opens, settles });
        }
    }
    // What was the bid's is the application's: where it goes is for whoever signs to say.
    Ok(Outcome::default())
}
