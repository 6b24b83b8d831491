//! Compares the two script machines: `cargo xtask machines` calls this.
//!
//! `machines CASES SEED` prints one object of JSON: of CASES transactions, and a tenth as many programs around each
//! builtin, calls of each function of the rule, and steps of a market.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks to its terminal")]

use std::process::ExitCode;

use demeter_tests::machines::{Tally, builtins, corners, differential, functions, mutants, rules, walk};
use serde_json::json;

/// How many transactions there are for each program around a builtin.
const TRANSACTIONS: u64 = 10;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [cases, seed] = arguments.as_slice() else { return usage() };
    let (Ok(cases), Ok(seed)) = (cases.parse::<u64>(), seed.parse()) else { return usage() };
    let mut tally = Tally::default();
    // What panics in a machine is caught there, and says nothing that is not counted.
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic.location().is_some_and(|place| place.file().starts_with("tests")) {
            usual(panic);
        }
    }));
    let small = cases.div_ceil(TRANSACTIONS);
    corners(&mut tally, seed);
    builtins(&mut tally, small, seed);
    functions(&mut tally, small, seed);
    rules(&mut tally, small, seed);
    mutants(&mut tally, seed);
    differential(&mut tally, cases, seed);
    walk(&mut tally, small, seed);
    let misfits = tally.against_the_list();
    let Tally { groups, causes, disagreements, .. } = tally;
    println!(
        "{:#}",
        json!({
            "cases": cases, "seed": seed, "groups": groups, "causes": causes, "disagreements": disagreements,
            "misfits": misfits
        })
    );
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    eprintln!("machines CASES SEED");
    ExitCode::from(2)
}
