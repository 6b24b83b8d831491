//! Clients that others wrote for hydra-node, against `demeter-head`: their tests are JavaScript, in `tests/peers/`.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use crate::{error::Error, process, report::Report, workspace::Workspace};

/// The suite `peers`: without Node.js and npm it is one test that is skipped.
pub(crate) fn suite(workspace: &Workspace) -> Report {
    Report::measure("peers", || {
        if let Some(missing) = ["node", "npm"].into_iter().find(|program| !is_there(program)) {
            let note = Some(format!("there is no `{missing}`: other people's clients are not tried"));
            return Ok(Report { skipped: 1, note, ..Report::new("peers") });
        }
        let folder = workspace.root().join("tests").join("peers");
        install(&folder)?;
        process::announce("building demeter-head");
        let head = workspace.built("head")?;
        process::announce("trying other people's clients");
        let mut command = Command::new("node");
        command.args(["--test", "--test-reporter=tap"]).current_dir(&folder).env("DEMETER_HEAD", head);
        let mut counts = Counts::default();
        let ended = process::follow(command, |line| counts.read(line))?;
        Ok(counts.report(ended))
    })
}

fn is_there(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Installs what the lock file says, unless it is there already.
fn install(folder: &Path) -> Result<(), Error> {
    let read = |path: &Path| fs::read(path).map_err(|source| Error::File { path: path.to_owned(), source });
    let lock = read(&folder.join("package-lock.json"))?;
    let installed = folder.join("node_modules").join(".installed");
    if fs::read(&installed).is_ok_and(|before| before == lock) {
        return Ok(());
    }
    process::announce("installing other people's clients");
    process::run(Command::new("npm").arg("ci").current_dir(folder).stdout(std::io::stderr()))?;
    // Written last, so that an interrupted installation is done again.
    fs::write(&installed, lock).map_err(|source| Error::File { path: installed, source })
}

/// The counts at the end of what Node's test runner writes.
#[derive(Debug, Default)]
struct Counts {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Counts {
    fn read(&mut self, line: &str) {
        let Some((what, number)) = line.strip_prefix("# ").and_then(|line| line.split_once(' ')) else {
            return;
        };
        let Ok(number) = number.parse::<u64>() else { return };
        match what {
            // The first of them: what a test itself prints may look like one.
            "tests" => *self = Self::default(),
            "pass" => self.passed = number,
            "fail" | "cancelled" => self.failed = self.failed.saturating_add(number),
            "skipped" | "todo" => self.skipped = self.skipped.saturating_add(number),
            _ => {}
        }
    }

    /// A run that fails without a test that did, or that has no tests, is a failure as well.
    fn report(self, ended: Result<(), Error>) -> Report {
        let Self { passed, failed, skipped } = self;
        let report = Report { passed, failed, skipped, ..Report::new("peers") };
        match ended {
            Err(error) if failed == 0 => Report { failed: 1, note: Some(error.to_string()), ..report },
            Ok(()) if passed + failed + skipped == 0 => {
                Report { failed: 1, note: Some("node found no test".to_owned()), ..report }
            }
            _ => report,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(lines: &[&str], ended: Result<(), Error>) -> (u64, u64, u64, Option<String>) {
        let mut counts = Counts::default();
        lines.iter().for_each(|line| counts.read(line));
        let Report { passed, failed, skipped, note, .. } = counts.report(ended);
        (passed, failed, skipped, note)
    }

    #[test]
    fn the_closing_lines_are_counted() {
        let lines = [
            "TAP version 13",
            "# pass the salt",
            "# fail 9",
            "    # pass 7",
            "ok 1 - it connects",
            "1..6",
            "# tests 6",
            "# suites 0",
            "# pass 3",
            "# fail 1",
            "# cancelled 1",
            "# skipped 1",
            "# todo 0",
            "# duration_ms 1.5",
        ];
        assert_eq!(report(&lines, Err(Error::Reported)), (3, 2, 1, None));
        assert_eq!(report(&lines, Ok(())), (3, 2, 1, None));
    }

    #[test]
    fn a_run_that_ends_badly_or_tests_nothing_fails() {
        let (passed, failed, _, note) =
            report(&["# pass 3", "# fail 0"], Err(Error::Check("no memory".into())));
        assert_eq!((passed, failed, note.as_deref()), (3, 1, Some("no memory")));
        let (passed, failed, _, note) = report(&["# pass 0"], Ok(()));
        assert_eq!((passed, failed, note.as_deref()), (0, 1, Some("node found no test")));
    }
}
