//! The habits of this repository, one command each: `cargo xtask help` lists them.
//!
//! Everything a habit needs beyond Rust it installs itself, into a cache in the user's home.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks to its terminal")]

mod aiken;
mod benches;
mod blueprint;
mod chaos;
mod ci;
mod cli;
mod conformance;
mod contracts;
mod costs;
mod crash;
mod demo;
mod differential;
mod disk;
mod error;
mod fuzz;
mod golden;
mod histories;
mod libtest;
mod lint;
mod machines;
mod market;
mod mutants;
mod peers;
mod process;
mod report;
mod rule;
mod rust;
mod soak;
mod test;
mod tool;
mod units;
mod vectors;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

use crate::{
    chaos::Runs,
    cli::{Arguments, Bench, Habit},
    crash::Kills,
    error::Error,
    fuzz::Effort,
    histories::Walks,
    market::Crowd,
    soak::Work,
    workspace::Workspace,
};

fn main() -> ExitCode {
    // NOTE: on a usage error clap itself prints the line and exits with 2.
    let arguments = Arguments::parse();
    match run(arguments.habit) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !matches!(error, Error::Reported) {
                eprintln!("xtask: {error}");
            }
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(habit: Habit) -> Result<(), Error> {
    let workspace = Workspace::find()?;
    match habit {
        Habit::Test { suites, seed } => test::run(&workspace, &suites, seed),
        Habit::Lint => lint::run(&workspace),
        Habit::Blueprint { check } => blueprint::run(&workspace, check),
        Habit::Units { check } => units::run(&workspace, check),
        Habit::Costs { check, json } => costs::run(&workspace, check, json),
        Habit::Vectors { check } => vectors::run(&workspace, check),
        Habit::Differential(cases) => differential::run(&workspace, &cases),
        Habit::Rule { inputs, seed, json } => rule::run(&workspace, inputs, seed, json),
        Habit::Machines { cases, seed, json } => machines::run(&workspace, cases, seed, json),
        Habit::Mutants { json } => mutants::run(&workspace, json),
        Habit::Fuzz { targets, seconds, seed } => fuzz::run(&workspace, &targets, Effort { seconds, seed }),
        Habit::Histories { steps, seed, walks, json } => {
            histories::run(&workspace, Walks { steps, seed, walks }, json)
        }
        Habit::Market { operators, applications, seed, json } => {
            market::run(&workspace, Crowd { operators, applications, seed }, json)
        }
        Habit::Crash { kills, seed, json } => crash::run(&workspace, Kills { kills, seed }, json),
        Habit::Chaos { runs, seed, json } => chaos::run(&workspace, Runs { runs, seed }, json),
        Habit::Soak { transactions, seed, path, json } => {
            soak::run(&workspace, &Work { transactions, seed, path }, json)
        }
        Habit::Conformance { json } => conformance::run(&workspace, json),
        Habit::Bench(Bench::Head(how)) => benches::measure(&workspace, "bench-head", &how),
        Habit::Bench(Bench::Load(how)) => benches::measure(&workspace, "bench-load", &how),
        Habit::Ci => ci::run(&workspace),
    }
}
