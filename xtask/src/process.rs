//! Running other programs.

use std::{
    io::{self, BufRead, BufReader},
    process::{Command, Stdio},
};

use serde::de::DeserializeOwned;

use crate::error::Error;

/// Says what is about to be done, beside the output: that may be for a program.
pub(crate) fn announce(what: &str) {
    eprintln!("==> {what}");
}

/// Runs a command with its output on ours; anything but success is an error.
pub(crate) fn run(command: &mut Command) -> Result<(), Error> {
    let status = command.status().map_err(|source| start_error(command, source))?;
    if status.success() { Ok(()) } else { Err(status_error(command, status)) }
}

/// Runs a command and returns its standard output; anything but success is an error.
pub(crate) fn capture(command: &mut Command) -> Result<String, Error> {
    let (output, success) = capture_any(command)?;
    success.map(|()| output)
}

/// Runs a command and returns its standard output beside its success, for programs that report failure in both.
pub(crate) fn capture_any(command: &mut Command) -> Result<(String, Result<(), Error>), Error> {
    let output = command.stderr(Stdio::inherit()).output().map_err(|source| start_error(command, source))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let success = if output.status.success() { Ok(()) } else { Err(status_error(command, output.status)) };
    Ok((text, success))
}

/// Runs a command that prints what it found as JSON, whether that is good or bad. One that prints anything else has
/// failed by itself, and if it has not, `what` is not what it should be.
pub(crate) fn findings<T: DeserializeOwned>(command: &mut Command, what: &str) -> Result<T, Error> {
    let (output, success) = capture_any(command)?;
    serde_json::from_str(&output)
        .or_else(|source| success.and(Err(Error::Json { what: format!("the output of `{what}`"), source })))
}

/// Gives a command options with numbers.
pub(crate) fn numbers<const N: usize>(command: &mut Command, options: [(&str, u64); N]) {
    for (option, number) in options {
        command.args([option, &number.to_string()]);
    }
}

/// Runs a command, shows its lines as they come and hands each to `see`.
///
/// Standard output and error share one pipe, so the lines arrive in the order in which they were written.
pub(crate) fn follow(mut command: Command, mut see: impl FnMut(&str)) -> Result<Result<(), Error>, Error> {
    let described = describe(&command);
    let (reader, writer) = io::pipe().map_err(|source| start_error(&command, source))?;
    let second = writer.try_clone().map_err(|source| start_error(&command, source))?;
    command.stdin(Stdio::null()).stdout(writer).stderr(second);
    let mut child = command.spawn().map_err(|source| start_error(&command, source))?;
    // The command holds the writing ends of the pipe: while it lives, the reader sees no end.
    drop(command);

    let fault = |source| Error::Start { program: described.clone(), source };
    let mut lines = BufReader::new(reader);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line).map_err(fault)? > 0 {
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\n', '\r']);
        println!("{text}");
        see(text);
        line.clear();
    }
    let status = child.wait().map_err(fault)?;
    Ok(if status.success() {
        Ok(())
    } else {
        Err(Error::Command { command: described, status: status.to_string() })
    })
}

fn start_error(command: &Command, source: io::Error) -> Error {
    Error::Start { program: command.get_program().to_string_lossy().into_owned(), source }
}

fn status_error(command: &Command, status: std::process::ExitStatus) -> Error {
    Error::Command { command: describe(command), status: status.to_string() }
}

/// The command as it would be typed, with the program's bare name.
fn describe(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy());
    std::iter::once(program).chain(arguments).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_described_by_its_bare_name() {
        let mut command = Command::new("/some/where/cargo");
        command.args(["fmt", "--check"]);
        assert_eq!(describe(&command), "cargo fmt --check");
    }

    #[cfg(unix)]
    #[test]
    fn findings_are_read_from_programs_that_succeed_and_that_fail() {
        let say = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            findings::<Vec<u64>>(&mut command, "say --json").map_err(|error| error.to_string())
        };
        assert_eq!(say("echo [1, 2]"), Ok(vec![1, 2]));
        assert_eq!(say("echo [1, 2]; exit 1"), Ok(vec![1, 2]));
        assert!(say("exit 3").unwrap_err().ends_with("ended with exit status: 3"));
        assert!(say("echo nothing").unwrap_err().contains("the output of `say --json`"));
    }

    #[cfg(unix)]
    #[test]
    fn both_streams_are_followed_in_order() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two >&2; echo three; exit 3"]);
        let mut seen = Vec::new();
        let end = follow(command, |line| seen.push(line.to_owned())).unwrap();
        assert_eq!(seen, ["one", "two", "three"]);
        assert!(end.unwrap_err().to_string().ends_with("ended with exit status: 3"));
    }
}
