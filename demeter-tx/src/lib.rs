//! demeter-tx

pub mod keys;
