//! An auction: offers, leads, and the award to the best.

use demeter_core::rule::{Rank, score};
use demeter_core::{BidName, Leader, Method, Stage as SlotStage, explain};
use demeter_tx::market::Plan;

use crate::bids::Asked;
use crate::cast::Cast;
use crate::error::DemoError;
use crate::format;
use crate::lease::Lease;
use crate::operator::{Answer, Declined};
use crate::report::{AuctionLine, DeclinedLine, OfferLine};
use crate::stage::Stage;

/// An offer of the demo.
pub(crate) struct Made {
    leader: Leader,
    score: u64,
}

/// Whether a bid is an auction.
pub(crate) fn is_auction(bid: &Asked<'_>) -> bool {
    matches!(bid.terms.method, Method::Auction { .. })
}

/// Every operator that can answers the bid.
pub(crate) fn collect_offers(
    stage: &mut Stage,
    cast: &Cast,
    bid: &Asked<'_>,
) -> Result<(Vec<Made>, Vec<DeclinedLine>), DemoError> {
    let (mut made, mut declined) = (Vec::new(), Vec::new());
    let name = bid.terms.name();
    let (grid_at, grid) = stage.grid()?;
    for (record_at, record) in stage.operators()? {
        let number = record.number;
        let operator = cast.operator(number)?;
        let Answer { price, resources } = match operator.answer(&bid.terms, &record, &grid) {
            Ok(answer) => answer,
            Err(Declined::Range(error)) => return Err(error.into()),
            Err(why) => {
                let operator = operator.party.name.clone();
                declined.push(DeclinedLine { operator, why: why.to_string(), fault: why.fault() });
                continue;
            }
        };
        let (slot_at, slot) = stage.slot("idle", number, |slot| slot.stage == SlotStage::Idle)?;
        let (bid_at, _) = stage.bid(name)?;
        let plan = Plan::offer(slot_at, bid_at, record_at, grid_at, price, resources);
        let party = operator.acting_as(slot.owner)?;
        stage.act(format!("Offer {} on {}", party.name, bid.name), plan, &[party])?;
        let (_, slot) = stage.slot("offered", number, |slot| is_offer_on(slot, name))?;
        let score = score(&grid, &record.reputation, bid.terms.window.opens).to_millionths();
        made.extend(leader(&slot).map(|leader| Made { leader, score }));
    }
    Ok((made, declined))
}

fn is_offer_on(slot: &demeter_core::Slot, bid: BidName) -> bool {
    matches!(&slot.stage, SlotStage::Offered(offered) if offered.bid == bid)
}

/// The offer of a slot as it would lead its bid.
fn leader(slot: &demeter_core::Slot) -> Option<Leader> {
    match &slot.stage {
        SlotStage::Offered(offered) => Some(Leader::of(slot, offered)),
        _ => None,
    }
}

/// Each operator in turn takes the lead if its offer is better than the one that leads.
pub(crate) fn take_the_lead(
    stage: &mut Stage,
    cast: &Cast,
    bid: &Asked<'_>,
    made: &[Made],
) -> Result<Vec<String>, DemoError> {
    let name = bid.terms.name();
    let mut taken = Vec::new();
    for offer in made {
        let (bid_at, state) = stage.bid(name)?;
        if state.leader.is_some_and(|leader| !Rank::better(&name, &offer.leader, &leader)) {
            continue;
        }
        let number = offer.leader.operator;
        let (slot_at, slot) = stage.slot("offered", number, |slot| is_offer_on(slot, name))?;
        let party = cast.operator(number)?.acting_as(slot.owner)?;
        stage.act(format!("Lead {} with {}", bid.name, party.name), Plan::lead(bid_at, slot_at), &[party])?;
        taken.push(party.name.clone());
    }
    Ok(taken)
}

/// The leader gets the lease; the others' offers become idle again.
pub(crate) fn award<'a>(
    stage: &mut Stage,
    cast: &Cast,
    bid: &Asked<'a>,
    made: &[Made],
    declined: Vec<DeclinedLine>,
    leads: Vec<String>,
) -> Result<(AuctionLine, Lease<'a>), DemoError> {
    let name = bid.terms.name();
    let (bid_at, state) = stage.bid(name)?;
    let leader =
        state.leader.ok_or_else(|| DemoError::Missing { what: format!("leader of {}", bid.name) })?;
    let winner = cast.operator(leader.operator)?.acting_as(leader.owner)?;
    let (grid_at, _) = stage.grid()?;
    let start = stage.before()?;
    stage.act(format!("Award {} to {}", bid.name, winner.name), Plan::award(bid_at, grid_at), &[winner])?;
    let price = format::ada(leader.price.to_units());
    stage.tell(format!("{} is awarded to {} at {price} a period", bid.name, winner.name))?;
    for offer in made.iter().filter(|offer| offer.leader.operator != leader.operator) {
        let number = offer.leader.operator;
        // An ousted leader is idle already.
        let Ok((slot_at, slot)) = stage.slot("offered", number, |slot| is_offer_on(slot, name)) else {
            continue;
        };
        let party = cast.operator(number)?.acting_as(slot.owner)?;
        stage.act(format!("Withdraw {} from {}", party.name, bid.name), Plan::withdraw(slot_at), &[party])?;
    }
    let all: Vec<Leader> = made.iter().map(|offer| offer.leader.clone()).collect();
    let offers = explain(&bid.terms, &all)?
        .into_iter()
        .map(|standing| {
            let needs = bid.terms.request.needs.iter().map(|need| need.name.to_string());
            let amounts = standing.offer.resources.iter().map(|amount| amount.to_units());
            let score =
                made.iter().find(|offer| offer.leader == standing.offer).map_or(0, |offer| offer.score);
            Ok(OfferLine {
                operator: cast.operator(standing.offer.operator)?.party.name.clone(),
                price: standing.offer.price,
                resources: needs.zip(amounts).collect(),
                cheapness: standing.cheapness.to_millionths(),
                fit: standing.fit.to_millionths(),
                score,
                merit: standing.offer.merit.to_points(),
                verdict: standing.verdict,
                why: standing.verdict.to_string(),
            })
        })
        .collect::<Result<Vec<_>, DemoError>>()?;
    let line = AuctionLine {
        bid: bid.name.clone(),
        offers,
        declined,
        leads,
        winner: winner.name.clone(),
        price: leader.price,
    };
    let lease = Lease {
        bid: bid.name.clone(),
        application: bid.application,
        operator: leader.operator,
        index: leader.index,
        price: leader.price,
        terms: bid.terms.clone(),
        start,
        course: bid.course(),
    };
    Ok((line, lease))
}
