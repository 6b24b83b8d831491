//! Clients of a head behind connections that fail and servers that are killed.
//!
//! In each [`run`](Campaign) a few clients submit payments, chains of them, contested and unsigned ones and moves of one
//! shared state, all through a [`Proxy`] that cuts, delays, duplicates, truncates, half-closes and stalls. Every fourth
//! run has its server as a process, which is killed in the middle and started again. When all is over, what each client
//! was told of each transaction is held against the head's own record: see [`judge`].

mod blind;
mod campaign;
mod client;
mod fault;
pub mod frame;
mod ground;
mod judge;
mod proxy;
mod run;
mod server;
mod work;

pub use campaign::{Campaign, Findings};
pub use client::connect;
pub use fault::{Counts, Kind};
pub use ground::Ground;
pub use judge::{Duty, Judgement, Record, Submitted, Told, judge};
pub use proxy::Proxy;
pub use server::Program;
