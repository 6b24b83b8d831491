//! What a node knows of its head: GET `/head`, and what some messages carry.

use std::collections::BTreeMap;

use demeter_core::TransactionId;

use super::Raw;
use super::id::{HeadId, HeadSeed};
use super::number::{Decimal, Timestamp};
use super::party::HeadParameters;
use super::record::{named, record, tagged};
use super::snapshot::{ConfirmedSnapshot, SeenSnapshot};
use super::transaction::TransactionEnvelope;
use super::utxo::UtxoJson;

/// A record in a field of its own beside the tag.
macro_rules! held {
    ($(#[$meta:meta])* $name:ident($content:ty)) => {
        record! {
            $(#[$meta])*
            pub struct $name {
                /// What is known of it.
                contents: $content = required "contents",
            }
        }
    };
}

held! {
    /// There is no head.
    IdleHead(IdleState)
}
held! {
    /// The head takes transactions.
    OpenHead(OpenState)
}
held! {
    /// The head is closed.
    ClosedHead(ClosedState)
}

tagged! {
    /// How far a head is, with all that the node knows of it.
    pub enum HeadState {
        /// There is none.
        Idle(IdleHead) = "Idle",
        /// It takes transactions.
        Open(Box<OpenHead>) = "Open",
        /// It is closed.
        Closed(Box<ClosedHead>) = "Closed",
    }
}

record! {
    /// What is known where there is no head.
    pub struct IdleState {
        /// What the node knows of L1: nothing to depend on.
        chain_state: Raw = required "chainState",
    }
}

record! {
    /// What is known of an open head.
    pub struct OpenState {
        /// What it was opened with.
        parameters: HeadParameters = required "parameters",
        /// What happens in it.
        coordinated: CoordinatedHeadState = required "coordinatedHeadState",
        /// What the node knows of L1: nothing to depend on.
        chain_state: Raw = required "chainState",
        /// The head.
        head_id: HeadId = required "headId",
        /// What its name follows from.
        head_seed: HeadSeed = required "headSeed",
    }
}

record! {
    /// What happens in an open head.
    pub struct CoordinatedHeadState {
        /// The unspent outputs after all transactions found valid so far.
        local_utxo: UtxoJson = required "localUTxO",
        /// Those transactions, as far as no snapshot has them, in order.
        local_transactions: Vec<TransactionEnvelope> = required "localTxs",
        /// All transactions seen, as far as no snapshot has them.
        all_transactions: BTreeMap<TransactionId, TransactionEnvelope> = required "allTxs",
        /// The last snapshot.
        confirmed_snapshot: ConfirmedSnapshot = required "confirmedSnapshot",
        /// How far the next one is.
        seen_snapshot: SeenSnapshot = required "seenSnapshot",
        /// The deposit that is about to enter.
        current_deposit: Option<TransactionId> = nullable "currentDepositTxId",
        /// The transaction whose outputs are about to leave.
        decommit: Option<TransactionEnvelope> = nullable "decommitTx",
        /// How often outputs have entered or left.
        version: u64 = required "version",
    }
}

record! {
    /// What is known of a closed head.
    pub struct ClosedState {
        /// What it was opened with.
        parameters: HeadParameters = required "parameters",
        /// The last snapshot.
        confirmed_snapshot: ConfirmedSnapshot = required "confirmedSnapshot",
        /// Until when the closing can be contested.
        contestation_deadline: Timestamp = required "contestationDeadline",
        /// Whether clients have been told that the head can be finalised.
        ready_to_fanout_sent: bool = required "readyToFanoutSent",
        /// What the node knows of L1: nothing to depend on.
        chain_state: Raw = required "chainState",
        /// The head.
        head_id: HeadId = required "headId",
        /// What its name follows from.
        head_seed: HeadSeed = required "headSeed",
        /// How often outputs have entered or left.
        version: u64 = required "version",
        /// What is still to go to L1, once something has gone.
        remaining: Option<UtxoJson> = nullable "remainingFanoutOutputs",
        /// What has gone to L1.
        distributed: Option<UtxoJson> = optional "distributedFanoutOutputs",
    }
}

named! {
    /// How far a deposit is.
    pub enum DepositStatus {
        /// It is too young.
        Inactive,
        /// It can be taken up.
        Active,
        /// It came too late.
        Expired,
    }
}

record! {
    /// A deposit on L1 for a head.
    pub struct Deposit {
        /// The head.
        head_id: HeadId = required "headId",
        /// The outputs that shall enter.
        deposited: UtxoJson = required "deposited",
        /// When it was made.
        created: Timestamp = required "created",
        /// Until when it must have been taken up.
        deadline: Timestamp = required "deadline",
        /// How far it is.
        status: DepositStatus = required "status",
    }
}

record! {
    /// What time it is on L1 for a node.
    pub struct ChainPointTime {
        /// The slot of the last block seen.
        slot: u64 = required "currentSlot",
        /// When that slot began.
        time: Timestamp = required "currentChainTime",
        /// How long ago that was, in seconds.
        drift: Decimal = required "drift",
    }
}

record! {
    /// What a node knows.
    pub struct NodeKnowledge {
        /// Of its head.
        head_state: HeadState = required "headState",
        /// Of deposits, by the transactions that made them.
        pending_deposits: BTreeMap<TransactionId, Deposit> = required "pendingDeposits",
        /// Of the time on L1.
        chain_point_time: ChainPointTime = required "chainPointTime",
    }
}

tagged! {
    /// What a node knows, and whether that is the latest.
    pub enum NodeState {
        /// It has seen the last blocks of L1.
        InSync(Box<NodeKnowledge>) = "NodeInSync",
        /// It is reading blocks.
        CatchingUp(Box<NodeKnowledge>) = "NodeCatchingUp",
    }
}
