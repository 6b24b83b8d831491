//! `demeter-head`, where tests can start and kill it.

use std::process::ExitCode;

fn main() -> ExitCode {
    demeter_head::main()
}
