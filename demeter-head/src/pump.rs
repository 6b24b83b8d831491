//! Follows the head, and tells the clients.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use demeter_tx::head::{EmbeddedHead, Event, EventSequence, HeadError, NumberedEvent, NumberedEvents};
use demeter_tx::{Slot, SlotClock};
use futures_util::StreamExt as _;

use crate::ServeError;
use crate::book::Book;
use crate::checkpoint::Checkpoint;
use crate::message::Scribe;
use crate::shared::{Shared, State, Verdict};

/// The book of a head, and the events that are not in it yet.
///
/// It begins where the file says, if what has happened since leads to what the head holds now; else with what the head
/// holds now.
pub(crate) async fn begin(
    head: &EmbeddedHead,
    scribe: Arc<Scribe>,
    path: Option<&Path>,
    clock: &SlotClock,
) -> Result<(Book, NumberedEvents), ServeError> {
    let now = Checkpoint::of(head).await?;
    if let Some(base) = path.and_then(Checkpoint::read)
        && let Some((book, events)) = replay(head, Arc::clone(&scribe), base, &now, clock).await
    {
        return Ok((book, events));
    }
    if let Some(path) = path {
        write(&now, path)?;
    }
    let events = head.events_from(EventSequence::from_number(now.event)).map_err(nonsense)?;
    Ok((Book::new(scribe, now), events))
}

async fn replay(
    head: &EmbeddedHead,
    scribe: Arc<Scribe>,
    base: Checkpoint,
    now: &Checkpoint,
    clock: &SlotClock,
) -> Option<(Book, NumberedEvents)> {
    let mut events = head.events_from(EventSequence::from_number(base.event)).ok()?;
    let mut book = Book::new(scribe, base);
    while book.next() < now.event {
        let event = events.next().await?.ok()?;
        let slot = slot_of(clock, &event);
        drop(book.record(event, slot, false));
    }
    (book.view.utxo.0.keys().eq(now.view.utxo.0.keys())).then_some((book, events))
}

fn write(checkpoint: &Checkpoint, path: &Path) -> Result<(), ServeError> {
    checkpoint.write(path).map_err(|source| ServeError::Checkpoint { path: path.to_owned(), source })
}

fn nonsense(error: impl ToString) -> HeadError {
    HeadError::Nonsense { reason: error.to_string() }
}

fn slot_of(clock: &SlotClock, event: &NumberedEvent) -> Slot {
    clock.slot_at(event.time).unwrap_or_default()
}

/// What the pump needs besides.
#[derive(Debug)]
pub(crate) struct Pump {
    pub(crate) clock: SlotClock,
    pub(crate) rotate_after: usize,
    pub(crate) checkpoint: Option<PathBuf>,
}

impl Pump {
    /// Tells the clients what happens, until the head ends.
    ///
    /// # Errors
    /// The history cannot be begun anew, or the head can no longer be asked.
    pub(crate) async fn run(self, shared: Arc<Shared>, mut events: NumberedEvents) -> Result<(), ServeError> {
        while let Some(event) = events.next().await {
            match event {
                Ok(event) => self.take(&shared, event)?,
                // What was missed cannot be told any more: clients come again, and read everything anew.
                Err(_lagged) => {
                    let base = Checkpoint::of(&shared.head).await?;
                    let mut state = shared.lock();
                    state.book = Book::new(Arc::clone(&state.book.scribe), base);
                    state.hub.clear();
                    self.rotate(&mut state)?;
                }
            }
        }
        Err(ServeError::Lost)
    }

    fn take(&self, shared: &Shared, event: NumberedEvent) -> Result<(), ServeError> {
        let slot = slot_of(&self.clock, &event);
        let told = event.event.clone();
        let mut state = shared.lock();
        let outputs = state.hub.wants_outputs();
        if let Some(message) = state.book.record(event, slot, outputs) {
            state.hub.send(message);
        }
        match told {
            Event::TxValid { transaction } => state.tell(&transaction, &Verdict::Valid),
            Event::TxInvalid { transaction, reason } => {
                shared.metrics.refused(&transaction);
                state.tell(&transaction, &Verdict::Invalid(reason.to_string()));
            }
            Event::SnapshotConfirmed { transactions, .. } => {
                let number = state.book.view.snapshot;
                for id in transactions.iter().map(|transaction| transaction.id()) {
                    shared.metrics.confirmed(&id);
                    state.tell(&id, &Verdict::Confirmed(number));
                }
            }
            _ => {}
        }
        if state.book.len() > self.rotate_after {
            self.rotate(&mut state)?;
        }
        Ok(())
    }

    fn rotate(&self, state: &mut State) -> Result<(), ServeError> {
        let base = state.book.rotate();
        self.checkpoint.as_deref().map_or(Ok(()), |path| write(&base, path))
    }
}
