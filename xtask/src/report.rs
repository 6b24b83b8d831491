//! What a suite came to, and the closing table.

use std::time::{Duration, Instant};

use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};

use crate::error::Error;

/// What one suite came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) suite: String,
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
    /// Whether skipping is no failure even where nothing may be skipped, as what it needs is not ours to install.
    pub(crate) may_skip: bool,
    pub(crate) took: Duration,
    /// Why it failed or was skipped, where the counts do not say.
    pub(crate) note: Option<String>,
}

impl Report {
    /// A suite with nothing counted yet.
    pub(crate) fn new(suite: impl Into<String>) -> Self {
        Self {
            suite: suite.into(),
            passed: 0,
            failed: 0,
            skipped: 0,
            may_skip: false,
            took: Duration::ZERO,
            note: None,
        }
    }

    /// A suite that came to no count of its own: it counts as one failure, never as nothing.
    pub(crate) fn broken(suite: impl Into<String>, why: impl ToString) -> Self {
        Self { failed: 1, note: Some(why.to_string()), ..Self::new(suite) }
    }

    /// Runs a suite, measures it and turns its error into a failure, so that the other suites still run.
    pub(crate) fn measure(suite: &str, body: impl FnOnce() -> Result<Self, Error>) -> Self {
        let start = Instant::now();
        let report = body().unwrap_or_else(|error| Self::broken(suite, error));
        Self { took: start.elapsed(), ..report }
    }

    const fn outcome(&self) -> &'static str {
        match (self.failed, self.skipped) {
            (0, 0) => "ok",
            (0, _) => "skipped some",
            _ => "FAILED",
        }
    }
}

/// Prints the table and, last, the closing line; fails when something failed, or, where `strict`, was skipped.
pub(crate) fn close(reports: &[Report], strict: bool) -> Result<(), Error> {
    close_with(reports, None, strict)
}

/// The same with a remark on the whole before the closing line.
pub(crate) fn close_with(reports: &[Report], remark: Option<&str>, strict: bool) -> Result<(), Error> {
    let passed: u64 = reports.iter().map(|report| report.passed).sum();
    let failed: u64 = reports.iter().map(|report| report.failed).sum();
    let skipped: u64 = reports.iter().map(|report| report.skipped).sum();
    let refused = strict && reports.iter().any(|report| report.skipped > 0 && !report.may_skip);

    println!("\n{}\n", table(reports));
    for report in reports {
        if let Some(note) = &report.note {
            println!("{}: {note}", report.suite);
        }
    }
    if let Some(remark) = remark {
        println!("{remark}");
    }
    if refused {
        println!("where CI=true nothing may be skipped");
    }
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    if failed > 0 || refused { Err(Error::Reported) } else { Ok(()) }
}

fn table(reports: &[Report]) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    table.set_header(["suite", "passed", "failed", "skipped", "seconds", "outcome"]);
    for report in reports {
        table.add_row([
            report.suite.clone(),
            report.passed.to_string(),
            report.failed.to_string(),
            report.skipped.to_string(),
            format!("{:.1}", report.took.as_secs_f64()),
            report.outcome().to_owned(),
        ]);
    }
    for column in table.column_iter_mut().skip(1).take(4) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(failed: u64, skipped: u64) -> Report {
        Report { passed: 3, failed, skipped, ..Report::new("demeter-core") }
    }

    #[test]
    fn the_table_has_a_row_for_each_suite() {
        let text = table(&[report(0, 0), Report::broken("aiken", "does not compile")]).to_string();
        assert!(text.lines().any(|line| line.starts_with("| demeter-core |      3 |      0 |")), "{text}");
        assert!(
            text.lines().any(|line| line.starts_with("| aiken ") && line.ends_with("| FAILED  |")),
            "{text}"
        );
    }

    #[test]
    fn a_failure_fails() {
        assert!(close(&[report(0, 0)], true).is_ok());
        assert!(matches!(close(&[report(0, 0), report(1, 0)], false), Err(Error::Reported)));
    }

    #[test]
    fn a_skipped_test_fails_only_where_strict() {
        assert!(close(&[report(0, 1)], false).is_ok());
        assert!(matches!(close(&[report(0, 1)], true), Err(Error::Reported)));
        let excused = Report { may_skip: true, ..report(0, 1) };
        assert!(close(std::slice::from_ref(&excused), true).is_ok());
        assert!(matches!(close(&[excused, report(0, 1)], true), Err(Error::Reported)));
    }

    #[test]
    fn a_suite_that_errs_is_one_failure() {
        let report = Report::measure("units", || Err(Error::NoContractTests));
        assert_eq!((report.failed, report.note.as_deref()), (1, Some("aiken found no test in validators/")));
    }
}
