//! What has happened in a head: events by their numbers, the last of them kept.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use demeter_core::{Time, TransactionId};
use futures_util::StreamExt;
use futures_util::stream::unfold;
use tokio::sync::watch;

use super::super::{
    Event, EventSequence, HistoryError, InvalidReason, Lagged, NumberedEvent, NumberedEvents, SnapshotNumber,
};

/// The events of a head.
///
/// Readers pull from what is kept, each at its own pace, and are woken when there is more: a reader that sleeps
/// holds nobody up.
#[derive(Debug)]
pub(super) struct History {
    kept: Arc<Mutex<Kept>>,
    limit: usize,
    /// The next number when readers were last woken, and whether it is over.
    progress: watch::Sender<(u64, bool)>,
}

#[derive(Debug)]
struct Kept {
    /// The number of the oldest event.
    oldest: u64,
    events: VecDeque<(Time, Event)>,
}

impl Kept {
    fn next(&self) -> u64 {
        self.oldest.saturating_add(self.events.len() as u64)
    }

    fn get(&self, number: u64) -> Option<NumberedEvent> {
        let position = usize::try_from(number.checked_sub(self.oldest)?).ok()?;
        let (time, event) = self.events.get(position)?.clone();
        Some(NumberedEvent { sequence: EventSequence::from_number(number), time, event })
    }
}

impl History {
    /// A history in which these events have happened, the last of them just before number `next`.
    pub(super) fn new(limit: usize, next: u64, events: impl IntoIterator<Item = (Time, Event)>) -> Self {
        let mut events: VecDeque<_> = events.into_iter().collect();
        let extra = events.len().saturating_sub(limit);
        events.drain(..extra);
        let oldest = next.saturating_sub(events.len() as u64);
        Self {
            kept: Arc::new(Mutex::new(Kept { oldest, events })),
            limit,
            progress: watch::Sender::new((next, false)),
        }
    }

    /// The number that the next event gets.
    pub(super) fn next(&self) -> u64 {
        lock(&self.kept).next()
    }

    pub(super) const fn limit(&self) -> usize {
        self.limit
    }

    /// Adds events. Readers that sleep are to be woken by [`History::wake`].
    pub(super) fn push(&self, time: Time, events: impl IntoIterator<Item = Event>) {
        let mut kept = lock(&self.kept);
        for event in events {
            if kept.events.len() >= self.limit {
                kept.events.pop_front();
                kept.oldest = kept.oldest.saturating_add(1);
            }
            kept.events.push_back((time, event));
        }
    }

    /// Wakes those readers who sleep although there is more, or nothing will happen any more.
    pub(super) fn wake(&self, is_over: bool) {
        let next = self.next();
        self.progress.send_if_modified(|progress| {
            let is_new = *progress != (next, is_over);
            *progress = (next, is_over);
            is_new
        });
    }

    /// The snapshot that confirmed a transaction, as far as that is kept.
    pub(super) fn confirmation(&self, wanted: &TransactionId) -> Option<SnapshotNumber> {
        lock(&self.kept).events.iter().rev().find_map(|(_, event)| event.confirms(wanted))
    }

    /// Why a transaction was last found invalid, as far as that is kept.
    pub(super) fn rejection(&self, wanted: &TransactionId) -> Option<InvalidReason> {
        lock(&self.kept).events.iter().rev().find_map(|(_, event)| match event {
            Event::TxInvalid { transaction, reason } if transaction == wanted => Some(reason.clone()),
            _ => None,
        })
    }

    /// The events from now on.
    pub(super) fn follow(&self) -> NumberedEvents {
        self.read(self.next())
    }

    /// The events from this number on.
    pub(super) fn replay(&self, from: EventSequence) -> Result<NumberedEvents, HistoryError> {
        let kept = lock(&self.kept);
        let (oldest, next) = (kept.oldest, kept.next());
        drop(kept);
        if from.to_number() < oldest {
            return Err(HistoryError::TooOld { asked: from, oldest: EventSequence::from_number(oldest) });
        }
        if from.to_number() > next {
            return Err(HistoryError::NotYet { asked: from, next: EventSequence::from_number(next) });
        }
        Ok(self.read(from.to_number()))
    }

