//! What can be chosen when an embedded head is opened.

use std::num::NonZeroUsize;
use std::sync::Arc;

use demeter_core::Span;

use super::clock::{ClockMode, MachineTime, TimeSource};
use crate::evaluate::Machine;

/// When a transaction counts as stored, so that the head may report it as valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// Each is synced to the disk by itself: it survives the death of the process and of the machine.
    EachTransaction,
    /// All that were submitted while the last sync ran are synced together: they survive the same, and many share
    /// the price. One alone waits no longer than under [`Durability::EachTransaction`].
    Grouped {
        /// The most transactions in one sync.
        most: NonZeroUsize,
    },
    /// They are handed to the operating system, and synced when it sees fit: they survive the death of the process,
    /// but after that of the machine the file may lack the last of them, or be damaged and then refused.
    Unsynced,
}

impl Durability {
    /// [`Durability::Grouped`] with at most 1024 transactions in one sync: the default.
    pub const fn grouped() -> Self {
        Self::Grouped { most: DEFAULT_MOST }
    }

    /// The most transactions in one commit.
    pub(super) const fn most(self) -> usize {
        match self {
            Self::EachTransaction => 1,
            Self::Grouped { most } => most.get(),
            Self::Unsynced => DEFAULT_MOST.get(),
        }
    }

    pub(super) const fn syncs(self) -> bool {
        !matches!(self, Self::Unsynced)
    }
}

const DEFAULT_MOST: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1023);
const DEFAULT_EVENTS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(16_383);
/// What hydra-node 2.3.0 waits: five times a tenth of a second.
const DEFAULT_WAIT: u64 = 500;

/// What can be chosen when an embedded head is opened. The default is a virtual clock, half a second of waiting,
/// 16,384 events, grouped commits and the reference machine.
#[derive(Clone, Debug)]
pub struct HeadOptions {
    pub(super) durability: Durability,
    pub(super) clock: Option<ClockMode>,
    pub(super) source: Arc<dyn TimeSource>,
    pub(super) longest_wait: Span,
    pub(super) kept_events: NonZeroUsize,
    pub(super) machine: Machine,
}

impl Default for HeadOptions {
    fn default() -> Self {
        Self {
            durability: Durability::grouped(),
            clock: None,
            source: Arc::new(MachineTime),
            longest_wait: Span::from_milliseconds(DEFAULT_WAIT).unwrap_or(Span::ZERO),
            kept_events: DEFAULT_EVENTS,
            machine: Machine::default(),
        }
    }
}

impl HeadOptions {
    /// When a transaction counts as stored. It says nothing to a head in memory.
    #[must_use]
    pub const fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// How time passes. A head that is on disk already keeps to what was chosen when it was created; another choice
    /// is an error then.
    #[must_use]
    pub const fn clock(mut self, mode: ClockMode) -> Self {
        self.clock = Some(mode);
        self
    }

    /// What tells the time to a clock that is not virtual: the machine's clock, if nothing else is given. Who keeps hold
    /// of the source gives an [`Arc`] of it.
    #[must_use]
    pub fn time_source(mut self, source: impl TimeSource + 'static) -> Self {
        self.source = Arc::new(source);
        self
    }

    /// How long a transaction that is not valid yet may wait for its first slot, by the clock outside (a virtual
    /// clock has no other than its own). One whose slot comes later is refused at once.
    ///
    /// The default is half a second, as in hydra-node 2.3.0, which takes up such a transaction again every tenth of
    /// a second and gives up after the fifth time.
    #[must_use]
    pub const fn longest_wait(mut self, span: Span) -> Self {
        self.longest_wait = span;
        self
    }

    /// How many events are kept for readers: those that fall behind by more miss some, and nothing older can be
    /// replayed. A valid transaction makes two, an invalid one makes one.
    ///
    /// The one that confirms a transaction holds it whole: a head that keeps the default of 16,384 keeps up to 8,192
    /// transactions, in memory and on disk. Each is no longer than the parameters allow (10,250 bytes by hydra's figures
    /// for L2), so their bytes are below 84 MB; in memory each takes one or two kB more.
    #[must_use]
    pub const fn kept_events(mut self, count: NonZeroUsize) -> Self {
        self.kept_events = count;
        self
    }

    /// What runs the scripts. No result depends on it, and it is not stored: a head that was opened with one machine can
    /// be opened with the other.
    #[must_use]
    pub const fn machine(mut self, machine: Machine) -> Self {
        self.machine = machine;
        self
    }
}
