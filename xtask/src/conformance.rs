//! `cargo xtask conformance`: hydra's golden samples against our types of its API, and against its own schema.

use std::path::Path;

use serde::Deserialize;

use crate::{
    error::Error,
    process,
    report::Report,
    test,
    workspace::{Build, Workspace},
};

/// What the tests' own program found.
#[derive(Debug, Deserialize)]
struct Outcome {
    samples: u64,
    read: u64,
    equal: u64,
    validated: u64,
    known: u64,
    schema_violations: u64,
    failures: Vec<String>,
}

/// Judges the samples and shows what came of it; without the corpus there is nothing to judge, which is an error.
pub(crate) fn run(workspace: &Workspace, json: bool) -> Result<(), Error> {
    let shared = test::shared()?.ok_or_else(|| Error::Check("DEMETER_SHARED is not set".into()))?;
    let text = judge(workspace, &shared)?;
    let outcome = read(&text)?;
    if json {
        print!("{text}");
    } else {
        outcome.show();
    }
    if outcome.failures.is_empty() { Ok(()) } else { Err(Error::Reported) }
}

/// The suite `conformance`: each sample counts as one test; without the corpus, the whole is one that is skipped.
pub(crate) fn suite(workspace: &Workspace) -> Report {
    Report::measure("conformance", || {
        let Some(shared) = test::shared()? else {
            let note = "DEMETER_SHARED is not set: hydra's samples are not judged".to_owned();
            return Ok(Report { skipped: 1, note: Some(note), ..Report::new("conformance") });
        };
        process::announce("judging hydra's golden samples");
        let outcome = read(&judge(workspace, &shared)?)?;
        outcome.show();
        Ok(outcome.report())
    })
}

fn judge(workspace: &Workspace, shared: &Path) -> Result<String, Error> {
    let mut command = workspace.program("conformance", Build::Quick);
    let (text, success) = process::capture_any(command.env("DEMETER_SHARED", shared))?;
    // Failures are in the text; without one, the program itself has failed.
    if text.is_empty() { success.map(|()| text) } else { Ok(text) }
}

fn read(text: &str) -> Result<Outcome, Error> {
    let what = || "the output of `conformance`".into();
    serde_json::from_str(text).map_err(|source| Error::Json { what: what(), source })
}

impl Outcome {
    fn report(&self) -> Report {
        let failed = self.failures.len() as u64;
        Report {
            // No sample at all would be no proof.
            failed: failed.max(u64::from(self.samples == 0)),
            passed: self.samples.saturating_sub(failed),
            note: Some(self.summary()),
            ..Report::new("conformance")
        }
    }

    fn summary(&self) -> String {
        let Self { samples, read, equal, validated, known, schema_violations, .. } = self;
        format!(
            "of {samples} samples {read} read, {equal} equal after a round trip; {validated} held against the schema: \
             {schema_violations} violations beside {known} known disagreements"
        )
    }

    fn show(&self) {
        for failure in &self.failures {
            println!("{failure}");
        }
        println!("{}", self.summary());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(samples: u64, failures: &[&str]) -> Outcome {
        let text = serde_json::json!({
            "samples": samples, "read": samples, "equal": 2, "validated": 2, "known": 1, "schema_violations": 0,
            "failures": failures,
        });
        read(&text.to_string()).unwrap()
    }

    #[test]
    fn each_failure_is_counted() {
        let report = outcome(3, &["TxValid.json 0: not equal"]).report();
        assert_eq!((report.passed, report.failed), (2, 1));
        assert_eq!(
            report.note.as_deref(),
            Some(
                "of 3 samples 3 read, 2 equal after a round trip; 2 held against the schema: 0 violations beside 1 \
                 known disagreements"
            )
        );
    }

    #[test]
    fn no_sample_is_a_failure() {
        assert_eq!(outcome(0, &[]).report().failed, 1);
        assert_eq!(outcome(3, &[]).report().failed, 0);
    }
}
