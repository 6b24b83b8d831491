//! Leases from their beginning to their end, in the order in which things fall due.

use demeter_core::{
    Amount, Count, Leased, OutputReference, RangeError, Slot, Span, Stage as SlotStage, Terms, Time,
};
use demeter_tx::market::Plan;

use crate::cast::{Cast, Party};
use crate::error::DemoError;
use crate::format;
use crate::keys;
use crate::report::LeaseLine;
use crate::settlement::{self, Extension};
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
    pub(crate) course: Course,
}

/// How a lease goes. What happens after so many periods happens half a period later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Course {
    /// After how many periods its operator changes its key.
    pub(crate) new_key: Option<u64>,
    /// After how many periods it is extended, and by how many.
    pub(crate) extended: Option<(u64, u64)>,
    pub(crate) ending: Ending,
}

/// How a lease ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It runs its course.
    Completed,
    /// Its application needs it no more.
    Closed { after: u64 },
    /// Its operator gives up.
    Resigned { after: u64 },
    /// Its operator has stopped serving, and the entities rule.
    Arbitrated { after: u64 },
}

impl Course {
    pub(crate) const COMPLETED: Self = Self::ending(Ending::Completed);

    /// Nothing happens before this.
    pub(crate) const fn ending(ending: Ending) -> Self {
        Self { new_key: None, extended: None, ending }
    }
}

impl Lease<'_> {
    /// What is charged on the price of the periods that were bought first.
    pub(crate) fn fee(&self) -> Result<Amount, RangeError> {
        self.terms.fee(self.terms.price_of_all(self.price)?)
    }

    /// When so many periods are over.
    pub(crate) fn after(&self, periods: u64) -> Result<Time, RangeError> {
        self.start.after(self.terms.term.period.checked_mul(periods)?)
    }

    /// Half a period later.
    fn amid(&self, periods: u64) -> Result<Time, RangeError> {
        let half = Span::from_milliseconds(self.terms.term.period.to_milliseconds() / 2)?;
        self.after(periods)?.after(half)
    }

    /// When it ends, or is ended.
    fn settles(&self) -> Result<Time, RangeError> {
        match self.course.ending {
            Ending::Completed => {
                let (_, more) = self.course.extended.unwrap_or_default();
                let periods = self.terms.term.periods.to_number().saturating_add(more);
                self.after(periods)?.after(self.terms.term.grace)
            }
            Ending::Closed { after } | Ending::Resigned { after } | Ending::Arbitrated { after } => {
                self.amid(after)
            }
        }
    }

    /// Its slot on the ledger, with what stands there of it.
    pub(crate) fn slot(&self, stage: &Stage) -> Result<(OutputReference, Slot, Box<Leased>), DemoError> {
        let (reference, slot) = stage.slot("leased", self.operator, |slot| slot.index == self.index)?;
        match slot.stage.clone() {
            SlotStage::Leased(leased) => Ok((reference, slot, leased)),
            _ => Err(DemoError::Missing { what: format!("lease of {}", self.bid) }),
        }
    }
}

/// Something that is due on a lease.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Claim,
    NewKey,
    Extend,
    Settle,
}

/// Runs leases to their ends; they are reported in the order in which they were opened.
pub(crate) fn run(
    stage: &mut Stage,
    cast: &Cast,
    leases: Vec<Lease<'_>>,
) -> Result<Vec<LeaseLine>, DemoError> {
    let mut agenda = Vec::new();
    for (number, lease) in leases.iter().enumerate() {
        agenda.extend(dues(lease)?.into_iter().map(|(time, due)| (time, due, number)));
    }
    agenda.sort_unstable();
    let mut lines: Vec<(usize, LeaseLine)> = Vec::new();
    let mut extensions = vec![Extension::default(); leases.len()];
    for (time, due, number) in agenda {
        let (Some(lease), Some(extension)) = (leases.get(number), extensions.get_mut(number)) else {
            continue;
        };
        stage.wait_until(time)?;
        match due {
            Due::Claim => claim(stage, cast, lease)?,
            Due::NewKey => keys::change(stage, cast, lease.operator)?,
            Due::Extend => *extension = extend(stage, cast, lease)?,
            Due::Settle => lines.push((number, settlement::settle(stage, cast, lease, *extension)?)),
        }
    }
    lines.sort_by_key(|(number, _)| *number);
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

/// What falls due on a lease, and when.
fn dues(lease: &Lease<'_>) -> Result<Vec<(Time, Due)>, RangeError> {
    let settles = lease.settles()?;
    let mut dues = vec![(settles, Due::Settle)];
    let half = lease.terms.term.periods.to_number() / 2;
    if half > 0 && lease.after(half)? < settles {
        dues.push((lease.after(half)?, Due::Claim));
    }
    if let Some(periods) = lease.course.new_key {
        dues.push((lease.amid(periods)?, Due::NewKey));
    }
    if let Some((periods, _)) = lease.course.extended {
        dues.push((lease.amid(periods)?, Due::Extend));
    }
    Ok(dues)
}

/// An operator draws pay half way.
fn claim(stage: &mut Stage, cast: &Cast, lease: &Lease<'_>) -> Result<(), DemoError> {
    let (slot_at, slot, _) = lease.slot(stage)?;
    let party = cast.operator(lease.operator)?.acting_as(slot.owner)?;
    let half = Count::from_number(lease.terms.term.periods.to_number() / 2)?;
    stage.act(format!("Claim {half} periods of {}", lease.bid), Plan::claim(slot_at, half), &[party])
}

/// Application and operator add periods, and the application pays for them.
fn extend(stage: &mut Stage, cast: &Cast, lease: &Lease<'_>) -> Result<Extension, DemoError> {
    let (_, more) = lease.course.extended.unwrap_or_default();
    let (slot_at, slot, _) = lease.slot(stage)?;
    let operator = cast.operator(lease.operator)?.acting_as(slot.owner)?;
    let (grid_at, _) = stage.grid()?;
    let before = (stage.purse(&cast.treasury)?, stage.purse(lease.application)?);
    let plan = Plan::extend(slot_at, grid_at, Count::from_number(more)?);
    stage.act(format!("Extend {} by {more} periods", lease.bid), plan, &[lease.application, operator])?;
    let charged = Amount::from_units(stage.purse(&cast.treasury)?.saturating_sub(before.0))?;
    let spent = before.1.saturating_sub(stage.purse(lease.application)?);
    let price = format::ada(spent.saturating_sub(charged.to_units()));
    let (bid, name) = (&lease.bid, &operator.name);
    stage.tell(format!(
        "{bid} is extended by {more} periods for {price}, signed by its application and {name}"
    ))?;
    Ok(Extension { periods: more, charged })
}
