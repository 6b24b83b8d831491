//! What a node does on L1.

use demeter_core::TransactionId;

use super::id::{HeadId, HeadSeed, OnChainId};
use super::number::Timestamp;
use super::party::HeadParameters;
use super::record::{record, tagged};
use super::snapshot::ConfirmedSnapshot;
use super::utxo::UtxoJson;

tagged! {
    /// A transaction on L1, by what it does.
    pub enum PostChainTx {
        /// Opens a head.
        Init(PostInit) = "InitTx",
        /// Gives a deposit back.
        Recover(PostRecover) = "RecoverTx",
        /// Takes a deposit up.
        Increment(Box<PostIncrement>) = "IncrementTx",
        /// Lets outputs leave.
        Decrement(Box<PostDecrement>) = "DecrementTx",
        /// Closes a head.
        Close(Box<PostClose>) = "CloseTx",
        /// Contests a closing.
        Contest(Box<PostContest>) = "ContestTx",
        /// Finalises a head.
        Fanout(Box<PostFanout>) = "FanoutTx",
        /// Finalises a part of a head.
        PartialFanout(PostPartialFanout) = "PartialFanoutTx",
        /// Finalises the last part of a head.
        FinalPartialFanout(PostFinalPartialFanout) = "FinalPartialFanoutTx",
    }
}

record! {
    /// Opens a head.
    pub struct PostInit {
        /// The parties on L1.
        participants: Vec<OnChainId> = required "participants",
        /// What it is opened with.
        parameters: HeadParameters = required "headParameters",
    }
}

record! {
    /// Gives a deposit back.
    pub struct PostRecover {
        /// The head.
        head_id: HeadId = required "headId",
        /// The transaction that made the deposit.
        deposit: TransactionId = required "recoverTxId",
        /// The outputs.
        utxo: UtxoJson = required "recoverUTxO",
        /// The slot until which it must have been taken up.
        deadline: u64 = required "deadline",
    }
}

record! {
    /// Takes a deposit up.
    pub struct PostIncrement {
        /// The head.
        head_id: HeadId = required "headId",
        /// What its name follows from.
        head_seed: HeadSeed = required "headSeed",
        /// What it was opened with.
        parameters: HeadParameters = required "headParameters",
        /// The snapshot that has the outputs.
        snapshot: ConfirmedSnapshot = required "incrementingSnapshot",
        /// The transaction that made the deposit.
        deposit: TransactionId = required "depositTxId",
    }
}

record! {
    /// Lets outputs leave.
    pub struct PostDecrement {
        /// The head.
        head_id: HeadId = required "headId",
        /// What its name follows from.
        head_seed: HeadSeed = required "headSeed",
        /// What it was opened with.
        parameters: HeadParameters = required "headParameters",
        /// The snapshot without the outputs.
        snapshot: ConfirmedSnapshot = required "decrementingSnapshot",
    }
}

record! {
    /// Closes a head.
    pub struct PostClose {
        /// The head.
        head_id: HeadId = required "headId",
        /// What it was opened with.
        parameters: HeadParameters = required "headParameters",
        /// How often outputs have entered or left.
        version: u64 = required "openVersion",
        /// The snapshot to close it with.
        snapshot: ConfirmedSnapshot = required "closingSnapshot",
    }
}

record! {
    /// Contests a closing.
    pub struct PostContest {
        /// The head.
        head_id: HeadId = required "headId",
        /// What it was opened with.
        parameters: HeadParameters = required "headParameters",
        /// How often outputs have entered or left.
        version: u64 = required "openVersion",
        /// The later snapshot.
        snapshot: ConfirmedSnapshot = required "contestingSnapshot",
    }
}

record! {
    /// Finalises a head.
    pub struct PostFanout {
        /// The outputs.
        utxo: UtxoJson = required "utxo",
        /// The outputs that were about to enter.
        utxo_to_commit: Option<UtxoJson> = nullable "utxoToCommit",
        /// The outputs that were about to leave.
        utxo_to_decommit: Option<UtxoJson> = nullable "utxoToDecommit",
        /// The outputs that the proof is of.
        utxo_for_proof: UtxoJson = required "utxoForProof",
        /// What the head's name follows from.
        head_seed: HeadSeed = required "headSeed",
        /// Until when the closing could be contested.
        contestation_deadline: Timestamp = required "contestationDeadline",
    }
}

record! {
    /// Finalises a part of a head.
    pub struct PostPartialFanout {
        /// The outputs.
        utxo: UtxoJson = required "utxoToDistribute",
        /// The other outputs.
        remaining: UtxoJson = required "remainingUTxO",
        /// What the head's name follows from.
        head_seed: HeadSeed = required "headSeed",
        /// Until when the closing could be contested.
        contestation_deadline: Timestamp = required "contestationDeadline",
    }
}

record! {
    /// Finalises the last part of a head.
    pub struct PostFinalPartialFanout {
        /// The outputs.
        utxo: UtxoJson = required "utxoToDistribute",
        /// The outputs that are on L1 already.
        presettled: UtxoJson = required "presettledUTxO",
        /// What the head's name follows from.
        head_seed: HeadSeed = required "headSeed",
        /// Until when the closing could be contested.
        contestation_deadline: Timestamp = required "contestationDeadline",
    }
}
