//! How a node is filtered.

use std::num::NonZeroU32;
use std::time::Duration;

use demeter_core::Scripts;
use demeter_tx::ProtocolParameters;
use demeter_tx::hydra::NodeAddress;

use crate::Limits;

/// How much one client may ask for: a request or a message over a socket counts as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many a second in the long run.
    pub per_second: NonZeroU32,
    /// How many at once, after a while of asking for nothing.
    pub burst: NonZeroU32,
}

impl Rate {
    const DEFAULT: Self = Self::of(50, 200);

    /// So many a second and at once; 0 counts as 1.
    const fn of(per_second: u32, burst: u32) -> Self {
        const fn number(count: u32) -> NonZeroU32 {
            match NonZeroU32::new(count) {
                Some(number) => number,
                None => NonZeroU32::MIN,
            }
        }
        Self { per_second: number(per_second), burst: number(burst) }
    }

    /// The time that one takes in the long run.
    pub(crate) fn interval(self) -> Duration {
        Duration::from_secs(1) / self.per_second.get()
    }
}

impl Default for Rate {
    /// 50 a second, and 200 at once.
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// How a node is filtered.
#[derive(Clone, Debug)]
pub struct FilterOptions {
    pub(crate) upstream: NodeAddress,
    pub(crate) scripts: Scripts,
    pub(crate) limits: Limits,
    pub(crate) connections_each: usize,
    pub(crate) rate: Rate,
    pub(crate) connect: Duration,
    pub(crate) answer: Duration,
    pub(crate) ping: Duration,
    pub(crate) deposits: bool,
    pub(crate) config: bool,
    pub(crate) main_chain: Option<ProtocolParameters>,
}

/// The limits for strangers: a transaction of the head is less than 21,000 hexadecimal digits.
const LIMITS: Limits = Limits {
    clients: 1_024,
    message_bytes: 64 << 10,
    body_bytes: 256 << 10,
    queue_bytes: 16 << 20,
    send: Duration::from_secs(10),
    farewell: Duration::from_secs(5),
};
/// The most connections of one client.
const CONNECTIONS_EACH: usize = 32;
/// How long a node may take to accept a connection, or a message over one.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a node may take to answer: longer than the five minutes that hydra-node waits for a transaction.
const ANSWER: Duration = Duration::from_secs(330);
/// How often clients are pinged, as by hydra-node.
const PING: Duration = Duration::from_secs(30);

impl FilterOptions {
    /// Filters this node, and keeps outputs at these scripts from leaving the head.
    pub const fn new(upstream: NodeAddress, scripts: Scripts) -> Self {
        Self {
            upstream,
            scripts,
            limits: LIMITS,
            connections_each: CONNECTIONS_EACH,
            rate: Rate::DEFAULT,
            connect: CONNECT,
            answer: ANSWER,
            ping: PING,
            deposits: true,
            config: true,
            main_chain: None,
        }
    }

    /// How much the filter takes, and how long it waits: 1,024 connections, 64 KiB for a message and 256 KiB for a body,
    /// 16 MiB and 10 seconds for a slow client, and 5 seconds at the end, if nothing else is said.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The most connections that one client may have: 32, if nothing else is said. A client is an address of IPv4, or a
    /// network of 64 bits of IPv6.
    #[must_use]
    pub const fn connections_each(mut self, connections: usize) -> Self {
        self.connections_each = connections;
        self
    }

    /// How much one client may ask for: 50 a second and 200 at once, if nothing else is said.
    #[must_use]
    pub const fn rate(mut self, rate: Rate) -> Self {
        self.rate = rate;
        self
    }

    /// How long the node may take to accept a connection or a message (10 seconds, if nothing else is said), and to
    /// answer a request (330 seconds: hydra-node itself waits five minutes for a transaction).
    #[must_use]
    pub const fn patience(mut self, connect: Duration, answer: Duration) -> Self {
        self.connect = connect;
        self.answer = answer;
        self
    }

    /// How often clients are pinged: every 30 seconds, if nothing else is said. One that says nothing for three times as
    /// long is gone.
    #[must_use]
    pub const fn ping_interval(mut self, interval: Duration) -> Self {
        self.ping = interval;
        self
    }

    /// Whether clients may have deposits drafted and transactions submitted to L1 by the node: they may, if nothing else
    /// is said.
    #[must_use]
    pub const fn deposits(mut self, allowed: bool) -> Self {
        self.deposits = allowed;
        self
    }

    /// Whether clients may read how the node was started, which names its files and its peers: they may, if nothing else
    /// is said, as some learn the network from it.
    #[must_use]
    pub const fn config(mut self, allowed: bool) -> Self {
        self.config = allowed;
        self
    }

    /// The protocol parameters of L1, which must be able to take what a transaction makes: mainnet's, if nothing else is
    /// said.
    #[must_use]
    pub fn main_chain(mut self, parameters: ProtocolParameters) -> Self {
        self.main_chain = Some(parameters);
        self
    }
}
