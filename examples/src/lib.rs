//! Programs that show Demeter Fabric at work, and what they share.

mod bid_file;
pub mod staging;
pub mod units;

pub use bid_file::{BidFile, BidFileError};

/// The repository's README, so that its code is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
