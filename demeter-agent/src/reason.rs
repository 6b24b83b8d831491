//! Why an agent acts, or does not.

use std::fmt;

use crate::{driver, operator};

/// Why an agent acts, or does not: what each agent has to say, under one roof.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// An operator's.
    Operator(operator::Reason),
    /// That of whoever keeps a wallet in order.
    Wallet(driver::WalletReason),
}

impl Reason {
    /// A stable name of the reason, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Operator(reason) => reason.code(),
            Self::Wallet(reason) => reason.code(),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator(reason) => reason.fmt(f),
            Self::Wallet(reason) => reason.fmt(f),
        }
    }
}

impl From<operator::Reason> for Reason {
    fn from(reason: operator::Reason) -> Self {
        Self::Operator(reason)
    }
}

impl From<driver::WalletReason> for Reason {
    fn from(reason: driver::WalletReason) -> Self {
        Self::Wallet(reason)
    }
}
