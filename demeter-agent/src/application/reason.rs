//! Why an application acts, or does not.

use demeter_core::{Amount, Asset, Count, Label, Quantity, ResourceName, TermsError, Time};
use demeter_tx::view::{SlotName, ViewError};

use crate::reason::reasons;

reasons! {
    /// Why an application acts, or does not.
    Reason {
        /// Nothing serves the order.
        Places {
            /// The order.
            order: String,
            /// Which bid of its campaign, from 1.
            attempt: u64,
            /// The highest price for one period.
            ceiling: Amount,
            /// For how many periods.
            periods: Count,
        } = "places", "{order} is not served: bid {attempt} of its campaign, {periods} periods for at most {ceiling} each";
        /// What serves the order ends before it does.
        PlacesNext {
            /// The order.
            order: String,
            /// When what serves it ends.
            ends: Time,
            /// The highest price for one period.
            ceiling: Amount,
            /// For how many periods.
            periods: Count,
        } = "places_next", "{order} is served until {ends}: a bid for {periods} periods more, for at most {ceiling} each";
        /// The best offer has not taken the lead by itself.
        LeadsForMaker {
            /// Whose offer it is.
            slot: SlotName,
            /// Its price for one period.
            price: Amount,
        } = "leads_for_maker", "the offer of slot {slot} for {price} a period is the best, and its maker does not lead";
        /// The best offer gets the lease.
        Awards {
            /// Its price for one period.
            price: Amount,
        } = "awards", "the window has settled: the lease is given for {price} a period";
        /// Nobody answered the bid.
        CancelsUnanswered = "cancels_unanswered", "nobody answered";
        /// Offers were made, and none took the lead in time.
        CancelsUnled {
            /// How many.
            offers: usize,
        } = "cancels_unled", "{offers} offers were made, and none took the lead in time";
        /// Another bid of the order does what this one would.
        CancelsSurplus = "cancels_surplus", "another bid or lease of the order does what it would";
        /// The order was stopped.
        CancelsStopped = "cancels_stopped", "the order was stopped";
        /// No order placed it, and nobody will answer it.
        CancelsStray = "cancels_stray", "no order placed it, and it holds money of the application";
        /// The order was stopped.
        ClosesStopped = "closes_stopped", "the order was stopped";
        /// The order is over, and the lease would go on.
        ClosesOver = "closes_over", "the order is over, and the lease goes on for a period or more";
        /// Its operator lacks a label or carries too little, and another lease serves the order.
        ClosesUnfit {
            /// Which slot carries the other.
            slot: SlotName,
        } = "closes_unfit", "it does not fit the order, which the lease of slot {slot} serves";
        /// Another lease of the order does what this one does.
        ClosesSurplus {
            /// Which slot carries the other.
            slot: SlotName,
        } = "closes_surplus", "the lease of slot {slot} does what it does";
        /// The lease is made longer, if its operator agrees.
        Extends {
            /// The order.
            order: String,
            /// By how many periods.
            periods: Count,
            /// For how much more, the fee not counted.
            price: Amount,
        } = "extends", "{order} goes on: {periods} periods more for {price}, if the operator agrees";

        /// The view shows no grid.
        NoGrid {
            /// Why.
            why: ViewError,
        } = "no_grid", "{why}";
        /// The order begins later.
        NotBegun {
            /// When.
            from: Time,
        } = "not_begun", "the order begins at {from}";
        /// The order was stopped, and nothing is left of it.
        Stopped = "stopped", "the order was stopped";
        /// What is left of the order is shorter than a period.
        Done {
            /// When it ends.
            until: Time,
        } = "done", "less than a period is left until the order ends at {until}";
        /// Bids have found nobody, and the next come later.
        Rests {
            /// Until when.
            until: Time,
        } = "rests", "its bids have found nobody: the next campaign begins at {until}";
        /// It is too late for a bid of this round.
        AwaitsRound {
            /// When the next one begins.
            until: Time,
        } = "awaits_round", "it is too late for a bid of this round: the next begins at {until}";
        /// The bid has not opened.
        AwaitsOpening {
            /// When it does.
            opens: Time,
        } = "awaits_opening", "the bid opens at {opens}";
        /// The bid can be answered.
        AwaitsAnswers {
            /// Until when.
            closes: Time,
            /// How many offers there are.
            offers: usize,
        } = "awaits_answers", "{offers} offers so far; the bid can be answered until {closes}";
        /// The makers of offers have time to lead.
        AwaitsLead {
            /// How many offers there are.
            offers: usize,
            /// Until when.
            until: Time,
        } = "awaits_lead", "the makers of {offers} offers have until {until} to take the lead themselves";
        /// An offer leads.
        AwaitsSettling {
            /// Its price for one period.
            price: Amount,
            /// When it can be awarded.
            settles: Time,
        } = "awaits_settling", "an offer of {price} a period leads until {settles}";
        /// Nobody has answered, and the contract holds the bid for now.
        AwaitsCancelling {
            /// Until when.
            until: Time,
        } = "awaits_cancelling", "it can be taken back from {until} on";
        /// A lease serves the order.
        Served {
            /// The order.
            order: String,
            /// When the lease ends.
            ends: Time,
            /// When it is time to see to what comes then.
            renew: Time,
        } = "served", "{order} is served until {ends}, and renewed from {renew} on";
        /// The operator is asked to extend the lease.
        AwaitsExtension {
            /// The order.
            order: String,
            /// When the lease ends.
            ends: Time,
            /// Until when it has time to agree.
            until: Time,
        } = "awaits_extension", "{order} is served until {ends}; the operator has until {until} to agree to an extension";
        /// A lease serves the order to its end.
        ServedToEnd {
            /// The order.
            order: String,
            /// When the lease ends.
            ends: Time,
            /// When it is looked at again: when the order or the lease ends.
            until: Time,
        } = "served_to_end", "{order} is served until {ends}, which is all that was ordered; it is looked at again at {until}";
        /// The lease is for the order's workload, and its operator lacks a label.
        ServedWithout {
            /// Which label.
            label: Label,
        } = "served_without", "the operator of the lease has no label {label} now";
        /// The lease is for the order's workload, and carries too little for it.
        ServedShort {
            /// Of which resource.
            resource: ResourceName,
            /// What the order needs.
            required: Quantity,
        } = "served_short", "the lease carries less than the {required} of {resource} that are required";
        /// No order has the workload of the lease.
        NoOrder {
            /// When it ends.
            ends: Time,
        } = "no_order", "no order has its workload; it ends at {ends}";
        /// No order placed it; it is taken back once nobody can answer it.
        Stray {
            /// When that is.
            until: Time,
        } = "stray", "no order placed it; it can be taken back from {until} on";
        /// More would be in escrow than the budget allows.
        OverBudget {
            /// What the bid would put there.
            needed: Amount,
            /// What the budget still allows.
            left: Amount,
        } = "over_budget", "{needed} would go into escrow, and the budget has {left} left";
        /// The wallet does not hold enough.
        LacksFunds {
            /// Of what.
            asset: Asset,
            /// How much is needed.
            needed: Amount,
            /// How much there is.
            found: Amount,
        } = "lacks_funds", "{needed} of {asset} are needed, and the wallet holds {found}";
        /// The grid does not allow such terms.
        IllFormed {
            /// Why.
            why: TermsError,
        } = "ill_formed", "{why}";
        /// Others propose what it did not ask for.
        NotAsked {
            /// What.
            transition: &'static str,
        } = "not_asked", "no {transition} was asked for";
        /// A time or an amount is out of range.
        OutOfRange = "out_of_range", "a time or an amount is out of range";
    }
}

impl Reason {
    /// When time alone makes this reason obsolete, if it does.
    pub const fn until(&self) -> Option<Time> {
        match self {
            Self::NotBegun { from: until }
            | Self::Rests { until }
            | Self::AwaitsRound { until }
            | Self::AwaitsOpening { opens: until }
            | Self::AwaitsAnswers { closes: until, .. }
            | Self::AwaitsLead { until, .. }
            | Self::AwaitsSettling { settles: until, .. }
            | Self::AwaitsCancelling { until }
            | Self::Served { renew: until, .. }
            | Self::ServedToEnd { until, .. }
            | Self::AwaitsExtension { until, .. }
            | Self::Stray { until } => Some(*until),
            _ => None,
        }
    }
}
