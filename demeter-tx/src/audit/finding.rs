//! What an audit finds.

use std::fmt;

use demeter_core::transition::Refusal;
use demeter_core::{Address, Amount, Asset, BidName, Leader, OutputReference, State, TransactionId, Value};
use serde::{Serialize, Serializer};

use super::Contradiction;
use crate::Slot;
use crate::evaluate::DecodeError;
use crate::head::{EventSequence, SnapshotNumber};
use crate::view::Subject;

/// Where in a history something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The number of the event, where events are numbered.
    pub event: Option<EventSequence>,
    /// The snapshot.
    pub snapshot: Option<SnapshotNumber>,
    /// The transaction, where it is about one.
    pub transaction: Option<TransactionId>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        parts.extend(self.event.map(|number| format!("event {number}")));
        parts.extend(self.snapshot.map(|number| format!("snapshot {number}")));
        parts.extend(self.transaction.map(|id| format!("transaction {id}")));
        f.write_str(&parts.join(", "))
    }
}

/// Something that an audit found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// What it means.
    pub weight: Weight,
    /// What.
    #[serde(flatten)]
    pub fault: Fault,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.fault)
    }
}

/// What a finding means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Nobody broke a rule, but somebody may want to know.
    Note,
    /// Something was not seen, so that some things cannot be judged.
    Gap,
    /// The rule or the contract was broken: a ledger that keeps to them would not have let it happen.
    Violation,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fault {
    /// The contract does not allow the transaction.
    Refused {
        /// Which transition it says it is, as far as it can be read.
        transition: Option<&'static str>,
        /// The condition that it violates.
        #[serde(serialize_with = "coded")]
        refusal: Box<Refusal>,
        /// What the output should have been, where it is about one.
        expected: Option<Box<Content>>,
        /// What it is, where there is one.
        found: Option<Box<Content>>,
    },
    /// Tokens of the grid came from nowhere, or went.
    Tokens {
        /// Which.
        asset: Asset,
        /// How many the transaction consumes.
        consumed: Amount,
        /// How many it mints, or burns below zero.
        minted: i64,
        /// How many it makes.
        made: Amount,
    },
    /// Tokens of the grid are where none belongs.
    Astray {
        /// In which output.
        output: OutputReference,
        /// Where that is.
        address: Address,
        /// Which.
        tokens: Value,
    },
    /// Tokens of the grid are minted, though it is founded.
    Minted {
        /// Which, and how many.
        tokens: Vec<(Asset, i64)>,
    },
    /// A transaction that was over already: one before it could not happen earlier.
    TimeRunsBack {
        /// It is valid before this slot.
        before: Slot,
        /// The slot that time had reached.
        reached: Slot,
    },
    /// The contract allows the transaction, but it gives a bid to whom the rule would not.
    WrongAllocation {
        /// The bid.
        bid: BidName,
        /// What is wrong with it.
        contradiction: Contradiction,
    },
    /// The contract allows the transaction, but the money does not add up.
    Unbalanced {
        /// The bid, or the one that the lease came from.
        bid: BidName,
        /// What is paid with.
        asset: Asset,
        /// How much is missing.
        missing: Amount,
    },
    /// A better offer stood, and was never put in: its maker, or anyone, could have.
    Overlooked {
        /// The bid.
        bid: BidName,
        /// The better offer.
        offer: Leader,
        /// The one that won.
        winner: Leader,
    },
    /// Snapshots are missing.
    Missed {
        /// The first of them.
        from: SnapshotNumber,
        /// The last of them.
        to: SnapshotNumber,
    },
    /// The reader of events fell behind. Which snapshots that cost, if any, is a finding of its own.
    Lagged {
        /// How many events it missed.
        missed: u64,
    },
    /// The snapshot was there before: it is passed over.
    Repeated,
    /// The snapshot comes too late, after others that it was missing before: it is passed over.
    OutOfOrder,
    /// The transaction cannot be read, so that what it did is not known.
    Unreadable {
        /// Why.
        #[serde(serialize_with = "told")]
        reason: DecodeError,
    },
    /// The transaction rests on outputs that the history does not hold. What it made is taken as it is.
    Unexplained {
        /// What it consumes by a redeemer and nobody knows.
        inputs: Vec<OutputReference>,
        /// What it reads and nobody knows.
        references: Vec<OutputReference>,
        /// What it made of the grid.
        appeared: Vec<Subject>,
    },
}

/// What is in an output, as far as the contract looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Content {
    /// Where it stands.
    pub address: Address,
    /// What it holds.
    pub value: Value,
    /// The state in it, if there is one.
    pub state: Option<State>,
    /// Which input it pays out of, if that is what its datum says.
    pub tag: Option<OutputReference>,
}

impl Fault {
    /// A stable name of the kind, for programs; of a refusal, that of its condition.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused { refusal, .. } => refusal.code(),
            Self::Tokens { .. } => "tokens",
            Self::Astray { .. } => "astray",
            Self::Minted { .. } => "minted",
            Self::TimeRunsBack { .. } => "time_runs_back",
            Self::WrongAllocation { .. } => "wrong_allocation",
            Self::Unbalanced { .. } => "unbalanced",
            Self::Overlooked { .. } => "overlooked",
            Self::Missed { .. } => "missed",
            Self::Lagged { .. } => "lagged",
            Self::Repeated => "repeated",
            Self::OutOfOrder => "out_of_order",
            Self::Unreadable { .. } => "unreadable",
            Self::Unexplained { .. } => "unexplained",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { transition, refusal, .. } => {
                write!(f, "{} is refused: {refusal}", transition.unwrap_or("the transaction"))
            }
            Self::Tokens { asset, consumed, minted, made } => {
                write!(f, "{consumed} of {asset} are consumed and {minted} minted, found {made} made")
            }
            Self::Astray { output, .. } => write!(f, "{output} took tokens of the grid away"),
            Self::Minted { .. } => f.write_str("tokens of a grid that is founded are minted"),
            Self::TimeRunsBack { before, reached } => {
                write!(f, "it is valid before slot {before}, but time had reached slot {reached}")
            }
            Self::WrongAllocation { bid, contradiction } => write!(f, "bid {bid}: {contradiction}"),
            Self::Unbalanced { bid, missing, .. } => {
                write!(f, "{missing} are missing of what bid {bid} brought")
            }
            Self::Overlooked { bid, offer, winner } => write!(
                f,
                "bid {bid}: the offer of slot {}/{} is better than the winner's, {}/{}, and never led",
                offer.operator, offer.index, winner.operator, winner.index
            ),
            Self::Missed { from, to } if from == to => write!(f, "snapshot {from} is missing"),
            Self::Missed { from, to } => write!(f, "snapshots {from} to {to} are missing"),
            Self::Lagged { missed } => write!(f, "{missed} events were missed"),
            Self::Repeated => f.write_str("the snapshot was there before"),
            Self::OutOfOrder => f.write_str("the snapshot comes after later ones"),
            Self::Unreadable { reason } => write!(f, "it cannot be read: {reason}"),
            Self::Unexplained { inputs, references, appeared } => write!(
                f,
                "it consumes {} outputs and reads {} that the history does not hold, and makes {} states",
                inputs.len(),
                references.len(),
                appeared.len()
            ),
        }
    }
}

/// A refusal for programs.
pub(super) fn coded<S: Serializer>(refusal: &Refusal, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Coded {
        code: &'static str,
        reason: String,
    }
    Coded { code: refusal.code(), reason: refusal.to_string() }.serialize(serializer)
}

fn told<S: Serializer>(error: &DecodeError, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(error)
}
