//! Writes the golden transactions into the folder that is named.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "it plays a test's scenario"
)]

use std::process::ExitCode;

#[path = "../../tests/slice/audit.rs"]
mod audit;
#[path = "../../tests/slice/fixture.rs"]
mod fixture;
#[path = "../../tests/slice/story.rs"]
mod story;
#[path = "../../tests/slice/vector.rs"]
mod vector;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(std::path::PathBuf::from) else {
        return ExitCode::from(2);
    };
    let text = vector::render(&vector::file());
    if std::fs::write(folder.join(vector::FILE), text).is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
