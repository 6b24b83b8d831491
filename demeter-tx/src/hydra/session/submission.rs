//! One transaction on its way.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use demeter_core::{OutputReference, TransactionId};

use super::recalled::Recalled;
use super::{Fate, Rejection, SessionOptions};
use crate::decoded::Decoded;
use crate::head::InvalidReason;
use crate::{Effect, SignedTransaction, Slot, UtxoSet};

/// What a transaction needs next.
#[derive(Debug)]
pub(super) enum Step {
    Nothing,
    Send,
    AskUtxo,
    AskTime,
    AskHistory,
    End(Fate),
}

/// Where a transaction is.
#[derive(Debug)]
enum Stage {
    /// It waits for a connection, for its time, or for one that makes what it consumes.
    Waiting,
    /// It was sent.
    Sent { at: Duration },
    /// The node found it valid.
    Valid { at: Duration },
    /// It may have been dropped: the outputs of a confirmed snapshot will tell, which are asked for from then on.
    Doubtful { ask_at: Duration },
    /// The outputs did not tell since then: the history will, which is asked for from then on. It may be known that the
    /// transaction was not applied, and only why not is open.
    Missed { since: Duration, ask_at: Duration, is_not_applied: bool },
    /// It has ended.
    Ended(Fate),
}

/// How things are, for the next step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now<'o> {
    pub(super) options: &'o SessionOptions,
    /// Whether everything is known, so that it can be sent.
    pub(super) live: bool,
    /// The last slot that the node told of, and when it did.
    pub(super) slot: Option<(Slot, Duration)>,
    /// When the node was asked for the time last.
    pub(super) asked_time: Option<Duration>,
    pub(super) time: Duration,
}

/// One transaction on its way.
#[derive(Debug)]
pub(super) struct Submission {
    transaction: Arc<SignedTransaction>,
    /// How many were submitted before it.
    number: u64,
    /// What it consumes and makes, if that can be told.
    effect: Option<Effect>,
    /// The first slot that it is valid in.
    from: Option<Slot>,
    stage: Stage,
    /// Inputs that were unspent in a confirmed snapshot: if they are gone, they were spent.
    seen: BTreeSet<OutputReference>,
    /// Before when it is not sent again.
    pause: Duration,
    /// Whether it waits for one that makes what it consumes.
    is_held: bool,
    /// Whether the outputs of a confirmed snapshot may show it already.
    check: bool,
    /// How many copies have been sent at all, and how many of them the node has not answered.
    copies: u32,
    unanswered: u32,
    /// Why the node found all copies invalid, though it may have applied the transaction before.
    refusal: Option<InvalidReason>,
    /// How often the history did not tell.
    recalls: u32,
    /// When it could first be sent.
    began: Option<Duration>,
    asked: Duration,
}

impl Submission {
    pub(super) fn new(transaction: Arc<SignedTransaction>, number: u64, now: Duration) -> Self {
        let bytes = transaction.to_cbor();
        let from = Decoded::from_cbor(&bytes)
            .ok()
            .and_then(|decoded| decoded.transaction.transaction_body.validity_interval_start);
        Self {
            effect: transaction.effect().ok(),
            from: from.map(Slot::from_number),
            transaction,
            number,
            stage: Stage::Waiting,
            seen: BTreeSet::new(),
            pause: Duration::ZERO,
            is_held: false,
            check: false,
            copies: 0,
            unanswered: 0,
            refusal: None,
            recalls: 0,
            began: None,
            asked: now,
        }
    }

    pub(super) fn transaction(&self) -> &SignedTransaction {
        &self.transaction
    }

    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    pub(super) fn consumed(&self) -> &[OutputReference] {
        self.effect.as_ref().map(|effect| effect.consumed.as_slice()).unwrap_or_default()
    }

    /// Whether it waits for an answer that should have come by now.
    pub(super) fn is_ignored_since(&self, heard: Duration, now: &Now<'_>) -> bool {
        let late = |at: Duration| at.saturating_add(now.options.answer) <= now.time;
        matches!(self.stage, Stage::Sent { at } if heard <= at && late(at))
    }

