//! `grid`: the whole protocol on an embedded head, from bids to settled leases and changed records.
//!
//! Everything that it prints happened: transactions built, signed, and checked by the compiled Plutus scripts on a
//! ledger in this process. Time is virtual and all that is random comes from the seed, so the same arguments give the
//! same output.
//!
//! Exit codes: 0 if nothing was lost and the audit is clean, 1 if not or if the demo could not go on, 2 if what the user
//! gave is wrong. A reader that stops reading (`grid | head -1`) changes nothing about that.

mod auction;
mod audit;
mod bids;
mod cast;
mod check;
mod contest;
mod departure;
mod error;
mod format;
mod history;
mod keys;
mod lease;
mod limits;
mod opening;
mod operator;
mod print;
mod race;
mod report;
mod settlement;
mod stage;
mod story;

use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use demeter_examples::BidFile;

use crate::error::DemoError;
use crate::print::Printer;
use crate::report::Report;
use crate::story::Plot;

/// Runs the whole protocol on an embedded head, from bids to settled leases, and shows what happens.
#[derive(Debug, Parser)]
#[command(name = "grid", version)]
struct Arguments {
    /// Bid files, whose leases run their course; by default those in examples/bids, and all that can happen.
    bids: Vec<PathBuf>,
    /// What keys, prices and records are drawn from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Show the largest transaction of each kind, rather than list every one with its id.
    #[arg(long)]
    brief: bool,
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

/// Runs the demo, prints its report, and says whether nothing was lost and the audit is clean.
///
/// Nothing is printed before all is done, so that a fault leaves nothing on standard output.
fn run(arguments: &Arguments) -> Result<bool, DemoError> {
    let (paths, plot) = match arguments.bids.as_slice() {
        [] => (story_paths(), Plot::Whole),
        own => (own.to_vec(), Plot::Own),
    };
    let files = paths.iter().map(BidFile::read).collect::<Result<Vec<_>, _>>()?;
    let report = story::run(&files, plot, arguments.seed)?;
    match print(&report, arguments) {
        // A reader that has seen enough, as `head` does, is no fault.
        Err(DemoError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {}
        printed => printed?,
    }
    Ok(report.conserved && report.audit.clean)
}

fn print(report: &Report, arguments: &Arguments) -> Result<(), DemoError> {
    let mut output = anstream::stdout().lock();
    if arguments.json {
        writeln!(output, "{}", serde_json::to_string_pretty(report)?)?;
    } else {
        let terminal = io::stdout().is_terminal();
        Printer::new(&mut output, terminal, !arguments.brief).print_report(report)?;
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

/// The bid files that come with the demo.
fn story_paths() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("bids");
    story::BIDS.iter().map(|(name, _)| folder.join(name).with_extension("yaml")).collect()
}
