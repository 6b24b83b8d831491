//! `grid`: three auctions on an embedded head, from bid to paid lease.
//!
//! Everything that it prints happened: transactions built, signed, and checked by the compiled Plutus scripts on a
//! ledger in this process. Time is virtual and all that is random comes from the seed, so the same arguments give the
//! same output.

mod cast;
mod check;
mod error;
mod flow;
mod lease;
mod opening;
mod operator;
mod print;
mod report;
mod stage;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use demeter_examples::BidFile;

use crate::error::DemoError;
use crate::print::Printer;
use crate::report::Report;

/// Runs three auctions on an embedded head, from bid to paid lease, and shows what happens.
#[derive(Debug, Parser)]
#[command(name = "grid", version)]
struct Arguments {
    /// Bid files; by default the three in examples/bids.
    bids: Vec<PathBuf>,
    /// What keys, prices and records are drawn from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON object for programs instead.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(report) if report.conserved => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            anstream::eprintln!("grid: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(arguments: &Arguments) -> Result<Report, DemoError> {
    let bids = bid_paths(&arguments.bids).iter().map(BidFile::read).collect::<Result<Vec<_>, _>>()?;
    let mut printer = Printer::new(arguments.json);
    let report = flow::run(bids, arguments.seed, &mut printer)?;
    printer.finish(&report)?;
    Ok(report)
}

/// The bid files asked for, or those that come with the demo.
fn bid_paths(asked: &[PathBuf]) -> Vec<PathBuf> {
    if !asked.is_empty() {
        return asked.to_vec();
    }
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("bids");
    ["shop", "nightly-report", "trainer"].map(|name| folder.join(name).with_extension("yaml")).to_vec()
}
