//! Walks at random on embedded heads and holds each against its books: `histories --steps N --seed S`.

#![expect(clippy::print_stdout, reason = "a command-line tool speaks to its terminal")]

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use demeter_tests::history::{Campaign, Rules};

/// Walks at random on embedded heads and holds each against its books.
#[derive(Debug, Parser)]
#[command(name = "histories")]
struct Arguments {
    /// How many steps each walk has
    #[arg(long, default_value_t = 1_000)]
    steps: u64,
    /// What the first walk is drawn from; the others from the numbers after it
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many walks
    #[arg(long, default_value_t = 1)]
    walks: u64,
    /// After how many steps it is seen, on copies of the head, that each party alone gets out what is its own
    #[arg(long, default_value_t = 50)]
    exits_every: u64,
    /// Print one JSON object for programs instead
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let Arguments { steps, seed, walks, exits_every, json } = Arguments::parse();
    let start = Instant::now();
    let rules = Rules { exits_every: (exits_every > 0).then_some(exits_every), ..Rules::WHOLE };
    let campaign = Campaign::run(seed, walks, steps, rules);
    if json {
        match serde_json::to_string_pretty(&campaign) {
            Ok(text) => println!("{text}"),
            Err(error) => println!("{error}"),
        }
    } else {
        print(&campaign);
        println!("in {:.1} s", start.elapsed().as_secs_f64());
    }
    if campaign.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn print(campaign: &Campaign) {
    let Campaign { seed, walks, tally, missing, violations } = campaign;
    println!("{walks} walks from seed {seed}: {} steps, {} choices skipped", tally.steps, tally.skipped);
    println!("{} transactions accepted:", tally.transactions());
    for (name, count) in &tally.accepted {
        println!("  {name}: {count}");
    }
    println!("{} hostile attempts refused:", tally.attempts());
    for (attempt, refusals) in &tally.refused {
        let refusals: Vec<_> = refusals.iter().map(|(by, count)| format!("{count} by {by}")).collect();
        println!("  {attempt}: {}", refusals.join(", "));
    }
    println!("{} checks of outputs, purses and states", tally.checks);
    println!(
        "{} bids settled with the best offer in the lead, {} awarded to it",
        tally.best_led, tally.best_awarded
    );
    println!("{} times a party left alone, in {} transactions", tally.exits, tally.exit_transactions);
    if !missing.is_empty() {
        println!("never happened: {}", missing.join(", "));
    }
    for broken in violations {
        println!("seed {} fails after {} steps, shrunken to:", broken.seed, broken.steps);
        for line in &broken.story {
            println!("  {line}");
        }
        println!("  {}", broken.violation);
        println!("  choices: {}", broken.choices.join(" "));
    }
    println!("{} violations", violations.len());
}
