//! The harness of the tests that span crates. The tests themselves are in `tests/tests/`.
//!
//! - [`vector`]: the golden vectors of `tests/vectors/`, written by the program `vectors` from [`sample`].
//! - [`schema`]: the published schemas of the blueprint, interpreted.
//! - [`conformance`]: hydra's schema and samples, held against our types of its API.
//! - [`chaos`]: clients of a head behind connections that fail and servers that are killed.
//! - [`crash`]: a head on disk, killed again and again while it works.
//! - [`soak`]: a head on disk that works for long, and what it takes.
//! - [`costs`]: what each transition costs.
//! - [`drt`]: worlds, transactions, and the two engines that judge them.
//! - [`history`]: random walks on an embedded head, held against books that are kept apart.
//! - [`market`]: many agents on one head, killed, overtaken and left alone, held against the same books.
//! - [`mutants`]: named ways to spoil a transaction, and why each is refused.
//! - [`machine`]: functions of the contract run by themselves, from `tests/functions.json`.
//! - [`machines`]: the two script machines beside each other.
//! - [`rule`]: each of those functions beside ours, on many inputs.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "only tests use this: what fails here fails a test"
)]

#[cfg(feature = "whole")]
pub mod chaos;
#[cfg(feature = "whole")]
pub mod conformance;
#[cfg(feature = "whole")]
pub mod costs;
pub mod crash;
pub mod drt;
pub mod history;
pub mod machine;
#[cfg(feature = "whole")]
pub mod machines;
pub mod make;
#[cfg(feature = "whole")]
pub mod market;
pub mod mutants;
pub mod repository;
pub mod rule;
pub mod sample;
pub mod schema;
pub mod soak;
pub mod tree;
pub mod vector;
