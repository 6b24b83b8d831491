//! What the demo tells: the same for people and for programs.

use demeter_core::{
    Amount, BidName, Count, GridId, KeyHash, Label, Need, PriceRange, ScriptHash, Span, Term, Time,
    TransactionId, Verdict, Window,
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

impl TransactionLine {
    /// Its kind: the first word of what it does.
    pub(crate) fn kind(&self) -> &str {
        self.what.split(' ').next().unwrap_or(&self.what)
    }
}

/// The grid that everything happens in.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct GridLine {
    pub(crate) id: GridId,
    pub(crate) entities: u64,
    /// How many of them admit an operator.
    pub(crate) admission: u64,
    /// How many of them decide everything else.
    pub(crate) threshold: u64,
    /// Of each price, in millionths.
    pub(crate) fee: u64,
    /// How many times what is broken weighs as much as what is kept.
    pub(crate) penalty: u64,
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

/// An operator before the first bid.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct OperatorLine {
    pub(crate) name: String,
    pub(crate) number: u64,
    pub(crate) capacity: Vec<(String, u64)>,
    pub(crate) labels: Vec<Label>,
    /// Those that the entities vouch for.
    pub(crate) endorsed: Vec<Label>,
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
    /// Labels that entities must vouch for.
    pub(crate) endorsed: Vec<Label>,
    pub(crate) price: PriceRange,
    pub(crate) term: Term,
    pub(crate) bond: Amount,
    pub(crate) window: Window,
    pub(crate) method: MethodLine,
    /// Reserve, escrow and fee, in lovelace.
    pub(crate) funding: Amount,
}

/// How a bid finds its operator.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum MethodLine {
    /// All may come at once.
    Race { ramp: Span },
    /// Better records may come earlier.
    Reputation { head_start: Span, ramp: Span },
    /// Weights in millionths.
    Auction { price: u64, fit: u64, reputation: u64 },
}

/// An operator that would take a race, in the order in which they come.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ContenderLine {
    pub(crate) operator: String,
    pub(crate) price: Amount,
    /// In millionths.
    pub(crate) score: u64,
    /// How long after the opening its record lets it in.
    pub(crate) enters: Span,
    /// How long after the opening it comes: what it asks for must have been reached as well.
    pub(crate) comes: Span,
}

/// How a race went.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RaceLine {
    pub(crate) bid: String,
    pub(crate) contenders: Vec<ContenderLine>,
    pub(crate) declined: Vec<DeclinedLine>,
    pub(crate) winner: String,
    /// For a period.
    pub(crate) price: Amount,
}

/// A bid that nobody answered.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct UnansweredLine {
    pub(crate) bid: String,
    pub(crate) declined: Vec<DeclinedLine>,
    /// What its application got back, in lovelace: all that the bid held.
    pub(crate) back: u64,
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
    /// It would come when the bid is about to close.
    TooLate,
    /// A label that the operator does not have.
    Label,
    /// A label that the entities do not vouch for.
    Endorsement,
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

/// Something worth telling.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct EventLine {
    pub(crate) time: Time,
    pub(crate) what: String,
}

/// How a lease ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LeaseEnd {
    Completed,
    Closed,
    Resigned,
    Arbitrated,
}

/// What the entities ruled.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct RulingLine {
    /// Of what was not claimed, to the operator.
    pub(crate) paid: Amount,
    /// Of the bond, to the application.
    pub(crate) slashed: Amount,
    /// Into the operator's record.
    pub(crate) broken: Amount,
}

/// How a lease was settled.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LeaseLine {
    pub(crate) bid: String,
    pub(crate) application: String,
    pub(crate) operator: String,
    /// The operator's.
    pub(crate) number: Count,
    pub(crate) start: Time,
    pub(crate) end: Time,
    pub(crate) ended: LeaseEnd,
    /// For a period.
    pub(crate) price: Amount,
    /// How many were bought in all.
    pub(crate) periods: Count,
    /// How many of them by extending it.
    pub(crate) extended: u64,
    /// How many the operator had claimed before the end.
    pub(crate) claimed: Count,
    /// Of the price, to the operator.
    pub(crate) paid: Amount,
    /// Of the price, back to the application.
    pub(crate) left: Amount,
    pub(crate) bond: Amount,
    /// Of the bond, to the application.
    pub(crate) slashed: Amount,
    /// What the application got by the transaction that ended the lease, by its balance.
    pub(crate) back: Amount,
    /// To the treasury: what is charged on the price of all periods bought.
    pub(crate) fee: Amount,
    /// To the treasury beside it: what lets a fee stand in an output.
    pub(crate) beside: Amount,
    /// What the operator's record counts as kept.
    pub(crate) kept: Amount,
    /// What the operator's record counts as broken.
    pub(crate) broken: Amount,
    /// Where the entities ruled, how.
    pub(crate) ruling: Option<RulingLine>,
    pub(crate) score_before: u64,
    pub(crate) score_after: u64,
}

