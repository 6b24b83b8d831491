//! What each transition costs in its heaviest ordinary shape: a transaction of the real builder on an embedded head.
//!
//! Ordinary is what a careful user does: 8 needs and 8 labels, a native settlement asset, addresses with staking
//! parts, a fee, 7 entities of whom 4 must sign; needs and labels sorted, as they come from a manifest. Heaviest is the
//! order of the inputs (the ledger sorts them by hash, so it is left to chance): what the scripts look for stands last.
//!
//! [`file`](self::file()) is the file that keeps the figures, so that a change of one shows as a diff.

mod file;
mod ground;
mod measure;
mod shapes;

pub use file::{Figures, File, OutputFigures, Shape, file, render};
