//! Programs that show Demeter Fabric at work, and what they share.

mod bid_file;
pub mod staging;
pub mod units;

pub use bid_file::{BidFile, BidFileError};

/// The repository's README, so that its code is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// How to go from nothing to a grid in a real head, for the same reason.
#[cfg(doctest)]
#[doc = include_str!("../../docs/hydra.md")]
struct HydraGuide;
