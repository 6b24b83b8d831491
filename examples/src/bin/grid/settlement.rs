//! How a lease ends: who gets what, and what the operator's record says afterwards.

use demeter_core::limits::FEE_ADA;
use demeter_core::rule::score;
use demeter_core::{Amount, Leased, OutputReference, RangeError, Settled, Stage as SlotStage};
use demeter_tx::market::{Plan, Ruling};

use crate::cast::{Cast, Party};
use crate::error::DemoError;
use crate::format;
use crate::lease::{Ending, Lease};
use crate::report::{LeaseEnd, LeaseLine, RecordLine, RulingLine};
use crate::stage::Stage;

/// What was added to a lease.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Extension {
    pub(crate) periods: u64,
    /// What went to the treasury for it: the fee, and what an output needs to stand.
    pub(crate) charged: Amount,
}

/// What the protocol says a lease gives to whom when it ends this way.
struct Due {
    /// Of the price, to the operator, with what it has claimed.
    paid: Amount,
    /// Of the price, back to the application.
    left: Amount,
    /// Of the bond, to the application.
    slashed: Amount,
    /// Where the entities rule, what they say.
    ruling: Option<Ruling>,
}

impl Due {
    fn of(lease: &Lease<'_>, leased: &Leased) -> Result<Self, RangeError> {
        let bought = leased.periods.to_number();
        let price_of = |periods: u64| leased.price.checked_mul(periods.min(bought));
        let (served, slashed) = match lease.course.ending {
            Ending::Completed => (bought, Amount::ZERO),
            // The period that has begun is paid.
            Ending::Closed { after } => (after + 1, Amount::ZERO),
            Ending::Resigned { after } => (after, leased.bond),
            Ending::Arbitrated { after } => (after, Amount::from_units(leased.bond.to_units() / 4 * 3)?),
        };
        let paid = price_of(served)?;
        let left = price_of(bought)?.checked_sub(paid)?;
        let ruling = match lease.course.ending {
            Ending::Arbitrated { .. } => {
                let unclaimed = paid.checked_sub(price_of(leased.claimed.to_number())?)?;
                Some(Ruling { paid: unclaimed, slashed, broken: left })
            }
            _ => None,
        };
        Ok(Self { paid, left, slashed, ruling })
    }
}

/// Ends a lease, has it reported, and empties the slot's purse.
pub(crate) fn settle(
    stage: &mut Stage,
    cast: &Cast,
    lease: &Lease<'_>,
    extension: Extension,
) -> Result<LeaseLine, DemoError> {
    let (slot_at, slot, leased) = lease.slot(stage)?;
    let operator = cast.operator(lease.operator)?.acting_as(slot.owner)?;
    let due = Due::of(lease, &leased)?;
    let before = stage.purse(lease.application)?;
    end(stage, cast, lease, operator, slot_at, &due)?;
    let back = stage.purse(lease.application)?.saturating_sub(before);
    let settled = settled(stage, lease)?;
    tell(stage, lease, operator, &due)?;
    // Whoever has something to tell reports it; anyone could.
    let reporter = if lease.course.ending == Ending::Completed { operator } else { lease.application };
    let record = report(stage, lease, operator, reporter, &settled)?;
    let (purse_at, _) = stage.slot("idle", lease.operator, |slot| slot.index == lease.index)?;
    stage.act(format!("Collect {}", lease.bid), Plan::collect(purse_at), &[operator])?;

    let first_fee = lease.fee()?;
    let fee = lease.terms.fee(leased.price.checked_mul(leased.periods.to_number())?)?;
    let added = fee.checked_sub(first_fee)?.to_units();
    let topped_up = Amount::from_units(extension.charged.to_units().saturating_sub(added))?;
    let beside = if first_fee == Amount::ZERO { topped_up } else { FEE_ADA.checked_add(topped_up)? };
    let line = LeaseLine {
        bid: lease.bid.clone(),
        application: lease.application.name.clone(),
        operator: operator.name.clone(),
        number: lease.operator,
        start: lease.start,
        end: settled.at.min(lease.after(leased.periods.to_number())?),
        ended: lease_end(lease.course.ending),
        price: leased.price,
        periods: leased.periods,
        extended: extension.periods,
        claimed: leased.claimed,
        paid: due.paid,
        left: due.left,
        slashed: due.slashed,
        back: Amount::from_units(back)?,
        bond: leased.bond,
        fee,
        beside,
        kept: settled.kept,
        broken: settled.broken,
        ruling: due.ruling.map(|Ruling { paid, slashed, broken }| RulingLine { paid, slashed, broken }),
        score_before: record.score_before,
        score_after: record.score_after,
    };
    stage.records.push(record);
    Ok(line)
}

