//! Sorts the closing lines of test programs by package.

use std::time::{Duration, Instant};

use super::Programs;
use crate::{error::Error, libtest::Line, report::Report};

/// Sorts closing lines by package.
pub(super) struct Tally {
    reports: Vec<Report>,
    programs: Programs,
    /// The programs that have not been seen to end.
    unfinished: Programs,
    current: Option<Section>,
}

struct Section {
    package: String,
    what: String,
    start: Instant,
    ended: bool,
}

impl Tally {
    /// Expects these packages, and these programs to run.
    pub(super) fn new(packages: &[String], programs: &Programs) -> Self {
        Self {
            reports: packages.iter().map(Report::new).collect(),
            programs: programs.clone(),
            unfinished: programs.clone(),
            current: None,
        }
    }

    /// Takes in one line.
    pub(super) fn take<'a>(&mut self, line: &Line<'_>, package_of_library: impl Fn(&str) -> Option<&'a str>) {
        match line {
            Line::Program(file) => {
                let package = self.programs.get(*file).cloned();
                self.unfinished.remove(*file);
                self.open(package, file);
            }
            Line::Documentation(library) => {
                self.open(
                    package_of_library(library).map(str::to_owned),
                    &format!("documentation of {library}"),
                );
            }
            Line::Result(counts) => {
                let Some(section) = self.current.as_mut() else { return };
                section.ended = true;
                let package = section.package.clone();
                self.with(&package, |report| {
                    report.passed += counts.passed;
                    report.failed += counts.failed;
                    report.skipped += counts.ignored;
                });
            }
        }
    }

    fn open(&mut self, package: Option<String>, what: &str) {
        self.end_section();
        self.current = package.map(|package| Section {
            package,
            what: what.to_owned(),
            start: Instant::now(),
            ended: false,
        });
    }

    fn end_section(&mut self) {
        let Some(section) = self.current.take() else { return };
        let took = section.start.elapsed();
        self.with(&section.package, |report| {
            report.took = report.took.saturating_add(took);
            // A program that aborts prints no closing line.
            if !section.ended {
                report.failed += 1;
                report.note = Some(format!("{} ended early", section.what));
            }
        });
    }

    fn with(&mut self, package: &str, change: impl FnOnce(&mut Report)) {
        if let Some(report) = self.reports.iter_mut().find(|report| report.suite == package) {
            change(report);
        }
    }

    /// The reports, with a failure for whatever was expected and did not come.
    pub(super) fn close(mut self, end: &Result<(), Error>) -> Vec<Report> {
        self.end_section();
        for (file, package) in std::mem::take(&mut self.unfinished) {
            self.with(&package, |report| {
                report.failed += 1;
                report.note = Some(format!("{file} did not run"));
            });
        }
        let packages: Vec<_> = self.programs.values().cloned().collect();
        for report in self.reports.iter_mut().filter(|report| !packages.contains(&report.suite)) {
            report.failed += 1;
            report.note = Some("has no test program".into());
        }
        // Whatever else cargo failed on must not be lost: it did not test what it was asked to.
        let counted = self.reports.iter().any(|report| report.failed > 0);
        if let (Err(error), false) = (end, counted) {
            self.reports.push(Report { took: Duration::ZERO, ..Report::broken("rust", error) });
        }
        self.reports
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::libtest::Counts;

    fn programs() -> Programs {
        let core = |file: &str| (file.to_owned(), "demeter-core".to_owned());
        BTreeMap::from([core("demeter_core-1"), core("codec-2")])
    }

    fn passed(passed: u64) -> Line<'static> {
        Line::Result(Counts { passed, failed: 0, ignored: 1 })
    }

    fn tally(lines: &[Line<'_>], end: &Result<(), Error>) -> Vec<Report> {
        let mut tally = Tally::new(&["demeter-core".to_owned()], &programs());
        for line in lines {
            tally.take(line, |library| (library == "demeter_core").then_some("demeter-core"));
        }
        tally.close(end)
    }

    #[test]
    fn unit_integration_and_documentation_tests_add_up() {
        let lines = [
            Line::Program("demeter_core-1"),
            passed(4),
            Line::Program("codec-2"),
            passed(2),
            Line::Documentation("demeter_core"),
            passed(1),
            passed(1),
        ];
        let reports = tally(&lines, &Ok(()));
        assert_eq!(reports.len(), 1);
        assert_eq!((reports[0].passed, reports[0].failed, reports[0].skipped), (8, 0, 4));
        assert_eq!(reports[0].note, None);
    }

    #[test]
    fn a_program_that_aborts_is_a_failure() {
        let lines = [Line::Program("demeter_core-1"), Line::Program("codec-2"), passed(2)];
        let reports = tally(&lines, &Ok(()));
        assert_eq!((reports[0].passed, reports[0].failed), (2, 1));
        assert_eq!(reports[0].note.as_deref(), Some("demeter_core-1 ended early"));
    }

    #[test]
    fn a_program_that_does_not_run_is_a_failure() {
        let reports = tally(&[Line::Program("codec-2"), passed(2)], &Ok(()));
        assert_eq!(reports[0].failed, 1);
        assert_eq!(reports[0].note.as_deref(), Some("demeter_core-1 did not run"));
    }

    #[test]
    fn a_failure_of_cargo_itself_is_kept() {
        let lines = [Line::Program("demeter_core-1"), passed(1), Line::Program("codec-2"), passed(2)];
        let reports = tally(&lines, &Err(Error::Reported));
        assert_eq!(reports.last().map(|report| (report.suite.as_str(), report.failed)), Some(("rust", 1)));
    }
}
