//! Reads what `cargo test` prints.

/// One line that matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    /// Cargo starts a test program; the file's name tells which.
    Program(&'a str),
    /// Cargo starts the documentation tests of a library.
    Documentation(&'a str),
    /// A program, or one batch of documentation tests, is through.
    Result(Counts),
}

/// The counts in libtest's closing line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) ignored: u64,
}

/// Reads one line; `None` for all that is of no interest.
pub(crate) fn read(line: &str) -> Option<Line<'_>> {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix("Running ") {
        let (_, path) = rest.strip_suffix(')')?.rsplit_once('(')?;
        return path.rsplit(['/', '\\']).next().map(Line::Program);
    }
    if let Some(library) = line.strip_prefix("Doc-tests ") {
        return Some(Line::Documentation(library));
    }
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    read_counts(counts).map(Line::Result)
}

fn read_counts(text: &str) -> Option<Counts> {
    let mut counts = Counts::default();
    for part in text.split(';') {
        let Some((number, what)) = part.trim().split_once(' ') else { continue };
        let field = match what {
            "passed" => &mut counts.passed,
            "failed" => &mut counts.failed,
            "ignored" => &mut counts.ignored,
            _ => continue,
        };
        *field = number.parse().ok()?;
    }
    Some(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closing_line_gives_its_counts() {
        let line =
            "test result: ok. 12 passed; 0 failed; 3 ignored; 0 measured; 0 filtered out; finished in 0.02s";
        assert_eq!(read(line), Some(Line::Result(Counts { passed: 12, failed: 0, ignored: 3 })));
    }

    #[test]
    fn a_failing_closing_line_gives_its_counts() {
        let line = "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(read(line), Some(Line::Result(Counts { passed: 1, failed: 2, ignored: 0 })));
    }

    #[test]
    fn a_program_is_known_by_its_file_name() {
        let line = "     Running unittests src/lib.rs (target/debug/deps/demeter_core-0123456789abcdef)";
        assert_eq!(read(line), Some(Line::Program("demeter_core-0123456789abcdef")));
        let line = r"     Running tests\slice.rs (target\debug\deps\slice-0123.exe)";
        assert_eq!(read(line), Some(Line::Program("slice-0123.exe")));
    }

    #[test]
    fn documentation_tests_are_known_by_their_library() {
        assert_eq!(read("   Doc-tests demeter_core"), Some(Line::Documentation("demeter_core")));
    }

    #[test]
    fn other_lines_say_nothing() {
        for line in ["", "running 3 tests", "test id::round_trips ... ok", "Running late", "test result: "] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
