//! What a node tells the clients of what one of them sent.

use super::client_input::ClientInput;
use super::greetings::SyncedStatus;
use super::node_state::HeadState;
use super::number::{Decimal, Timestamp};
use super::post::PostChainTx;
use super::post_error::PostTxError;
use super::record::{record, tagged};
use super::side_load::SideLoadRequirementFailure;

tagged! {
    /// What a node tells of an input, without number or time.
    pub enum ClientMessage {
        /// It cannot be done as the head is now.
        CommandFailed(Box<CommandFailed>) = "CommandFailed",
        /// What it led to on L1 failed.
        PostTxOnChainFailed(Box<PostTxOnChainFailed>) = "PostTxOnChainFailed",
        /// The node lags behind L1 and takes none.
        RejectedInputBecauseUnsynced(Box<RejectedInput>) = "RejectedInputBecauseUnsynced",
        /// The snapshot cannot be taken over.
        SideLoadSnapshotRejected(Box<SideLoadRejected>) = "SideLoadSnapshotRejected",
        /// How far the node is behind L1.
        SyncedStatusReport(SyncedStatusReport) = "SyncedStatusReport",
    }
}

record! {
    /// An input cannot be done.
    pub struct CommandFailed {
        /// The input.
        input: ClientInput = required "clientInput",
        /// How the head is.
        state: HeadState = required "state",
    }
}

record! {
    /// Something failed on L1.
    pub struct PostTxOnChainFailed {
        /// What was tried.
        transaction: PostChainTx = required "postChainTx",
        /// Why it failed.
        error: PostTxError = required "postTxError",
    }
}

record! {
    /// An input was not taken.
    pub struct RejectedInput {
        /// The input.
        input: ClientInput = required "clientInput",
        /// How far the node is behind L1, in seconds.
        drift: Decimal = required "drift",
    }
}

record! {
    /// A snapshot cannot be taken over.
    pub struct SideLoadRejected {
        /// The input.
        input: ClientInput = required "clientInput",
        /// Why.
        failure: SideLoadRequirementFailure = required "requirementFailure",
    }
}

record! {
    /// How far a node is behind L1.
    pub struct SyncedStatusReport {
        /// The slot of the last block seen.
        slot: u64 = required "chainSlot",
        /// When that slot began.
        time: Timestamp = required "chainTime",
        /// How long ago that was, in seconds.
        drift: Decimal = required "drift",
        /// Whether that is near enough.
        synced: SyncedStatus = required "synced",
    }
}
