//! The workings of a head: what its handles, its writer and its timekeeper share.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

use demeter_core::{Span, Time, TransactionId};
use tokio::sync::oneshot;

use super::super::{AdvanceError, HeadError, HeadTime, InvalidReason, SnapshotNumber, SubmitError};
use super::check::{Checked, Verdict, View};
use super::clock::HeadClock;
use super::history::History;
use super::reply::{Answer, Reply, closed};
use super::state::{Entry, Record, State};
use super::store::{Store, WriteFault};
use super::waiting::Waiter;
use crate::evaluate::Machine;
use crate::ledger::{Applied, Candidate, LedgerError, validate_on};
use crate::{ClockError, LedgerSettings, SignedTransaction, Slot};

/// What handles, writer and timekeeper of one head share.
///
/// A handle changes the state and puts what it did in line; the writer stores what stands in line and tells
/// submitters and readers of it. Without a store each is told at once.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) settings: Arc<LedgerSettings>,
    pub(super) machine: Machine,
    pub(super) clock: HeadClock,
    pub(super) longest_wait: Span,
    pub(super) history: History,
    pub(super) store: Option<Store>,
    /// The most transactions that are stored together.
    pub(super) most: usize,
    pub(super) state: Mutex<State>,
    /// Wakes the writer.
    pub(super) work: Condvar,
    /// Wakes the timekeeper.
    pub(super) alarm: Condvar,
    /// What happens between a check and the look at whether it still holds.
    #[cfg(test)]
    pub(super) interlude: super::check::Interlude,
}

/// How often a transaction is checked without the lock before it is checked with it.
const TRIES: usize = 3;

/// What is decided on a transaction.
struct Decision {
    verdict: Verdict,
    /// What is to be decided in the slot that it waits for, unless something changes by then.
    ahead: Option<Checked>,
}

impl Core {
    /// NOTE: no code that holds the lock calls anyone else's but the time source's, before it changes anything, and
    /// what panics in the script machine is caught there: so the state behind a poisoned lock is whole.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What time it is. Takes up the transactions whose slot has come.
    pub(super) fn now(&self) -> HeadTime {
        self.change(|state| {
            self.refresh(state);
            state.now
        })
    }

    /// Lets time pass, and blocks until that is stored.
    pub(super) fn advance(&self, span: Span) -> Result<HeadTime, AdvanceError> {
        if self.clock.mode() != super::ClockMode::Virtual {
            return Err(AdvanceError::NotVirtual);
        }
        let (sender, answer) = mpsc::channel();
        let now = self.change(|state| {
            running(state)?;
            let time = state.now.time.after(span).map_err(ClockError::from)?;
            let now = self.clock.at(time)?;
            let entry = state.advance(now, Reply::Thread(sender));
            self.record(state, entry);
            self.take_up_due(state);
            Ok::<_, AdvanceError>(now)
        })?;
        match answer.recv().map_err(|_| closed())? {
            Err(SubmitError::Head(error)) => Err(error.into()),
            Ok(()) | Err(SubmitError::Invalid { .. } | SubmitError::Unfinalisable { .. }) => Ok(now),
        }
    }

    /// Validates a transaction, applies it and blocks until it is stored.
    pub(super) fn apply(&self, transaction: &SignedTransaction) -> Result<Applied, SubmitError> {
        let (sender, answer) = mpsc::channel();
        let shared = Arc::new(transaction.clone());
        let (mut state, Decision { verdict, .. }) = self.decide(transaction, |_, _| None)?;
        let applied = match verdict {
            Ok(applied) => Ok(self.accept(&mut state, shared, applied, Reply::Thread(sender))),
            Err(error) => Err(self.refuse(&mut state, transaction.id(), error)),
        };
        self.release(state);
        let applied = applied?;
        answer.recv().map_err(|_| closed())??;
        Ok(Arc::unwrap_or_clone(applied))
    }

    /// Validates a transaction and applies it, or has it wait; the answer comes when it is stored, or refused.
    pub(super) fn submit(&self, transaction: SignedTransaction) -> oneshot::Receiver<Answer> {
        let transaction = Arc::new(transaction);
        let (sender, answer) = oneshot::channel();
        let reply = Reply::Task(sender);
        let decided = self.decide(&transaction, |now, error| self.worth_waiting_for(now, error));
        let (mut state, Decision { verdict, ahead }) = match decided {
            Ok(decided) => decided,
            Err(error) => {
                reply.send(Err(error.into()));
                return answer;
            }
        };
        match verdict {
            Ok(applied) => drop(self.accept(&mut state, transaction, applied, reply)),
            Err(error) => {
                match self.worth_waiting_for(state.now, &error).filter(|_| !state.waiting.is_full()) {
                    Some(slot) => {
                        state.waiting.admit(slot, Waiter { transaction, reply, ahead });
                        self.alarm.notify_one();
                    }
                    None => {
                        let refusal = self.refuse(&mut state, transaction.id(), error);
                        state.answer(reply, Err(refusal));
                    }
                }
            }
        }
        self.release(state);
        answer
    }

