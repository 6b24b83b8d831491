//! The grid's own transactions.
//!
//! A [`Plan`] says which transition shall happen to which outputs; [`Composer::compose`] asks `demeter-core` what it
//! yields and builds the transaction that yields it. There is no rule here: a transition that the contract refuses is
//! refused by the same function that previews it, and the [`Refusal`](demeter_core::transition::Refusal) is passed on.
//!
//! Three transactions are no transitions: publishing a script, Genesis, and placing a bid, which is a payment to
//! `market`. [`Composer`] builds them as well.

mod composer;
mod contract;
mod error;
mod funds;
mod plan;
mod read;

pub use composer::{Composer, GenesisPlan};
pub use contract::{BlueprintError, Contract};
pub use error::ComposeError;
pub use funds::Funds;
pub use plan::{Candidate, Declaration, Plan, Rotation, Ruling, SlotRange};
pub use read::{StateError, read_state};
