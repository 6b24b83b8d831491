//! `demeter-head`: an embedded head, served over hydra-node's own API.

use std::process::ExitCode;

fn main() -> ExitCode {
    demeter_head::main()
}
