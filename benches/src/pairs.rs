//! Pairs of measurements and the ratios between them.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::SystemTime;

use criterion::{Bencher, BenchmarkId, Criterion};
use serde::Deserialize;

/// What Demeter's side of a pair is called.
const OURS: &str = "demeter";

/// Measures pairs, one after the other, and remembers them.
pub struct Pairs {
    criterion: Criterion,
    folder: PathBuf,
    begun: SystemTime,
    pairs: Vec<Pair>,
}

struct Pair {
    group: String,
    case: String,
    beside: &'static str,
}

/// What criterion keeps of a measurement.
#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

/// In nanoseconds.
#[derive(Clone, Copy, Deserialize)]
struct Estimate {
    point_estimate: f64,
    confidence_interval: Interval,
}

#[derive(Clone, Copy, Deserialize)]
struct Interval {
    lower_bound: f64,
    upper_bound: f64,
}

impl Pairs {
    /// Measures with a criterion that keeps what it finds in this folder.
    pub fn new(criterion: Criterion, folder: PathBuf) -> Self {
        let criterion = criterion.output_directory(&folder);
        Self { criterion, folder, begun: SystemTime::now(), pairs: Vec::new() }
    }

    /// Measures what Demeter does, then what it is held against.
    pub fn compare(
        &mut self,
        group: &str,
        case: &str,
        ours: impl FnMut(&mut Bencher<'_>),
        (beside, theirs): (&'static str, impl FnMut(&mut Bencher<'_>)),
    ) {
        let mut benches = self.criterion.benchmark_group(group);
        benches.bench_function(BenchmarkId::new(OURS, case), ours);
        benches.bench_function(BenchmarkId::new(beside, case), theirs);
        benches.finish();
        self.pairs.push(Pair { group: group.to_owned(), case: case.to_owned(), beside });
    }

    /// Prints the ratio of each pair of which this run measured both.
    ///
    /// # Errors
    /// It cannot be printed, or criterion writes other files than it did.
    pub fn finish(self, output: &mut impl Write) -> io::Result<()> {
        self.criterion.final_summary();
        for pair in &self.pairs {
            let [ours, theirs] = [OURS, pair.beside].map(|name| self.estimate(pair, name));
            if let (Some(ours), Some(theirs)) = (ours?, theirs?) {
                let Pair { group, case, beside } = pair;
                writeln!(output, "{:<32} {}", format!("{group} {case}"), verdict(ours, beside, theirs))?;
            }
        }
        output.flush()
    }

    /// What this run measured; none where it did not, as in smoke runs or for what a filter leaves out.
    fn estimate(&self, pair: &Pair, name: &str) -> io::Result<Option<Estimate>> {
        let file = self.folder.join(&pair.group).join(name).join(&pair.case).join("new/estimates.json");
        match fs::metadata(&file) {
            Ok(metadata) if metadata.modified()? >= self.begun => {
                let Estimates { median } = serde_json::from_slice(&fs::read(&file)?)?;
                Ok(Some(median))
            }
            _ => Ok(None),
        }
    }
}

/// How many times as fast or as long, with the range that both confidence intervals leave.
fn verdict(ours: Estimate, beside: &str, theirs: Estimate) -> String {
    let faster = ours.point_estimate <= theirs.point_estimate;
    let (less, more) = if faster { (ours, theirs) } else { (theirs, ours) };
    let ratio = more.point_estimate / less.point_estimate;
    let lowest = more.confidence_interval.lower_bound / less.confidence_interval.upper_bound;
    let highest = more.confidence_interval.upper_bound / less.confidence_interval.lower_bound;
    let (times, how) = (time(ours.point_estimate), if faster { "as fast" } else { "as long" });
    format!("{times:>10}   {ratio:7.2} times {how} as {beside} ({lowest:.2} to {highest:.2})")
}

fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        ..1e3 => format!("{nanoseconds:.0} ns"),
        ..1e6 => format!("{:.2} us", nanoseconds / 1e3),
        _ => format!("{:.2} ms", nanoseconds / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(point_estimate: f64, lower_bound: f64, upper_bound: f64) -> Estimate {
        Estimate { point_estimate, confidence_interval: Interval { lower_bound, upper_bound } }
    }

    #[test]
    fn ratios_say_which_way() {
        let (short, long) = (estimate(400.0, 390.0, 420.0), estimate(2_000.0, 1_900.0, 2_100.0));
        assert_eq!(
            verdict(short, "pallas", long),
            "    400 ns      5.00 times as fast as pallas (4.52 to 5.38)"
        );
        assert_eq!(
            verdict(long, "evaluation", short),
            "   2.00 us      5.00 times as long as evaluation (4.52 to 5.38)"
        );
    }
}
