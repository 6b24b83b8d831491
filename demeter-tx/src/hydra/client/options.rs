//! What can be chosen when a node is connected to.

use std::hash::{BuildHasher as _, RandomState};
use std::num::NonZeroUsize;
use std::time::Duration;

use crate::hydra::session::SessionOptions;
use crate::{Network, ProtocolParameters, SlotClock};

const DEFAULT_EVENTS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(16_383);
/// hydra-node pings every 30 seconds.
const DEFAULT_SILENCE: Duration = Duration::from_secs(75);

/// What can be chosen when a node is connected to.
///
/// The default is patience for a node nearby, mainnet's parameters for L1, and 16,384 events kept for readers.
#[derive(Clone, Debug)]
pub struct HydraOptions {
    pub(super) session: SessionOptions,
    pub(super) silence: Duration,
    pub(super) clock: Option<SlotClock>,
    pub(super) network: Option<Network>,
    pub(super) main_chain: Option<ProtocolParameters>,
    pub(super) guarded: bool,
    pub(super) kept_events: NonZeroUsize,
}

impl Default for HydraOptions {
    fn default() -> Self {
        // So that clients that lost one node do not all come back at once.
        let seed = Some(RandomState::new().hash_one(()));
        Self {
            session: SessionOptions { seed, ..SessionOptions::default() },
            silence: DEFAULT_SILENCE,
            clock: None,
            network: None,
            main_chain: None,
            guarded: true,
            kept_events: DEFAULT_EVENTS,
        }
    }
}

impl HydraOptions {
    /// How patient the session is, and the seed of its pauses.
    #[must_use]
    pub const fn session(mut self, options: SessionOptions) -> Self {
        self.session = options;
        self
    }

    /// After how long without a word, pings included, a connection counts as lost: 75 seconds, if nothing else is said,
    /// as hydra-node pings every 30.
    #[must_use]
    pub const fn silence(mut self, longest: Duration) -> Self {
        self.silence = longest;
        self
    }

    /// How the head's slots relate to time.
    ///
    /// hydra-node says in which slot it is, not when that began: it is known for a node on mainnet, preprod or preview,
    /// and where the node's history tells of a slot with its time; demeter-head says it. Elsewhere it must be said here.
    #[must_use]
    pub const fn clock(mut self, clock: SlotClock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// The network that addresses are of. A node that is connected to L1 says it; of an offline one a test network is
    /// assumed.
    #[must_use]
    pub const fn network(mut self, network: Network) -> Self {
        self.network = Some(network);
        self
    }

    /// The parameters of L1, by which what is submitted is judged: whether L1 could take it when the head ends.
    #[must_use]
    pub fn main_chain(mut self, parameters: ProtocolParameters) -> Self {
        self.main_chain = Some(parameters);
        self
    }

    /// Submits also what would keep the head from being finalised, such as what mints.
    #[must_use]
    pub const fn unguarded(mut self) -> Self {
        self.guarded = false;
        self
    }

    /// How many events are kept for readers who fall behind, and of how many transactions it is remembered what became of
    /// them.
    #[must_use]
    pub const fn kept_events(mut self, count: NonZeroUsize) -> Self {
        self.kept_events = count;
        self
    }
}
