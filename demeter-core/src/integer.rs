//! Integers with a unit: amounts, resource quantities, times, spans and ratios.
//!
//! Every integer that the contract stores is in `0..2^63`. Each of these types holds one such integer, keeps
//! the range by construction and computes with checks: nothing wraps, nothing saturates silently.

use std::fmt;

/// The first integer that no field of a state may hold.
pub const INTEGER_LIMIT: u64 = 1 << 63;

/// A number left the range `0..2^63`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} is an integer from 0 to 9223372036854775807, {operation} gave another")]
pub struct RangeError {
    /// The type whose range was left.
    pub name: &'static str,
    /// What was computed.
    pub operation: &'static str,
}

macro_rules! bounded_integer {
    ($(#[$doc:meta])* $name:ident, $from:ident, $to:ident, $unit:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        pub struct $name(u64);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);
            /// The largest that a state can hold, `2^63 - 1`.
            pub const MAX: Self = Self(INTEGER_LIMIT - 1);

            #[doc = concat!("Wraps a count of ", $unit, ".")]
            ///
            /// # Errors
            /// The count is `2^63` or more.
            pub const fn $from(count: u64) -> Result<Self, RangeError> {
                if count < INTEGER_LIMIT {
                    Ok(Self(count))
                } else {
                    Err(RangeError { name: stringify!($name), operation: "construction" })
                }
            }

            #[doc = concat!("The count of ", $unit, ".")]
            pub const fn $to(self) -> u64 {
                self.0
            }

            /// The sum.
            ///
            /// # Errors
            /// The sum is `2^63` or more.
            pub const fn checked_add(self, other: Self) -> Result<Self, RangeError> {
                match self.0.checked_add(other.0) {
                    Some(sum) if sum < INTEGER_LIMIT => Ok(Self(sum)),
                    _ => Err(RangeError { name: stringify!($name), operation: "addition" }),
                }
            }

            /// The difference.
            ///
            /// # Errors
            /// The other is larger.
            pub const fn checked_sub(self, other: Self) -> Result<Self, RangeError> {
                match self.0.checked_sub(other.0) {
                    Some(difference) => Ok(Self(difference)),
                    None => Err(RangeError { name: stringify!($name), operation: "subtraction" }),
                }
            }

            /// The product with a plain count.
            ///
            /// # Errors
            /// The product is `2^63` or more.
            pub const fn checked_mul(self, count: u64) -> Result<Self, RangeError> {
                match self.0.checked_mul(count) {
                    Some(product) if product < INTEGER_LIMIT => Ok(Self(product)),
                    _ => Err(RangeError { name: stringify!($name), operation: "multiplication" }),
                }
            }
        }

        impl TryFrom<u128> for $name {
            type Error = RangeError;

            fn try_from(count: u128) -> Result<Self, RangeError> {
                u64::try_from(count)
                    .map_err(|_| RangeError { name: stringify!($name), operation: "construction" })
                    .and_then(Self::$from)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_u64(self.0)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let count = <u64 as serde::Deserialize>::deserialize(deserializer)?;
                Self::$from(count).map_err(serde::de::Error::custom)
            }
        }
    };
}

bounded_integer! {
    /// An amount of some asset, in that asset's integer units (lovelace, for ada).
    Amount, from_units, to_units, "integer units"
}
bounded_integer! {
    /// A count of some resource in its own unit: millicores of `cpu`, bytes of `memory`, pieces of
    /// `nvidia.com/gpu`.
    Quantity, from_units, to_units, "the resource's units"
}
bounded_integer! {
    /// A point in time, in milliseconds since the POSIX epoch.
    Time, from_milliseconds, to_milliseconds, "milliseconds since 1970-01-01T00:00:00Z"
}
bounded_integer! {
    /// A span of time, in milliseconds.
    Span, from_milliseconds, to_milliseconds, "milliseconds"
}
bounded_integer! {
    /// A ratio in millionths.
    Ppm, from_millionths, to_millionths, "millionths"
}
bounded_integer! {
    /// A plain count, or the index or number of something.
    Count, from_number, to_number, "pieces"
}
bounded_integer! {
    /// What an auction ranks by: the weighted sum of cheapness, fit and score, each in millionths, under weights
    /// in millionths. At most 3,000,000,000,000.
    Merit, from_points, to_points, "points"
}

impl Time {
    /// The point in time this span later.
    ///
    /// # Errors
    /// The result is `2^63` or more.
    pub const fn after(self, span: Span) -> Result<Self, RangeError> {
        self.checked_add(Self(span.0))
    }

    /// The span since an earlier time; nothing when that time is later.
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Span {
    /// A span of whole seconds.
    ///
    /// # Errors
    /// The span is `2^63` milliseconds or more.
    pub const fn from_seconds(seconds: u64) -> Result<Self, RangeError> {
        match seconds.checked_mul(1000) {
            Some(milliseconds) => Self::from_milliseconds(milliseconds),
            None => Err(RangeError { name: "Span", operation: "multiplication" }),
        }
    }
}

impl Ppm {
    /// The whole: a million millionths.
    pub const ONE: Self = Self(1_000_000);
}

/// Generators: mostly small, now and then anything up to the limit.
#[cfg(any(test, feature = "test-utils"))]
mod any {
    use super::*;
    use proptest::prelude::*;

    /// Generates an integer that a state may hold.
    pub(crate) fn any_integer() -> impl Strategy<Value = u64> {
        prop_oneof![4 => 0..30u64, 4 => 0..100_000_000u64, 1 => 0..INTEGER_LIMIT, 1 => Just(INTEGER_LIMIT - 1)]
    }

    macro_rules! generators {
        ($($(#[$doc:meta])* $any:ident $type:ident $from:ident;)*) => {
            $($(#[$doc])*
            pub fn $any() -> impl Strategy<Value = $type> {
                any_integer().prop_map(|integer| $type::$from(integer).unwrap_or($type::MAX))
            })*
        };
    }

    generators! {
        /// Generates an amount.
        any_amount Amount from_units;
        /// Generates a quantity.
        any_quantity Quantity from_units;
        /// Generates a time.
        any_time Time from_milliseconds;
        /// Generates a span.
        any_span Span from_milliseconds;
        /// Generates a ratio.
        any_ppm Ppm from_millionths;
        /// Generates a count.
        any_count Count from_number;
        /// Generates a merit.
        any_merit Merit from_points;
    }
}

#[cfg(any(test, feature = "test-utils"))]
pub use any::{any_amount, any_count, any_merit, any_ppm, any_quantity, any_span, any_time};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_stays_in_range() {
        let one = Amount::from_units(1).unwrap();
        assert!(Amount::from_units(INTEGER_LIMIT).is_err());
        assert!(Amount::MAX.checked_add(one).is_err());
        assert!(Amount::ZERO.checked_sub(one).is_err());
        assert!(Amount::MAX.checked_mul(2).is_err());
        assert_eq!(
            Amount::MAX.checked_add(one).unwrap_err().to_string(),
            "Amount is an integer from 0 to 9223372036854775807, addition gave another"
        );
    }

    #[test]
    fn time_and_spans() {
        let noon = Time::from_milliseconds(43_200_000).unwrap();
        let minute = Span::from_seconds(60).unwrap();
        assert_eq!(noon.after(minute).unwrap().since(noon), minute);
        assert_eq!(noon.since(noon.after(minute).unwrap()), Span::ZERO);
    }
}
