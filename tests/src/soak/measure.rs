//! What a process and a file take.

use std::fs;
use std::path::Path;

/// The memory that this process has resident, in bytes, where the system tells it as Linux does.
pub(super) fn resident() -> Option<u64> {
    read(&fs::read_to_string("/proc/self/status").ok()?)
}

fn read(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

/// The length of a file, in bytes.
pub(super) fn length(path: &Path) -> u64 {
    fs::metadata(path).unwrap().len()
}