    /// Decides on a transaction as the head is now, and keeps it so: returns with the lock.
    ///
    /// All that takes long is done without the lock, on what the transaction names. If something of that has changed in
    /// between, it is decided again; after some times with the lock, so that a stream of others cannot hold it up. So
    /// the decision is always one on the very state that it is recorded on.
    ///
    /// `awaited` says which slot is worth waiting for, given what is wrong now; the verdict of that slot is found out
    /// ahead.
    fn decide(
        &self,
        transaction: &SignedTransaction,
        awaited: impl Fn(HeadTime, &LedgerError) -> Option<Slot>,
    ) -> Result<(MutexGuard<'_, State>, Decision), HeadError> {
        let bytes = transaction.to_cbor();
        let candidate = Candidate::read(transaction, &bytes);
        for _ in 0..TRIES {
            let (now, view) = self.change(|state| {
                running(state)?;
                self.refresh(state);
                Ok::<_, HeadError>((state.now, candidate.as_ref().map(|one| View::of(state, one))))
            })?;
            let (checked, ahead) = match (&candidate, view) {
                (Ok(candidate), Ok(view)) => {
                    let checked = view.check(candidate, &self.settings, self.machine);
                    let slot = checked.verdict.as_ref().err().and_then(|error| awaited(now, error));
                    let ahead = slot.map(|slot| checked.at(slot, candidate, &self.settings, self.machine));
                    (checked, ahead)
                }
                (Err(error), _) | (_, Err(error)) => (Checked::unreadable(error.clone()), None),
            };
            #[cfg(test)]
            self.interlude.play();
            let state = self.lock();
            running(&state)?;
            if checked.holds(&state) {
                return Ok((state, Decision { verdict: checked.verdict, ahead }));
            }
        }
        let mut state = self.lock();
        running(&state)?;
        self.refresh(&mut state);
        let verdict = candidate
            .and_then(|one| one.validate(self.machine, &state.utxos, &self.settings, state.now.slot));
        Ok((state, Decision { verdict, ahead: None }))
    }

    /// The snapshot that confirmed a transaction, as far as it is stored. May read a page from the disk.
    pub(super) fn snapshot_of(
        &self,
        transaction: &TransactionId,
    ) -> Result<Option<SnapshotNumber>, HeadError> {
        let state = self.lock();
        running(&state)?;
        let Some(store) = &self.store else { return Ok(state.confirmed.get(transaction)) };
        drop(state);
        if let Some(number) = self.history.confirmation(transaction) {
            return Ok(Some(number));
        }
        store.snapshot_of(transaction).map_err(|fault| HeadError::Unreachable { reason: fault.to_string() })
    }

    /// Why nothing is done any more.
    pub(super) fn halted(&self) -> Option<HeadError> {
        self.lock().halted.clone()
    }

    /// Stores what stands in line until no handle is left and the line is empty.
    pub(super) fn write(&self) {
        let Some(store) = &self.store else { return };
        while let Some(batch) = self.next_batch() {
            let stored = catch_unwind(AssertUnwindSafe(|| {
                store.write(&batch, self.history.next(), self.history.limit() as u64)
            }))
            .unwrap_or_else(|_| Err(WriteFault::Unknown { reason: "the store failed".to_owned() }));
            self.change(|state| match stored {
                Ok(()) => batch.into_iter().for_each(|entry| self.settle(state, entry)),
                Err(fault) => take_back(state, batch, fault),
            });
        }
    }

