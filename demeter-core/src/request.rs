//! What an application asks for, its price, its term, its window and how the winner is found.

use crate::codec::{choice, record};
use crate::{Amount, Labels, Need, Ppm, Span, Time};

/// What an operator must have and may offer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Request {
    /// The resources, each name once.
    pub needs: Vec<Need>,
    /// Labels that the operator must have.
    #[cfg_attr(feature = "serde", serde(default))]
    pub labels: Labels,
    /// Labels that the entities must have endorsed.
    #[cfg_attr(feature = "serde", serde(default))]
    pub endorsed: Labels,
}

record! { 0 Request as "request" { needs, labels, endorsed } }

/// The prices that an offer may name, for one period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct PriceRange {
    /// The lowest.
    pub floor: Amount,
    /// The highest.
    pub ceiling: Amount,
}

record! { 0 PriceRange as "price" { floor, ceiling } }

/// How long a lease lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Term {
    /// The unit of payment.
    pub period: Span,
    /// How many.
    pub periods: crate::Count,
    /// The time after the end in which the application can still close or complain.
    pub grace: Span,
}

record! { 0 Term as "term" { period, periods, grace } }

/// When a bid can be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Window {
    /// From here on there may be offers; records count as they are now.
    pub opens: Time,
    /// Until here there may be offers; from here on they may take the lead.
    pub closes: Time,
    /// Until here better offers may take the lead; from here on the leader is awarded.
    pub settles: Time,
}

record! { 0 Window as "window" { opens, closes, settles } }

/// How the winner is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Method {
    /// First come, first served.
    Race {
        /// How much earlier than the worst record the best one may come.
        head_start: Span,
        /// How long the price that may be named rises, from floor to ceiling.
        ramp: Span,
    },
    /// The greatest merit, under three weights.
    Auction {
        /// The weight of a low price.
        price: Ppm,
        /// The weight of resources near what is preferred.
        fit: Ppm,
        /// The weight of a good record.
        reputation: Ppm,
    },
}

choice! {
    Method as "method" of "0 or 1" {
        0 Race { head_start, ramp },
        1 Auction { price, fit, reputation },
    }
}

impl Method {
    /// A plain race: all may come at once, and the price rises over `ramp`.
    pub const fn race(ramp: Span) -> Self {
        Self::Race { head_start: Span::ZERO, ramp }
    }

    /// A race in which better records start earlier.
    pub const fn reputation(head_start: Span, ramp: Span) -> Self {
        Self::Race { head_start, ramp }
    }

    /// An auction under three weights in millionths, each at most the whole.
    pub const fn auction(price: Ppm, fit: Ppm, reputation: Ppm) -> Self {
        Self::Auction { price, fit, reputation }
    }
}

/// Generators.
#[cfg(any(test, feature = "test-utils"))]
mod any {
    use super::*;
    use crate::integer::{any_amount, any_count, any_ppm, any_span, any_time};
    use crate::label::any_labels;
    use crate::resource::any_need;
    use proptest::prelude::*;

    /// Generates a request, perhaps with a name twice.
    pub fn any_request() -> impl Strategy<Value = Request> {
        (proptest::collection::vec(any_need(), 0..5), any_labels(), any_labels())
            .prop_map(|(needs, labels, endorsed)| Request { needs, labels, endorsed })
    }

    /// Generates any two prices.
    pub fn any_price_range() -> impl Strategy<Value = PriceRange> {
        (any_amount(), any_amount()).prop_map(|(floor, ceiling)| PriceRange { floor, ceiling })
    }

    /// Generates any term.
    pub fn any_term() -> impl Strategy<Value = Term> {
        (any_span(), any_count(), any_span()).prop_map(|(period, periods, grace)| Term {
            period,
            periods,
            grace,
        })
    }

    /// Generates any three times.
    pub fn any_window() -> impl Strategy<Value = Window> {
        (any_time(), any_time(), any_time()).prop_map(|(opens, closes, settles)| Window {
            opens,
            closes,
            settles,
        })
    }

    /// Generates a method whose weights are at most the whole.
    pub fn any_method() -> impl Strategy<Value = Method> {
        let weight = || any_ppm().prop_map(|ppm| ppm.min(Ppm::ONE));
        prop_oneof![
            (any_span(), any_span()).prop_map(|(head_start, ramp)| Method::Race { head_start, ramp }),
            (weight(), weight(), weight()).prop_map(|(price, fit, reputation)| Method::Auction {
                price,
                fit,
                reputation
            }),
        ]
    }
}

#[cfg(any(test, feature = "test-utils"))]
pub use any::{any_method, any_price_range, any_request, any_term, any_window};
