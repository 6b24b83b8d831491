//! What an agent decides about something, and why.

use std::fmt;

use demeter_tx::view::Subject;

use crate::{Action, Reason};

/// What shall be done about something, or that nothing is, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What it is about.
    pub subject: Subject,
    /// What shall be done; nothing, where this only says why not.
    pub action: Option<Action>,
    /// Why.
    pub reason: Reason,
}

impl Decision {
    /// To act.
    pub fn act(subject: Subject, action: Action, reason: impl Into<Reason>) -> Self {
        Self { subject, action: Some(action), reason: reason.into() }
    }

    /// To act, or to let be, whichever was found to be right.
    pub(crate) fn of<R: Into<Reason>>(subject: Subject, found: Result<(Action, R), R>) -> Self {
        match found {
            Ok((action, reason)) => Self::act(subject, action, reason),
            Err(reason) => Self::pass(subject, reason),
        }
    }

    /// To let be, for now.
    pub fn pass(subject: Subject, reason: impl Into<Reason>) -> Self {
        Self { subject, action: None, reason: reason.into() }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let deed = self.action.as_ref().map_or("pass", Action::name);
        write!(f, "{deed}: {}", self.reason)
    }
}
