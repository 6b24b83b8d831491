//! The audit of the head's own events: whether the rule makes each allocation that was made.

use demeter_core::TransactionId;
use demeter_tx::audit::Auditor;
use demeter_tx::head::Event;
use futures_executor::block_on;
use futures_util::StreamExt as _;

use crate::error::DemoError;
use crate::report::AuditLine;
use crate::stage::Stage;

/// Audits all that the head of a stage told, from what it held in the beginning to the last transaction.
pub(crate) fn of(stage: &mut Stage) -> Result<AuditLine, DemoError> {
    let (_, grid) = stage.grid()?;
    let composer = &stage.composer;
    let (scripts, clock) = (composer.contract().scripts(), composer.settings().clock);
    let mut auditor = Auditor::new(scripts, grid.id, clock, &stage.beginning).after(stage.first_snapshot());
    let last = stage.transactions.last().map(|line| line.id);
    while let Some(told) = block_on(stage.told.next()) {
        let event = match told {
            Ok(event) => event,
            Err(lagged) => {
                auditor.missed(lagged);
                continue;
            }
        };
        auditor.record(&event);
        if last.is_none_or(|last| confirms(&event, last)) {
            break;
        }
    }
    let report = auditor.report();
    Ok(AuditLine {
        clean: report.is_clean(),
        transactions: report.transactions,
        leads: report.leads.all(),
        allocations: report.allocations(),
        confirmed: report.awards.confirmed.saturating_add(report.takes.confirmed),
        findings: report.violations.saturating_add(report.gaps),
    })
}

fn confirms(event: &Event, id: TransactionId) -> bool {
    match event {
        Event::SnapshotConfirmed { transactions, .. } => transactions.iter().any(|one| one.id() == id),
        _ => false,
    }
}
