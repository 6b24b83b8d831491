//! Where the idle tokens of a grid lie.

use crate::codec::record;
use crate::{Count, GridId};

/// The pool of a grid: it holds the OPER and SLOT tokens that nobody uses, and counts the operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Pool {
    /// The grid.
    pub grid: GridId,
    /// The number of the next operator.
    pub next: Count,
}

record! { 1 Pool as "pool" { grid, next } }

/// Generates a pool.
#[cfg(any(test, feature = "test-utils"))]
pub fn any_pool() -> impl proptest::strategy::Strategy<Value = Pool> {
    use proptest::prelude::*;
    (crate::id::any_grid_id(), crate::integer::any_count()).prop_map(|(grid, next)| Pool { grid, next })
}
