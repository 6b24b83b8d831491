//! The record of an operator.

use crate::codec::record;
use crate::{Amount, Time};

/// What an operator has kept and broken, as sums of prices that halve with time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Reputation {
    /// The price of the periods kept, decayed to `as_of`.
    pub fulfilled: Amount,
    /// The price of the periods broken, decayed to `as_of`.
    pub breached: Amount,
    /// When both were last halved.
    pub as_of: Time,
}

record! { 0 Reputation as "reputation" { fulfilled, breached, as_of } }

/// Generates a record.
#[cfg(any(test, feature = "test-utils"))]
pub fn any_reputation() -> impl proptest::strategy::Strategy<Value = Reputation> {
    use crate::integer::{any_amount, any_time};
    use proptest::prelude::*;
    (any_amount(), any_amount(), any_time()).prop_map(|(fulfilled, breached, as_of)| Reputation {
        fulfilled,
        breached,
        as_of,
    })
}
