//! What the measuring programs take, and how they print what they found.

use std::fmt::Display;

use clap::Args;
use serde::Serialize;

use crate::Outcome;

/// How a program measures.
#[derive(Clone, Copy, Debug, Args)]
pub struct Measuring {
    /// Only see that it works: a few transactions, once
    #[arg(long)]
    quick: bool,
    /// What the market's history is drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON object for programs instead
    #[arg(long)]
    json: bool,
}

impl Measuring {
    /// Measures, quickly or as a whole, from the seed, and prints the report.
    ///
    /// # Errors
    /// What is measured fails, or the report cannot be written as JSON.
    #[expect(clippy::print_stdout, reason = "a command-line tool speaks to its terminal")]
    pub fn print<E, R: Display + Serialize>(
        self,
        [quick, whole]: [fn(u64) -> E; 2],
        measure: fn(&E) -> Outcome<R>,
    ) -> Outcome<()> {
        let effort = if self.quick { quick } else { whole };
        let report = measure(&effort(self.seed))?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            print!("{report}");
        }
        Ok(())
    }
}
