#![doc = include_str!("../README.md")]

mod book;
mod broadcast;
mod checkpoint;
mod control;
mod cors;
mod error;
pub mod filter;
mod http;
mod hub;
mod identity;
mod input;
mod message;
mod metrics;
mod offline;
mod options;
mod program;
mod pump;
mod query;
mod serve;
mod shared;
mod side_load;
mod signals;
mod socket;
mod submit;
mod view;

pub use error::ServeError;
pub use identity::{Identity, IdentityError};
pub use offline::{Arguments, Clock, ClockArgumentError, OfflineError, run};
pub use options::{Limits, ServerOptions};
pub use program::main;
pub use serve::serve;
