//! Named mutants: for each transition healthy transactions, and every way that a thief might change one.
//!
//! A [`Case`] is one healthy transaction of a fixed [`Scene`], written so that a reader can follow it. Its [`Mutant`]s
//! each change one thing, and say what a thief would gain, by which [`Reason`] the mirror refuses, and at which
//! condition the contract stops. [`judge`] runs them all: the release build of the contract and the mirror must refuse
//! each, and a build of the contract with traces tells its reason.
//!
//! Only phase 2 is judged, as in [`crate::drt`]: what a ledger refuses before any script runs is no verdict of the
//! contract, so values need not always balance; where it costs nothing they do.

mod answer;
mod award;
mod bid;
mod case;
mod change;
mod condition;
mod deposit;
mod field;
mod founding;
mod frame;
mod input;
mod judge;
mod lead;
mod lease;
mod member;
mod offer;
mod output;
mod purse;
mod retire;
mod rotate;
mod scene;
mod settle;
mod table;
mod take;

pub use case::{Case, Change, Mutant, Neighbour, Reason};
pub use condition::uncovered;
pub use judge::{Judgement, Tally, judge};
pub use scene::Scene;
pub use table::cases;
