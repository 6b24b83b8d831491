//! What can go wrong on L1.

use super::Raw;
use super::id::{HeadId, HeadSeed};
use super::number::Decimal;
use super::post::PostChainTx;
use super::record::{Bare, record, tagged};
use super::transaction::TransactionEnvelope;
use super::utxo::UtxoJson;

tagged! {
    /// Why a transaction on L1 failed.
    pub enum PostTxError {
        /// A script refuses it.
        ScriptFailedInWallet(Box<ScriptFailed>) = "ScriptFailedInWallet",
        /// The node's wallet cannot finish it.
        InternalWalletError(Box<WalletError>) = "InternalWalletError",
        /// The node's wallet holds too little.
        NotEnoughFuel(Failing) = "NotEnoughFuel",
        /// The node's wallet holds nothing.
        NoFuelUtxoFound(Failing) = "NoFuelUTXOFound",
        /// More was to be deposited than mainnet allows.
        CommittedTooMuchAdaForMainnet(TooMuch) = "CommittedTooMuchADAForMainnet",
        /// An output at a Byron address was to be deposited.
        UnsupportedLegacyOutput(LegacyOutput) = "UnsupportedLegacyOutput",
        /// There is nothing to open a head with.
        NoSeedInput(Bare) = "NoSeedInput",
        /// It does not fit the node's state.
        InvalidStateToPost(Box<InvalidState>) = "InvalidStateToPost",
        /// L1 refuses it.
        FailedToPostTx(Box<FailedToPost>) = "FailedToPostTx",
        /// It has another head's seed.
        InvalidSeed(OfSeed) = "InvalidSeed",
        /// It names another head.
        InvalidHeadId(OfHeadId) = "InvalidHeadId",
        /// The closing cannot be made.
        FailedToConstructCloseTx(Bare) = "FailedToConstructCloseTx",
        /// The contest cannot be made.
        FailedToConstructContestTx(Bare) = "FailedToConstructContestTx",
        /// The deposit cannot be made.
        FailedToConstructDepositTx(Reason) = "FailedToConstructDepositTx",
        /// The deposit cannot be given back.
        FailedToConstructRecoverTx(Reason) = "FailedToConstructRecoverTx",
        /// The deposit cannot be taken up.
        FailedToConstructIncrementTx(Reason) = "FailedToConstructIncrementTx",
        /// The outputs cannot leave.
        FailedToConstructDecrementTx(Reason) = "FailedToConstructDecrementTx",
        /// The head cannot be finalised.
        FailedToConstructFanoutTx(Bare) = "FailedToConstructFanoutTx",
        /// A part of the head cannot be finalised.
        FailedToConstructPartialFanoutTx(Bare) = "FailedToConstructPartialFanoutTx",
        /// Another node was faster.
        StalePartialFanoutTx(Bare) = "StalePartialFanoutTx",
        /// The deadline is too far off to be told in slots.
        ContestationDeadlineOutsideTimeHorizon(Reason) = "ContestationDeadlineOutsideTimeHorizon",
        /// Too little was to be deposited.
        DepositTooLow(TooLow) = "DepositTooLow",
        /// Tokens of policies that are not there.
        MissingTokenPolicies(Contents) = "MissingTokenPolicies",
        /// Tokens that are not there.
        InvalidTokenRequest(Contents) = "InvalidTokenRequest",
    }
}

record! {
    /// A script refuses a transaction.
    pub struct ScriptFailed {
        /// Which script.
        redeemer: String = required "redeemerPtr",
        /// Why.
        reason: String = required "failureReason",
        /// The transaction.
        transaction: TransactionEnvelope = required "failingTx",
    }
}

record! {
    /// A wallet cannot finish a transaction.
    pub struct WalletError {
        /// The transaction.
        transaction: TransactionEnvelope = required "failingTx",
        /// Why.
        reason: String = required "reason",
        /// The outputs of the head on L1.
        utxo: UtxoJson = required "headUTxO",
    }
}

record! {
    /// A transaction.
    pub struct Failing {
        /// The transaction.
        transaction: TransactionEnvelope = required "failingTx",
    }
}

record! {
    /// More than mainnet allows.
    pub struct TooMuch {
        /// What was to be deposited, in lovelace.
        committed: Decimal = required "userCommittedLovelace",
        /// What is allowed, in lovelace.
        limit: Decimal = required "mainnetLimitLovelace",
    }
}

record! {
    /// An output at a Byron address.
    pub struct LegacyOutput {
        /// The address.
        address: String = required "byronAddress",
    }
}

record! {
    /// A transaction that does not fit a state.
    pub struct InvalidState {
        /// What the node knows of L1: nothing to depend on.
        chain_state: Raw = required "chainState",
        /// The transaction.
        transaction: PostChainTx = required "txTried",
    }
}

record! {
    /// A transaction that L1 refuses.
    pub struct FailedToPost {
        /// Why.
        reason: String = required "failureReason",
        /// The transaction.
        transaction: TransactionEnvelope = required "failingTx",
    }
}

record! {
    /// A head's seed.
    pub struct OfSeed {
        /// The seed.
        seed: HeadSeed = required "headSeed",
    }
}

record! {
    /// A head.
    pub struct OfHeadId {
        /// The head.
        head_id: HeadId = required "headId",
    }
}

record! {
    /// A reason.
    pub struct Reason {
        /// The reason.
        reason: String = required "failureReason",
    }
}

record! {
    /// Less than is needed.
    pub struct TooLow {
        /// What is needed, in lovelace.
        minimum: u64 = required "minimumValue",
        /// What was to be deposited, in lovelace.
        provided: u64 = required "providedValue",
    }
}

record! {
    /// Policies, or tokens of policies: versions write them differently.
    pub struct Contents {
        /// As they came.
        contents: Raw = required "contents",
    }
}
