//! Moving the clock of a demeter-head.

use demeter_core::Span;
use hyper::Method;

use super::api::granted;
use super::error::RequestError;
use super::head::HydraHead;
use crate::Slot;
use crate::head::{Head as _, HeadTime};
use crate::hydra::{Advance, Advanced};

/// Moves the clock of a head that demeter-head serves with `--clock virtual --control`. It is for tests and for trying
/// things out: no hydra-node has it.
#[derive(Clone, Debug)]
pub struct ControlClient {
    head: HydraHead,
}

impl ControlClient {
    /// Moves the clock of this head.
    pub const fn new(head: HydraHead) -> Self {
        Self { head }
    }

    /// Lets so much time pass, and says what time it is then. What the session holds until its slot goes out at once.
    ///
    /// # Errors
    /// The head cannot be asked, is none of demeter-head's, lets nobody move its clock, or has one that goes by itself.
    pub async fn advance(&self, span: Span) -> Result<HeadTime, RequestError> {
        let asked = Advance { milliseconds: span };
        let answer = self.head.send(Method::POST, Advance::PATH.to_owned(), Some(&asked)).await?;
        let Advanced { time, slot } = granted(&answer)?;
        // So that the session learns of it.
        self.head.now().await?;
        Ok(HeadTime { time, slot: Slot::from_number(slot) })
    }
}
