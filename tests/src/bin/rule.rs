//! Compares each function of the rule with the contract's on many inputs: `cargo xtask rule` calls this.
//!
//! `rule INPUTS SEED` prints one object of JSON.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks to its terminal")]

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use demeter_tests::rule::{FUNCTIONS, Inputs, Outcome};
use serde_json::{Map, Value, json};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [count, seed] = arguments.as_slice() else { return usage() };
    let (Ok(count), Ok(seed)) = (count.parse(), seed.parse()) else { return usage() };
    let outcomes = compare(Inputs { count, seed });
    let inputs: u64 = outcomes.iter().map(|(_, outcome)| outcome.clone().unwrap_or(0)).sum();
    let functions: Map<String, Value> = outcomes
        .into_iter()
        .map(|(name, outcome)| {
            (name.to_owned(), json!({ "inputs": outcome.clone().unwrap_or(0), "failure": outcome.err() }))
        })
        .collect();
    println!("{:#}", json!({ "inputs": inputs, "seed": seed, "functions": functions }));
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    eprintln!("rule INPUTS SEED");
    ExitCode::from(2)
}

/// Compares the functions, each on one thread.
fn compare(inputs: Inputs) -> Vec<(&'static str, Outcome)> {
    let (next, outcomes) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((name, compare)) = FUNCTIONS.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = compare(inputs);
                    outcomes.lock().unwrap_or_else(PoisonError::into_inner).push((*name, outcome));
                }
            });
        }
    });
    outcomes.into_inner().unwrap_or_else(PoisonError::into_inner)
}
