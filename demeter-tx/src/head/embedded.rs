//! A head in this process, in memory or on disk.

mod check;
mod clock;
mod confirmed;
mod core;
mod history;
mod options;
mod reply;
mod state;
mod store;
mod waiting;

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};

use async_trait::async_trait;
use demeter_core::{Span, Time, TransactionId};
use futures_util::StreamExt;

use super::{
    AdvanceError, ConfirmError, Event, EventSequence, EventStream, Head, HeadError, HeadTime, HistoryError,
    Lagged, NumberedEvents, SnapshotNumber, SubmitError, UtxoQuery,
};
use crate::ledger::Applied;
use crate::{ClockError, LedgerSettings, SignedTransaction, UtxoSet};

pub use clock::{ClockMode, MachineTime, ManualTime, TimeSource};
pub use options::{Durability, HeadOptions};
pub use store::OpenError;

use self::core::Core;
use clock::HeadClock;
use history::History;
use reply::closed;
use state::State;
use store::{Beginning, FileMedium, Medium, Store};

/// A head in this process: a ledger that applies one transaction at a time, and a clock that stands still until
/// it is told to advance, or follows another ([`HeadOptions::clock`]).
///
/// Whoever submits a transaction checks it, on its own thread: several threads check at once and wait for each other
/// only where a transaction is applied. The outcome is always that of some order, which is the order of the events;
/// what one thread submits stays in its order.
///
/// A valid transaction is confirmed by a snapshot of its own. One that breaks a rule, or whose scripts fail, changes
/// nothing and takes no collateral, as in hydra. Copies are of one and the same head.
///
/// # On disk
/// [`EmbeddedHead::create`] and [`EmbeddedHead::open_at`] keep the head in a file as well: a transaction is reported
/// as valid, and told of in events, only once it is stored as [`Durability`] says. [`Head::utxos`] may show what is
/// not stored yet. A thread of its own does the writing, so the futures of [`Head`] never wait for the disk
/// themselves, but for [`Head::confirm`], which may read a page. What blocks its caller is said where it does.
///
/// If something cannot be stored, it and all that was done on top of it is taken back, and whoever submitted it is
/// told [`HeadError::NotStored`]: memory and disk are as they were, and the head goes on. If nobody can know what the
/// disk holds, as when a sync has failed, it is [`HeadError::Halted`]: it shows what was stored before, does nothing
/// more, and is to be opened anew.
///
/// Closing, which happens when the last copy is dropped, blocks until everything is stored.
///
/// ```
/// # use demeter_core::Time;
/// # use demeter_tx::head::{EmbeddedHead, HeadOptions};
/// # use demeter_tx::{LedgerSettings, Network, ProtocolParameters, SlotClock, UtxoSet};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("grid.head");
/// # let clock = SlotClock::of_seconds(Time::ZERO)?;
/// # let settings = LedgerSettings { network: Network::Testnet, parameters: ProtocolParameters::hydra_l2()?, clock };
/// let head = EmbeddedHead::create(&path, settings, UtxoSet::new(), Time::ZERO, &HeadOptions::default())?;
/// assert!(EmbeddedHead::open_at(&path, &HeadOptions::default()).is_err()); // it is open
/// drop(head);
/// let head = EmbeddedHead::open_at(&path, &HeadOptions::default())?;
/// let events = head.events_from(head.next_event())?;
/// # drop(events);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it remembers
/// Events as far as [`HeadOptions::kept_events`] says, the transactions in them whole. For [`Head::confirm`], a head on
/// disk remembers every transaction that it ever confirmed, one in memory the last 917,504 at least, in at most 90 MB:
/// it waits for an older one as for one that was never submitted.
///
/// # Transactions that are not valid yet
/// [`Head::submit`] holds a transaction whose only fault is that its first slot is still to come, for as long as
/// [`HeadOptions::longest_wait`] allows, and checks it again when that slot has come: it is valid then, or found
/// invalid if its last slot is over as well or something else is wrong by now. It is not withdrawn when the future
/// is dropped, and not stored while it waits. [`EmbeddedHead::apply`] never waits for a slot.
#[derive(Clone, Debug)]
pub struct EmbeddedHead {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    core: Arc<Core>,
    threads: Vec<JoinHandle<()>>,
}

