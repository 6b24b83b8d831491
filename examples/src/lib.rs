//! Programs that show Demeter Fabric at work, and what they share.

mod bid_file;
pub mod units;

pub use bid_file::{BidFile, BidFileError};
