//! A head on disk, killed again and again while it works.
//!
//! A child process submits a [`Script`] to a head on disk and says on its standard output which transactions were
//! acknowledged; the parent kills it at moments drawn from a seed, opens the file itself and holds it against a model in
//! memory. Since a script is one row of transactions, the number of the last snapshot says how far the head has come,
//! and what it holds must be what the model holds after as many.

mod child;
mod model;
mod parent;
mod script;

pub use child::{Policy, work};
pub use parent::{Campaign, Findings};
pub use script::Script;
