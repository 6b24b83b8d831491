//! What can go wrong in the demo.

use std::path::PathBuf;

use demeter_core::{ExplainError, RangeError, TermsError};
use demeter_examples::BidFileError;
use demeter_tx::builder::SigningError;
use demeter_tx::founding::FoundingError;
use demeter_tx::head::{AdvanceError, ConfirmError, DepositError, HeadError, SubmitError};
use demeter_tx::hydra::RequestError;
use demeter_tx::keys::SignError;
use demeter_tx::market::{BlueprintError, ComposeError};
use demeter_tx::{ClockError, ParametersError};

use crate::ground::GroundError;
use crate::limits::LimitError;

/// The demo cannot go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    /// A bid file is wrong.
    #[error(transparent)]
    BidFile(#[from] BidFileError),
    /// What the bid files ask for is more than a run can do.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// A bid of the demo itself cannot be one.
    #[error("{name}: {source}")]
    Terms {
        /// The bid.
        name: String,
        /// Why.
        source: TermsError,
    },
    /// Nobody answered a bid.
    #[error("{bid}: {field}: no operator can answer this bid: {reasons}")]
    NoOffers {
        /// The bid: its file, if it has one.
        bid: String,
        /// The field to change first.
        field: &'static str,
        /// Why each cannot.
        reasons: String,
    },
    /// A transaction cannot be composed.
    #[error("{what}: {source}")]
    Compose {
        /// Which.
        what: String,
        /// Why.
        source: ComposeError,
    },
    /// A state that must be on the ledger is not.
    #[error("there is no {what} on the ledger")]
    Missing {
        /// Which.
        what: String,
    },
    #[error(transparent)]
    Advance(#[from] AdvanceError),
    #[error(transparent)]
    Blueprint(#[from] BlueprintError),
    #[error(transparent)]
    Clock(#[from] ClockError),
    #[error(transparent)]
    Control(#[from] RequestError),
    #[error(transparent)]
    Confirm(#[from] ConfirmError),
    #[error(transparent)]
    Deposit(#[from] DepositError),
    #[error(transparent)]
    Explain(#[from] ExplainError),
    #[error(transparent)]
    Founding(#[from] FoundingError),
    /// The head of a node cannot be played on.
    #[error(transparent)]
    Ground(#[from] GroundError),
    #[error(transparent)]
    Head(#[from] HeadError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error("standard output: {0}")]
    Output(#[from] std::io::Error),
    /// The file of the grid cannot be written.
    #[error("{}: {source}", .path.display())]
    GridFile {
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    #[error(transparent)]
    Parameters(#[from] ParametersError),
    #[error(transparent)]
    Range(#[from] RangeError),
    #[error(transparent)]
    Sign(#[from] SignError),
    #[error(transparent)]
    Signing(#[from] SigningError),
    #[error(transparent)]
    Submit(#[from] SubmitError),
}

impl DemoError {
    /// 2 for what the user gave, 1 for all else.
    pub(crate) const fn exit_code(&self) -> u8 {
        match self {
            Self::BidFile(_) | Self::Limit(_) | Self::NoOffers { .. } | Self::GridFile { .. } => 2,
            Self::Ground(error) if error.is_users() => 2,
            _ => 1,
        }
    }
}