const fn lease_end(ending: Ending) -> LeaseEnd {
    match ending {
        Ending::Completed => LeaseEnd::Completed,
        Ending::Closed { .. } => LeaseEnd::Closed,
        Ending::Resigned { .. } => LeaseEnd::Resigned,
        Ending::Arbitrated { .. } => LeaseEnd::Arbitrated,
    }
}

/// The transaction that ends a lease.
fn end(
    stage: &mut Stage,
    cast: &Cast,
    lease: &Lease<'_>,
    operator: &Party,
    slot_at: OutputReference,
    due: &Due,
) -> Result<(), DemoError> {
    let bid = &lease.bid;
    match (lease.course.ending, due.ruling) {
        (Ending::Closed { .. }, _) => {
            stage.act(format!("Close {bid}"), Plan::close(slot_at), &[lease.application])
        }
        (Ending::Resigned { .. }, _) => {
            stage.act(format!("Resign {bid}"), Plan::resign(slot_at), &[operator])
        }
        (Ending::Arbitrated { .. }, Some(ruling)) => {
            let (grid_at, _) = stage.grid()?;
            let entities: Vec<&Party> = cast.entities.iter().take(2).collect();
            stage.act(format!("Arbitrate {bid}"), Plan::arbitrate(slot_at, grid_at, ruling), &entities)
        }
        _ => stage.act(format!("Complete {bid}"), Plan::complete(slot_at), &[operator]),
    }
}

/// What stands in the slot now.
fn settled(stage: &Stage, lease: &Lease<'_>) -> Result<Settled, DemoError> {
    let (_, slot) = stage.slot("settled", lease.operator, |slot| slot.index == lease.index)?;
    match slot.stage {
        SlotStage::Settled(settled) => Ok(settled),
        _ => Err(DemoError::Missing { what: format!("settlement of {}", lease.bid) }),
    }
}

/// The slot's settlement goes into the operator's record.
fn report(
    stage: &mut Stage,
    lease: &Lease<'_>,
    operator: &Party,
    reporter: &Party,
    settled: &Settled,
) -> Result<RecordLine, DemoError> {
    let (grid_at, grid) = stage.grid()?;
    let now = stage.now()?;
    let (record_at, before) = stage.operator(lease.operator)?;
    let (slot_at, _) = stage.slot("settled", lease.operator, |slot| slot.index == lease.index)?;
    stage.act(format!("Report {}", lease.bid), Plan::report(record_at, slot_at, grid_at), &[reporter])?;
    let (_, after) = stage.operator(lease.operator)?;
    Ok(RecordLine {
        time: now,
        operator: operator.name.clone(),
        lease: lease.bid.clone(),
        kept: settled.kept,
        broken: settled.broken,
        fulfilled: after.reputation.fulfilled,
        breached: after.reputation.breached,
        score_before: score(&grid, &before.reputation, now).to_millionths(),
        score_after: score(&grid, &after.reputation, now).to_millionths(),
    })
}

fn tell(stage: &mut Stage, lease: &Lease<'_>, operator: &Party, due: &Due) -> Result<(), DemoError> {
    let ada = |amount: Amount| format::ada(amount.to_units());
    let (bid, name) = (&lease.bid, &operator.name);
    let (paid, left, slashed) = (ada(due.paid), ada(due.left), ada(due.slashed));
    stage.tell(match lease.course.ending {
        Ending::Completed => format!("{bid} is completed by {name}: {paid} paid"),
        Ending::Closed { .. } => {
            format!("{bid} is closed by its application: {paid} paid for the periods begun, {left} back")
        }
        Ending::Resigned { .. } => {
            format!("{name} resigns from {bid}: {paid} paid, {left} and the bond of {slashed} to the application")
        }
        Ending::Arbitrated { .. } => {
            let bond = ada(lease.terms.bond);
            format!(
                "two entities rule on {bid}: {paid} paid to {name}, {slashed} of its bond of {bond} slashed, {left} count as broken"
            )
        }
    })
}
