//! An audit of a grid: from what a head told, everything is derived again, and what the rule would not have made is told.
//!
//! # The idea
//!
//! A head's parties sign its snapshots together. If all of them collude, they can sign anything: no ledger stops them,
//! and no script runs. But whoever has what the head told, each transaction whole, needs nobody's word: the contract is
//! a pure function, and so is the rule. An [`Auditor`] follows every transaction that has to do with one grid,
//!
//! - runs the contract's mirror on it, with the inputs as the history has them and not as anybody says they were, and
//!   compares the outputs;
//! - verifies the signatures of the keys that the transition needs;
//! - counts the grid's tokens, which may neither come nor go;
//! - for each change of leader, each award and each race that was won, ranks all offers that were made by the merit that
//!   the rule gave them when they were made, and says who won, who lost and why ([`Allocation`]);
//! - follows the money of each bid and its lease until it is all somewhere ([`Account`]).
//!
//! What is wrong is a [`Finding`]. What was not seen is one too: an audit never passes over what it cannot judge.
//!
//! # How it is used
//!
//! ```
//! use demeter_tx::audit::Auditor;
//! use demeter_tx::head::{EventSequence, Head as _, SnapshotNumber, UtxoQuery};
//! use futures_util::{StreamExt as _, TryStreamExt as _};
//! # use demeter_core::codec::grid_id;
//! # use demeter_core::{Address, Amount, Asset, Count, Genesis, Grid, GridDraft, OutputReference, Ppm, Span, Time};
//! # use demeter_core::{TransactionId, Value};
//! # use demeter_tx::head::{EmbeddedHead, HYDRA_DEPOSIT};
//! # use demeter_tx::keys::{PaymentKey, Signer as _};
//! # use demeter_tx::market::{Composer, Contract, Funds, GenesisPlan, SlotRange};
//! # use demeter_tx::{LedgerSettings, Network, OutputDraft, ProtocolParameters, Slot, SlotClock, UtxoSet};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # futures_executor::block_on(async {
//! # let key = PaymentKey::from_seed(&[7; 32]);
//! # let founder = Address::of_key(key.key_hash());
//! # let start = Time::from_milliseconds(1_760_000_000_000)?;
//! # let clock = SlotClock::of_seconds(start)?;
//! # let parameters = ProtocolParameters::hydra_l2()?;
//! # let settings = LedgerSettings { network: Network::Testnet, parameters, clock };
//! # let purse = Value::of_lovelace(Amount::from_units(100_000_000)?);
//! # let seed = OutputReference { transaction: TransactionId::from_bytes([0; 32]), index: 0 };
//! # let utxos = UtxoSet::from([(seed, OutputDraft::new(founder, purse).finish(Network::Testnet))]);
//! # let head = EmbeddedHead::open(settings.clone(), utxos, start)?;
//! # let contract = Contract::embedded()?;
//! // A head, and what it was opened with.
//! let beginning = head.utxos(&UtxoQuery::All).await?;
//! # let deadline = start.after(Span::from_seconds(3_600)?)?;
//! # let grid_id = grid_id(&seed, deadline);
//! # let grid = Grid::new(GridDraft {
//! #     id: grid_id,
//! #     market: contract.scripts().market,
//! #     deposit: HYDRA_DEPOSIT,
//! #     asset: Asset::Lovelace,
//! #     entities: Vec::new(),
//! #     admission: Count::ZERO,
//! #     threshold: Count::from_number(1)?,
//! #     fee_ppm: Ppm::ZERO,
//! #     treasury: founder,
//! #     prior: Amount::from_units(1_000_000)?,
//! #     penalty: Count::from_number(4)?,
//! #     half_life: Span::from_seconds(86_400)?,
//! # })?;
//! # let tokens = Count::from_number(4)?;
//! # let genesis = Genesis { seed, deadline, operators: tokens, slots: tokens };
//! # let range = SlotRange { from: Slot::from_number(0), before: Slot::from_number(60) };
//! # let plan = GenesisPlan { genesis, grid, range };
//! # let mut founding = Composer::new(contract.clone(), settings).genesis(&plan, &Funds::at(founder, &beginning))?;
//! # founding.sign(&key).await?;
//! # let id = head.submit(founding.finish()?).await?;
//! # head.confirm(id).await?;
//!
//! // Much happens in it. Later somebody audits all that it told.
//! let mut auditor =
//!     Auditor::new(contract.scripts(), grid_id, clock, &beginning).after(SnapshotNumber::default());
//! let told = head.events_from(EventSequence::default())?;
//! let told: Vec<_> = told.take(head.next_event().to_number() as usize).try_collect().await?;
//! for event in &told {
//!     let recorded = auditor.record_numbered(event);
//!     for finding in &recorded.findings {
//!         println!("{finding}");
//!     }
//!     for allocation in &recorded.allocations {
//!         println!("{} to {}: {:?}", allocation.bid, allocation.winner.operator, allocation.judgement);
//!     }
//! }
//! let report = auditor.report();
//! assert!(report.is_clean());
//! assert_eq!((report.concerned, report.allocations()), (1, 0)); // The grid was founded, and nobody has joined.
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! An [`Auditor`] keeps what stands and figures, not what it has said, so it can follow a head for ever;
//! [`Auditor::audit`] keeps everything, for a history that has an end. [`Audit`] and all that is in it serialise: times
//! are in milliseconds, amounts in units of the asset, ratios in millionths.
//!
//! # What a finding means
//!
//! A [`Weight::Violation`] is something that a ledger with this contract would not have let happen, or an allocation that
//! the rule does not make. A [`Weight::Gap`] is something that was not seen: what rests on it is
//! [`Unjudged`](Judgement::Unjudged). A [`Weight::Note`] breaks no rule: that an offer was [`Fault::Overlooked`], because
//! nobody led with it, is its maker's affair, and the award stands.
//!
//! # Limits
//!
//! It is the grid that is audited, not the ledger: whether wallets were spent by their owners, and what came into them
//! from where, is not looked at. Transactions that a head refused leave no trace but their id, so nobody can see who was
//! kept from making an offer. What a deposit brings from L1 while the history runs is no transaction: it shows as
//! [`Fault::Unexplained`] when it is first used. That no transaction is dated back is seen only by those around it
//! ([`Fault::TimeRunsBack`]).

mod account;
mod allocation;
mod auditor;
mod contest;
mod enter;
mod finding;
mod race;
mod reading;
mod report;
mod states;
mod step;
#[cfg(test)]
mod tests;

pub use account::{Account, AccountEnd, Flows};
pub use allocation::{
    Allocation, AllocationKind, Contradiction, Entrant, Fate, Judgement, Ranked, Unjudged, VoidOffer,
};
pub use auditor::Auditor;
pub use finding::{Content, Fault, Finding, Place, Weight};
pub use report::{AssetFlows, Audit, Recorded, Report, Tally};
