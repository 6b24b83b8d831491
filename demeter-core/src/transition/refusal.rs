//! Why a transition is refused.

use crate::codec::DecodeError;
use crate::{
    Address, Amount, BidName, Count, GridError, Ineligible, KeyHash, OutputReference, RangeError, ScriptHash,
    Span, StateKind, Time, Token, Value,
};

/// A transition is refused: the first condition that is violated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The primary state knows no such transition.
    #[error("{transition} is not a transition of a {found}")]
    NotOfThisState {
        /// Which transition.
        transition: &'static str,
        /// What the primary input is.
        found: StateKind,
    },
    /// The states consumed are not those of the transition.
    #[error("{transition} consumes {expected}, found {found} states")]
    Inputs {
        /// Which transition.
        transition: &'static str,
        /// What it consumes.
        expected: &'static str,
        /// How many states there are.
        found: usize,
    },
    /// A state does not hold the token that makes it authentic.
    #[error("the {state} does not hold its {token} token")]
    MissingToken {
        /// Which state.
        state: StateKind,
        /// Which token.
        token: Token,
    },
    /// What must be read is not among the references.
    #[error("the {state} is not among the references")]
    MissingReference {
        /// What must be read.
        state: StateKind,
    },
    /// One of the bounds of the validity range is missing.
    #[error("both bounds of the validity range are finite where time matters")]
    RangeNotFinite,
    /// The validity range is too long.
    #[error("the validity range is at most {limit} ms long, found {found}")]
    RangeTooLong {
        /// The longest.
        limit: Span,
        /// The one found.
        found: Span,
    },
    /// The lower bound is too early.
    #[error("this may happen from {from}, the lower bound is {lower}")]
    TooEarly {
        /// The earliest.
        from: Time,
        /// The lower bound.
        lower: Time,
    },
    /// The upper bound is too late.
    #[error("this may happen before {before}, the upper bound is {upper}")]
    TooLate {
        /// The latest.
        before: Time,
        /// The upper bound.
        upper: Time,
    },
    /// An auction cannot be cancelled while it is on.
    #[error("an auction is cancelled before {opens} or from {settles}")]
    AuctionIsOn {
        /// When it opens.
        opens: Time,
        /// When it settles.
        settles: Time,
    },
    /// A signature is missing.
    #[error("the {role} {key} does not sign")]
    NotSigned {
        /// In which role.
        role: &'static str,
        /// Whose key.
        key: KeyHash,
    },
    /// Too few entities sign.
    #[error("{needed} entities must sign, found {found}")]
    NoQuorum {
        /// How many must.
        needed: Count,
        /// How many do.
        found: usize,
    },
    /// The slot is in another stage.
    #[error("the slot is {expected} for this, found it {found}")]
    WrongStage {
        /// The stage wanted.
        expected: &'static str,
        /// The stage found.
        found: &'static str,
    },
    /// A state belongs to another grid.
    #[error("the {state} belongs to another grid")]
    OtherGrid {
        /// Which state.
        state: StateKind,
    },
    /// A slot belongs to another operator.
    #[error("the slot is of operator {expected}, found one of operator {found}")]
    OtherOperator {
        /// The operator wanted.
        expected: Count,
        /// The one found.
        found: Count,
    },
    /// The offer is made on another bid.
    #[error("the offer is on bid {found}, not on {expected}")]
    OtherBid {
        /// The bid at hand.
        expected: BidName,
        /// The bid of the offer.
        found: BidName,
    },
    /// The bid does not hold just what its terms ask for.
    #[error("the bid does not hold just its reserve and escrow")]
    NotFunded {
        /// What it should hold.
        expected: Box<Value>,
        /// What it holds.
        found: Box<Value>,
    },
    /// The bid has a leader already.
    #[error("the bid has a leader")]
    Led,
    /// The bid has no leader.
    #[error("the bid has no leader")]
    NotLed,
    /// The offer is not better than the leader.
    #[error("the offer is not better than the leader's")]
    NotBetter,
    /// The method of the bid is another.
    #[error("the bid is not {expected}")]
    WrongMethod {
        /// The method wanted.
        expected: &'static str,
    },
    /// The operator may not answer the bid so.
    #[error(transparent)]
    Ineligible(#[from] Ineligible),
    /// In a race, the price is above what may be named by now.
    #[error("price {price} is above {limit}, the most that may be named by now")]
    AboveRamp {
        /// The price named.
        price: Amount,
        /// The most.
        limit: Amount,
    },
    /// An address is at one of our own scripts.
    #[error("the {role} is at one of the contract's own scripts")]
    NotPayable {
        /// What the address is for.
        role: &'static str,
        /// The address.
        address: Address,
    },
    /// There is nothing more to claim.
    #[error("{claimed} periods are claimed already, found {found}")]
    NotMoreClaimed {
        /// What is claimed already.
        claimed: Count,
        /// What should be claimed in all.
        found: Count,
    },
    /// More is claimed than has passed.
    #[error("{elapsed} periods have passed, found {found} claimed")]
    ClaimedTooMuch {
        /// The whole periods that have passed, at most all.
        elapsed: Count,
        /// What should be claimed in all.
        found: Count,
    },
    /// A lease is not extended by nothing.
    #[error("a lease is extended by at least 1 period")]
    NoMorePeriods,
    /// A lease would be too long.
    #[error("the lease would be longer than {limit} ms")]
    TermTooLong {
        /// The longest.
        limit: Span,
    },
    /// A ruling is out of bounds.
    #[error("{part} is at most {limit}, found {found}")]
    RulingTooHigh {
        /// Which part of it.
        part: &'static str,
        /// The most.
        limit: Amount,
        /// What was ruled.
        found: Amount,
    },
    /// The slot has its operator's key already.
    #[error("the slot has its operator's key {owner} already")]
    SameOwner {
        /// Whose key.
        owner: KeyHash,
    },
    /// An operator gets 1 to 16 slots.
    #[error("an operator has 1 to {limit} slots, found {found}")]
    SlotsOutOfRange {
        /// The most.
        limit: u64,
        /// How many were asked for.
        found: Count,
    },
    /// An operator's record is too long.
    #[error("an operator's record has at most {limit} bytes when it is written, found {found}")]
    OperatorTooLong {
        /// The most bytes.
        limit: usize,
        /// The bytes found.
        found: usize,
    },
    /// The pool has too few tokens left.
    #[error("the pool has {found} {token} tokens left, {needed} are needed")]
    PoolExhausted {
        /// Which token.
        token: Token,
        /// How many are needed.
        needed: Count,
        /// How many there are.
        found: Amount,
    },
    /// The grid may not stand.
    #[error(transparent)]
    Grid(#[from] GridError),
    /// The settlement asset is one of our own tokens.
    #[error("the settlement asset is not a token of the registry's policy")]
    SettlementInOwnTokens,
    /// The grid's market is another script than ours.
    #[error("the grid's market is {found}, not {expected}")]
    OtherMarket {
        /// Our market.
        expected: ScriptHash,
        /// The grid's.
        found: ScriptHash,
    },
    /// Genesis does not consume its seed.
    #[error("the seed {seed} is not consumed")]
    SeedNotConsumed {
        /// Which output.
        seed: OutputReference,
    },
    /// The grid does not have the id that seed and deadline give.
    #[error("the grid's id does not follow from seed and deadline")]
    OtherGridId,
    /// A grid begins with at least one token of each kind.
    #[error("a grid begins with at least 1 {token} token")]
    NoTokens {
        /// Which token.
        token: Token,
    },
    /// A number leaves the range that states can hold.
    #[error(transparent)]
    Range(#[from] RangeError),
    /// Tokens of the registry's policy are minted or burned.
    #[error("nothing of the registry's policy is minted or burned here")]
    Minted,
    /// Genesis mints something else than the grid's tokens.
    #[error("genesis mints just the grid's tokens")]
    WrongMint,
    /// The policy runs without a redeemer.
    #[error("the policy runs with a redeemer, found none")]
    MissingPolicyRedeemer,
    /// The redeemer of the policy cannot be read.
    #[error("the policy's redeemer: {error}")]
    MalformedPolicyRedeemer {
        /// Why.
        error: DecodeError,
    },
    /// A state at `registry` is consumed in a transition of `market`.
    #[error("input {input} is at the registry")]
    RegistryInput {
        /// Which one.
        input: OutputReference,
    },
    /// An input of ours has no redeemer.
    #[error("input {input} has no redeemer")]
    MissingRedeemer {
        /// Which one.
        input: OutputReference,
    },
    /// The redeemer of an input cannot be read.
    #[error("the redeemer of input {input}: {error}")]
    MalformedRedeemer {
        /// Which one.
        input: OutputReference,
        /// Why.
        error: DecodeError,
    },
    /// An input has no inline datum.
    #[error("input {input} has no inline datum")]
    MissingDatum {
        /// Which one.
        input: OutputReference,
    },
    /// The datum of an input cannot be read.
    #[error("input {input}: {error}")]
    MalformedState {
        /// Which one.
        input: OutputReference,
        /// Why.
        error: DecodeError,
    },
    /// A state, or a token of ours, is where it does not belong.
    #[error("input {input} is not at the script where it belongs")]
    Misplaced {
        /// Which one.
        input: OutputReference,
    },
    /// An input follows, but nothing there leads.
    #[error("input {input} has no primary input to follow")]
    CannotFollow {
        /// Which one.
        input: OutputReference,
    },
    /// An output is missing.
    #[error("output {position} is missing")]
    MissingOutput {
        /// Which one, from 0.
        position: usize,
    },
    /// An output is not the state that the transition yields.
    #[error("output {position} has another {part} than the {state} that this yields")]
    StateOutput {
        /// Which one, from 0.
        position: usize,
        /// The state that should be there.
        state: StateKind,
        /// What differs.
        part: &'static str,
    },
    /// An output is not the deposit that the transition yields.
    #[error("output {position} has another {part} than the deposit that this yields")]
    DepositOutput {
        /// Which one, from 0.
        position: usize,
        /// What differs.
        part: &'static str,
    },
    /// An output is not the payment that is due.
    #[error("output {position} has another {part} than the payment that is due")]
    PaymentOutput {
        /// Which one, from 0.
        position: usize,
        /// What differs.
        part: &'static str,
    },
}

impl Refusal {
    /// A stable name of the condition, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotOfThisState { .. } => "not_of_this_state",
            Self::Inputs { .. } => "inputs",
            Self::MissingToken { .. } => "missing_token",
            Self::MissingReference { .. } => "missing_reference",
            Self::RangeNotFinite => "range_not_finite",
            Self::RangeTooLong { .. } => "range_too_long",
            Self::TooEarly { .. } => "too_early",
            Self::TooLate { .. } => "too_late",
            Self::AuctionIsOn { .. } => "auction_is_on",
            Self::NotSigned { .. } => "not_signed",
            Self::NoQuorum { .. } => "no_quorum",
            Self::WrongStage { .. } => "wrong_stage",
            Self::OtherGrid { .. } => "other_grid",
            Self::OtherOperator { .. } => "other_operator",
            Self::OtherBid { .. } => "other_bid",
            Self::NotFunded { .. } => "not_funded",
            Self::Led => "led",
            Self::NotLed => "not_led",
            Self::NotBetter => "not_better",
            Self::WrongMethod { .. } => "wrong_method",
            Self::Ineligible(reason) => reason.code(),
            Self::AboveRamp { .. } => "above_ramp",
            Self::NotPayable { .. } => "not_payable",
            Self::NotMoreClaimed { .. } => "not_more_claimed",
            Self::ClaimedTooMuch { .. } => "claimed_too_much",
            Self::NoMorePeriods => "no_more_periods",
            Self::TermTooLong { .. } => "term_too_long",
            Self::RulingTooHigh { .. } => "ruling_too_high",
            Self::SameOwner { .. } => "same_owner",
            Self::SlotsOutOfRange { .. } => "slots_out_of_range",
            Self::OperatorTooLong { .. } => "operator_too_long",
            Self::PoolExhausted { .. } => "pool_exhausted",
            Self::Grid(_) => "grid_not_well_formed",
            Self::SettlementInOwnTokens => "settlement_in_own_tokens",
            Self::OtherMarket { .. } => "other_market",
            Self::SeedNotConsumed { .. } => "seed_not_consumed",
            Self::OtherGridId => "other_grid_id",
            Self::NoTokens { .. } => "no_tokens",
            Self::Range(_) => "out_of_range",
            Self::Minted => "minted",
            Self::WrongMint => "wrong_mint",
            Self::MissingPolicyRedeemer => "missing_policy_redeemer",
            Self::MalformedPolicyRedeemer { .. } => "malformed_policy_redeemer",
            Self::RegistryInput { .. } => "registry_input",
            Self::MissingRedeemer { .. } => "missing_redeemer",
            Self::MalformedRedeemer { .. } => "malformed_redeemer",
            Self::MissingDatum { .. } => "missing_datum",
            Self::MalformedState { .. } => "malformed_state",
            Self::Misplaced { .. } => "misplaced",
            Self::CannotFollow { .. } => "cannot_follow",
            Self::MissingOutput { .. } => "missing_output",
            Self::StateOutput { .. } => "state_output",
            Self::DepositOutput { .. } => "deposit_output",
            Self::PaymentOutput { .. } => "payment_output",
        }
    }
}
