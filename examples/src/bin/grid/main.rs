//! `grid`: the whole protocol on an embedded head, from bids to settled leases and changed records.
//!
//! Everything that it prints happened: transactions built, signed, and checked by the compiled Plutus scripts on a
//! ledger in this process. Time is virtual and all that is random comes from the seed, so the same arguments give the
//! same output. They do so too where the head is that of a node (`--head`), reached over hydra-node's API.
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
mod grid_file;
mod ground;
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

use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use demeter_examples::BidFile;

use crate::error::DemoError;
use crate::opening::Node;
use crate::print::Printer;
use crate::report::Report;
use crate::story::Plot;

/// The seed of examples/grid.toml.
const DEFAULT_SEED: u64 = 1;

/// Runs the whole protocol on a head, from bids to settled leases, and shows what happens.
///
/// The head is in this process, unless one is named that `demeter-head --grid examples/grid.toml --clock virtual --control`
/// serves: what happens is then the same.
#[derive(Debug, Parser)]
#[command(name = "grid", version)]
struct Arguments {
    /// Bid files, whose leases run their course; by default those in examples/bids, and all that can happen.
    bids: Vec<PathBuf>,
    /// What keys, prices and records are drawn from.
    #[arg(long, default_value_t = DEFAULT_SEED)]
    seed: u64,
    /// Show the largest transaction of each kind, rather than list every one with its id.
    #[arg(long)]
    brief: bool,
    /// Print one JSON object for programs instead.
    #[arg(long)]
    json: bool,
    /// Play on the head of this node, as in ws://127.0.0.1:4001. It is a demeter-head with a virtual clock that can be
    /// moved, and begins with the grid of --write-grid; examples/grid.toml is that of seed 1 and the demo's own bids.
    #[arg(long, value_name = "URL")]
    head: Option<String>,
    /// Write the file with which such a head begins for these bids and this seed, and do nothing else.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["head", "json", "brief"])]
    write_grid: Option<PathBuf>,
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
    if let Some(path) = &arguments.write_grid {
        let text = story::grid_file(&files, arguments.seed)?;
        let failed = |source| DemoError::GridFile { path: path.clone(), source };
        return fs::write(path, text).map(|()| true).map_err(failed);
    }
    let node = arguments.head.as_deref().map(|address| Node { address, advice: advice(arguments) });
    let report = story::run(&files, plot, arguments.seed, node)?;
    match print(&report, arguments) {
        // A reader that has seen enough, as `head` does, is no fault.
        Err(DemoError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {}
        printed => printed?,
    }
    Ok(report.conserved && report.audit.clean)
}

/// How to start a head that the demo can be run on with these arguments.
fn advice(arguments: &Arguments) -> String {
    let start = |file: &str| format!("demeter-head --grid {file} --clock virtual --control");
    if arguments.seed == DEFAULT_SEED && arguments.bids.is_empty() {
        return start("examples/grid.toml");
    }
    let bids: String = arguments.bids.iter().map(|bid| format!(" {}", bid.display())).collect();
    format!("grid --seed {}{bids} --write-grid FILE, then {}", arguments.seed, start("FILE"))
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
