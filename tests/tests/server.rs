//! `demeter-head` over real sockets: what it sends, when, and to whom. Whatever it sends is held against hydra's schema,
//! where the corpus is there.

#[cfg(test)]
#[path = "server/harness.rs"]
mod harness;
#[cfg(test)]
#[path = "server/valid.rs"]
mod valid;

#[cfg(test)]
#[path = "server/connect.rs"]
mod connect;
#[cfg(test)]
#[path = "server/http.rs"]
mod http;
#[cfg(test)]
#[path = "server/inputs.rs"]
mod inputs;
#[cfg(test)]
#[path = "server/limits.rs"]
mod limits;
#[cfg(test)]
#[path = "server/process.rs"]
mod process;
#[cfg(test)]
#[path = "server/restart.rs"]
mod restart;
#[cfg(test)]
#[path = "server/schema.rs"]
mod schema;
#[cfg(test)]
#[path = "server/submit.rs"]
mod submit;
