//! Leases: claimed half way, completed after their end, reported and collected.

use demeter_core::rule::score;
use demeter_core::{Amount, Count, RangeError, Stage as SlotStage, Terms, Time};
use demeter_tx::market::Plan;

use crate::cast::{Cast, Party};
use crate::error::DemoError;
use crate::report::LeaseLine;
use crate::stage::Stage;

/// A lease that was opened.
pub(crate) struct Lease<'a> {
    pub(crate) bid: String,
    pub(crate) application: &'a Party,
    pub(crate) operator: Count,
    pub(crate) index: Count,
    /// For a period.
    pub(crate) price: Amount,
    pub(crate) terms: Terms,
    pub(crate) start: Time,
}

impl Lease<'_> {
    /// What all periods cost.
    pub(crate) fn pay(&self) -> Result<Amount, RangeError> {
        self.terms.price_of_all(self.price)
    }

    /// What is charged on that.
    pub(crate) fn fee(&self) -> Result<Amount, RangeError> {
        self.terms.fee(self.pay()?)
    }

    /// When so many periods are over.
    fn after(&self, periods: u64) -> Result<Time, RangeError> {
        self.start.after(self.terms.term.period.checked_mul(periods)?)
    }

    fn end_of_grace(&self) -> Result<Time, RangeError> {
        self.after(self.terms.term.periods.to_number())?.after(self.terms.term.grace)
    }
}

/// Something that is due on a lease.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Claim,
    Settle,
}

/// Runs leases to their ends, in the order in which things fall due.
pub(crate) fn run(
    stage: &mut Stage,
    cast: &Cast,
    leases: Vec<Lease<'_>>,
) -> Result<Vec<LeaseLine>, DemoError> {
    let mut agenda = Vec::new();
    for (number, lease) in leases.iter().enumerate() {
        let half = lease.terms.term.periods.to_number() / 2;
        if half > 0 {
            agenda.push((lease.after(half)?, Due::Claim, number));
        }
        agenda.push((lease.end_of_grace()?, Due::Settle, number));
    }
    agenda.sort_unstable();
    let mut lines: Vec<(usize, LeaseLine)> = Vec::new();
    for (time, due, number) in agenda {
        let Some(lease) = leases.get(number) else { continue };
        stage.wait_until(time)?;
        match due {
            Due::Claim => claim(stage, cast, lease)?,
            Due::Settle => lines.push((number, settle(stage, cast, lease)?)),
        }
    }
    lines.sort_by_key(|(number, _)| *number);
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

fn operator<'c>(cast: &'c Cast, lease: &Lease<'_>) -> Result<&'c Party, DemoError> {
    usize::try_from(lease.operator.to_number())
        .ok()
        .and_then(|index| cast.operators.get(index))
        .map(|operator| &operator.party)
        .ok_or_else(|| DemoError::Missing { what: format!("operator {}", lease.operator) })
}

fn slot(stage: &Stage, lease: &Lease<'_>) -> Result<demeter_core::OutputReference, DemoError> {
    let (reference, _) = stage.slot("leased", lease.operator, |slot| slot.index == lease.index)?;
    Ok(reference)
}

fn claim(stage: &mut Stage, cast: &Cast, lease: &Lease<'_>) -> Result<(), DemoError> {
    let party = operator(cast, lease)?;
    let half = Count::from_number(lease.terms.term.periods.to_number() / 2)?;
    let plan = Plan::claim(slot(stage, lease)?, half);
    stage.act(format!("Claim {half} periods of {}", lease.bid), plan, &[party])
}

/// Ends a lease, has it reported, and empties the slot's purse.
fn settle(stage: &mut Stage, cast: &Cast, lease: &Lease<'_>) -> Result<LeaseLine, DemoError> {
    let party = operator(cast, lease)?;
    let Lease { bid, .. } = lease;
    let (_, grid) = stage.grid()?;
    let score_of = |stage: &Stage| -> Result<u64, DemoError> {
        let (_, record) = stage.operator(lease.operator)?;
        Ok(score(&grid, &record.reputation, stage.now()?).to_millionths())
    };
    let score_before = score_of(stage)?;
    let complete = Plan::complete(slot(stage, lease)?);
    stage.act(format!("Complete {bid}"), complete, &[party])?;
    let (slot_at, settled) = stage.slot("settled", lease.operator, |slot| slot.index == lease.index)?;
    let paid = match settled.stage {
        SlotStage::Settled(settled) => settled.kept,
        _ => Amount::ZERO,
    };
    let (record_at, _) = stage.operator(lease.operator)?;
    let (grid_at, _) = stage.grid()?;
    stage.act(format!("Report {bid}"), Plan::report(record_at, slot_at, grid_at), &[party])?;
    let score_after = score_of(stage)?;
    let collect = Plan::collect(slot(stage, lease)?);
    stage.act(format!("Collect {bid}"), collect, &[party])?;
    Ok(LeaseLine {
        bid: bid.clone(),
        operator: party.name.clone(),
        start: lease.start,
        end: lease.after(lease.terms.term.periods.to_number())?,
        paid,
        fee: lease.fee()?,
        score_before,
        score_after,
    })
}
