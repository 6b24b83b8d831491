//! Kills a head on disk while it works, and looks at what is left: `crash --kills N --seed S`.

#![expect(clippy::print_stdout, reason = "a command-line tool speaks to its terminal")]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use demeter_tests::crash::{Campaign, Findings, Policy, Script, work};

/// Kills a head on disk while it works, and looks at what is left.
#[derive(Debug, Parser)]
#[command(name = "crash")]
struct Arguments {
    /// How often to kill
    #[arg(long, default_value_t = 200)]
    kills: u64,
    /// What the moments and the transactions are drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON object for programs instead
    #[arg(long)]
    json: bool,
    /// Be the one that works until it is killed, and store in this way
    #[arg(long, requires = "script", requires = "head")]
    work: Option<Policy>,
    /// The transactions to submit, for the one that works
    script: Option<PathBuf>,
    /// Where its head is
    head: Option<PathBuf>,
}

fn main() -> ExitCode {
    let Arguments { kills, seed, json, work: policy, script, head } = Arguments::parse();
    if let (Some(policy), Some(script), Some(head)) = (policy, script, head) {
        work(&Script::load(&script), &head, policy);
        return ExitCode::SUCCESS;
    }
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => {
            println!("this program cannot find itself: {error}");
            return ExitCode::FAILURE;
        }
    };
    let findings = Campaign { kills, seed }.run(&program);
    if json {
        match serde_json::to_string_pretty(&findings) {
            Ok(text) => println!("{text}"),
            Err(error) => println!("{error}"),
        }
    } else {
        print(&findings);
    }
    if findings.lost + findings.torn + findings.shared == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn print(findings: &Findings) {
    let Findings {
        seed,
        kills,
        by_policy,
        unfinished,
        acknowledged,
        unacknowledged,
        lost,
        torn,
        shared,
        faults,
    } = findings;
    let policies: Vec<_> = by_policy.iter().map(|(policy, count)| format!("{count} {policy}")).collect();
    println!("{kills} kills from seed {seed}: {}", policies.join(", "));
    println!("{unfinished} of them before the head was whole");
    println!("{acknowledged} transactions acknowledged, {unacknowledged} more were stored before a kill");
    for fault in faults {
        println!("  {fault}");
    }
    println!("{lost} lost, {torn} torn, {shared} open twice");
}
