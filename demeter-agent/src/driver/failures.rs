//! Which actions failed, and how long they rest.

use std::collections::BTreeMap;

use demeter_core::{Span, Time};
use demeter_tx::view::Subject;

use super::{DriverOptions, Outcome};

/// Actions that failed, by what they were about and by name.
#[derive(Debug, Default)]
pub(super) struct Failures(BTreeMap<(Subject, &'static str), Failure>);

#[derive(Clone, Copy, Debug, Default)]
struct Failure {
    overtaken: u32,
    failed: u32,
    until: Time,
}

impl Failures {
    /// Until when an action rests, if it does.
    pub(super) fn resting(&self, subject: Subject, action: &'static str, now: Time) -> Option<Time> {
        self.0.get(&(subject, action)).map(|failure| failure.until).filter(|until| *until > now)
    }

    /// Notes what came of an action.
    pub(super) fn note(
        &mut self,
        subject: Subject,
        action: &'static str,
        outcome: &Outcome,
        now: Time,
        options: &DriverOptions,
    ) {
        let failure = match outcome {
            Outcome::Confirmed { .. } => {
                self.0.remove(&(subject, action));
                return;
            }
            // It is not used again before its validity ends, which is rest enough.
            Outcome::InFlight { .. } | Outcome::Unknown { .. } => return,
            _ => self.0.entry((subject, action)).or_default(),
        };
        if matches!(outcome, Outcome::Stale { .. }) {
            failure.overtaken = failure.overtaken.saturating_add(1);
            if failure.overtaken < options.attempts {
                return;
            }
        }
        let rest = options.rest.checked_mul(2u64.saturating_pow(failure.failed)).unwrap_or(Span::MAX);
        failure.failed = failure.failed.saturating_add(1);
        failure.overtaken = 0;
        failure.until = now.after(rest.min(options.longest_rest)).unwrap_or(Time::MAX);
    }

    /// Forgets what is not tried any more.
    pub(super) fn retain(&mut self, wanted: impl Fn(&Subject, &'static str) -> bool) {
        self.0.retain(|(subject, action), _| wanted(subject, action));
    }
}
