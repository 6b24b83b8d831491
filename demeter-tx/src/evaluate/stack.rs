//! Where the script machines run: on a stack of their own, and such that a fault in them is an error.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs what recurses over programs and values, on a stack that holds the deepest that a transaction's size and
/// budget allow. Two megabytes, which a thread has by default, end at a few thousand nested terms, and a stack
/// that overflows takes the process with it.
///
/// Within another call of it nothing is done: one stack serves all scripts of a transaction.
pub(super) fn on_large_stack<T>(run: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(ENOUGH_BYTES, STACK_BYTES, run)
}

/// Only what is touched of this is ever used.
const STACK_BYTES: usize = 256 << 20;

/// What there must be left of it.
const ENOUGH_BYTES: usize = 248 << 20;

/// Runs a machine such that a fault in it, which no script should be able to cause, takes one transaction
/// down and not the head.
pub(super) fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|_| "the script machine failed".to_owned())
}

/// The machines' texts are laid out over many lines and can hold whole terms.
pub(super) fn one_line(text: &str) -> String {
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(400) {
        line.truncate(end);
        line.push_str(" ...");
    }
    line
}
