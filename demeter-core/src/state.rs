//! The five states.

use crate::codec::{Codec, DecodeError, DecodeFault, PlutusData, Reader, Writer};
use crate::{Bid, Grid, GridId, Operator, Pool, Slot};

/// What the contract keeps in an output. Their constructor numbers differ across both scripts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum State {
    /// At `registry`.
    Grid(Box<Grid>),
    /// At `registry`.
    Pool(Pool),
    /// At `registry`.
    Operator(Box<Operator>),
    /// At `market`.
    Slot(Slot),
    /// At `market`.
    Bid(Box<Bid>),
}

/// Which of the contract's two scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Script {
    /// Where the grid, its pool and its operators stand; also the policy of all tokens.
    Registry,
    /// Where slots and bids stand.
    Market,
}

/// Which of the five states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum StateKind {
    /// The grid itself.
    Grid,
    /// Its pool of tokens.
    Pool,
    /// The record of an operator.
    Operator,
    /// A slot of an operator.
    Slot,
    /// A bid of an application.
    Bid,
}

impl std::fmt::Display for StateKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Grid => "grid",
            Self::Pool => "pool",
            Self::Operator => "operator",
            Self::Slot => "slot",
            Self::Bid => "bid",
        })
    }
}

impl State {
    /// Which of the five it is.
    pub const fn kind(&self) -> StateKind {
        match self {
            Self::Grid(_) => StateKind::Grid,
            Self::Pool(_) => StateKind::Pool,
            Self::Operator(_) => StateKind::Operator,
            Self::Slot(_) => StateKind::Slot,
            Self::Bid(_) => StateKind::Bid,
        }
    }

    /// The script at which it stands.
    pub const fn script(&self) -> Script {
        match self {
            Self::Grid(_) | Self::Pool(_) | Self::Operator(_) => Script::Registry,
            Self::Slot(_) | Self::Bid(_) => Script::Market,
        }
    }

    /// The grid that it says it is of.
    pub fn grid(&self) -> GridId {
        match self {
            Self::Grid(grid) => grid.id,
            Self::Pool(pool) => pool.grid,
            Self::Operator(operator) => operator.grid,
            Self::Slot(slot) => slot.grid,
            Self::Bid(bid) => bid.terms.grid,
        }
    }
}

impl From<Grid> for State {
    fn from(grid: Grid) -> Self {
        Self::Grid(Box::new(grid))
    }
}

impl From<Pool> for State {
    fn from(pool: Pool) -> Self {
        Self::Pool(pool)
    }
}

impl From<Operator> for State {
    fn from(operator: Operator) -> Self {
        Self::Operator(Box::new(operator))
    }
}

impl From<Slot> for State {
    fn from(slot: Slot) -> Self {
        Self::Slot(slot)
    }
}

impl From<Bid> for State {
    fn from(bid: Bid) -> Self {
        Self::Bid(Box::new(bid))
    }
}

impl Codec for State {
    const NAME: &'static str = "";

    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Grid(grid) => grid.write(writer),
            Self::Pool(pool) => pool.write(writer),
            Self::Operator(operator) => operator.write(writer),
            Self::Slot(slot) => slot.write(writer),
            Self::Bid(bid) => bid.write(writer),
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        fn one<T: Codec>(reader: &mut Reader<'_>) -> Result<T, DecodeError> {
            T::read(reader).map_err(|error| error.inside(T::NAME))
        }
        match reader.peek_constructor().map_err(|error| error.inside("state"))? {
            0 => one::<Grid>(reader).map(Self::from),
            1 => one::<Pool>(reader).map(Self::from),
            2 => one::<Operator>(reader).map(Self::from),
            3 => one::<Slot>(reader).map(Self::from),
            4 => one::<Bid>(reader).map(Self::from),
            found => Err(reader
                .fault(DecodeFault::Constructor { expected: "0, 1, 2, 3 or 4", found })
                .inside("state")),
        }
    }
}

impl PlutusData for State {}

/// Generates any of the five states.
#[cfg(any(test, feature = "test-utils"))]
pub fn any_state() -> impl proptest::strategy::Strategy<Value = State> {
    use proptest::prelude::*;
    prop_oneof![
        crate::grid::any_grid().prop_map(State::from).boxed(),
        crate::pool::any_pool().prop_map(State::from).boxed(),
        crate::operator::any_operator().prop_map(State::from).boxed(),
        crate::slot::any_slot().prop_map(State::from).boxed(),
        crate::bid::any_bid().prop_map(State::from).boxed(),
    ]
}
