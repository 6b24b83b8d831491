//! What stands at the contract's addresses and does not count.

use demeter_core::codec::DecodeError;
use demeter_core::{Address, GridId, StateKind, Token, Value};

use super::PlacedBid;

/// Why an output at an address of the contract is no state of the grid.
///
/// Anyone can pay anything to the contract's addresses. What does not count is neither used nor forgotten: some of it
/// is a state of another grid, and some an application's own money, badly placed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Strangeness {
    /// The address has a staking part, which no state's has.
    #[error("its address has a staking part")]
    Staked,
    /// There is no inline datum.
    #[error("it has no inline datum")]
    NoDatum,
    /// The datum is not a state, or one that is not well formed.
    #[error("its datum is no state: {0}")]
    Malformed(Box<DecodeError>),
    /// It is a state of the other script.
    #[error("it is a {found} at the wrong script")]
    WrongScript {
        /// What it is.
        found: StateKind,
    },
    /// It is of another grid, or says so.
    #[error("it is a {state} of grid {found}")]
    OtherGrid {
        /// What it is.
        state: StateKind,
        /// Which grid.
        found: GridId,
    },
    /// It lacks the token that would make it authentic.
    #[error("it is a {state} without the grid's {token} token")]
    NoToken {
        /// What it says it is.
        state: StateKind,
        /// What it lacks.
        token: Token,
    },
    /// It carries a script, which no state does.
    #[error("it carries a script")]
    CarriesScript,
    /// It is an open bid that does not hold just its reserve and escrow.
    #[error("it is an open bid that is not funded exactly")]
    NotFunded {
        /// What it should hold.
        expected: Box<Value>,
        /// What it holds.
        found: Box<Value>,
    },
    /// It is an open bid whose refund would go to a script of the contract.
    #[error("it is an open bid whose refund would go to a script of the contract")]
    RefundNotPayable {
        /// Where it would go.
        address: Address,
    },
}

impl Strangeness {
    /// A stable name of the reason, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Staked => "staked",
            Self::NoDatum => "no_datum",
            Self::Malformed(_) => "malformed",
            Self::WrongScript { .. } => "wrong_script",
            Self::OtherGrid { .. } => "other_grid",
            Self::NoToken { .. } => "no_token",
            Self::CarriesScript => "carries_script",
            Self::NotFunded { .. } => "not_funded",
            Self::RefundNotPayable { .. } => "refund_not_payable",
        }
    }
}

/// An output at an address of the contract that does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranger {
    /// Why.
    pub reason: Strangeness,
    /// The open bid that it is: no operator can answer it, but its application can take it back.
    pub bid: Option<Box<PlacedBid>>,
}