    fn read(&self, from: u64) -> NumberedEvents {
        let reader = Reader { kept: Arc::clone(&self.kept), progress: self.progress.subscribe(), next: from };
        unfold(reader, Reader::step).boxed()
    }
}

struct Reader {
    kept: Arc<Mutex<Kept>>,
    progress: watch::Receiver<(u64, bool)>,
    next: u64,
}

impl Reader {
    async fn step(mut self) -> Option<(Result<NumberedEvent, Lagged>, Self)> {
        loop {
            // Marked as seen before looking, or what is pushed in between would wake nobody.
            let (_, is_over) = *self.progress.borrow_and_update();
            if let Some(item) = self.look() {
                return Some((item, self));
            }
            if is_over || self.progress.changed().await.is_err() {
                // What was pushed last, before the end.
                let item = self.look()?;
                return Some((item, self));
            }
        }
    }

    fn look(&mut self) -> Option<Result<NumberedEvent, Lagged>> {
        let kept = lock(&self.kept);
        let missed = kept.oldest.saturating_sub(self.next);
        if missed > 0 {
            self.next = kept.oldest;
            return Some(Err(Lagged { missed }));
        }
        let event = kept.get(self.next)?;
        self.next = self.next.saturating_add(1);
        Some(Ok(event))
    }
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;
    use futures_util::FutureExt;

    use super::*;

    fn valid(seed: u8) -> Event {
        Event::TxValid { transaction: TransactionId::from_bytes([seed; 32]) }
    }

    fn history(limit: usize, events: u8) -> History {
        let history = History::new(limit, 0, []);
        (0..events).for_each(|seed| history.push(Time::ZERO, [valid(seed)]));
        history.wake(false);
        history
    }

    fn number(number: u64) -> EventSequence {
        EventSequence::from_number(number)
    }

    #[test]
    fn what_is_kept_is_replayed_and_nothing_else() {
        let history = history(3, 5);
        let numbers = |from| -> Vec<u64> {
            let mut stream = history.replay(number(from)).unwrap();
            std::iter::from_fn(|| stream.next().now_or_never()?)
                .map(|event| event.unwrap().sequence.to_number())
                .collect()
        };
        assert_eq!(numbers(2), [2, 3, 4]);
        assert_eq!(numbers(4), [4]);
        assert_eq!(numbers(5), [] as [u64; 0]);
        let too_old = history.replay(number(1)).err().unwrap();
        assert_eq!(too_old, HistoryError::TooOld { asked: number(1), oldest: number(2) });
        assert_eq!(too_old.to_string(), "event 1 is no longer kept, the oldest is 2");
        let not_yet = history.replay(number(6)).err().unwrap();
        assert_eq!(not_yet.to_string(), "event 6 is further on than the next one, 5");
    }

    #[test]
    fn a_reader_is_woken_and_sees_the_end_after_the_last_event() {
        let history = history(3, 0);
        let mut stream = history.follow();
        assert!(stream.next().now_or_never().is_none());
        history.push(Time::ZERO, [valid(1)]);
        history.wake(false);
        assert_eq!(block_on(stream.next()).unwrap().unwrap().event, valid(1));
        history.push(Time::ZERO, [valid(2)]);
        history.wake(true);
        assert_eq!(block_on(stream.next()).unwrap().unwrap().event, valid(2));
        assert!(block_on(stream.next()).is_none());
    }

    #[test]
    fn a_reader_learns_of_the_end_of_the_head() {
        let history = history(3, 1);
        let mut stream = history.replay(number(0)).unwrap();
        drop(history);
        assert!(block_on(stream.next()).is_some());
        assert!(block_on(stream.next()).is_none());
    }

    #[test]
    fn a_slow_reader_is_told_what_it_missed() {
        let history = history(3, 0);
        let mut stream = history.follow();
        (0..5).for_each(|seed| history.push(Time::ZERO, [valid(seed)]));
        assert_eq!(block_on(stream.next()).unwrap(), Err(Lagged { missed: 2 }));
        assert_eq!(block_on(stream.next()).unwrap().unwrap().sequence, number(2));
    }
}
