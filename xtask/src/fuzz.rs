//! `cargo xtask fuzz`: the targets of `fuzz/`, for a while each.
//!
//! They need a nightly compiler, which is not ours to install: where there is none, they are skipped and counted so.

mod outcome;
mod seeds;

use std::{
    ffi::OsStr,
    fs,
    path::Path,
    process::{Command, Stdio},
    sync::Mutex,
    thread,
};

use crate::{
    error::Error,
    fuzz::{outcome::Outcome, seeds::Seeds},
    process,
    report::{self, Report},
    test,
    tool::Tool,
    workspace::Workspace,
};

const CARGO_FUZZ: Tool = Tool { name: "cargo-fuzz", version: "0.13.2", effort: "a minute" };

/// How much is done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// How long each target runs.
    pub(crate) seconds: u32,
    /// Of the fuzzer's choices.
    pub(crate) seed: u32,
}

/// A target.
#[derive(Debug)]
struct Target {
    name: &'static str,
    seeds: Seeds,
    /// The longest input.
    bytes: u32,
    /// Words that the fuzzer would not find by itself, in a file of `fuzz/`.
    dictionary: Option<&'static str>,
}

const TARGETS: [Target; 5] = [
    Target {
        name: "datum",
        seeds: Seeds::Vectors(&["grid", "pool", "operator", "slot", "bid", "terms"]),
        bytes: 4096,
        dictionary: None,
    },
    Target {
        name: "manifest",
        seeds: Seeds::Files("examples/workloads"),
        bytes: 8192,
        dictionary: Some("manifest.dict"),
    },
    Target {
        name: "redeemer",
        seeds: Seeds::Vectors(&["registry_redeemer", "market_redeemer", "genesis"]),
        bytes: 2048,
        dictionary: None,
    },
    // Bytes of any kind will do, if there are enough of them to make integers of.
    Target { name: "rule", seeds: Seeds::Vectors(&["operator", "terms"]), bytes: 512, dictionary: None },
    Target { name: "transaction", seeds: Seeds::Vectors(&["transactions"]), bytes: 12_288, dictionary: None },
];

/// Runs the targets of these names, or all, and prints their table.
pub(crate) fn run(workspace: &Workspace, names: &[String], effort: Effort) -> Result<(), Error> {
    let targets = select(names)?;
    report::close(&[report(workspace, &targets, effort)], test::strict())
}

/// The suite `fuzz`: each target counts as one test.
pub(crate) fn suite(workspace: &Workspace, effort: Effort) -> Report {
    report(workspace, &TARGETS.iter().collect::<Vec<_>>(), effort)
}

/// Removes what the targets were built to: nothing else uses it, and it is large.
pub(crate) fn clean(workspace: &Workspace) -> Result<(), Error> {
    let path = workspace.root().join("fuzz").join("target");
    if !path.exists() {
        return Ok(());
    }
    fs::remove_dir_all(&path).map_err(|source| Error::File { path, source })
}

fn select(names: &[String]) -> Result<Vec<&'static Target>, Error> {
    if let Some(name) = names.iter().find(|name| TARGETS.iter().all(|target| target.name != **name)) {
        let known = TARGETS.map(|target| target.name).join(", ");
        return Err(Error::UnknownTarget { name: name.clone(), known });
    }
    let wanted = |target: &&Target| names.is_empty() || names.iter().any(|name| name == target.name);
    Ok(TARGETS.iter().filter(wanted).collect())
}

