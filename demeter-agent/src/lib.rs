#![doc = include_str!("../README.md")]

mod action;
mod agent;
pub mod application;
pub mod cosign;
mod decision;
pub mod driver;
pub mod entity;
mod keys;
pub mod operator;
pub mod pricing;
mod reason;
pub mod sandbox;
mod validity;

pub use action::{Action, Deed, Tidy};
pub use agent::Agent;
pub use decision::Decision;
pub use keys::KeyRing;
pub use reason::Reason;
pub use validity::{Bounds, OutOfTime, Validity};
