//! What can go wrong in a habit: one line each.

use std::{io, path::PathBuf};

use crate::disk::Bytes;

/// Why a habit did not succeed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    #[error("run this as `cargo xtask`, so that cargo says where the workspace is")]
    NotFromCargo,
    #[error("no suite is called `{name}`; there are: {known}")]
    UnknownSuite { name: String, known: String },
    #[error("there is no fuzz target `{name}`; there are: {known}")]
    UnknownTarget { name: String, known: String },
    #[error("DEMETER_SHARED names `{}`, which is not a folder", .0.display())]
    SharedMissing(PathBuf),
    #[error("neither XDG_CACHE_HOME nor HOME is set, so there is no place to keep tools")]
    NoCache,
    #[error(
        "{free} are free on the disk of {} and {built} are built already, but a run takes up to {needed}: make room, or \
         set CARGO_TARGET_DIR to a folder on another disk",
        .folder.display()
    )]
    DiskTooSmall { folder: PathBuf, free: Bytes, built: Bytes, needed: Bytes },
    #[error("`{program}` could not be started: {source}")]
    Start { program: String, source: io::Error },
    #[error("`{command}` ended with {status}")]
    Command { command: String, status: String },
    #[error("{}: {source}", .path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("{what}: {source}")]
    Json { what: String, source: serde_json::Error },
    #[error("`aiken --version` says `{found}`, not {expected}: remove {}", .folder.display())]
    AikenVersion { found: String, expected: String, folder: PathBuf },
    #[error("there are no contracts: validators/aiken.toml is missing")]
    NoContracts,
    #[error("aiken found no test in validators/")]
    NoContractTests,
    #[error("{0} of the contracts' tests fail, so their units mean nothing")]
    ContractTestsFail(u64),
    #[error("aiken says nothing about the tests in validators/: they may not compile")]
    NoContractReport,
    #[error("the blueprint was built by {found}, not by aiken {expected}")]
    Compiler { found: String, expected: String },
    #[error("contract `{0}` is not among those aiken compiled")]
    MissingContract(String),
    #[error("`{0}` is compiled but not listed in xtask/src/contracts.rs")]
    UnlistedContract(String),
    #[error("the handlers of `{0}` differ in their code")]
    HandlersDiffer(String),
    #[error("`{contract}` takes {expected} parameters, xtask/src/contracts.rs gives {found}")]
    Parameters { contract: String, expected: usize, found: usize },
    #[error("`{contract}` needs the hash of `{needed}`, which must be listed before it")]
    ParameterOrder { contract: String, needed: String },
    #[error("`{title}` is not code: {fault}")]
    Code { title: String, fault: String },
    #[error(
        "`{title}` has no schema for its {place}: give the handler a type, or name one in xtask/src/contracts.rs"
    )]
    NoSchema { title: String, place: &'static str },
    #[error("definition `{0}` is referred to but not given")]
    NoDefinition(String),
    #[error("`{contract}` takes {size} bytes, and must stay under {limit}")]
    TooLarge { contract: String, size: usize, limit: usize },
    #[error("{0}")]
    Stale(String),
    #[error("{0}")]
    Check(String),
    /// The table and the closing line have said it; nothing is printed after them.
    #[error("see the table above")]
    Reported,
}

impl Error {
    /// 2 where the caller asked for something that does not exist, otherwise 1.
    pub(crate) const fn exit_code(&self) -> u8 {
        match self {
            Self::UnknownSuite { .. }
            | Self::UnknownTarget { .. }
            | Self::SharedMissing(_)
            | Self::NotFromCargo => 2,
            _ => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_request_exits_with_two_and_a_failure_with_one() {
        let request = Error::UnknownSuite { name: "a".into(), known: "b, c".into() };
        assert_eq!(request.to_string(), "no suite is called `a`; there are: b, c");
        assert_eq!(request.exit_code(), 2);
        assert_eq!(Error::Reported.exit_code(), 1);
    }

    #[test]
    fn an_oversized_contract_is_named_with_its_size() {
        let error = Error::TooLarge { contract: "market".into(), size: 9000, limit: 9000 };
        assert_eq!(error.to_string(), "`market` takes 9000 bytes, and must stay under 9000");
    }
}
