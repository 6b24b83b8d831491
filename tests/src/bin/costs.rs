//! Prints what each transition costs, as `tests/costs.json` keeps it; `cargo xtask costs` compares and judges.

#![expect(clippy::print_stdout, reason = "a command-line tool speaks to its terminal")]

use demeter_tests::costs::{file, render};

fn main() {
    print!("{}", render(&file()));
}
