//! What a slot is doing.

use crate::codec::{Codec, DecodeError, DecodeFault, PlutusData, Reader, Writer, record};
use crate::{
    Address, Amount, Asset, BidName, Count, KeyHash, Merit, Ppm, Quantity, RangeError, Resources, Span, Time,
    WorkloadHash,
};

/// What a slot is doing: nothing, offering, carrying a lease, or waiting to be reported.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Stage {
    /// Nothing.
    Idle,
    /// Standing behind an offer.
    Offered(Offered),
    /// Carrying a lease.
    Leased(Box<Leased>),
    /// A lease has ended, and the operator's record does not know it yet.
    Settled(Settled),
}

/// An offer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Offered {
    /// The bid that it answers.
    pub bid: BidName,
    /// For one period.
    pub price: Amount,
    /// One amount for each need of the bid, in their order.
    pub resources: Vec<Quantity>,
    /// What it is ranked by, frozen when it was made.
    pub merit: Merit,
    /// When the operator may take it back: the bid's `settles`.
    pub until: Time,
}

/// A lease.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Leased {
    /// The bid that it came from.
    pub bid: BidName,
    /// Whose it is.
    pub application: KeyHash,
    /// Where what is left goes.
    pub refund: Address,
    /// What is paid with.
    pub asset: Asset,
    /// What is charged on the price.
    pub fee_ppm: Ppm,
    /// For one period.
    pub price: Amount,
    /// The unit of payment.
    pub period: Span,
    /// The time after the end in which the application can still close or complain.
    pub grace: Span,
    /// What the operator has at stake.
    pub bond: Amount,
    /// The manifest to run.
    pub workload: WorkloadHash,
    /// What the lease may use, in the order of the bid's needs.
    pub resources: Resources,
    /// When it began.
    pub start: Time,
    /// How many periods were bought.
    pub periods: Count,
    /// How many of them have been paid out.
    pub claimed: Count,
}

impl Leased {
    /// The end of the last period.
    ///
    /// # Errors
    /// It is `2^63` or later.
    pub fn end(&self) -> Result<Time, RangeError> {
        self.start.after(self.period.checked_mul(self.periods.to_number())?)
    }

    /// The end of the grace after the last period.
    ///
    /// # Errors
    /// It is `2^63` or later.
    pub fn end_of_grace(&self) -> Result<Time, RangeError> {
        self.end()?.after(self.grace)
    }

    /// How many whole periods have passed at a time, bought or not.
    pub fn whole_periods(&self, at: Time) -> Count {
        let elapsed = at.since(self.start).to_milliseconds();
        let whole = elapsed.checked_div(self.period.to_milliseconds()).unwrap_or(0);
        Count::from_number(whole).unwrap_or(Count::MAX)
    }
}

/// How a lease ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Settled {
    /// The price of the periods kept.
    pub kept: Amount,
    /// The price of the periods broken.
    pub broken: Amount,
    /// When.
    pub at: Time,
}

record! { 1 Offered as "offered" { bid, price, resources, merit, until } }

record! {
    2 Leased as "leased" {
        bid, application, refund, asset, fee_ppm, price, period, grace, bond, workload, resources, start, periods,
        claimed,
    }
}

record! { 3 Settled as "settled" { kept, broken, at } }

impl Codec for Stage {
    const NAME: &'static str = "";

    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Idle => writer.constructor(0, 0),
            Self::Offered(offered) => offered.write(writer),
            Self::Leased(leased) => leased.write(writer),
            Self::Settled(settled) => settled.write(writer),
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match reader.peek_constructor()? {
            0 => {
                let (_, mut fields) = reader.constructor()?;
                reader.no_more_fields(&mut fields, 0).map(|()| Self::Idle)
            }
            1 => Offered::read(reader).map(Self::Offered),
            2 => Leased::read(reader).map(Box::new).map(Self::Leased),
            3 => Settled::read(reader).map(Self::Settled),
            found => Err(reader.fault(DecodeFault::Constructor { expected: "0, 1, 2 or 3", found })),
        }
    }
}

impl PlutusData for Stage {}

/// Generators.
#[cfg(any(test, feature = "test-utils"))]
mod any {
    use super::*;
    use crate::address::any_address;
    use crate::id::{any_bid_name, any_key_hash, any_workload_hash};
    use crate::integer::{any_amount, any_count, any_merit, any_ppm, any_quantity, any_span, any_time};
    use proptest::prelude::*;

    /// Generates an offer.
    pub fn any_offered() -> impl Strategy<Value = Offered> {
        let resources = proptest::collection::vec(any_quantity(), 0..5);
        (any_bid_name(), any_amount(), resources, any_merit(), any_time())
            .prop_map(|(bid, price, resources, merit, until)| Offered { bid, price, resources, merit, until })
    }

    /// Generates a lease.
    pub fn any_leased() -> impl Strategy<Value = Leased> {
        let whose = (any_bid_name(), any_key_hash(), any_address(), crate::value::any_asset(), any_ppm());
        let price = (any_amount(), any_span(), any_span(), any_amount(), any_workload_hash());
        let course = (crate::resource::any_resources(), any_time(), any_count(), any_count());
        (whose.boxed(), price.boxed(), course.boxed()).prop_map(
            |(
                (bid, application, refund, asset, fee_ppm),
                (price, period, grace, bond, workload),
                (resources, start, periods, claimed),
            )| Leased {
                bid,
                application,
                refund,
                asset,
                fee_ppm,
                price,
                period,
                grace,
                bond,
                workload,
                resources,
                start,
                periods,
                claimed,
            },
        )
    }

    /// Generates a stage.
    pub fn any_stage() -> impl Strategy<Value = Stage> {
        prop_oneof![
            Just(Stage::Idle),
            any_offered().prop_map(Stage::Offered),
            any_leased().boxed().prop_map(Box::new).prop_map(Stage::Leased),
            (any_amount(), any_amount(), any_time()).prop_map(|(kept, broken, at)| Stage::Settled(Settled {
                kept,
                broken,
                at
            })),
        ]
    }
}

#[cfg(any(test, feature = "test-utils"))]
pub use any::{any_leased, any_offered, any_stage};
