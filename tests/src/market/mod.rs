//! A market: many agents on one head, in one process and under virtual time.
//!
//! Operators, applications, entities and a treasury, each with a driver of its own, as they would run anywhere. They are
//! drawn from a seed, and so is all that happens to them: when orders arrive, how the head's time leaps, who is let go on
//! next where several are at work ([`Street`]), so that what an agent saw is out of date when it acts; who is killed, at
//! which point of a transaction, and for how long; and which operator leaves for good. Every transaction is entered in
//! books that know the specification and not the code, and audited ([`Clerk`]).
//!
//! - [`Market`]: what is run; [`Findings`]: what came of it.

mod clerk;
mod drawn;
mod findings;
mod reading;
mod run;
mod seat;
mod street;
mod turns;

pub use clerk::{Clerk, Counted, Overlooked};
pub use findings::{Findings, Killed};
pub use run::Market;
pub use street::{Phase, PhaseOf, Street};
