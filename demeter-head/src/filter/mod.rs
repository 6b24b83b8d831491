//! The entities' filter: what stands before a hydra-node so that strangers can use the head and cannot end, drain or
//! spoil it.
//!
//! Clients of the filter see the node's own API: they read, follow what happens, submit transactions and make deposits.
//! What is not known to be harmless is refused, with a reason in a form that hydra-node's clients know.
//!
//! What is passed on and what is refused, and why, is a table in the crate's own documentation.
//!
//! Nothing that a client wrote reaches the node as it was written. The filter reads it, and writes to the node what it
//! has understood; so a message that the two read differently (a field that stands there twice, say) cannot carry
//! anything through. What the node says is passed to clients as it is.

mod arguments;
mod bucket;
mod clients;
mod deposits;
mod error;
mod input;
mod judge;
mod options;
mod queue;
mod refusal;
mod relay;
mod route;
mod run;
mod serve;
mod shared;
mod upstream;

pub use arguments::ProxyArguments;
pub use error::FilterError;
pub use options::{FilterOptions, Rate};
pub use run::run;
pub use serve::serve;
