//! What the demo tells: the same for people and for programs.

use demeter_core::{
    Amount, BidName, GridId, Label, Need, PriceRange, ScriptHash, Term, Time, TransactionId, Verdict, Window,
};
use serde::Serialize;

/// A transaction that was made.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct TransactionLine {
    /// `L1` or `L2`.
    pub(crate) ledger: &'static str,
    pub(crate) what: String,
    pub(crate) id: TransactionId,
    pub(crate) time: Time,
    /// Bytes.
    pub(crate) size: u64,
    pub(crate) memory: u64,
    pub(crate) memory_limit: u64,
    pub(crate) steps: u64,
    pub(crate) steps_limit: u64,
    pub(crate) fee: Amount,
}

/// The grid that everything happens in.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct GridLine {
    pub(crate) id: GridId,
    pub(crate) entities: u64,
    /// How many of them admit an operator.
    pub(crate) admission: u64,
    /// Of each price, in millionths.
    pub(crate) fee: u64,
    pub(crate) registry: ScriptLine,
    pub(crate) market: ScriptLine,
}

/// One of the contract's scripts.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ScriptLine {
    pub(crate) hash: ScriptHash,
    /// Bytes.
    pub(crate) size: usize,
}

/// An operator at the start of the auctions.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct OperatorLine {
    pub(crate) name: String,
    pub(crate) number: u64,
    pub(crate) capacity: Vec<(String, u64)>,
    pub(crate) labels: Vec<Label>,
    /// In per cent of its cost.
    pub(crate) margin: u64,
    /// In per cent of what is preferred beyond the required.
    pub(crate) generosity: u64,
    /// What it has fulfilled, decayed, in lovelace.
    pub(crate) fulfilled: Amount,
    /// In millionths.
    pub(crate) score: u64,
}

/// A bid as it was placed.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct BidLine {
    pub(crate) name: String,
    pub(crate) id: BidName,
    pub(crate) needs: Vec<Need>,
    pub(crate) labels: Vec<Label>,
    pub(crate) price: PriceRange,
    pub(crate) term: Term,
    pub(crate) bond: Amount,
    pub(crate) window: Window,
    /// Price, fit, reputation, in millionths.
    pub(crate) weights: [u64; 3],
    /// Reserve, escrow and fee, in lovelace.
    pub(crate) funding: Amount,
}

/// An offer on a bid, best first.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct OfferLine {
    pub(crate) operator: String,
    pub(crate) price: Amount,
    pub(crate) resources: Vec<(String, u64)>,
    /// In millionths.
    pub(crate) cheapness: u64,
    /// In millionths.
    pub(crate) fit: u64,
    /// In millionths.
    pub(crate) score: u64,
    pub(crate) merit: u64,
    pub(crate) verdict: Verdict,
    /// The verdict in words.
    pub(crate) why: String,
}

/// An operator that made no offer.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct DeclinedLine {
    pub(crate) operator: String,
    pub(crate) why: String,
    /// What is against it.
    pub(crate) fault: Fault,
}

/// What is against an answer to a bid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fault {
    /// Only the price.
    TooDear,
    /// A label that the operator does not have.
    Label,
    /// What the operator has, or anything else.
    Other,
}

/// How an auction went.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct AuctionLine {
    pub(crate) bid: String,
    pub(crate) offers: Vec<OfferLine>,
    pub(crate) declined: Vec<DeclinedLine>,
    /// Who took the lead, in order.
    pub(crate) leads: Vec<String>,
    pub(crate) winner: String,
    /// For a period.
    pub(crate) price: Amount,
}

/// How a lease was settled.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LeaseLine {
    pub(crate) bid: String,
    pub(crate) operator: String,
    pub(crate) start: Time,
    pub(crate) end: Time,
    pub(crate) paid: Amount,
    pub(crate) fee: Amount,
    pub(crate) score_before: u64,
    pub(crate) score_after: u64,
}

/// What a party has, in lovelace: in outputs of its own and in states.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct BalanceLine {
    pub(crate) party: String,
    pub(crate) before: u64,
    pub(crate) after: u64,
    /// What the leases say it should have gained.
    pub(crate) owed: i64,
}

/// Whether anything was lost.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Conservation {
    /// All lovelace in the head when the auctions began.
    pub(crate) before: u64,
    /// All lovelace in the head at the end.
    pub(crate) after: u64,
    /// What the applications paid, by their balances.
    pub(crate) applications_paid: i64,
    /// What the operators earned, by their balances.
    pub(crate) operators_earned: i64,
    /// What the treasury got, by its balance.
    pub(crate) treasury_got: i64,
    /// What is still in bids and leases.
    pub(crate) in_escrow: u64,
    /// The parties whose balance is not what their leases say.
    pub(crate) off: Vec<String>,
}

/// All of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) conserved: bool,
    pub(crate) seed: u64,
    pub(crate) grid: GridLine,
    pub(crate) operators: Vec<OperatorLine>,
    pub(crate) bids: Vec<BidLine>,
    pub(crate) auctions: Vec<AuctionLine>,
    pub(crate) leases: Vec<LeaseLine>,
    pub(crate) balances: Vec<BalanceLine>,
    pub(crate) conservation: Conservation,
    pub(crate) transactions: Vec<TransactionLine>,
}
