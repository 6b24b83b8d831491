//! One transaction on its way.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use demeter_core::OutputReference;

use super::SessionOptions;
use crate::decoded::Decoded;
use crate::head::{InvalidReason, SnapshotNumber};
use crate::{Effect, SignedTransaction, Slot, UtxoSet};

/// What became of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// It is final.
    Confirmed {
        /// The snapshot that has it, if that was seen.
        snapshot: Option<SnapshotNumber>,
    },
    /// It was not applied, and will not be.
    Rejected(Rejection),
    /// It did not show in time: it may have been applied, or may still be.
    Unknown,
}

/// Why a transaction was not applied.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// The ledger refuses it.
    Invalid(InvalidReason),
    /// Another transaction has spent some of its inputs.
    Conflict,
    /// The head is not open.
    HeadNotOpen,
    /// The node could not read it.
    NotUnderstood(String),
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(reason) => reason.fmt(f),
            Self::Conflict => f.write_str("another transaction has spent some of its inputs"),
            Self::HeadNotOpen => f.write_str("the head is not open"),
            Self::NotUnderstood(reason) => write!(f, "the node cannot read it: {reason}"),
        }
    }
}

/// What a transaction needs next.
#[derive(Debug)]
pub(super) enum Step {
    Nothing,
    Send,
    AskUtxo,
    AskTime,
    End(Fate),
}

/// Where a transaction is.
#[derive(Debug)]
enum Stage {
    /// It waits for a connection, or for its time.
    Waiting,
    /// It was sent.
    Sent { at: Duration },
    /// The node found it valid.
    Valid { at: Duration },
    /// It may have been dropped: the outputs of a confirmed snapshot will tell, which are asked for from then on.
    Doubtful { ask_at: Duration },
    /// It has ended.
    Ended(Fate),
}

/// One transaction on its way.
#[derive(Debug)]
pub(super) struct Submission {
    transaction: Arc<SignedTransaction>,
    /// What it consumes and makes, if that can be told.
    effect: Option<Effect>,
    /// The first slot that it is valid in.
    from: Option<Slot>,
    stage: Stage,
    /// Inputs that were unspent in a confirmed snapshot: if they are gone, they were spent.
    seen: BTreeSet<OutputReference>,
    /// Before when it is not sent again.
    pause: Duration,
    /// Whether the outputs of a confirmed snapshot may show it already.
    check: bool,
    /// How many copies have been sent at all, and how many of them the node has not answered.
    copies: u32,
    unanswered: u32,
    /// When it could first be sent.
    began: Option<Duration>,
    asked: Duration,
}

impl Submission {
    pub(super) fn new(transaction: Arc<SignedTransaction>, now: Duration) -> Self {
        let bytes = transaction.to_cbor();
        let from = Decoded::from_cbor(&bytes)
            .ok()
            .and_then(|decoded| decoded.transaction.transaction_body.validity_interval_start);
        Self {
            effect: transaction.effect().ok(),
            from: from.map(Slot::from_number),
            transaction,
            stage: Stage::Waiting,
            seen: BTreeSet::new(),
            pause: Duration::ZERO,
            check: false,
            copies: 0,
            unanswered: 0,
            began: None,
            asked: now,
        }
    }

    pub(super) fn transaction(&self) -> &SignedTransaction {
        &self.transaction
    }

