//! What a driver is told beside its agent.

use std::time::Duration;

use demeter_core::{Address, Span};

use super::WalletPolicy;
use crate::Validity;

/// What a driver is told beside its agent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DriverOptions {
    /// How long transactions stay valid.
    pub validity: Validity,
    /// Who has published the contract's scripts, and leaves them where they are. Without one, each transaction carries
    /// the scripts that it runs, and few are small enough.
    pub publisher: Option<Address>,
    /// How long to wait for a transaction to be final before it is left to itself.
    pub patience: Duration,
    /// How often an action may be overtaken by others' transactions and tried again at once.
    pub attempts: u32,
    /// In the head's time, how long an action rests that was refused, or overtaken too often; twice as long each time.
    pub rest: Span,
    /// The longest that it rests.
    pub longest_rest: Span,
    /// How the wallet is kept.
    pub wallet: WalletPolicy,
    /// How long [`Driver::run`](super::Driver::run) sleeps at most when nothing happens: a head's time moves without an
    /// event.
    pub nap: Duration,
}

impl Default for DriverOptions {
    fn default() -> Self {
        let seconds = |seconds| Span::from_seconds(seconds).unwrap_or(Span::ZERO);
        Self {
            validity: Validity::default(),
            publisher: None,
            patience: Duration::from_secs(20),
            attempts: 4,
            rest: seconds(20),
            longest_rest: seconds(600),
            wallet: WalletPolicy::default(),
            nap: Duration::from_secs(5),
        }
    }
}

impl DriverOptions {
    /// With scripts published by this address.
    #[must_use]
    pub const fn publisher(mut self, address: Address) -> Self {
        self.publisher = Some(address);
        self
    }

    /// With transactions that stay valid so long.
    #[must_use]
    pub const fn validity(mut self, validity: Validity) -> Self {
        self.validity = validity;
        self
    }

    /// With a wallet kept like this.
    #[must_use]
    pub const fn wallet(mut self, policy: WalletPolicy) -> Self {
        self.wallet = policy;
        self
    }
}
