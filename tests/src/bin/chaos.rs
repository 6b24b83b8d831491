//! Has clients trade over connections that fail: `chaos --runs N --seed S`.

#![expect(clippy::print_stdout, reason = "a command-line tool speaks to its terminal")]

use std::process::ExitCode;

use clap::Parser;
use demeter_head::Arguments as Serving;
use demeter_tests::chaos::{Campaign, Findings};

/// Has clients trade over connections that fail, with servers that are killed, and looks at what they were told.
#[derive(Debug, Parser)]
#[command(name = "chaos", after_help = "With --serve first, it is demeter-head, and takes what that takes.")]
struct Arguments {
    /// How many runs
    #[arg(long, default_value_t = 500)]
    runs: u64,
    /// What they are drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON object for programs instead
    #[arg(long)]
    json: bool,
    /// Have clients that believe the first answer they hear: the findings must show it
    #[arg(long)]
    blind: bool,
}

fn main() -> ExitCode {
    let mut words = std::env::args();
    let name = words.next().unwrap_or_default();
    if std::env::args().nth(1).is_some_and(|word| word == "--serve") {
        return serve(std::iter::once(name).chain(words.skip(1)));
    }
    let Arguments { runs, seed, json, blind } = Arguments::parse();
    let (program, runtime) = match (std::env::current_exe(), tokio::runtime::Runtime::new()) {
        (Ok(program), Ok(runtime)) => (program, runtime),
        (Err(error), _) | (_, Err(error)) => {
            println!("this program cannot begin: {error}");
            return ExitCode::FAILURE;
        }
    };
    let findings = runtime.block_on(Campaign { runs, seed, is_blind: blind }.run(&program));
    if json {
        match serde_json::to_string_pretty(&findings) {
            Ok(text) => println!("{text}"),
            Err(error) => println!("{error}"),
        }
    } else {
        print(&findings);
    }
    if findings.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn serve(words: impl Iterator<Item = String>) -> ExitCode {
    match demeter_head::run(&Serving::parse_from(words), &mut std::io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn print(findings: &Findings) {
    let Findings { runs, seed, submitted, lost, doubled, misreported, undecided, .. } = findings;
    let Findings { confirmed, rejected, kills, connections, faults, .. } = findings;
    println!(
        "{runs} runs from seed {seed}: {kills} servers killed, {} connections, of which",
        connections.connections
    );
    println!(
        "{} were cut, {} truncated, {} half closed, {} stalled; {} messages came twice, {} parts late",
        connections.cut,
        connections.truncated,
        connections.half_closed,
        connections.stalled,
        connections.doubled,
        connections.late
    );
    println!("{submitted} submitted, {confirmed} told confirmed, {rejected} rejected, {undecided} undecided");
    for fault in faults {
        println!("  {fault}");
    }
    println!("{lost} lost, {doubled} doubled, {misreported} misreported");
}
