//! Heads: where transactions go.
//!
//! [`Head`] is what an agent needs of a hydra head, whichever it is: [`EmbeddedHead`] is one in this process, with
//! nothing installed, in memory or in a file that survives it; `HydraHead`, in the feature `hydra`, is one that a
//! hydra-node keeps. Futures are `Send`, so they run on any executor; none
//! is assumed.
//!
//! A transaction that a head finds valid is not final: only a confirmed snapshot is. So agents submit, then
//! [`Head::confirm`], and follow [`Head::events`] to learn what others do.

mod deposit;
mod embedded;
mod error;
mod event;
mod fanout;

use async_trait::async_trait;
use demeter_core::{Address, OutputReference, Time, TransactionId};
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::{LedgerSettings, Output, SignedTransaction, Slot, UtxoSet};

pub use deposit::{DepositError, HYDRA_DEPOSIT, recreated};
pub use embedded::{
    ClockMode, Durability, EmbeddedHead, HeadOptions, MachineTime, ManualTime, OpenError, TimeSource,
};
pub use error::{AdvanceError, ConfirmError, HeadError, InvalidReason, SubmitError};
pub use event::{
    Event, EventSequence, EventStream, HistoryError, Lagged, NumberedEvent, NumberedEvents, SnapshotNumber,
};
pub use fanout::{FanoutError, check_fanout};

/// A hydra head.
#[async_trait]
pub trait Head: Send + Sync {
    /// The network, protocol parameters and clock: what a builder needs.
    ///
    /// # Errors
    /// The head cannot be asked.
    async fn settings(&self) -> Result<Arc<LedgerSettings>, HeadError>;

    /// The unspent outputs that match, as of the last confirmed snapshot or later.
    ///
    /// # Errors
    /// The head cannot be asked.
    async fn utxos(&self, query: &UtxoQuery) -> Result<UtxoSet, HeadError>;

    /// Submits a transaction and waits until the head has found it valid or not.
    ///
    /// # Errors
    /// The head cannot be asked, or finds it invalid.
    async fn submit(&self, transaction: SignedTransaction) -> Result<TransactionId, SubmitError>;

    /// Waits until a transaction is in a confirmed snapshot, which makes it final.
    ///
    /// A transaction that was never submitted is waited for, and so is one that the head no longer remembers: bound the
    /// wait where that can be.
    ///
    /// # Errors
    /// The head cannot be asked, or finds the transaction invalid while this waits.
    async fn confirm(&self, transaction: TransactionId) -> Result<SnapshotNumber, ConfirmError>;

    /// What time it is in the head. It moves when the head learns of a block of its main chain, so it lags behind
    /// true time.
    ///
    /// # Errors
    /// The head cannot be asked.
    async fn now(&self) -> Result<HeadTime, HeadError>;

    /// What happens in the head from now on.
    ///
    /// Readers do not hold up the head nor each other. One that falls behind by more than the head keeps for it
    /// gets [`Lagged`] with the number of events it has missed, then the oldest that are kept: it must read the
    /// state anew from [`Head::utxos`].
    fn events(&self) -> EventStream;
}

/// Which unspent outputs are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UtxoQuery {
    /// All.
    All,
    /// Those at an address.
    Address(Address),
    /// Those with these references, as far as they exist.
    References(BTreeSet<OutputReference>),
}

impl UtxoQuery {
    /// Whether an output is wanted.
    pub fn matches(&self, reference: &OutputReference, output: &Output) -> bool {
        match self {
            Self::All => true,
            Self::Address(address) => output.address() == address,
            Self::References(references) => references.contains(reference),
        }
    }
}

/// A time in a head and the slot that it falls in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeadTime {
    /// The time.
    pub time: Time,
    /// The slot.
    pub slot: Slot,
}

#[cfg(test)]
mod tests;
