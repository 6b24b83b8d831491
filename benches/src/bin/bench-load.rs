//! Measures a head that is served, as its clients see it: `bench-load [--json] [--quick] [--seed S]`.

use clap::Parser;
use demeter_benches::load::{Effort, measure};
use demeter_benches::{Measuring, Outcome};

/// Measures a head that is served, as its clients see it.
#[derive(Debug, Parser)]
#[command(name = "bench-load")]
struct Arguments {
    #[command(flatten)]
    measuring: Measuring,
}

fn main() -> Outcome<()> {
    Arguments::parse().measuring.print([Effort::quick, Effort::whole], measure)
}