    /// Whether one that consumes what it makes must wait: it is still to be sent, or to be sent again.
    pub(super) fn is_to_be_sent(&self, slot: Option<(Slot, Duration)>) -> bool {
        match self.stage {
            Stage::Waiting => !self.is_early(slot),
            Stage::Doubtful { .. } | Stage::Missed { .. } => true,
            Stage::Sent { .. } | Stage::Valid { .. } | Stage::Ended(_) => false,
        }
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
    fn ask_time_at(&self, now: &Now<'_>) -> Option<Duration> {
        let (from, (slot, told)) = (self.from?, now.slot?);
        let slots = u32::try_from(from.to_number().saturating_sub(slot.to_number())).unwrap_or(u32::MAX);
        let expected = told.saturating_add(now.options.slot.saturating_mul(slots));
        // Its time should have come when it was told last: the node is behind, and is asked again in a while.
        let again = now.asked_time.unwrap_or(told).saturating_add(now.options.ask_time);
        Some(expected.max(again))
    }

    /// When something is due, if nothing comes: not the outputs or the history, where they have been asked for.
    pub(super) fn wake_at(
        &self,
        now: &Now<'_>,
        has_asked_utxo: bool,
        has_asked_history: bool,
    ) -> Option<Duration> {
        let over = self.began.unwrap_or(self.asked).saturating_add(now.options.fate);
        let due = match self.stage {
            _ if !now.live => None,
            Stage::Waiting if self.is_early(now.slot) => return self.ask_time_at(now),
            Stage::Waiting if self.is_held => None,
            Stage::Waiting => Some(self.pause),
            Stage::Doubtful { .. } if has_asked_utxo => None,
            Stage::Doubtful { ask_at } => Some(ask_at),
            Stage::Missed { .. } if has_asked_history => None,
            Stage::Missed { ask_at, .. } => Some(ask_at),
            Stage::Sent { at } => Some(at.saturating_add(now.options.answer)),
            Stage::Valid { at } => Some(at.saturating_add(now.options.snapshot)),
            Stage::Ended(_) => Some(Duration::ZERO),
        };
        let due = if self.check && now.live && !has_asked_utxo { Some(Duration::ZERO) } else { due };
        Some(due.map_or(over, |due| due.min(over)))
    }

    /// Does what is due. It may have to wait for others, which make what it consumes.
    pub(super) fn step(&mut self, now: &Now<'_>, is_held: bool) -> Step {
        if let Stage::Ended(fate) = &self.stage {
            return Step::End(fate.clone());
        }
        self.is_held = is_held;
        let waits_for_time = matches!(self.stage, Stage::Waiting) && self.is_early(now.slot);
        // A transaction that could not be sent for want of a connection is awaited from when it was asked for.
        let began = self.began.unwrap_or(self.asked);
        if !(waits_for_time && now.live) && began.saturating_add(now.options.fate) <= now.time {
            return Step::End(Fate::Unknown);
        }
        if !now.live {
            return Step::Nothing;
        }
        match self.stage {
            Stage::Waiting if waits_for_time => {
                self.asked = now.time;
                let due = self.ask_time_at(now);
                if due.is_some_and(|due| due <= now.time) { Step::AskTime } else { Step::Nothing }
            }
            Stage::Waiting if self.pause > now.time || is_held => Step::Nothing,
            Stage::Waiting => {
                self.began = self.began.or(Some(now.time));
                self.copies = self.copies.saturating_add(1);
                self.unanswered = self.unanswered.saturating_add(1);
                self.refusal = None;
                self.stage = Stage::Sent { at: now.time };
                Step::Send
            }
            Stage::Sent { at } if at.saturating_add(now.options.answer) <= now.time => self.doubt(now.time),
            Stage::Valid { at } if at.saturating_add(now.options.snapshot) <= now.time => {
                self.doubt(now.time)
            }
            Stage::Doubtful { ask_at } if ask_at <= now.time => Step::AskUtxo,
            Stage::Missed { ask_at, .. } if ask_at <= now.time => Step::AskHistory,
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
        if matches!(self.stage, Stage::Sent { .. } | Stage::Valid { .. } | Stage::Missed { .. }) {
            self.stage = Stage::Doubtful { ask_at: Duration::ZERO };
        }
    }

    /// The node found it valid.
    pub(super) fn valid(&mut self, now: Duration) {
        self.unanswered = self.unanswered.saturating_sub(1);
        if !matches!(self.stage, Stage::Ended(_)) {
            self.refusal = None;
            self.stage = Stage::Valid { at: now };
        }
    }

    /// The node found it invalid, where these were the outputs. Those of the makers are still on their way.
    pub(super) fn invalid(
        &mut self,
        local: &UtxoSet,
        makers: &BTreeSet<TransactionId>,
        reason: InvalidReason,
        now: Duration,
    ) {
        self.unanswered = self.unanswered.saturating_sub(1);
        let Some(effect) = &self.effect else { return };
        let is_applied = effect.made.iter().any(|(reference, output)| local.get(reference) == Some(output));
        let is_unspent = |reference: &&OutputReference| local.contains_key(reference);
        let (unspent, gone): (Vec<OutputReference>, Vec<OutputReference>) =
            effect.consumed.iter().partition(is_unspent);
        if is_applied {
            // That was a copy of one that waits for its snapshot, or is in one.
            self.stage = Stage::Valid { at: now };
            self.check = true;
        } else if self.unanswered > 0 {
            // Another copy may still be valid.
        } else if gone.iter().any(|reference| makers.contains(&reference.transaction)) {
            // It came before what it consumes.
            self.stage = Stage::Doubtful { ask_at: now };
        } else if unspent.is_empty() {
            self.refusal = Some(reason);
            self.stage = Stage::Doubtful { ask_at: now };
        } else {
            self.stage = Stage::Ended(Fate::Rejected(Rejection::Invalid(reason)));
        }
    }

    /// The node did not look at it.
    pub(super) fn not_taken(&mut self, rejection: Rejection) {
        self.unanswered = self.unanswered.saturating_sub(1);
        if self.copies == 1 {
            self.stage = Stage::Ended(Fate::Rejected(rejection));
        }
    }

    /// The outputs of a confirmed snapshot. Those of the makers are still on their way.
    pub(super) fn see(
        &mut self,
        confirmed: &UtxoSet,
        makers: &BTreeSet<TransactionId>,
        options: &SessionOptions,
        now: Duration,
    ) -> Option<Fate> {
        let is_doubtful = matches!(self.stage, Stage::Doubtful { .. });
        let Some(effect) = &self.effect else {
            if is_doubtful {
                self.stage = Stage::Missed { since: now, ask_at: now, is_not_applied: false };
            }
            return None;
        };
        if effect.made.iter().any(|(reference, output)| confirmed.get(reference) == Some(output)) {
            return Some(Fate::Confirmed { snapshot: None });
        }
        let is_unspent = |reference: &&OutputReference| confirmed.contains_key(reference);
        let (unspent, gone): (Vec<OutputReference>, Vec<OutputReference>) =
            effect.consumed.iter().partition(is_unspent);
        let (is_not_applied, can_be_applied) = (!unspent.is_empty(), gone.is_empty());
        // An input that was never seen may be yet to come, from a transaction that is not confirmed either.
        if is_not_applied && let Some(input) = gone.iter().find(|reference| self.seen.contains(reference)) {
            return Some(Fate::Rejected(Rejection::Conflict { input: *input }));
        }
        let is_to_come = gone.iter().any(|reference| makers.contains(&reference.transaction));
        self.seen.extend(unspent);
        if is_doubtful {
            if can_be_applied {
                self.send_again(options, now);
            } else if is_to_come {
                self.stage = Stage::Doubtful { ask_at: now.saturating_add(options.ask_time) };
            } else {
                self.stage = Stage::Missed { since: now, ask_at: now, is_not_applied };
            }
        }
        None
    }

    /// What the history says, that was asked for at a time.
    pub(super) fn recall(
        &mut self,
        recalled: &Recalled,
        asked: Duration,
        options: &SessionOptions,
        now: Duration,
    ) -> Option<Fate> {
        if let Some(number) = recalled.confirmed(&self.transaction.id()) {
            return Some(Fate::Confirmed { snapshot: Some(number) });
        }
        if let Some(input) = recalled.spent(self.consumed().iter()) {
            return Some(Fate::Rejected(Rejection::Conflict { input }));
        }
        let Stage::Missed { since, is_not_applied, .. } = self.stage else { return None };
        if since > asked {
            return None;
        }
        self.recalls = self.recalls.saturating_add(1);
        if !is_not_applied && !recalled.would_name(self.consumed().iter()) {
            self.stage = Stage::Doubtful { ask_at: now.saturating_add(self.patience(options)) };
            return None;
        }
        if let Some(reason) = self.refusal.take() {
            return Some(Fate::Rejected(Rejection::Invalid(reason)));
        }
        // The node says whether what is not there is to come.
        self.send_again(options, now);
        None
    }

    /// The history did not come.
    pub(super) fn not_recalled(&mut self, options: &SessionOptions, now: Duration) {
        if let Stage::Missed { ask_at, .. } = &mut self.stage {
            *ask_at = now.saturating_add(options.ask_time);
        }
    }

    /// It can be applied only once: whatever became of the last copy, another does no harm.
    fn send_again(&mut self, options: &SessionOptions, now: Duration) {
        self.stage = Stage::Waiting;
        // The first time at once; then the node has its reasons.
        self.pause = if self.copies < 2 { now } else { now.saturating_add(self.patience(options)) };
    }

    /// For how long nobody is asked: the history is long.
    fn patience(&self, options: &SessionOptions) -> Duration {
        let factor = 1u32.checked_shl(self.recalls.saturating_sub(1)).unwrap_or(u32::MAX);
        options.ask_time.saturating_mul(factor).min(options.snapshot.max(options.ask_time))
    }
}
