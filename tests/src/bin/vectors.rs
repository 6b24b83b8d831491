//! Writes the golden vectors into the folder that is named: `cargo xtask vectors` calls this.

use std::process::ExitCode;

use demeter_tests::vector;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(std::path::PathBuf::from) else {
        return ExitCode::from(2);
    };
    let written =
        vector::files().into_iter().try_for_each(|(name, text)| std::fs::write(folder.join(name), text));
    if written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
