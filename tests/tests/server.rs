//! `demeter-head` over real sockets: what it sends, when, and to whom. Whatever it sends is held against hydra's schema,
//! where the corpus is there.

#[path = "server/harness.rs"]
mod harness;
#[path = "server/valid.rs"]
mod valid;

#[path = "server/connect.rs"]
mod connect;
#[path = "server/http.rs"]
mod http;
#[path = "server/inputs.rs"]
mod inputs;
#[path = "server/limits.rs"]
mod limits;
#[path = "server/process.rs"]
mod process;
#[path = "server/restart.rs"]
mod restart;
#[path = "server/schema.rs"]
mod schema;
#[path = "server/submit.rs"]
mod submit;
