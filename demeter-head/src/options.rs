//! How a head is served.

use std::path::PathBuf;
use std::time::Duration;

use demeter_tx::hydra::{HeadSeed, NodeConfig, ParametersJson};

use crate::Identity;

/// How much the server takes, and how long it waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most clients on sockets at once. More are refused with 503.
    pub clients: usize,
    /// The longest message that a client may send over a socket, in bytes. Who sends a longer one is disconnected.
    pub message_bytes: usize,
    /// The longest body of a request, in bytes. Longer ones are refused with 413.
    pub body_bytes: usize,
    /// How many bytes may wait for a client that reads slowly. When more do, it is disconnected.
    pub queue_bytes: usize,
    /// How long one message may take to be handed to a client's socket before it is disconnected.
    pub send: Duration,
    /// How long the server waits for its clients when it ends.
    pub farewell: Duration,
}

impl Limits {
    const DEFAULT: Self = Self {
        clients: 1_024,
        message_bytes: 1 << 20,
        body_bytes: 16 << 20,
        queue_bytes: 64 << 20,
        send: Duration::from_secs(10),
        farewell: Duration::from_secs(5),
    };
}

impl Default for Limits {
    /// 1,024 clients, 1 MiB for a message and 16 MiB for a body, 64 MiB and 10 seconds for a slow client, and 5 seconds
    /// at the end.
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// How a head is served.
#[derive(Debug)]
pub struct ServerOptions {
    pub(crate) identity: Identity,
    pub(crate) limits: Limits,
    pub(crate) legacy_valid: bool,
    pub(crate) control: bool,
    pub(crate) timeout: Duration,
    pub(crate) ping: Duration,
    pub(crate) rotate_after: usize,
    pub(crate) checkpoint: Option<PathBuf>,
    pub(crate) config: Option<NodeConfig>,
    pub(crate) parameters: Option<ParametersJson>,
    pub(crate) monitoring: Option<tokio::net::TcpListener>,
}

/// How long hydra-node waits before it answers a request.
const TIMEOUT: Duration = Duration::from_secs(300);
/// How often hydra-node pings its clients.
const PING: Duration = Duration::from_secs(30);
/// Fewer than an embedded head keeps by default.
const ROTATE_AFTER: usize = 8_192;

impl Default for ServerOptions {
    fn default() -> Self {
        Self::new(Identity::development(HeadSeed::default()))
    }
}

impl ServerOptions {
    /// Serves as this party, with the default limits, and with nothing that hydra-node has not.
    pub const fn new(identity: Identity) -> Self {
        Self {
            identity,
            limits: Limits::DEFAULT,
            legacy_valid: false,
            control: false,
            timeout: TIMEOUT,
            ping: PING,
            rotate_after: ROTATE_AFTER,
            checkpoint: None,
            config: None,
            parameters: None,
            monitoring: None,
        }
    }

    /// How much the server takes, and how long it waits.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Has `TxValid` carry the transaction as well, as older versions of hydra-node did: some clients wait for
    /// that field, which 2.3.0 and its schema do not know.
    #[must_use]
    pub const fn legacy_tx_valid(mut self, carries: bool) -> Self {
        self.legacy_valid = carries;
        self
    }

    /// Whether whoever reaches the server may move a virtual clock, by POST `/demeter/advance`.
    #[must_use]
    pub const fn control(mut self, allowed: bool) -> Self {
        self.control = allowed;
        self
    }

    /// How long a request waits for what it asked for: five minutes, as in hydra-node, if nothing else is said.
    #[must_use]
    pub const fn transaction_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How often clients are pinged: every 30 seconds, as by hydra-node, if nothing else is said.
    #[must_use]
    pub const fn ping_interval(mut self, interval: Duration) -> Self {
        self.ping = interval;
        self
    }

    /// After how many events the history begins anew: 8,192, if nothing else is said. The head must keep more
    /// ([`kept_events`](demeter_tx::head::HeadOptions::kept_events)).
    #[must_use]
    pub const fn rotate_after(mut self, events: usize) -> Self {
        self.rotate_after = events;
        self
    }

    /// The file that says what the head held before the first event of the history. Without it, the history of a head
    /// that is served again begins with how it is then.
    #[must_use]
    pub fn checkpoint(mut self, path: impl Into<PathBuf>) -> Self {
        self.checkpoint = Some(path.into());
        self
    }

    /// What GET `/config` answers.
    #[must_use]
    pub fn config(mut self, config: NodeConfig) -> Self {
        self.config = Some(config);
        self
    }

    /// What GET `/protocol-parameters` answers: the head's, if nothing else is said, with mainnet's figures for those
    /// that no rule in a head depends on.
    #[must_use]
    pub fn parameters(mut self, parameters: ParametersJson) -> Self {
        self.parameters = Some(parameters);
        self
    }

    /// Where GET `/metrics` is answered.
    #[must_use]
    pub fn monitoring(mut self, listener: tokio::net::TcpListener) -> Self {
        self.monitoring = Some(listener);
        self
    }
}