/// How a record changed when a lease was reported.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RecordLine {
    pub(crate) time: Time,
    pub(crate) operator: String,
    pub(crate) lease: String,
    pub(crate) kept: Amount,
    pub(crate) broken: Amount,
    /// The record now.
    pub(crate) fulfilled: Amount,
    /// The record now.
    pub(crate) breached: Amount,
    /// In millionths.
    pub(crate) score_before: u64,
    /// In millionths.
    pub(crate) score_after: u64,
}

/// An operator's key that was changed.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct KeyLine {
    pub(crate) time: Time,
    pub(crate) operator: String,
    pub(crate) from: KeyHash,
    pub(crate) to: KeyHash,
    /// How many slots were told.
    pub(crate) slots: usize,
    /// How many of them carried a lease.
    pub(crate) leased: usize,
}

/// An operator that left.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct DepartureLine {
    pub(crate) time: Time,
    pub(crate) operator: String,
    /// How many slots went back to the pool.
    pub(crate) slots: usize,
    /// What its owner took along, in lovelace.
    pub(crate) taken: u64,
}

/// An operator that answered the same bid twice.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct AgainOffer {
    pub(crate) operator: String,
    /// For a period.
    pub(crate) price_before: Amount,
    /// For a period.
    pub(crate) price_after: Amount,
    /// In millionths.
    pub(crate) score_before: u64,
    /// In millionths.
    pub(crate) score_after: u64,
    pub(crate) merit_before: u64,
    pub(crate) merit_after: u64,
}

/// The same bid asked again.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct AgainLine {
    pub(crate) bid: String,
    /// What it is called the second time.
    pub(crate) again: String,
    pub(crate) winner_before: String,
    pub(crate) winner_after: String,
    /// What the first winner has broken between.
    pub(crate) broken: Amount,
    /// Whether each operator asked and gave the same as the first time, so that only records can decide.
    pub(crate) same_offers: bool,
    /// Best first, as they stand the second time.
    pub(crate) offers: Vec<AgainOffer>,
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
    /// What came back to the applications as leases ended, by their balances: what was left of the price, and
    /// slashed bonds.
    pub(crate) came_back: u64,
    /// The slashed bonds among that.
    pub(crate) slashed: u64,
    /// What is still in bids and leases.
    pub(crate) in_escrow: u64,
    /// The parties whose balance is not what their leases say, and the leases that gave back what they should not.
    pub(crate) off: Vec<String>,
}

/// What an audit of all that the head told says.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct AuditLine {
    /// Whether all was seen, all was judged, and nothing was wrong.
    pub(crate) clean: bool,
    /// How many transactions the head confirmed.
    pub(crate) transactions: u64,
    /// How often an offer took the lead.
    pub(crate) leads: u64,
    /// How many bids went to an operator.
    pub(crate) allocations: u64,
    /// How many of them the rule makes too.
    pub(crate) confirmed: u64,
    /// How much was found that breaks the contract or the rule, or was not seen.
    pub(crate) findings: u64,
}

/// All of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) conserved: bool,
    pub(crate) seed: u64,
    pub(crate) grid: GridLine,
    pub(crate) operators: Vec<OperatorLine>,
    pub(crate) bids: Vec<BidLine>,
    pub(crate) races: Vec<RaceLine>,
    pub(crate) auctions: Vec<AuctionLine>,
    pub(crate) unanswered: Vec<UnansweredLine>,
    pub(crate) events: Vec<EventLine>,
    pub(crate) leases: Vec<LeaseLine>,
    pub(crate) records: Vec<RecordLine>,
    pub(crate) keys: Vec<KeyLine>,
    pub(crate) departures: Vec<DepartureLine>,
    pub(crate) again: Option<AgainLine>,
    pub(crate) balances: Vec<BalanceLine>,
    pub(crate) conservation: Conservation,
    pub(crate) audit: AuditLine,
    pub(crate) transactions: Vec<TransactionLine>,
}
