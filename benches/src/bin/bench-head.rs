//! Measures how many transactions a head validates per second: `bench-head [--json] [--quick] [--seed S]`.

use clap::Parser;
use demeter_benches::head::{Effort, measure};
use demeter_benches::{Measuring, Outcome};

/// Measures how many transactions a head validates per second.
#[derive(Debug, Parser)]
#[command(name = "bench-head")]
struct Arguments {
    #[command(flatten)]
    measuring: Measuring,
}

fn main() -> Outcome<()> {
    Arguments::parse().measuring.print([Effort::quick, Effort::whole], measure)
}