impl EmbeddedHead {
    /// Opens a head in memory that holds these outputs, at this time, on a virtual clock.
    ///
    /// # Errors
    /// The time is before the clock's first slot.
    pub fn open(
        settings: impl Into<Arc<LedgerSettings>>,
        utxos: UtxoSet,
        time: Time,
    ) -> Result<Self, ClockError> {
        let core = Core::in_memory(settings.into(), utxos, time, &HeadOptions::default())?;
        Ok(Self { shared: Arc::new(Shared { core: Arc::new(core), threads: Vec::new() }) })
    }

    /// Opens a head in memory that holds these outputs, at this time or, where its clock follows another, from this
    /// time on.
    ///
    /// # Errors
    /// The time is before the clock's first slot, the clock makes no sense, or there is no thread for it.
    pub fn open_with(
        settings: impl Into<Arc<LedgerSettings>>,
        utxos: UtxoSet,
        time: Time,
        options: &HeadOptions,
    ) -> Result<Self, OpenError> {
        Self::start(Core::in_memory(settings.into(), utxos, time, options)?)
    }

    /// Creates a head on disk that holds these outputs, at this time or, where its clock follows another, from this
    /// time on. Blocks until it is there.
    ///
    /// The file grows with the outputs and the events that are kept, and by about 59 bytes with each transaction, for
    /// ever: its id and the number of its snapshot, 40 bytes, in pages that are two thirds full. It is doubled when it
    /// is full, and what is freed is used again. `cargo xtask soak` measures it.
    ///
    /// # Errors
    /// There is a file already, it cannot be written, or as for [`EmbeddedHead::open_with`].
    pub fn create(
        path: impl AsRef<Path>,
        settings: impl Into<Arc<LedgerSettings>>,
        utxos: UtxoSet,
        time: Time,
        options: &HeadOptions,
    ) -> Result<Self, OpenError> {
        let path = path.as_ref();
        // Checked before there is a file.
        let core = Core::in_memory(settings.into(), utxos, time, options)?;
        let medium = FileMedium::create(path).map_err(|source| match source.kind() {
            std::io::ErrorKind::AlreadyExists => OpenError::Exists { path: path.to_path_buf() },
            _ => OpenError::File { path: path.to_path_buf(), source },
        })?;
        let stored = core.stored_on(Box::new(medium), options);
        // What could not be finished is in nobody's way.
        let stored = stored.inspect_err(|_| drop(std::fs::remove_file(path)));
        Self::start(stored.map_err(|fault| fault.at(path))?)
    }

