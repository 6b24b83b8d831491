//! The audit of the head's own events: whether the rule makes each allocation that was made.

use demeter_tx::audit::Auditor;
use demeter_tx::head::{EventSequence, SnapshotNumber};
use futures_executor::block_on;
use futures_util::{StreamExt as _, TryStreamExt as _};

use crate::error::DemoError;
use crate::report::AuditLine;
use crate::stage::Stage;

/// Audits all that the head of a stage told, from what it was opened with.
pub(crate) fn of(stage: &Stage) -> Result<AuditLine, DemoError> {
    let told = stage.head.events_from(EventSequence::default())?;
    let count = usize::try_from(stage.head.next_event().to_number()).unwrap_or(usize::MAX);
    let events: Vec<_> = block_on(told.take(count).try_collect())?;
    let (_, grid) = stage.grid()?;
    let composer = &stage.composer;
    let (scripts, clock) = (composer.contract().scripts(), composer.settings().clock);
    let auditor = Auditor::new(scripts, grid.id, clock, &stage.beginning).after(SnapshotNumber::default());
    let report = auditor.audit(&events).report;
    Ok(AuditLine {
        clean: report.is_clean(),
        transactions: report.transactions,
        leads: report.leads.all(),
        allocations: report.allocations(),
        confirmed: report.awards.confirmed.saturating_add(report.takes.confirmed),
        findings: report.violations.saturating_add(report.gaps),
    })
}
