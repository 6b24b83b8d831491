//! Who is told how a transaction ended.

use std::sync::mpsc;

use tokio::sync::oneshot;

use super::super::{HeadError, SubmitError};

/// What a submitter is told.
pub(super) type Answer = Result<(), SubmitError>;

/// Who is told, once.
#[derive(Debug)]
pub(super) enum Reply {
    /// A task that awaits it.
    Task(oneshot::Sender<Answer>),
    /// A thread that blocks on it.
    Thread(mpsc::Sender<Answer>),
    /// Nobody.
    Nobody,
}

impl Reply {
    /// Tells. That nobody listens any more is no fault.
    pub(super) fn send(self, answer: Answer) {
        match self {
            Self::Task(sender) => drop(sender.send(answer)),
            Self::Thread(sender) => drop(sender.send(answer)),
            Self::Nobody => {}
        }
    }
}

/// What those are told whose answer never came.
pub(super) fn closed() -> HeadError {
    HeadError::Unreachable { reason: "it is closed".to_owned() }
}
