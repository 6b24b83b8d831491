//! Differential testing of the mirror against the compiled scripts.
//!
//! A [`Case`] is a transaction in a [`World`]: a healthy one that should be accepted, one that is spoiled in one way,
//! or a wild one put together at random. Both [`Engine`]s judge it. Only phase 2 is run: what a ledger refuses before
//! any script is no verdict of the contract. [`run`] judges many cases, [`minimised`] makes one small, and
//! [`record`] keeps it in a file.

mod carry;
mod case;
mod compare;
mod coverage;
mod dice;
mod engine;
mod healthy;
mod minimise;
mod mutate;
mod possible;
pub mod record;
mod run;
mod wild;
mod wild_genesis;
mod world;

pub(crate) use carry::{input, outputs, plain, state_output};
pub use case::{Case, Kind};
pub use compare::{Engines, Judgement};
pub use coverage::{CODES, UNREACHED, unreached};
pub use dice::Dice;
pub use engine::{Engine, Mirror, Refused, Validator, Verdict};
pub use healthy::{Healthy, TRANSITIONS, any_healthy, healthy};
pub use minimise::minimised;
pub use mutate::{mutate, perturbed};
pub use run::{Counts, Disagreement, Plan, Summary, run};
pub use wild::wild;
pub use world::World;
