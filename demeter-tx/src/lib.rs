#![doc = include_str!("../README.md")]

pub mod audit;
pub mod builder;
mod data;
mod decoded;
mod effect;
pub mod evaluate;
mod fee;
pub mod founding;
pub mod head;
#[cfg(feature = "hydra")]
pub mod hydra;
mod integrity;
pub mod keys;
pub mod ledger;
pub mod market;
mod network;
mod output;
mod parameters;
mod script;
mod settings;
mod signature;
#[cfg(test)]
mod testing;
mod time;
mod transaction;
mod units;
pub mod view;
mod wire;

pub use data::{Data, DataError, MAX_NESTING};
pub use effect::Effect;
pub use network::Network;
pub use output::{Datum, Output, OutputDraft, UtxoSet};
pub use parameters::{
    CostModels, ExecutionPrices, ParametersError, ProtocolParameters, ProtocolVersion, Ratio,
};
pub use script::{LedgerScript, NativeRule, NativeScript, PlutusScript, PlutusVersion};
pub use settings::LedgerSettings;
pub use time::{ClockError, Slot, SlotClock};
pub use transaction::{SignedTransaction, TransactionError};
pub use units::ExecutionUnits;
pub use wire::WireError;
