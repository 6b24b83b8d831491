//! Compares mirror and scripts on more cases than the tests do: `differential CASES SEED [TRANSITION]...`.

#![expect(clippy::print_stdout, reason = "a command-line tool speaks to its terminal")]

use std::process::ExitCode;

use demeter_tests::drt::{Engines, TRANSITIONS};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let numbers = arguments.first().zip(arguments.get(1));
    let Some((Ok(cases), Ok(seed))) = numbers.map(|(cases, seed)| (cases.parse(), seed.parse())) else {
        println!("differential CASES SEED [TRANSITION]...");
        return ExitCode::from(2);
    };
    let engines = Engines::default();
    let named = arguments.get(2..).unwrap_or_default();
    let mut agreed = true;
    for transition in TRANSITIONS {
        if !named.is_empty() && !named.iter().any(|name| name == transition) {
            continue;
        }
        let comparison = engines.compare(transition, seed, cases);
        println!(
            "{transition}: {} accepted, {} refused, {} by the mirror alone, {} disagreements",
            comparison.accepted,
            comparison.refused,
            comparison.stricter,
            comparison.disagreements.len()
        );
        for (change, (accepted, refused)) in &comparison.changes {
            println!("  {change}: {accepted} accepted, {refused} refused");
        }
        for disagreement in &comparison.disagreements {
            println!("{disagreement:#?}");
            agreed = false;
        }
    }
    if agreed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