    /// Opens a head that is on disk already: as it was when it last stored something, whatever became of the
    /// process. Blocks until it is read.
    ///
    /// Every checksum in the file is verified first: that and reading the outputs takes time in proportion to the
    /// file, about half a second for 100,000 outputs, and is done again after a failed write.
    ///
    /// # Errors
    /// There is no such file, it is open elsewhere, it is not a head or one of another version, it is damaged, or
    /// the clock asked for is not the one it was created with.
    pub fn open_at(path: impl AsRef<Path>, options: &HeadOptions) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let (core, clock) =
            Core::read_from(Box::new(FileMedium::existing(path)), options).map_err(|fault| fault.at(path))?;
        match options.clock {
            Some(found) if found != clock => Err(OpenError::OtherClock { expected: clock, found }),
            _ => Self::start(core),
        }
    }

    /// Lets time pass, and blocks until that is stored.
    ///
    /// # Errors
    /// The clock is not virtual, the time leaves its range, or it cannot be stored.
    pub fn advance(&self, span: Span) -> Result<HeadTime, AdvanceError> {
        self.core().advance(span)
    }

    /// Looks at the clock, and takes up the transactions whose first slot has come.
    ///
    /// A head does so by itself unless its [`TimeSource`] is moved by hand.
    pub fn tick(&self) -> HeadTime {
        self.core().now()
    }

    /// Validates a transaction, applies it and blocks until it is stored: what [`Head::submit`] does, for callers
    /// without an executor. One that is not valid yet is refused.
    ///
    /// # Errors
    /// The head finds it invalid, could not store it, or has stopped.
    pub fn apply(&self, transaction: &SignedTransaction) -> Result<Applied, SubmitError> {
        self.core().apply(transaction)
    }

    /// The last snapshot that was confirmed: nothing, if none was.
    pub fn last_snapshot(&self) -> SnapshotNumber {
        self.core().lock().confirmed_snapshot
    }

    /// The number that the next event gets.
    pub fn next_event(&self) -> EventSequence {
        EventSequence::from_number(self.core().history.next())
    }

    /// The events from this number on: those that have happened, then those to come. [`HeadOptions::kept_events`] of
    /// them are kept, on disk too, where those of transactions found invalid keep only the text of the reason.
    ///
    /// Readers are as free as those of [`Head::events`].
    ///
    /// # Errors
    /// The event is no longer kept, or further on than the next one.
    pub fn events_from(&self, sequence: EventSequence) -> Result<NumberedEvents, HistoryError> {
        self.core().history.replay(sequence)
    }

    fn core(&self) -> &Core {
        &self.shared.core
    }

    fn start(core: Core) -> Result<Self, OpenError> {
        let core = Arc::new(core);
        // Before the first thread, so that it ends should the second not begin.
        let mut shared = Shared { core: Arc::clone(&core), threads: Vec::new() };
        if core.store.is_some() {
            let core = Arc::clone(&core);
            shared.spawn("demeter-head-writer", move || core.write())?;
        }
        if core.clock.runs() {
            shared.spawn("demeter-head-clock", move || core.keep_time())?;
        }
        Ok(Self { shared: Arc::new(shared) })
    }
}

impl Shared {
    fn spawn(&mut self, name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), OpenError> {
        let thread = thread::Builder::new().name(name.to_owned()).spawn(run).map_err(OpenError::Thread)?;
        self.threads.push(thread);
        Ok(())
    }
}

impl Drop for Shared {
    /// Waits for the writer, so that the file is free once the head is gone.
    fn drop(&mut self) {
        self.core.close();
        let this = thread::current().id();
        // A task that one of these threads woke may hold the last handle: no thread waits for itself.
        for thread in self.threads.drain(..).filter(|thread| thread.thread().id() != this) {
            drop(thread.join());
        }
    }
}

impl Core {
    fn in_memory(
        settings: Arc<LedgerSettings>,
        utxos: UtxoSet,
        time: Time,
        options: &HeadOptions,
    ) -> Result<Self, ClockError> {
        let mode = options.clock.unwrap_or_default();
        let clock = HeadClock::new(settings.clock, mode, Arc::clone(&options.source))?;
        let now = clock.at(time)?;
        let history = History::new(options.kept_events.get(), 0, []);
        let state = State::new(utxos, clock.now(now), SnapshotNumber::default());
        Ok(Self::new(settings, clock, history, state, None, options))
    }

    /// A head that was just made in memory, on this medium.
    fn stored_on(self, medium: Box<dyn Medium>, options: &HeadOptions) -> Result<Self, store::StoreFault> {
        let state = self.lock();
        let beginning = Beginning {
            settings: &self.settings,
            clock: self.clock.mode(),
            now: state.now,
            utxos: &state.utxos,
        };
        let store = Store::create(medium, options.durability.syncs(), &beginning)?;
        drop(state);
        Ok(Self { store: Some(store), ..self })
    }

