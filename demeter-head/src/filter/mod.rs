//! The entities' filter: what stands before a hydra-node so that strangers can use the head and cannot end, drain or
//! spoil it.
//!
//! Clients of the filter see the node's own API: they read, follow what happens, submit transactions and make deposits.
//! What is not known to be harmless is refused, with a reason in a form that hydra-node's clients know.
//!
//! # What is passed on
//!
//! Nothing that a client wrote reaches the node as it was written. The filter reads it, and writes to the node what it
//! has understood; so a message that the two read differently (a field that stands there twice, say) cannot carry
//! anything through. What the node says is passed to clients as it is.
//!
//! # What is refused
//!
//! | a client wants | it is |
//! |---|---|
//! | `NewTx`, POST `/transaction` | passed on, unless the transaction cannot be read, is marked invalid, mints or burns anything, or makes what L1 could not take ([`check_fanout`](demeter_tx::head::check_fanout)) |
//! | `Decommit`, POST `/decommit` | the same, and refused if the transaction consumes or makes an output at the registry or the market, or consumes what the last confirmed snapshot does not hold |
//! | POST `/commit` | passed on, unless an output would enter under a reference that the head holds already |
//! | POST `/cardano-transaction` | the same for each deposit that it makes; refused if it cannot be read or is marked invalid |
//! | GET `/head`, `/snapshot`, `/snapshot/utxo`, `/snapshot/last-seen`, `/commits`, `/protocol-parameters`, `/config`, `/demeter/clock` | passed on |
//! | `Init`, `Close`, `SafeClose`, `Contest`, `Fanout`, `SideLoadSnapshot`, `Recover`, POST `/snapshot`, DELETE `/commits/...` | refused |
//! | everything else, of this version or a later one | refused |

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
