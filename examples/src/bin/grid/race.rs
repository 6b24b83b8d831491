//! A race: it goes to whoever comes first, and who may come when depends on records and prices.

use demeter_core::rule::{entry, score};
use demeter_core::{Amount, Count, Method, PriceRange, Quantity, RangeError, Span, Stage as SlotStage, Time};
use demeter_tx::market::Plan;

use crate::bids::Asked;
use crate::cast::Cast;
use crate::error::DemoError;
use crate::format;
use crate::lease::Lease;
use crate::operator::{Answer, Declined};
use crate::report::{ContenderLine, DeclinedLine, Fault, RaceLine};
use crate::stage::{Stage, VALIDITY};

/// An operator that would take a race.
pub(crate) struct Contender {
    operator: Count,
    price: Amount,
    resources: Vec<Quantity>,
    /// In millionths.
    score: u64,
    /// When its record lets it in.
    enters: Time,
    /// When the price has risen to what it asks for, and it has seen so.
    comes: Time,
}

impl Contender {
    pub(crate) const fn comes(&self) -> Time {
        self.comes
    }
}

/// The operators that would take a race in the order in which they come, and those that would not.
pub(crate) fn contenders(
    stage: &Stage,
    cast: &Cast,
    bid: &Asked<'_>,
) -> Result<(Vec<Contender>, Vec<DeclinedLine>), DemoError> {
    let Method::Race { head_start, ramp } = bid.terms.method else {
        return Ok(Default::default());
    };
    let (_, grid) = stage.grid()?;
    let window = bid.terms.window;
    let (mut contenders, mut declined) = (Vec::new(), Vec::new());
    for (_, record) in stage.operators()? {
        let operator = cast.operator(record.number)?;
        let name = operator.party.name.clone();
        let Answer { price, resources } = match operator.answer(&bid.terms, &record, &grid) {
            Ok(answer) => answer,
            Err(Declined::Range(error)) => return Err(error.into()),
            Err(why) => {
                declined.push(DeclinedLine { operator: name, why: why.to_string(), fault: why.fault() });
                continue;
            }
        };
        let score = score(&grid, &record.reputation, window.opens);
        let enters = entry(window.opens, head_start, score)?;
        let comes = enters.after(rise(&bid.terms.price, ramp, price)?)?.after(operator.reaction)?;
        // A transaction begins with a slot, so up to one is lost.
        if comes.after(Span::from_seconds(VALIDITY + 1)?)? > window.closes {
            let late = format::span(comes.since(window.opens).to_milliseconds());
            let why = format!("would come {late} after the opening, when the bid is about to close");
            declined.push(DeclinedLine { operator: name, why, fault: Fault::TooLate });
            continue;
        }
        let score = score.to_millionths();
        contenders.push(Contender { operator: record.number, price, resources, score, enters, comes });
    }
    contenders.sort_by_key(|contender| (contender.comes, contender.operator));
    Ok((contenders, declined))
}

/// How long the price takes to rise from the floor to what is asked for.
fn rise(range: &PriceRange, ramp: Span, price: Amount) -> Result<Span, RangeError> {
    let above = u128::from(price.to_units().saturating_sub(range.floor.to_units()));
    let width = u128::from(range.ceiling.to_units().saturating_sub(range.floor.to_units()));
    // INVARIANT: the factors are below 2^63.
    Span::try_from((above * u128::from(ramp.to_milliseconds())).div_ceil(width.max(1)))
}

/// The first of the contenders takes the race.
pub(crate) fn take<'a>(
    stage: &mut Stage,
    cast: &Cast,
    bid: &Asked<'a>,
    contenders: &[Contender],
    declined: Vec<DeclinedLine>,
) -> Result<(RaceLine, Lease<'a>), DemoError> {
    let first =
        contenders.first().ok_or_else(|| DemoError::Missing { what: format!("winner of {}", bid.name) })?;
    let winner = cast.operator(first.operator)?;
    stage.wait_until(first.comes)?;
    let (grid_at, _) = stage.grid()?;
    let (record_at, _) = stage.operator(first.operator)?;
    let (bid_at, _) = stage.bid(bid.terms.name())?;
    let (slot_at, slot) = stage.slot("idle", first.operator, |slot| slot.stage == SlotStage::Idle)?;
    let start = stage.before()?;
    let plan = Plan::take(bid_at, slot_at, record_at, grid_at, first.price, first.resources.clone());
    let name = &winner.party.name;
    stage.act(format!("Take {} by {name}", bid.name), plan, &[winner.acting_as(slot.owner)?])?;
    let opens = bid.terms.window.opens;
    let price = format::ada(first.price.to_units());
    stage.tell(format!("{name} comes first to {} and takes it at {price} a period", bid.name))?;
    let line = |contender: &Contender| {
        Ok(ContenderLine {
            operator: cast.operator(contender.operator)?.party.name.clone(),
            price: contender.price,
            score: contender.score,
            enters: contender.enters.since(opens),
            comes: contender.comes.since(opens),
        })
    };
    let race = RaceLine {
        bid: bid.name.clone(),
        contenders: contenders.iter().map(line).collect::<Result<_, DemoError>>()?,
        declined,
        winner: name.clone(),
        price: first.price,
    };
    let lease = Lease {
        bid: bid.name.clone(),
        application: bid.application,
        operator: first.operator,
        index: slot.index,
        price: first.price,
        terms: bid.terms.clone(),
        start,
        course: bid.course(),
    };
    Ok((race, lease))
}
