//! What the benches share: a market in which every transition has a case, payments to apply, pairs of
//! measurements that end as ratios, the speed of a [`head`], and that of a head that is served under [`load`].
//!
//! A figure in seconds says little on another machine; a ratio of two that were measured one after the other in one
//! run says more. So each bench measures what Demeter does *beside* what it replaces or cannot go below.

mod crowd;
pub mod head;
pub mod load;
mod market;
mod measuring;
mod pairs;
mod payments;

pub use crowd::Crowd;
pub use market::{Case, Market};
pub use measuring::Measuring;
pub use pairs::Pairs;
pub use payments::Payments;

/// What a fixture gives; a bench has no use for the kind of a fault.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;
