//! Compares the two script machines: `cargo xtask machines` calls this.
//!
//! `machines CASES SEED` prints one object of JSON: of CASES transactions and steps of a market, and a tenth as many
//! programs around each builtin and calls of each function of the rule; of every mutant, and of the golden vectors.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks to its terminal")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "it plays a test's scenario"
)]

use std::process::ExitCode;

use demeter_core::Asset;
use demeter_tests::machines::{
    Tally, builtins, corners, differential, functions, mutants, rules, transactions, verdicts, walk,
};
use demeter_tx::SignedTransaction;
use serde_json::json;

#[path = "../../tests/slice/audit.rs"]
mod audit;
#[path = "../../tests/slice/fixture.rs"]
#[expect(dead_code, reason = "others look closer at what happened")]
mod fixture;
#[path = "../../tests/slice/story.rs"]
mod story;

/// How many transactions there are for each program around a builtin, and each call of a function.
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
    verdicts(&mut tally, seed);
    golden(&mut tally, seed);
    differential(&mut tally, cases, seed);
    walk(&mut tally, cases, seed);
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

/// The golden transactions, with the story that they are taken from.
fn golden(tally: &mut Tally, seed: u64) {
    let opening = fixture::Ledger::open(&Asset::Lovelace);
    let ledger = story::Story::whole(Asset::Lovelace).ledger;
    let story: Vec<SignedTransaction> =
        ledger.recorded.into_iter().map(|recorded| recorded.transaction).collect();
    transactions(tally, opening.composer.settings(), opening.utxos(), &story, seed);
}

fn usage() -> ExitCode {
    eprintln!("machines CASES SEED");
    ExitCode::from(2)
}
