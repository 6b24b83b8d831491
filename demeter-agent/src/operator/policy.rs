//! How an operator goes about its business.

use demeter_core::{Amount, Count, Span};

/// How much of each resource is offered, between what is required and what is preferred.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Generosity {
    /// What is required.
    Required,
    /// As much as is preferred, or as there is room for.
    Most,
    /// What gives the offer most merit: more of a resource where that is worth more to the bid than what it costs.
    #[default]
    BestMerit,
}

/// Which price is named in a race.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RacePrice {
    /// One's own, as soon as it may be named.
    #[default]
    Own,
    /// The highest that may be named, once one's own may be.
    Highest,
}

/// When pay is worth a transaction: whichever comes first, and at the end of the lease in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claiming {
    /// That of so many periods, at least one.
    pub periods: Count,
    /// So much.
    pub amount: Amount,
}

/// How an operator goes about its business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// Whether it answers auctions.
    pub auctions: bool,
    /// Whether it answers races.
    pub races: bool,
    /// How far ahead from now an extended lease may end, at its old price; with nothing, none is extended.
    pub extensions: Option<Span>,
    /// How much of each resource it offers.
    pub generosity: Generosity,
    /// Which price it names in a race.
    pub race_price: RacePrice,
    /// When it claims.
    pub claiming: Claiming,
    /// How much must lie in an idle slot's purse before it is collected. An offer collects it anyhow.
    pub collect_from: Amount,
    /// How long before a bid settles its offer takes the lead though a better one is there, whose maker sleeps: half of the
    /// time for leading, at most this.
    pub lead_before: Span,
}

impl Default for Policy {
    /// Answers everything, as well as it can for its own price; extends leases for up to 30 days; claims once in four periods or from 10,000,000 units on;
    /// collects what is worth an output of its own.
    fn default() -> Self {
        let units = |units| Amount::from_units(units).unwrap_or(Amount::ZERO);
        Self {
            auctions: true,
            races: true,
            extensions: Span::from_seconds(30 * 86_400).ok(),
            generosity: Generosity::default(),
            race_price: RacePrice::default(),
            claiming: Claiming {
                periods: Count::from_number(4).unwrap_or(Count::ZERO),
                amount: units(10_000_000),
            },
            collect_from: units(2_000_000),
            lead_before: Span::from_seconds(180).unwrap_or(Span::ZERO),
        }
    }
}