    /// Waits for something to store; `None` if there is to be nothing more.
    fn next_batch(&self) -> Option<Vec<Entry>> {
        let mut state = self.lock();
        loop {
            let batch = state.next_batch(self.most);
            if !batch.is_empty() {
                return Some(batch);
            }
            if state.closing {
                return None;
            }
            state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Wakes whenever a transaction's slot comes, until no handle is left.
    pub(super) fn keep_time(&self) {
        loop {
            self.change(|state| self.refresh(state));
            let state = self.lock();
            if state.closing {
                return;
            }
            match state.waiting.first().and_then(|slot| self.clock.arrival(slot)) {
                None => drop(self.alarm.wait(state)),
                Some(due) => {
                    let left = due.since(self.clock.outside(state.now)).to_milliseconds();
                    // A millisecond at least: a source that stands just before the slot must not make this spin.
                    drop(self.alarm.wait_timeout(state, Duration::from_millis(left.max(1))));
                }
            }
        }
    }

    /// No handle is left.
    pub(super) fn close(&self) {
        self.lock().closing = true;
        self.work.notify_all();
        self.alarm.notify_all();
    }

    /// Changes the state, and tells submitters and readers of it thereafter, without the lock: whoever is woken may
    /// do anything, such as drop the last handle.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.lock();
        let result = change(&mut state);
        self.release(state);
        result
    }

    /// Releases the lock, then tells what there is to tell.
    fn release(&self, mut state: MutexGuard<'_, State>) {
        let answers = std::mem::take(&mut state.answers);
        let is_over = state.halted.is_some();
        drop(state);
        self.history.wake(is_over);
        answers.into_iter().for_each(|(reply, answer)| reply.send(answer));
    }

    /// Looks at the clock.
    fn refresh(&self, state: &mut State) {
        let now = self.clock.now(state.now);
        if now != state.now {
            state.now = now;
            self.take_up_due(state);
        }
    }

    fn take_up_due(&self, state: &mut State) {
        while let Some(Waiter { transaction, reply, ahead }) = state.waiting.due(state.now.slot) {
            let verdict = match ahead.filter(|checked| checked.holds(state)) {
                Some(checked) => checked.verdict,
                None => self.validate(state, &transaction),
            };
            match verdict {
                Ok(applied) => drop(self.accept(state, transaction, applied, reply)),
                Err(error) => {
                    let refusal = self.refuse(state, transaction.id(), error);
                    state.answer(reply, Err(refusal));
                }
            }
        }
    }

    fn validate(&self, state: &State, transaction: &SignedTransaction) -> Verdict {
        validate_on(self.machine, transaction, &state.utxos, &self.settings, state.now.slot)
    }

    /// The slot that a transaction waits for, if nothing else is wrong with it that shows by now and the slot comes
    /// soon enough.
    fn worth_waiting_for(&self, now: HeadTime, error: &LedgerError) -> Option<Slot> {
        let LedgerError::OutsideValidity { from: Some(from), before, .. } = error else { return None };
        if *from <= now.slot || before.is_some_and(|before| before <= *from) {
            return None;
        }
        let latest: Time = self.clock.outside(now).after(self.longest_wait).unwrap_or(Time::MAX);
        (self.clock.arrival(*from)? <= latest).then_some(*from)
    }

    fn accept(
        &self,
        state: &mut State,
        transaction: Arc<SignedTransaction>,
        applied: Applied,
        reply: Reply,
    ) -> Arc<Applied> {
        let applied = Arc::new(applied);
        let entry = state.apply(transaction, Arc::clone(&applied), reply);
        self.record(state, entry);
        applied
    }

    fn refuse(&self, state: &mut State, transaction: TransactionId, error: LedgerError) -> SubmitError {
        let reason = InvalidReason::from(error);
        let entry = state.refuse(transaction, reason.clone());
        self.record(state, entry);
        SubmitError::Invalid { transaction, reason }
    }

    /// Puts what was done in line to be stored; without a store it is settled.
    fn record(&self, state: &mut State, entry: Entry) {
        if self.store.is_some() {
            state.pending.push_back(entry);
            self.work.notify_one();
        } else {
            self.settle(state, entry);
        }
    }

    /// What is done is done for good.
    fn settle(&self, state: &mut State, entry: Entry) {
        if let Record::Applied { applied, number, .. } = &entry.record {
            state.confirmed_snapshot = *number;
            if self.store.is_none() {
                state.confirmed.insert(applied.id, *number);
            }
        }
        // With the lock held, so that all readers see events in one order.
        self.history.push(entry.now.time, entry.record.events());
        state.answer(entry.reply, Ok(()));
    }
}

/// Takes back what could not be stored, and whatever was done on top of it.
fn take_back(state: &mut State, batch: Vec<Entry>, fault: WriteFault) {
    let (error, is_known) = match fault {
        WriteFault::Unchanged { reason } => (HeadError::NotStored { reason }, true),
        WriteFault::Unknown { reason } => (HeadError::Halted { reason }, false),
    };
    let pending: Vec<Entry> = state.pending.drain(..).collect();
    for entry in batch.into_iter().chain(pending).rev() {
        let reply = state.undo(entry);
        state.answer(reply, Err(error.clone().into()));
    }
    if !is_known {
        for waiter in state.waiting.clear() {
            state.answer(waiter.reply, Err(error.clone().into()));
        }
        state.halted = Some(error);
    }
}

fn running(state: &State) -> Result<(), HeadError> {
    state.halted.clone().map_or(Ok(()), Err)
}
