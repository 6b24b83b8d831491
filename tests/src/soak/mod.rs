//! A head on disk that works for long: what it takes in memory, on disk and in time as its past grows.
//!
//! One submitter keeps many transactions under way on a head with grouped commits and follows its events. The set of
//! outputs keeps its size, so whatever grows is the past: the run is cut into windows, and what the process holds after
//! the first tenth may hardly grow any more. On disk the ids of all transactions are kept for ever, and only they may
//! grow. In the end the head is opened anew and must be what was acknowledged.

mod after;
mod findings;
mod measure;
mod run;
mod traffic;
mod work;

pub use findings::{Findings, Kept, Window};
pub use run::Soak;
