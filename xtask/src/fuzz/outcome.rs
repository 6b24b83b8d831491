//! What a run of a target came to, read from what the fuzzer says.

use std::fmt;

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) target: &'static str,
    pub(super) passed: bool,
    /// How many inputs were tried.
    runs: u64,
    /// In a second.
    rate: u64,
    /// How many edges of the code were reached.
    edges: u64,
    /// How many inputs are kept, as each reached something new.
    kept: u64,
}

impl Outcome {
    /// Reads the fuzzer's output: lines of progress such as `#9 DONE cov: 5 ft: 6 corp: 3/9b ...`, then figures.
    pub(super) fn read(target: &'static str, passed: bool, log: &str) -> Self {
        let figure = |name: &str| {
            let line = log.lines().rev().find_map(|line| line.strip_prefix("stat::")?.strip_prefix(name));
            line.and_then(|line| line.trim_start_matches(':').trim().parse().ok()).unwrap_or(0)
        };
        let progress = |name: &str| {
            let (_, rest) = log.lines().rev().find_map(|line| line.strip_prefix('#')?.split_once(name))?;
            rest.trim_start().split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
        };
        Self {
            target,
            passed,
            runs: figure("number_of_executed_units"),
            rate: figure("average_exec_per_sec"),
            edges: progress(" cov:").unwrap_or(0),
            kept: progress(" corp:").unwrap_or(0),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { target, runs, rate, edges, kept, .. } = self;
        let verdict = if self.passed { "ok" } else { "FAILED" };
        write!(f, "fuzz {target}: {verdict}, {runs} runs, {rate} a second, {edges} edges, {kept} inputs kept")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read() {
        let log = "INFO: Seed: 1\n#2\tINITED cov: 7 ft: 8 corp: 1/1b exec/s: 0 rss: 30Mb\n\
                   #4096\tDONE   cov: 12 ft: 19 corp: 5/23b lim: 4096 exec/s: 2048 rss: 31Mb\n\
                   Done 4096 runs in 2 second(s)\nstat::number_of_executed_units: 4096\n\
                   stat::average_exec_per_sec:     2048\nstat::new_units_added:           4\n";
        let outcome = Outcome::read("datum", true, log);
        assert_eq!(outcome.to_string(), "fuzz datum: ok, 4096 runs, 2048 a second, 12 edges, 5 inputs kept");
    }

    #[test]
    fn a_run_that_says_nothing_has_no_figures() {
        let outcome = Outcome::read("rule", false, "error: could not compile\n");
        assert_eq!(outcome.to_string(), "fuzz rule: FAILED, 0 runs, 0 a second, 0 edges, 0 inputs kept");
    }
}