fn report(workspace: &Workspace, targets: &[&'static Target], effort: Effort) -> Report {
    Report::measure("fuzz", || {
        if !has_nightly(workspace) {
            return Ok(Report {
                skipped: targets.len() as u64,
                may_skip: true,
                note: Some("there is no nightly toolchain, which fuzzing needs".into()),
                ..Report::new("fuzz")
            });
        }
        let program = CARGO_FUZZ.program(workspace)?;
        process::announce("building the fuzz targets");
        for target in targets {
            process::run(nightly(workspace, &program).args(["build", target.name]))?;
        }
        let outcomes = fuzz(workspace, &program, targets, effort)?;
        let failed: Vec<_> =
            outcomes.iter().filter(|outcome| !outcome.passed).map(|outcome| outcome.target).collect();
        Ok(Report {
            passed: (outcomes.len() - failed.len()) as u64,
            failed: failed.len() as u64,
            note: (!failed.is_empty()).then(|| failed.join(", ")),
            ..Report::new("fuzz")
        })
    })
}

/// A command that cargo's proxy runs with the nightly toolchain, whatever toolchain we run under.
fn nightly(workspace: &Workspace, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(workspace.root().join("fuzz"))
        .env("RUSTUP_TOOLCHAIN", "nightly")
        // Our own cargo, which would be called instead of the proxy.
        .env_remove("CARGO")
        .env_remove("RUSTC")
        // What the caller sets for our own code would take the place of the fuzzer's.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    command
}

fn has_nightly(workspace: &Workspace) -> bool {
    let mut command = nightly(workspace, "cargo");
    command.arg("--version").stderr(Stdio::null());
    let answer = command.output().map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    answer.is_ok_and(|answer| answer.contains("-nightly "))
}

/// Runs as many targets at a time as there are processors.
fn fuzz(
    workspace: &Workspace,
    program: &Path,
    targets: &[&'static Target],
    effort: Effort,
) -> Result<Vec<Outcome>, Error> {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(targets.len());
    let left = Mutex::new(targets.iter());
    let next = || left.lock().ok().and_then(|mut left| left.next().copied());
    thread::scope(|scope| {
        let work = || {
            let mut outcomes = Vec::new();
            while let Some(target) = next() {
                outcomes.push(fuzz_one(workspace, program, target, effort)?);
            }
            Ok(outcomes)
        };
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let joined = workers.into_iter().map(|worker| {
            worker
                .join()
                .unwrap_or_else(|_| Err(Error::Check("a thread that ran a fuzz target failed".into())))
        });
        joined.collect::<Result<Vec<_>, _>>().map(|outcomes| outcomes.concat())
    })
}

fn fuzz_one(
    workspace: &Workspace,
    program: &Path,
    target: &Target,
    Effort { seconds, seed }: Effort,
) -> Result<Outcome, Error> {
    let Target { name, bytes, dictionary, .. } = target;
    target.seeds.plant(workspace, name)?;
    process::announce(&format!("fuzzing {name} for {seconds} seconds"));
    let mut command = nightly(workspace, program);
    command.args(["run", name, "--"]);
    command.args([
        format!("-max_total_time={seconds}"),
        format!("-seed={seed}"),
        format!("-max_len={bytes}"),
        // Inputs may be long from the start: short ones say nothing.
        "-len_control=0".into(),
        // No input of these lengths may take so many seconds, nor so many megabytes.
        "-timeout=20".into(),
        "-rss_limit_mb=4096".into(),
        "-print_final_stats=1".into(),
    ]);
    command.args(dictionary.map(|file| format!("-dict={file}")));
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|source| Error::Start { program: CARGO_FUZZ.name.into(), source })?;
    let log = String::from_utf8_lossy(&output.stderr);
    let outcome = Outcome::read(name, output.status.success(), &log);
    println!("{outcome}");
    if !outcome.passed {
        // Without its progress: what is left says which input it was, and how to run it again.
        log.lines().filter(|line| !line.starts_with('#')).for_each(|line| println!("{line}"));
    }
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(names: &[&str]) -> Result<Vec<&'static str>, Error> {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        select(&names).map(|targets| targets.iter().map(|target| target.name).collect())
    }

    #[test]
    fn no_name_means_every_target() {
        assert_eq!(selected(&[]).unwrap(), ["datum", "manifest", "redeemer", "rule", "transaction"]);
        assert_eq!(selected(&["rule", "datum", "rule"]).unwrap(), ["datum", "rule"]);
    }

    #[test]
    fn an_unknown_target_is_refused_with_those_there_are() {
        let error = selected(&["rule", "rules"]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no fuzz target `rules`; there are: datum, manifest, redeemer, rule, transaction"
        );
        assert_eq!(error.exit_code(), 2);
    }
}
