//! Histories: random walks on an embedded head, held against books that are kept apart.
//!
//! Operators, applications and entities act in turn, each by a [`Choice`] drawn from a seed; some are hostile. Every
//! transaction is built by the real builder, really signed, and judged by the compiled scripts and the ledger's rules;
//! time is virtual. After every step the [`books`] are held against the ledger; see [`Promise`] for what must hold.
//!
//! - [`Choice`]: a history is a list of these, and any list is a history.
//! - [`Walk`]: a head, its books, one step after the other.
//! - [`exits`]: whether everybody alone gets out what is its own.
//! - [`run`]: whole histories; [`mod@shrink`]: a failing one made short; [`campaign`]: many at once.

mod act;
pub mod best;
pub mod books;
pub mod campaign;
pub mod cast;
pub mod choice;
pub mod deed;
pub mod exits;
pub mod fault;
pub mod ground;
mod hostile;
pub mod money;
mod pass;
pub mod run;
pub mod shrink;
pub mod tally;
pub mod violation;
pub mod walk;

pub use campaign::{Broken, Campaign};
pub use choice::{Action, Choice};
pub use fault::Fault;
pub use ground::{Ground, Record};
pub use run::{Failure, History, Rules, drawn, replayed};
pub use shrink::{Shrunk, shrink};
pub use tally::Tally;
pub use violation::{Promise, Violation};
pub use walk::Walk;
