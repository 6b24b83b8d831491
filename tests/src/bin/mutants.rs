//! Runs the named mutants: `mutants TRACED [--json]`, where TRACED is the blueprint of a build of the contract with
//! traces. `cargo xtask mutants` makes that build and runs this.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks to its terminal")]

use std::process::ExitCode;

use demeter_tests::drt::{Mirror, TRANSITIONS, Validator};
use demeter_tests::mutants::{Tally, judge, uncovered};
use serde::Serialize;

/// What a program reads.
#[derive(Serialize)]
struct Summary<'t> {
    mutants: usize,
    refused_by_validator: usize,
    refused_by_mirror: usize,
    wrong_reason: usize,
    survivors: Vec<&'t str>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (path, json) = match arguments.as_slice() {
        [path] => (path, false),
        [path, flag] if flag == "--json" => (path, true),
        _ => {
            eprintln!("mutants TRACED [--json]");
            return ExitCode::from(2);
        }
    };
    let traced = match std::fs::read_to_string(path) {
        Ok(text) => Validator::of_blueprint(&text),
        Err(error) => {
            eprintln!("{path}: {error}");
            return ExitCode::from(2);
        }
    };
    let release = Validator::committed();
    let mirror = Mirror { scripts: release.scripts() };
    let tally = judge(&release, &mirror, Some(&traced), |_| true);
    if json {
        println!("{}", serde_json::to_string(&summary(&tally)).unwrap_or_default());
    } else {
        print(&tally);
    }
    for (judgement, wrong) in tally.wrong() {
        eprintln!("wrong reason: {}: {wrong}", judgement.name);
    }
    for unhealthy in &tally.unhealthy {
        eprintln!("healthy, but refused: {unhealthy}");
    }
    let uncovered = uncovered(&traced, &tally.reached);
    for condition in &uncovered {
        eprintln!("the table misses a condition: {condition}");
    }
    if tally.is_clean() && uncovered.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn summary(tally: &Tally) -> Summary<'_> {
    let count = |refused: fn(&&demeter_tests::mutants::Judgement) -> bool| {
        tally.judgements.iter().filter(refused).count()
    };
    Summary {
        mutants: tally.judgements.len(),
        refused_by_validator: count(|judgement| judgement.refused_by_validator),
        refused_by_mirror: count(|judgement| judgement.refused_by_mirror),
        wrong_reason: tally.wrong().count(),
        survivors: tally.survivors(),
    }
}

/// The table for people: by transition each mutant, what a thief would gain, and the condition that stops it.
fn print(tally: &Tally) {
    for transition in TRANSITIONS {
        let of_it: Vec<_> =
            tally.judgements.iter().filter(|judgement| judgement.transition == transition).collect();
        println!("\n{transition}: {} mutants", of_it.len());
        for judgement in of_it {
            println!("  {} [{}] -> {}", judgement.name, judgement.gain, short(&judgement.reason));
        }
    }
    let Summary { mutants, refused_by_validator, refused_by_mirror, wrong_reason, survivors } =
        summary(tally);
    println!(
        "\n{mutants} mutants: {refused_by_validator} refused by the validator, {refused_by_mirror} by the mirror, \
         {wrong_reason} for a wrong reason, {} survive",
        survivors.len()
    );
    for survivor in survivors {
        println!("  survives: {survivor}");
    }
}

/// The beginning of a condition, which names it.
fn short(reason: &str) -> String {
    const LENGTH: usize = 80;
    let dots = if reason.chars().count() > LENGTH { "..." } else { "" };
    reason.chars().take(LENGTH).collect::<String>() + dots
}
