//! Every sample read, written, compared and validated.

use std::collections::BTreeSet;

use serde::Serialize;

use super::exact::Exact;
use super::known::KNOWN;
use super::samples::{Sample, parameters, reading, samples};
use super::schema::{Api, Violation};

/// What came of it.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// How many samples there are.
    pub samples: u64,
    /// How many were read.
    pub read: u64,
    /// How many came out equal.
    pub equal: u64,
    /// How many were held against a schema.
    pub validated: u64,
    /// How many kinds of disagreement between samples and schema are known.
    pub known: u64,
    /// How often a sample breaks the schema in a way that is not known.
    pub schema_violations: u64,
    /// What is wrong, each on a line.
    pub failures: Vec<String>,
}

/// Reads, writes, compares and validates every sample.
pub fn run() -> Outcome {
    let api = Api::read();
    let mut outcome = Outcome { known: KNOWN.len() as u64, ..Outcome::default() };
    let mut met = BTreeSet::new();
    for sample in samples().into_iter().chain([parameters()]) {
        outcome.samples += 1;
        if let Err(failure) = judge(&api, &sample, &mut outcome, &mut met) {
            outcome.failures.push(format!("{} {}: {failure}", sample.file, sample.position));
        }
    }
    let stale = (0..KNOWN.len()).filter(|index| !met.contains(index)).map(|index| {
        let known = &KNOWN[index];
        format!("{} at {:?} no longer breaks the schema: take it from the list", known.schema, known.place)
    });
    outcome.failures.extend(stale);
    outcome
}

fn judge(api: &Api, sample: &Sample, outcome: &mut Outcome, met: &mut BTreeSet<usize>) -> Result<(), String> {
    let reading = reading(&sample.file).ok_or("nobody has said what it is read as")?;
    let written = (reading.round_trip)(&sample.raw).map_err(|error| error.to_string())?;
    outcome.read += 1;
    if let Some(difference) = Exact::of(sample.raw.as_text()).difference(&Exact::of(&written)) {
        return Err(format!("not equal after a round trip at {difference}"));
    }
    outcome.equal += 1;
    let Some(schema) = &reading.schema else { return Ok(()) };
    outcome.validated += 1;
    let (name, value) = schema.apply(&sample.raw);
    let violations = unknown(&name, api.violations(&name, &value), met);
    outcome.schema_violations += violations.len() as u64;
    match violations.first() {
        None => Ok(()),
        Some(Violation { place, fault }) => Err(format!("breaks {name} at {place:?}: {fault}")),
    }
}

/// The violations that are not on the list; those that are, are met.
fn unknown(schema: &str, violations: Vec<Violation>, met: &mut BTreeSet<usize>) -> Vec<Violation> {
    let is_known = |violation: &Violation| {
        let known = KNOWN.iter().position(|known| {
            known.schema == schema && known.place == violation.place && violation.fault.ends_with(known.fault)
        });
        known.is_some_and(|index| {
            met.insert(index);
            true
        })
    };
    let mut is_known = is_known;
    violations.into_iter().filter(|violation| !is_known(violation)).collect()
}
