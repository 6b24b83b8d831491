//! Has a head on disk work for long, and measures it: `soak --transactions N --seed S`.

#![expect(clippy::print_stdout, reason = "a command-line tool speaks to its terminal")]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use demeter_tests::soak::{Findings, Soak, Window};

/// Has a head on disk work for long, and measures it.
#[derive(Debug, Parser)]
#[command(name = "soak")]
struct Arguments {
    /// How many transactions
    #[arg(long, default_value_t = 1_000_000)]
    transactions: u64,
    /// What they are drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The folder in which the head works: a new one in it, which is removed again
    #[arg(long)]
    path: Option<PathBuf>,
    /// Print one JSON object for programs instead
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let Arguments { transactions, seed, path, json } = Arguments::parse();
    let folder = match &path {
        Some(path) => tempfile::tempdir_in(path),
        None => tempfile::tempdir(),
    };
    let folder = match folder {
        Ok(folder) => folder,
        Err(error) => {
            println!("there is no folder for the head: {error}");
            return ExitCode::FAILURE;
        }
    };
    let soak = Soak { transactions, seed };
    let findings = if json {
        let findings = soak.run(folder.path(), |_| {});
        match serde_json::to_string_pretty(&findings) {
            Ok(text) => println!("{text}"),
            Err(error) => println!("{error}"),
        }
        findings
    } else {
        println!("{:>12} {:>9} {:>9} {:>13} {:>13}", "transactions", "seconds", "a second", "memory", "file");
        let findings = soak.run(folder.path(), print_window);
        print(&findings);
        findings
    };
    if findings.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn print_window(window: &Window) {
    let Window { transactions, seconds, per_second, resident_bytes, file_bytes } = *window;
    let resident = resident_bytes.map_or("unknown".to_owned(), mebibytes);
    let file = mebibytes(file_bytes);
    println!("{transactions:>12} {seconds:>9.2} {per_second:>9.0} {resident:>13} {file:>13}");
}

fn print(findings: &Findings) {
    match findings.memory() {
        Some((base, highest)) => println!(
            "memory after the first tenth {}, at most {} since; flat up to {}",
            mebibytes(base),
            mebibytes(highest),
            mebibytes(Findings::memory_limit(base)),
        ),
        None => println!("this system does not tell how much memory a process has"),
    }
    if let Some((length, limit)) = findings.file() {
        println!(
            "the file has {}, {:.0} bytes more for each transaction; at most {}",
            mebibytes(length),
            findings.file_bytes_each(),
            mebibytes(limit)
        );
    }
    let kept = findings.kept;
    println!(
        "of that must be kept: ids of all transactions {}, transactions in events {}, outputs {}",
        mebibytes(kept.ids),
        mebibytes(kept.events),
        mebibytes(kept.outputs)
    );
    println!("opened again in {:.2} s", findings.opening_seconds);
    for fault in &findings.faults {
        println!("fault: {fault}");
    }
}

fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}
