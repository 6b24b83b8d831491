//! Why a driver cannot go on.

use demeter_tx::ClockError;
use demeter_tx::head::HeadError;

/// A driver cannot go on, for now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DriverError {
    /// The head cannot be asked.
    #[error(transparent)]
    Head(#[from] HeadError),
    /// The head's time is out of its clock's range.
    #[error(transparent)]
    Clock(#[from] ClockError),
}
