//! Files that are built and committed: written, or compared byte for byte.

use std::{fs, path::Path};

use crate::{error::Error, workspace::Workspace};

/// Writes `text` to a committed file, or, where `check`, fails unless the file holds just that.
pub(crate) fn settle(
    workspace: &Workspace,
    path: &str,
    text: &str,
    check: bool,
    habit: &str,
) -> Result<(), Error> {
    let file = workspace.root().join(path);
    if !check {
        write(&file, text)?;
        println!("wrote {path}");
        return Ok(());
    }
    let committed = fs::read_to_string(&file).map_err(|source| Error::File { path: file, source })?;
    match first_difference(&committed, text) {
        None => Ok(()),
        Some(difference) => {
            Err(Error::Stale(format!("{path}, {difference}; if that is meant, run `cargo xtask {habit}`")))
        }
    }
}

fn write(file: &Path, text: &str) -> Result<(), Error> {
    fs::write(file, text).map_err(|source| Error::File { path: file.to_path_buf(), source })
}

/// What stands for the line after the last.
const END: &str = "(end of file)";

/// Tells the first line in which two texts differ.
fn first_difference(committed: &str, built: &str) -> Option<String> {
    if committed == built {
        return None;
    }
    let (mut left, mut right) = (committed.split('\n'), built.split('\n'));
    let mut number = 1;
    loop {
        match (left.next(), right.next()) {
            (Some(left), Some(right)) if left == right => number += 1,
            (left, right) => {
                let (left, right) = (left.unwrap_or(END), right.unwrap_or(END));
                let (left, right) = (excerpt(left, right), excerpt(right, left));
                return Some(format!("line {number}: committed `{left}`, built `{right}`"));
            }
        }
    }
}

/// The part of `line` where it departs from `other`, so that the hint stays one short line.
fn excerpt(line: &str, other: &str) -> String {
    const BEFORE: usize = 24;
    const LENGTH: usize = 56;
    let common = line.chars().zip(other.chars()).take_while(|(left, right)| left == right).count();
    let start = common.saturating_sub(BEFORE);
    let part: String = line.chars().skip(start).take(LENGTH).collect();
    let open = if start > 0 { "..." } else { "" };
    let close = if line.chars().count() > start + LENGTH { "..." } else { "" };
    format!("{open}{}{close}", part.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_no_difference() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
    }

    #[test]
    fn the_first_line_that_differs_is_told() {
        let difference = first_difference("a\n  b: 1\nc\n", "a\n  b: 2\nd\n");
        assert_eq!(difference.as_deref(), Some("line 2: committed `b: 1`, built `b: 2`"));
    }

    #[test]
    fn a_missing_last_line_end_is_a_difference() {
        assert_eq!(
            first_difference("a", "a\n").as_deref(),
            Some("line 2: committed `(end of file)`, built ``")
        );
    }

    #[test]
    fn a_long_line_is_cut_around_the_difference() {
        let line = |middle: &str| format!("{}{middle}{}", "a".repeat(90), "c".repeat(90));
        let part = excerpt(&line("1"), &line("2"));
        assert_eq!(part, format!("...{}1{}...", "a".repeat(24), "c".repeat(31)));
    }
}