    /// The head on this medium, and the clock it was created with.
    fn read_from(
        medium: Box<dyn Medium>,
        options: &HeadOptions,
    ) -> Result<(Self, ClockMode), store::StoreFault> {
        let (store, contents) = Store::open(medium, options.durability.syncs())?;
        let damaged = |error: ClockError| store::StoreFault::Damaged { reason: error.to_string() };
        let settings = Arc::new(contents.settings);
        let clock =
            HeadClock::new(settings.clock, contents.clock, Arc::clone(&options.source)).map_err(damaged)?;
        let now = clock.at(contents.time).map_err(damaged)?;
        let history = History::new(options.kept_events.get(), contents.next_event, contents.events);
        let state = State::new(contents.utxos, clock.now(now), contents.snapshot);
        Ok((Self::new(settings, clock, history, state, Some(store), options), contents.clock))
    }

    fn new(
        settings: Arc<LedgerSettings>,
        clock: HeadClock,
        history: History,
        state: State,
        store: Option<Store>,
        options: &HeadOptions,
    ) -> Self {
        Self {
            settings,
            machine: options.machine,
            clock,
            longest_wait: options.longest_wait,
            history,
            store,
            most: options.durability.most(),
            state: Mutex::new(state),
            work: Condvar::new(),
            alarm: Condvar::new(),
            #[cfg(test)]
            interlude: check::Interlude::default(),
        }
    }
}

#[async_trait]
impl Head for EmbeddedHead {
    async fn settings(&self) -> Result<Arc<LedgerSettings>, HeadError> {
        Ok(Arc::clone(&self.core().settings))
    }

    async fn utxos(&self, query: &UtxoQuery) -> Result<UtxoSet, HeadError> {
        let state = self.core().lock();
        let found = match query {
            UtxoQuery::References(references) => references
                .iter()
                .filter_map(|reference| Some((*reference, state.utxos.get(reference)?.clone())))
                .collect(),
            _ => state
                .utxos
                .iter()
                .filter(|(reference, output)| query.matches(reference, output))
                .map(|(reference, output)| (*reference, output.clone()))
                .collect(),
        };
        Ok(found)
    }

    async fn submit(&self, transaction: SignedTransaction) -> Result<TransactionId, SubmitError> {
        let id = transaction.id();
        self.core().submit(transaction).await.unwrap_or_else(|_| Err(closed().into()))?;
        Ok(id)
    }

    async fn confirm(&self, transaction: TransactionId) -> Result<SnapshotNumber, ConfirmError> {
        // Listening before looking, or a confirmation in between would be missed.
        let mut events = self.core().history.follow();
        if let Some(number) = self.core().snapshot_of(&transaction)? {
            return Ok(number);
        }
        while let Some(event) = events.next().await {
            let event = event.map(|numbered| numbered.event);
            if let Some(number) = event.as_ref().ok().and_then(|event| event.confirms(&transaction)) {
                return Ok(number);
            }
            match event {
                Ok(Event::TxInvalid { transaction: id, reason }) if id == transaction => {
                    return Err(ConfirmError::Invalid { transaction, reason });
                }
                Ok(_) => {}
                Err(Lagged { .. }) => {
                    if let Some(number) = self.core().snapshot_of(&transaction)? {
                        return Ok(number);
                    }
                    if let Some(reason) = self.core().history.rejection(&transaction) {
                        return Err(ConfirmError::Invalid { transaction, reason });
                    }
                }
            }
        }
        Err(self.core().halted().unwrap_or_else(closed).into())
    }

    async fn now(&self) -> Result<HeadTime, HeadError> {
        Ok(self.core().now())
    }

    fn events(&self) -> EventStream {
        self.core().history.follow().map(|event| event.map(|numbered| numbered.event)).boxed()
    }
}

#[cfg(test)]
mod tests;