    /// Whether the node would call it too early.
    fn is_early(&self, slot: Option<(Slot, Duration)>) -> bool {
        match (self.from, slot) {
            (Some(from), Some((slot, _))) => slot < from,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }

    /// When the node should be asked for its time: once its time may have come, and not too often.
    fn ask_time_at(
        &self,
        options: &SessionOptions,
        slot: Option<(Slot, Duration)>,
        asked: Option<Duration>,
    ) -> Option<Duration> {
        let (from, (slot, told)) = (self.from?, slot?);
        let slots = u32::try_from(from.to_number().saturating_sub(slot.to_number())).unwrap_or(u32::MAX);
        let expected = told.saturating_add(options.slot.saturating_mul(slots));
        // Its time should have come when it was told last: the node is behind, and is asked again in a while.
        let again = asked.unwrap_or(told).saturating_add(options.ask_time);
        Some(expected.max(again))
    }

    /// When something is due, if nothing comes: not the outputs, where they have been asked for.
    pub(super) fn wake_at(
        &self,
        options: &SessionOptions,
        live: bool,
        has_asked: bool,
        slot: Option<(Slot, Duration)>,
        asked_time: Option<Duration>,
    ) -> Option<Duration> {
        let over = self.began.unwrap_or(self.asked).saturating_add(options.fate);
        let due = match self.stage {
            _ if !live => None,
            Stage::Waiting if self.is_early(slot) => {
                return self.ask_time_at(options, slot, asked_time);
            }
            Stage::Waiting => Some(self.pause),
            Stage::Doubtful { .. } if has_asked => None,
            Stage::Doubtful { ask_at } => Some(ask_at),
            Stage::Sent { at } => Some(at.saturating_add(options.answer)),
            Stage::Valid { at } => Some(at.saturating_add(options.snapshot)),
            Stage::Ended(_) => Some(Duration::ZERO),
        };
        let due = if self.check && live && !has_asked { Some(Duration::ZERO) } else { due };
        Some(due.map_or(over, |due| due.min(over)))
    }

    /// Does what is due.
    pub(super) fn step(
        &mut self,
        options: &SessionOptions,
        live: bool,
        slot: Option<(Slot, Duration)>,
        asked_time: Option<Duration>,
        now: Duration,
    ) -> Step {
        if let Stage::Ended(fate) = &self.stage {
            return Step::End(fate.clone());
        }
        let waits_for_time = matches!(self.stage, Stage::Waiting) && self.is_early(slot);
        // A transaction that could not be sent for want of a connection is awaited from when it was asked for.
        let began = self.began.unwrap_or(self.asked);
        if !(waits_for_time && live) && began.saturating_add(options.fate) <= now {
            return Step::End(Fate::Unknown);
        }
        if !live {
            return Step::Nothing;
        }
        match self.stage {
            Stage::Waiting if waits_for_time => {
                self.asked = now;
                let due = self.ask_time_at(options, slot, asked_time);
                if due.is_some_and(|due| due <= now) { Step::AskTime } else { Step::Nothing }
            }
            Stage::Waiting if self.pause > now => Step::Nothing,
            Stage::Waiting => {
                self.began = self.began.or(Some(now));
                self.copies = self.copies.saturating_add(1);
                self.unanswered = self.unanswered.saturating_add(1);
                self.stage = Stage::Sent { at: now };
                Step::Send
            }
            Stage::Sent { at } if at.saturating_add(options.answer) <= now => self.doubt(now),
            Stage::Valid { at } if at.saturating_add(options.snapshot) <= now => self.doubt(now),
            Stage::Doubtful { ask_at } if ask_at <= now => Step::AskUtxo,
            _ if std::mem::take(&mut self.check) => Step::AskUtxo,
            _ => Step::Nothing,
        }
    }

    fn doubt(&mut self, now: Duration) -> Step {
        self.stage = Stage::Doubtful { ask_at: now };
        // What a node has not answered by now it has lost.
        self.unanswered = 0;
        Step::AskUtxo
    }

    /// The connection is gone, and with it perhaps an answer.
    pub(super) fn lose(&mut self) {
        if matches!(self.stage, Stage::Sent { .. } | Stage::Valid { .. }) {
            self.stage = Stage::Doubtful { ask_at: Duration::ZERO };
        }
    }

    /// The node found it valid.
    pub(super) fn valid(&mut self, now: Duration) {
        self.unanswered = self.unanswered.saturating_sub(1);
        if !matches!(self.stage, Stage::Ended(_)) {
            self.stage = Stage::Valid { at: now };
        }
    }

    /// The node found it invalid, where these were the outputs.
    pub(super) fn invalid(&mut self, local: &UtxoSet, reason: InvalidReason, now: Duration) {
        self.unanswered = self.unanswered.saturating_sub(1);
        let Some(effect) = &self.effect else { return };
        let is_applied = effect.made.iter().any(|(reference, output)| local.get(reference) == Some(output));
        let some_unspent = effect.consumed.iter().any(|reference| local.contains_key(reference));
        if is_applied {
            // That was a copy of one that waits for its snapshot, or is in one.
            self.stage = Stage::Valid { at: now };
            self.check = true;
        } else if some_unspent && self.unanswered == 0 {
            self.stage = Stage::Ended(Fate::Rejected(Rejection::Invalid(reason)));
        } else if self.unanswered == 0 {
            self.stage = Stage::Doubtful { ask_at: now };
        }
    }

    /// The node did not look at it.
    pub(super) fn not_taken(&mut self, rejection: Rejection) {
        self.unanswered = self.unanswered.saturating_sub(1);
        if self.copies == 1 {
            self.stage = Stage::Ended(Fate::Rejected(rejection));
        }
    }

    /// The outputs of a confirmed snapshot.
    pub(super) fn see(
        &mut self,
        confirmed: &UtxoSet,
        options: &SessionOptions,
        now: Duration,
    ) -> Option<Fate> {
        let effect = self.effect.as_ref()?;
        if effect.made.iter().any(|(reference, output)| confirmed.get(reference) == Some(output)) {
            return Some(Fate::Confirmed { snapshot: None });
        }
        let is_unspent = |reference: &&OutputReference| confirmed.contains_key(reference);
        let (unspent, gone): (Vec<_>, Vec<_>) = effect.consumed.iter().partition(is_unspent);
        // An input that was never seen may be yet to come, from a transaction that is not confirmed either.
        let is_spent = gone.iter().any(|reference| self.seen.contains(reference));
        if is_spent && !unspent.is_empty() {
            return Some(Fate::Rejected(Rejection::Conflict));
        }
        let can_be_applied = gone.is_empty();
        self.seen.extend(unspent);
        if matches!(self.stage, Stage::Doubtful { .. }) {
            let pause = now.saturating_add(options.ask_time);
            if can_be_applied {
                // It can be applied only once: whatever became of the last copy, another does no harm.
                self.stage = Stage::Waiting;
                // The first time at once; then the node has its reasons.
                self.pause = if self.copies < 2 { now } else { pause };
            } else {
                self.stage = Stage::Doubtful { ask_at: pause };
            }
        }
        None
    }
}
