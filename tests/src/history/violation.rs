//! What must not happen.

use std::fmt;

/// Which promise is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Promise {
    /// Invariant 2: every purse and every state holds what the books say, and escrow is accounted for.
    Conservation,
    /// Invariant 3: the tokens of the registry's policy stay where they belong, and stay as many.
    TokensStay,
    /// Invariant 4: the greatest offer leads when its bid settles, and gets the lease.
    BestOfferWins,
    /// Invariant 5: everybody gets out what is theirs.
    NoDeadEnds,
    /// Invariant 6: every output holds its minimum, and there are no more than a head can hold.
    Fits,
    /// Invariant 7: what somebody without the right submits is refused.
    StrangersGetNothing,
    /// Invariant 1: what the composer builds, the head accepts.
    Agreement,
}

/// A promise broken, and how.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Violation {
    /// Which promise.
    pub promise: Promise,
    /// What was seen.
    pub seen: String,
}

impl Violation {
    /// A promise broken in this way.
    pub fn new(promise: Promise, seen: impl Into<String>) -> Self {
        Self { promise, seen: seen.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.promise, self.seen)
    }
}
