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
        if outcome.is_overtaken() {
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

    /// Forgets what has rested and is not tried any more.
    pub(super) fn retain(&mut self, now: Time, wanted: impl Fn(&Subject, &'static str) -> bool) {
        self.0.retain(|(subject, action), failure| failure.until > now || wanted(subject, action));
    }
}

#[cfg(test)]
mod tests {
    use demeter_core::TransactionId;
    use demeter_tx::head::{InvalidReason, SnapshotNumber};

    use super::*;

    const SUBJECT: Subject = Subject::Grid;
    const TRANSACTION: TransactionId = TransactionId::from_bytes([1; 32]);

    fn stale() -> Outcome {
        Outcome::Stale { missing: None }
    }

    fn rejected() -> Outcome {
        Outcome::Rejected { transaction: TRANSACTION, reason: InvalidReason::Reported("no".into()) }
    }

    fn confirmed() -> Outcome {
        Outcome::Confirmed { transaction: TRANSACTION, snapshot: SnapshotNumber::from_number(1) }
    }

    /// How many seconds an action rests after these outcomes.
    fn rests(outcomes: &[Outcome]) -> Option<u64> {
        let mut failures = Failures::default();
        for outcome in outcomes {
            failures.note(SUBJECT, "lead", outcome, Time::ZERO, &DriverOptions::default());
        }
        assert_eq!(failures.resting(SUBJECT, "award", Time::ZERO), None);
        assert_eq!(failures.resting(Subject::Pool, "lead", Time::ZERO), None);
        failures.resting(SUBJECT, "lead", Time::ZERO).map(|until| until.to_milliseconds() / 1_000)
    }

    #[test]
    fn what_fails_rests_and_what_is_overtaken_is_tried_a_few_times() {
        for (name, outcomes, expected) in [
            ("overtaken thrice", vec![stale(); 3], None),
            ("overtaken four times", vec![stale(); 4], Some(20)),
            ("overtaken by time", vec![Outcome::Expired { transaction: TRANSACTION }; 3], None),
            ("overtaken seven times", vec![stale(); 7], Some(20)),
            ("overtaken eight times", vec![stale(); 8], Some(40)),
            ("refused", vec![rejected()], Some(20)),
            ("refused five times", vec![rejected(); 5], Some(320)),
            ("refused for ever", vec![rejected(); 80], Some(600)),
            ("done at last", vec![rejected(), rejected(), confirmed()], None),
            ("failing anew", vec![rejected(), rejected(), confirmed(), rejected()], Some(20)),
        ] {
            assert_eq!(rests(&outcomes), expected, "{name}");
        }
    }

    #[test]
    fn what_is_not_wanted_any_more_is_forgotten() {
        let mut failures = Failures::default();
        failures.note(SUBJECT, "lead", &rejected(), Time::ZERO, &DriverOptions::default());
        let rested = Time::from_milliseconds(20_000).unwrap();
        failures.retain(Time::ZERO, |_, _| false);
        assert!(failures.resting(SUBJECT, "lead", Time::ZERO).is_some(), "it was to rest");
        failures.retain(rested, |subject, action| (*subject, action) == (SUBJECT, "lead"));
        assert!(!failures.0.is_empty());
        failures.retain(rested, |_, _| false);
        assert!(failures.0.is_empty());
    }
}
