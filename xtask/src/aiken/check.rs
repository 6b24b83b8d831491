//! The contracts' own tests: `aiken check`, which reports in JSON when no terminal is listening.

use serde::{Deserialize, Serialize};

use super::Aiken;
use crate::{error::Error, process, report::Report, workspace::Workspace};

/// With which traces the contracts are compiled.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Traces {
    /// As when developing: a refusal says why.
    Verbose,
    /// As released.
    Silent,
}

impl Traces {
    /// Aiken's word for it.
    pub(crate) const fn level(self) -> &'static str {
        match self {
            Self::Verbose => "verbose",
            Self::Silent => "silent",
        }
    }
}

/// What `aiken check` reports.
#[derive(Debug, Deserialize)]
pub(crate) struct Check {
    summary: Summary,
    modules: Vec<Module>,
}

#[derive(Debug, Deserialize)]
struct Summary {
    passed: u64,
    failed: u64,
}

#[derive(Debug, Deserialize)]
struct Module {
    name: String,
    tests: Vec<Test>,
}

#[derive(Debug, Deserialize)]
struct Test {
    title: String,
    status: String,
    /// Absent for a property test, which has no one figure.
    execution_units: Option<Units>,
    assertion: Option<String>,
    counterexample: Option<serde_json::Value>,
    #[serde(default)]
    traces: Vec<String>,
}

/// What a run costs.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Units {
    /// Units of memory.
    pub(crate) mem: u64,
    /// Steps.
    pub(crate) cpu: u64,
}

impl Check {
    /// How many tests failed.
    pub(crate) const fn failed(&self) -> u64 {
        self.summary.failed
    }

    /// The cost of each unit test, as `module.test`.
    pub(crate) fn units(&self) -> impl Iterator<Item = (String, Units)> {
        self.modules.iter().flat_map(|module| {
            let cost = |test: &Test| Some((format!("{}.{}", module.name, test.title), test.execution_units?));
            module.tests.iter().filter_map(cost)
        })
    }

    /// A paragraph for each test that failed.
    fn failures(&self) -> impl Iterator<Item = String> {
        self.modules.iter().flat_map(|module| {
            let failed = module.tests.iter().filter(|test| test.status != "pass");
            failed.map(|test| describe(&module.name, test))
        })
    }
}

fn describe(module: &str, test: &Test) -> String {
    let mut lines = vec![format!("FAILED {module}.{}", test.title)];
    lines.extend(test.assertion.iter().flat_map(|text| text.lines()).map(|line| format!("    {line}")));
    lines.extend(test.counterexample.iter().map(|value| format!("    counterexample: {value}")));
    lines.extend(test.traces.iter().map(|trace| format!("    trace: {trace}")));
    lines.join("\n")
}

/// Runs the contracts' tests.
pub(crate) fn check(workspace: &Workspace, seed: u32, traces: Traces) -> Result<Check, Error> {
    let aiken = Aiken::ready(workspace)?;
    let mut command = aiken.command(workspace);
    command.args(["check", "--seed", &seed.to_string(), "--trace-level", traces.level()]);
    let (report, success) = process::capture_any(&mut command)?;
    if report.trim().is_empty() {
        return Err(if success.is_ok() { Error::NoContractTests } else { Error::NoContractReport });
    }
    let check: Check = read(&report)?;
    // A failing test makes aiken fail too; any other failure would be lost in the counts.
    if check.failed() == 0 {
        success?;
    }
    Ok(check)
}

fn read(report: &str) -> Result<Check, Error> {
    let check: Check = serde_json::from_str(report)
        .map_err(|source| Error::Json { what: "the report of `aiken check`".into(), source })?;
    if check.summary.passed + check.summary.failed == 0 {
        return Err(Error::NoContractTests);
    }
    Ok(check)
}

/// The suite `aiken`.
pub(crate) fn suite(workspace: &Workspace, seed: u32) -> Report {
    Report::measure("aiken", || {
        process::announce(&format!("testing the contracts, with seed {seed}"));
        let check = check(workspace, seed, Traces::Verbose)?;
        for failure in check.failures() {
            println!("{failure}");
        }
        let Summary { passed, failed } = check.summary;
        Ok(Report { passed, failed, ..Report::new("aiken") })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = r#"{
        "seed": 7,
        "summary": { "total": 3, "passed": 2, "failed": 1, "kind": { "unit": 2, "property": 1 } },
        "modules": [{
            "name": "demeter/rule",
            "summary": { "total": 3, "passed": 2, "failed": 1, "kind": { "unit": 2, "property": 1 } },
            "tests": [
                { "title": "doubles", "status": "pass", "on_failure": "fail_immediately",
                  "execution_units": { "mem": 200, "cpu": 16100 } },
                { "title": "prop_doubles", "status": "pass", "on_failure": "fail_immediately",
                  "iterations": 100, "counterexample": null },
                { "title": "sad", "status": "fail", "on_failure": "fail_immediately",
                  "execution_units": { "mem": 15719, "cpu": 3615317 },
                  "assertion": "x expected\n| 4", "traces": ["boo: 3"] }
            ]
        }]
    }"#;

    #[test]
    fn the_counts_are_aikens() {
        let check = read(REPORT).unwrap();
        assert_eq!((check.summary.passed, check.failed()), (2, 1));
    }

    #[test]
    fn only_unit_tests_have_units() {
        let check = read(REPORT).unwrap();
        let units: Vec<_> = check.units().collect();
        assert_eq!(units[0], ("demeter/rule.doubles".into(), Units { mem: 200, cpu: 16100 }));
        assert_eq!(units.len(), 2);
    }

    #[test]
    fn a_failure_is_told_with_its_assertion_and_traces() {
        let failures: Vec<_> = read(REPORT).unwrap().failures().collect();
        assert_eq!(failures, ["FAILED demeter/rule.sad\n    x expected\n    | 4\n    trace: boo: 3"]);
    }

    #[test]
    fn no_tests_is_an_error() {
        let report = r#"{ "summary": { "passed": 0, "failed": 0 }, "modules": [] }"#;
        assert!(matches!(read(report), Err(Error::NoContractTests)));
    }
}
