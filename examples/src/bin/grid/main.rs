//! `grid`: three auctions on an embedded head, from bid to paid lease.
//!
//! Everything that it prints happened: transactions built, signed, and checked by the compiled Plutus scripts on a
//! ledger in this process. Time is virtual and all that is random comes from the seed, so the same arguments give the
//! same output.
//!
//! Exit codes: 0 if nothing was lost, 1 if something was or if the demo could not go on, 2 if what the user gave is
//! wrong. A reader that stops reading (`grid | head -1`) changes nothing about that.

mod cast;
mod check;
mod error;
mod flow;
mod lease;
mod limits;
mod opening;
mod operator;
mod print;
mod report;
mod stage;

use std::io::{self, IsTerminal as _, Write as _};
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
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // Where nobody can be told, the exit code still tells.
            let _ = writeln!(anstream::stderr(), "grid: {}", one_line(&error.to_string()));
            ExitCode::from(error.exit_code())
        }
    }
}

/// Runs the demo, prints its report, and says whether nothing was lost.
///
/// Nothing is printed before all is done, so that a fault leaves nothing on standard output.
fn run(arguments: &Arguments) -> Result<bool, DemoError> {
    let files = bid_paths(&arguments.bids).iter().map(BidFile::read).collect::<Result<Vec<_>, _>>()?;
    let report = flow::run(files, arguments.seed)?;
    match print(&report, arguments.json) {
        // A reader that has seen enough, as `head` does, is no fault.
        Err(DemoError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {}
        printed => printed?,
    }
    Ok(report.conserved)
}

fn print(report: &Report, json: bool) -> Result<(), DemoError> {
    let mut output = anstream::stdout().lock();
    if json {
        writeln!(output, "{}", serde_json::to_string_pretty(report)?)?;
    } else {
        Printer::new(&mut output, io::stdout().is_terminal()).print_report(report)?;
    }
    Ok(output.flush()?)
}

/// A message without what would break its line or steer a terminal: bid files may hold anything.
fn one_line(message: &str) -> String {
    let escaped = |character: char| {
        if character.is_control() { character.escape_default().to_string() } else { character.to_string() }
    };
    message.chars().map(escaped).collect()
}

/// The bid files asked for, or those that come with the demo.
fn bid_paths(asked: &[PathBuf]) -> Vec<PathBuf> {
    if !asked.is_empty() {
        return asked.to_vec();
    }
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("bids");
    ["shop", "nightly-report", "trainer"].map(|name| folder.join(name).with_extension("yaml")).to_vec()
}
