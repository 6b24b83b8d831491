//! hydra-node's API: our types of it on hydra's own samples, on values of our own, and on nonsense.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "hydra/corpus.rs"]
mod corpus;
#[path = "hydra/generate.rs"]
mod generate;
#[path = "hydra/nonsense.rs"]
mod nonsense;
#[path = "hydra/round_trip.rs"]
mod round_trip;
