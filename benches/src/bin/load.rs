//! Measures a head that is served, as its clients see it: `load [--json] [--quick] [--seed S]`.

#![expect(clippy::print_stdout, reason = "a command-line tool speaks to its terminal")]

use clap::Parser;
use demeter_benches::Outcome;
use demeter_benches::load::{Effort, measure};

/// Measures a head that is served, as its clients see it.
#[derive(Debug, Parser)]
#[command(name = "load")]
struct Arguments {
    /// Only see that it works: a few transactions, once
    #[arg(long)]
    quick: bool,
    /// What the market's history is drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON object for programs instead
    #[arg(long)]
    json: bool,
}

fn main() -> Outcome<()> {
    let Arguments { quick, seed, json } = Arguments::parse();
    let effort = if quick { Effort::quick(seed) } else { Effort::whole(seed) };
    let report = measure(&effort)?;
    if json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    Ok(())
}
