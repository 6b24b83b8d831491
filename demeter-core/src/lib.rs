#![doc = include_str!("../README.md")]

mod address;
#[cfg(any(test, feature = "test-utils"))]
pub mod any;
mod bid;
pub mod codec;
mod deposit;
mod eligibility;
mod explain;
mod grid;
mod id;
mod integer;
mod label;
pub mod limits;
mod operator;
mod output;
mod pool;
mod redeemer;
mod reputation;
mod request;
mod resource;
pub mod rule;
mod scripts;
mod slot;
mod stage;
mod state;
mod terms;
mod text;
pub mod transition;
mod value;

pub use address::{Address, Credential};
pub use bid::{Bid, Leader};
pub use codec::PlutusData;
pub use deposit::{Commit, Deposit};
pub use eligibility::{Ineligible, eligibility};
pub use explain::{Criterion, ExplainError, Standing, Verdict, explain};
pub use grid::{Grid, GridDraft, GridError};
pub use id::{BidName, GridId, IdError, KeyHash, ScriptHash, TransactionId, WorkloadHash};
pub use integer::{Amount, Count, INTEGER_LIMIT, Merit, Ppm, Quantity, RangeError, Span, Time};
pub use label::{Label, Labels};
pub use operator::Operator;
pub use output::{OutputReference, OutputReferenceError};
pub use pool::Pool;
pub use redeemer::{
    Genesis, MarketRedeemer, MarketTransition, Redeemer, RegistryRedeemer, RegistryTransition, Transition,
};
pub use reputation::Reputation;
pub use request::{Method, PriceRange, Request, Term, Window};
pub use resource::{Need, Resource, ResourceName, Resources};
pub use scripts::{Scripts, Token};
pub use slot::Slot;
pub use stage::{Leased, Offered, Settled, Stage};
pub use state::{Script, State, StateKind};
pub use terms::{Terms, TermsDraft, TermsError, fee};
pub use text::Text;
pub use transition::Refusal;
pub use value::{Asset, AssetName, AssetNameError, Value};
