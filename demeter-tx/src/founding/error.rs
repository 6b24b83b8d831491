//! What can go wrong while a grid is founded.

use demeter_core::{GridError, RangeError};

use crate::builder::SigningError;
use crate::head::{HeadError, SubmitError};
use crate::keys::SignError;
use crate::market::ComposeError;
use crate::{ClockError, ParametersError};

/// A grid cannot be founded, or its scripts cannot be published.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FoundingError {
    /// The parameters of L1 cannot be read.
    #[error(transparent)]
    Parameters(#[from] ParametersError),
    /// A time is out of range.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// An amount is out of range.
    #[error(transparent)]
    Range(#[from] RangeError),
    /// The grid is not well formed.
    #[error(transparent)]
    Grid(#[from] GridError),
    /// The contract refuses, or the transaction does not fit.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// The founder does not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// Others must sign as well.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The ledger finds a transaction invalid.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// The ledger cannot be asked.
    #[error(transparent)]
    Head(#[from] HeadError),
}
