//! The API of hydra-node 2.3.0, as typed values.
//!
//! Everything that a node and its clients send each other, over the socket and over HTTP, can be read and written:
//! [`ServerMessage`] is whatever comes from a node, [`ClientInput`] whatever goes to it. Nothing here opens a
//! connection but [`HydraHead`], which is a head that a node keeps.
//!
//! ```
//! use demeter_tx::hydra::{ServerMessage, ServerOutput};
//!
//! let text = r#"{"tag":"ReadyToFanout","headId":"00ff","seq":7,"timestamp":"2026-11-21T15:40:01Z","colour":0.10}"#;
//! let message = ServerMessage::from_json(text)?;
//! let ServerMessage::Output(timed) = &message else { panic!("expected an output") };
//! let ServerOutput::ReadyToFanout(ready) = &timed.output else { panic!("expected another output") };
//! assert_eq!(ready.head_id.to_string(), "00ff");
//!
//! // What no version known here says is kept, and written again as it came.
//! assert_eq!(ready.unknown["colour"].as_text(), "0.10");
//! assert!(message.to_json().contains(r#""colour":0.10"#));
//! # Ok::<(), demeter_tx::hydra::MessageError>(())
//! ```
//!
//! # What is kept
//!
//! Tags and fields that are not known here are kept as text ([`UnknownMessage`], [`UnknownFields`]); the next version
//! adds some. Numbers are exact: amounts are whole, and what may have a fraction is a [`Decimal`]. The values are read
//! and written with serde_json only, as they hold pieces of its text.
//!
//! # What they mean
//!
//! The types say what was sent, not whether it makes sense: an address is text, because a head may hold outputs at
//! Byron addresses. [`UtxoJson::split`], [`TransactionEnvelope::transaction`], [`ParametersJson::parameters`] and
//! [`head_event`] give the values of this crate.

mod beside;
mod client;
mod client_input;
mod client_message;
mod config;
mod data;
mod datum;
mod deposits;
mod event;
mod greetings;
mod http;
mod id;
mod message;
mod node_state;
mod number;
mod parameters;
mod party;
mod post;
mod post_error;
mod record;
mod script;
mod server_output;
pub mod session;
mod side_load;
mod snapshot;
mod transaction;
mod utxo;
mod value;

pub use beside::{Advance, Advanced, ClockJson};
pub use client::{
    AddressError, ConnectError, ControlClient, HydraHead, HydraMetrics, HydraOptions, MessageStream,
    NodeAddress, RequestError,
};
pub use client_input::{ClientInput, Decommit, NewTransaction, Recover, SideLoad};
pub use client_message::{
    ClientMessage, CommandFailed, PostTxOnChainFailed, RejectedInput, SideLoadRejected, SyncedStatusReport,
};
pub use config::{
    BlockfrostBackend, CardanoChain, ChainBackend, ChainConfig, DirectBackend, NodeConfig, OfflineChain,
};
pub use data::{DataJsonError, data_of_json, data_to_json};
pub use datum::{DatumJson, DatumJsonError};
pub use deposits::{DepositStage, Deposits, FollowedDeposit};
pub use event::{EventError, head_event};
pub use greetings::{Greetings, HeadStatus, NetworkInfo, SyncedStatus};
pub use http::{
    BlueprintCommit, CardanoTransactionResponse, CommitRequest, Pending, SimpleCommit, SubmitConfirmed,
    SubmitInvalid, SubmitRejected, SubmitResponse, TimedOut,
};
pub use id::{Cbor, HeadId, HeadSeed, HexError, HydraKey, HydraSignature, OnChainId};
pub use message::{InvalidInput, MessageError, ServerMessage};
pub use node_state::{
    ChainPointTime, ClosedHead, ClosedState, CoordinatedHeadState, Deposit, DepositStatus, HeadState,
    IdleHead, IdleState, NodeKnowledge, NodeState, OpenHead, OpenState,
};
pub use number::{Decimal, DecimalError, RatioJson, Timestamp, TimestampError};
pub use parameters::{ParametersJson, PricesJson, UnitsJson, VersionJson};
pub use party::{Environment, HeadParameters, Host, Party};
pub use post::{
    PostChainTx, PostClose, PostContest, PostDecrement, PostFanout, PostFinalPartialFanout, PostIncrement,
    PostInit, PostPartialFanout, PostRecover,
};
pub use post_error::{
    Contents, FailedToPost, Failing, InvalidState, LegacyOutput, OfHeadId, OfSeed, PostTxError, Reason,
    ScriptFailed, TooLow, TooMuch, WalletError,
};
pub use record::{Bare, Raw, UnknownFields, UnknownMessage};
pub use script::{ScriptEnvelope, ScriptJson, ScriptJsonError};
pub use server_output::{
    ChainTime, Closed, ClusterMismatch, CommitApproved, CommitFinalized, CommitRecorded, CommitRecovered,
    DecommitApproved, DecommitFinalized, DecommitInFlight, DecommitInvalid, DecommitInvalidReason,
    DecommitRequested, DecommitTransactionInvalid, DepositTime, EventLogRotated, Finalized, IgnoredHead,
    OfHead, Opened, Peer, ServerOutput, SnapshotConfirmed, SnapshotSideLoaded, TimedOutput,
    TransactionInvalid, TransactionValid, ValidationError, VersionMismatch,
};
pub use side_load::{Numbers, SideLoadRequirementFailure, Signatures, ToCommit, ToDecommit, Versions};
pub use snapshot::{
    ConfirmedSnapshot, InitialSnapshot, LastSeen, MultiSignature, Requested, Seen, SeenSnapshot,
    SignedSnapshot, Snapshot,
};
pub use transaction::{EnvelopeError, TransactionEnvelope};
pub use utxo::{OutputJson, OutputJsonError, UtxoJson, UtxoJsonError};
pub use value::{ValueJson, ValueJsonError};
