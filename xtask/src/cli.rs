//! What can be typed after `cargo xtask`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// The habits of this repository, one command each.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) habit: Habit,
}

/// What `cargo xtask differential` shall judge.
#[derive(Debug, Args)]
pub(crate) struct Cases {
    /// How many transactions in all, as many around each transition
    #[arg(long, default_value_t = 2000)]
    pub(crate) cases: u64,
    /// What they follow from
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Print one object of JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Write examples, and whatever the two differ on, to tests/vectors/
    #[arg(long)]
    pub(crate) save: bool,
    /// Only these transitions
    pub(crate) transitions: Vec<String>,
}

/// What `cargo xtask bench` measures.
#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// How many transactions a head validates per second, and where the time goes
    Head(Measure),
    /// How many go through a head that is served, and how long each takes, as its clients see it
    Load(Measure),
}

/// How `cargo xtask bench` measures.
#[derive(Debug, Args)]
pub(crate) struct Measure {
    /// Only see that it works: a few transactions, once
    #[arg(long)]
    pub(crate) quick: bool,
    /// What the market's history is drawn from
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Print one JSON object for programs instead
    #[arg(long)]
    pub(crate) json: bool,
}

/// One habit.
#[derive(Debug, Subcommand)]
pub(crate) enum Habit {
    /// Run every test suite, or those named, and count
    Test {
        /// Packages of the workspace, `rust` (all of them), `aiken`, `units`, `blueprint`, `vectors`, `differential`,
        /// `rule`, `machines`, `mutants`, `costs`, `histories`, `market`, `crash`, `chaos`, `soak`, `conformance` or
        /// `peers`
        suites: Vec<String>,
        /// Seed of the contracts' property tests
        #[arg(long, default_value_t = 1)]
        seed: u32,
    },
    /// Check formatting, lints, documentation, dependencies and what no file may contain
    Lint,
    /// Compile the contracts, apply their parameters and write validators/plutus.json
    Blueprint {
        /// Compare with the committed file instead of writing it
        #[arg(long)]
        check: bool,
    },
    /// Write the execution units of the contracts' unit tests to validators/units.json
    Units {
        /// Compare with the committed file instead of writing it
        #[arg(long)]
        check: bool,
    },
    /// Write the golden vectors to tests/vectors/ and the contracts' functions to tests/functions.json
    Vectors {
        /// Compare with the committed files instead of writing them
        #[arg(long)]
        check: bool,
    },
    /// Judge many transactions by mirror and compiled scripts, and show where they differ
    Differential(Cases),
    /// Compare each function of the rule with the contract's on many inputs
    Rule {
        /// How many inputs for each function
        #[arg(long, default_value_t = 10_000)]
        inputs: u32,
        /// What they follow from
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Print one object of JSON
        #[arg(long)]
        json: bool,
    },
    /// Run scripts on both script machines, with ample and scarce budgets, and show where they differ
    Machines {
        /// How many transactions, taking turns among the transitions
        #[arg(long, default_value_t = 1_000)]
        cases: u64,
        /// What they follow from
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Print one object of JSON
        #[arg(long)]
        json: bool,
    },
    /// Run the named mutants: each must be refused by the contract and its mirror, and for the reason in the table
    Mutants {
        /// Print one line for programs instead of the table
        #[arg(long)]
        json: bool,
    },
    /// Show what each transition costs and write it to tests/costs.json; fail where that is more than is aimed at
    Costs {
        /// Compare with the committed file instead of writing it
        #[arg(long)]
        check: bool,
        /// Print what the file holds instead of a table, and do not write it
        #[arg(long)]
        json: bool,
    },
    /// Walk at random on embedded heads and hold each against its books
    Histories {
        /// How many steps each walk has
        #[arg(long, default_value_t = 1_000)]
        steps: u64,
        /// What the first walk is drawn from; the others from the numbers after it
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many walks
        #[arg(long, default_value_t = 1)]
        walks: u64,
        /// Print one JSON object for programs instead
        #[arg(long)]
        json: bool,
    },
    /// Run many agents on one head, kill some of them, and hold all against books that are kept apart
    Market {
        /// How many operators, at most 64
        #[arg(long, default_value_t = 30)]
        operators: u64,
        /// How many applications, each with one order
        #[arg(long, default_value_t = 200)]
        applications: u64,
        /// What they and all that happens to them are drawn from
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Print one JSON object for programs instead
        #[arg(long)]
        json: bool,
    },
    /// Kill a head on disk while it works, again and again, and look for what was acknowledged
    Crash {
        /// How often to kill
        #[arg(long, default_value_t = 200)]
        kills: u64,
        /// What the moments and the transactions are drawn from
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Print one JSON object for programs instead
        #[arg(long)]
        json: bool,
    },
    /// Have clients trade over connections that fail, with servers that are killed, and look at what they were told
    Chaos {
        /// How many runs
        #[arg(long, default_value_t = 500)]
        runs: u64,
        /// What they are drawn from
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Print one JSON object for programs instead
        #[arg(long)]
        json: bool,
    },
    /// Read, write and compare hydra's golden samples, and hold them against its schema; needs DEMETER_SHARED
    Conformance {
        /// Print one JSON object for programs instead
        #[arg(long)]
        json: bool,
    },
    /// Have a head on disk work for long, and measure its memory, its file and its speed
    Soak {
        /// How many transactions
        #[arg(long, default_value_t = 1_000_000)]
        transactions: u64,
        /// What they are drawn from
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The folder in which the head works, instead of the one of things built
        #[arg(long)]
        path: Option<PathBuf>,
        /// Print one JSON object for programs instead
        #[arg(long)]
        json: bool,
    },
    /// Measure; plain `cargo bench -p demeter-benches` compares the smaller parts
    #[command(subcommand)]
    Bench(Bench),
    /// Fuzz every target of fuzz/, or those named; needs a nightly toolchain
    Fuzz {
        /// `datum`, `manifest`, `redeemer`, `rule` or `transaction`
        targets: Vec<String>,
        /// How long each of them runs
        #[arg(long, default_value_t = 60)]
        seconds: u32,
        /// Seed of the fuzzer's choices
        #[arg(long, default_value_t = 1)]
        seed: u32,
    },
    /// Run all that a change must pass: lint, every suite, each bench once, the demo, a minute of each fuzz target
    Ci,
}
