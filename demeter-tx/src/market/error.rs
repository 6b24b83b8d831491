//! Why a transaction of the grid cannot be composed.

use demeter_core::transition::Refusal;
use demeter_core::{OutputReference, RangeError, Time};

use super::StateError;
use crate::builder::BuildError;
use crate::{ClockError, DataError};

/// A transaction of the grid cannot be composed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ComposeError {
    /// The contract refuses the transition.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// An output that the plan names is not among those at hand.
    #[error("there is no output {reference}")]
    NoOutput {
        /// The output.
        reference: OutputReference,
    },
    /// An output that the plan names holds no state.
    #[error(transparent)]
    State(Box<StateError>),
    /// The funds do not suffice, or the ledger would refuse the transaction.
    #[error(transparent)]
    Build(Box<BuildError>),
    /// A deposit's validity has no end, or its deadline is not after it: hydra would never take it up.
    #[error("a deposit's validity ends before its deadline {deadline}, found {end:?}")]
    DepositDeadline {
        /// From when on it can be taken back.
        deadline: Time,
        /// When the transaction's validity ends.
        end: Option<Time>,
    },
    /// A slot is out of the clock's range.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// What was encoded is no Plutus data.
    #[error(transparent)]
    Data(#[from] DataError),
    /// An amount is out of range.
    #[error(transparent)]
    Range(#[from] RangeError),
}

impl From<Refusal> for ComposeError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<BuildError> for ComposeError {
    fn from(error: BuildError) -> Self {
        Self::Build(Box::new(error))
    }
}

impl From<StateError> for ComposeError {
    fn from(error: StateError) -> Self {
        Self::State(Box::new(error))
    }
}
