//! Differential testing of the mirror against the compiled scripts.
//!
//! [`World`] and [`healthy`] make a transaction that should be accepted, [`mutate`] spoils it in one way, and both
//! [`Engine`]s judge it. Only phase 2 is run: what a ledger refuses before any script is no verdict of the contract.

mod compare;
mod dice;
mod engine;
mod healthy;
mod mutate;
mod world;

pub use compare::{Comparison, Disagreement, Engines};
pub use dice::Dice;
pub use engine::{Engine, Mirror, Validator, Verdict};
pub use healthy::{Healthy, TRANSITIONS, healthy};
pub(crate) use healthy::{input, outputs, plain, state_output};
pub use mutate::{mutate, perturbed};
pub use world::World;
