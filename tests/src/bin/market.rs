//! Runs a market of many agents on one head: `market --operators N --applications N --seed S`.

#![expect(clippy::print_stdout, reason = "a command-line tool speaks to its terminal")]

use std::panic::resume_unwind;
use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use clap::Parser;
use demeter_tests::market::{Findings, Market};

/// Runs a market of many agents on one head. Fails where something is wrong, and where something that a market of 30
/// operators and 200 applications sees never happened.
#[derive(Debug, Parser)]
#[command(name = "market")]
struct Arguments {
    /// How many operators, at most 64
    #[arg(long, default_value_t = 30)]
    operators: usize,
    /// How many applications, each with one order
    #[arg(long, default_value_t = 200)]
    applications: usize,
    /// What they and all that happens are drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Run it twice, and see whether the end and all before it are the same
    #[arg(long)]
    twice: bool,
    /// Print one JSON object for programs instead
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let Arguments { operators, applications, seed, twice, json } = Arguments::parse();
    let start = Instant::now();
    let run = || Market::draw(operators, applications, seed).run();
    // Side by side: neither may know of the other, and two threads take as long as one.
    let (mut findings, again) = thread::scope(|scope| {
        let again = twice.then(|| scope.spawn(run));
        (run(), again.map(|again| again.join().unwrap_or_else(|panic| resume_unwind(panic))))
    });
    if again.is_some_and(|again| again != findings) {
        findings.faults.push(format!("seed {seed} gives another market the second time"));
    }
    if json {
        match serde_json::to_string_pretty(&findings) {
            Ok(text) => println!("{text}"),
            Err(error) => println!("{error}"),
        }
    } else {
        print(&findings);
        println!("in {:.1} s", start.elapsed().as_secs_f64());
    }
    let is_whole = findings.faults.is_empty() && findings.missing.is_empty();
    if is_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn print(findings: &Findings) {
    let Findings { seed, operators, applications, seconds, turns, counted, killed, .. } = findings;
    let hours = *seconds as f64 / 3_600.0;
    println!(
        "{operators} operators and {applications} applications from seed {seed}: {hours:.1} hours, {turns} turns"
    );
    println!("{} transactions, {} signed by several:", findings.transactions(), counted.cosigned);
    for (name, count) in &counted.transactions {
        println!("  {name}: {count}");
    }
    println!("leases, by how their operators were chosen:");
    for (method, count) in &counted.leases {
        println!("  {method}: {count}");
    }
    println!("{} orders served; given up:", findings.served);
    for (reason, count) in &findings.given_up {
        println!("  {reason}: {count}");
    }
    println!("{} tries overtaken by others' transactions", findings.stale);
    println!(
        "{} killed while idle, {} before they submitted, {} before they heard; {} started again",
        killed.idle, killed.before_submission, killed.before_confirmation, findings.restarts
    );
    if let Some((operator, leases)) = findings.vanished {
        println!("operator {operator} vanished and left {leases} leases behind");
    }
    println!(
        "{} awards to the best offer, {} better offers left lying by makers who were down",
        counted.best_awarded, findings.overlooked
    );
    println!("at most {} outputs at a time; {} checks", counted.most_outputs, counted.checks);
    println!("history {}, end {}", findings.history, findings.end);
    if !findings.missing.is_empty() {
        println!("never happened: {}", findings.missing.join(", "));
    }
    for fault in &findings.faults {
        println!("fault: {fault}");
    }
    println!("{} faults", findings.faults.len());
}
