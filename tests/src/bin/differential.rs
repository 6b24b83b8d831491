//! Compares mirror and scripts on many cases: `cargo xtask differential` calls this, and shows what it finds.
//!
//! `differential CASES SEED [--save] [TRANSITION]...` prints one object of JSON.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::expect_used,
    reason = "a command-line tool of the tests speaks to its terminal, and fails as a test does"
)]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use demeter_tests::drt::record::{self, ACCEPTED, DISAGREEMENTS, Transaction, VERDICTS, Vector};
use demeter_tests::drt::{Disagreement, Engines, Plan, Summary, TRANSITIONS, Verdict, run, unreached};
use demeter_tests::repository;
use demeter_tests::vector::FOLDER;
use serde_json::{Map, Value, json};

fn main() -> ExitCode {
    let (flags, arguments): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let numbers = arguments.first().zip(arguments.get(1));
    let Some((Ok(cases), Ok(seed))) = numbers.map(|(cases, seed)| (cases.parse(), seed.parse())) else {
        eprintln!("differential CASES SEED [--save] [TRANSITION]...");
        return ExitCode::from(2);
    };
    let named = arguments.get(2..).unwrap_or_default();
    if let Some(unknown) = named.iter().find(|name| !TRANSITIONS.contains(&name.as_str())) {
        eprintln!("no transition is called `{unknown}`; there are: {}", TRANSITIONS.join(", "));
        return ExitCode::from(2);
    }
    let wanted = |name: &&'static str| named.is_empty() || named.iter().any(|other| other == name);
    let plan = Plan { cases, seed, transitions: TRANSITIONS.into_iter().filter(wanted).collect() };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut progress = Progress::new(cases);
    let summary = run(&plan, threads, Engines::default, |done| progress.show(done));
    let disagreements = minimised(&summary);
    if flags.iter().any(|flag| flag == "--save") {
        save(&summary, seed, &disagreements);
    }
    println!("{:#}", report(&plan, &summary, &disagreements));
    ExitCode::SUCCESS
}

/// How far a run is, told where that takes time.
struct Progress {
    cases: u64,
    last: Instant,
}

impl Progress {
    fn new(cases: u64) -> Self {
        Self { cases, last: Instant::now() }
    }

    fn show(&mut self, done: u64) {
        if self.last.elapsed() >= Duration::from_secs(1) {
            eprintln!("{done} of {} cases", self.cases);
            self.last = Instant::now();
        }
    }
}

/// How many disagreements are made small: one fault shows in many cases.
const MINIMISED: usize = 10;

/// The first disagreements, as small as they get, with what the mirror says: whoever mends it decides who is right.
fn minimised(summary: &Summary) -> Vec<Vector> {
    let engines = Engines::default();
    let vector = |disagreement: &Disagreement| Vector {
        description: format!(
            "{}; the scripts: {}",
            disagreement.case.describe(),
            code(&disagreement.validator)
        ),
        verdict: code(&disagreement.mirror).to_owned(),
        transaction: Transaction::from(&engines.minimised(&disagreement.case.transaction)),
    };
    summary.disagreements.iter().take(MINIMISED).map(vector).collect()
}

fn code(verdict: &Verdict) -> &'static str {
    verdict.as_ref().err().map_or(ACCEPTED, |refused| refused.code)
}

fn save(summary: &Summary, seed: u64, disagreements: &[Vector]) {
    let engines = Engines::default();
    let scripts = engines.scripts();
    let example = |(name, case): (&String, &demeter_tests::drt::Case)| Vector {
        description: format!("{name} (seed {seed}: {})", case.describe()),
        verdict: name.strip_prefix("refused: ").unwrap_or(ACCEPTED).to_owned(),
        transaction: Transaction::from(&engines.minimised(&case.transaction)),
    };
    let write = |file: &str, description: &str, vectors: Vec<Vector>| {
        let path = repository::path(&format!("{FOLDER}/{file}"));
        std::fs::write(&path, record::render(&scripts, description, vectors)).expect("a folder to write to");
        eprintln!("wrote {FOLDER}/{file}");
    };
    write(
        VERDICTS,
        "An accepted transaction of each transition, and one for each reason of refusal, made small.",
        summary.examples.iter().map(example).collect(),
    );
    if !disagreements.is_empty() {
        let mut all = record::committed(&scripts, DISAGREEMENTS);
        let known = |vector: &&Vector| all.iter().all(|other| other.transaction != vector.transaction);
        let new: Vec<Vector> = disagreements.iter().filter(known).cloned().collect();
        all.extend(new);
        write(DISAGREEMENTS, "Transactions on which mirror and scripts once differed, made small.", all);
    }
}

fn report(plan: &Plan, summary: &Summary, disagreements: &[Vector]) -> Value {
    let total = summary.total();
    let transitions: Map<String, Value> = summary
        .transitions
        .iter()
        .map(|(transition, counts)| {
            let counts = json!({
                "cases": counts.cases,
                "accepted": counts.accepted,
                "refused": counts.refused,
                "stricter": counts.stricter,
                "disagreements": counts.disagreements,
                "reasons": counts.reasons,
            });
            ((*transition).to_owned(), counts)
        })
        .collect();
    let differ: Vec<Value> = summary
        .disagreements
        .iter()
        .enumerate()
        .map(|(position, Disagreement { case, mirror, validator })| {
            let words =
                |verdict: &Verdict| verdict.as_ref().err().map_or(ACCEPTED.to_owned(), ToString::to_string);
            json!({
                "case": case.describe(),
                "mirror": words(mirror),
                "validator": words(validator),
                "transaction": disagreements.get(position).map(|vector| &vector.transaction),
            })
        })
        .collect();
    json!({
        "cases": plan.cases,
        "seed": plan.seed,
        "accepted": total.accepted,
        "refused": total.refused,
        "stricter": total.stricter,
        "transitions": transitions,
        "thin": summary.thin(),
        "unreached": unreached(summary),
        "disagreements": differ,
    })
}
