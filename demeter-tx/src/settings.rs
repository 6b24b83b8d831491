//! What a ledger's rules depend on besides its outputs and the time.

use crate::{Network, ProtocolParameters, SlotClock};

/// What does not change while a ledger runs: who builds for it and who validates need the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerSettings {
    /// The network that addresses are of.
    pub network: Network,
    /// The protocol parameters.
    pub parameters: ProtocolParameters,
    /// The relation of slots to time.
    pub clock: SlotClock,
}
