//! One behaviour of heads, whichever way they are reached: in this process, over a socket, over one that fails.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests"
)]

#[path = "transports/agents.rs"]
mod agents;
#[path = "transports/behaviour.rs"]
mod behaviour;
#[path = "transports/client.rs"]
mod client;
#[path = "transports/ground.rs"]
mod ground;
#[path = "transports/traced.rs"]
mod traced;
