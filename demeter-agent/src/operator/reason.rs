//! Why an operator acts, or does not.

use demeter_core::{Amount, Count, KeyHash, Merit, Quantity, ResourceName, Time};
use demeter_tx::view::{SlotName, StageKind, Unanswerable, ViewError};

use super::Schedule;
use crate::pricing::Declined;
use crate::reason::reasons;

reasons! {
    /// Why an operator acts, or does not.
    Reason {
        /// It offers, at this price.
        Offers {
            /// For one period.
            price: Amount,
            /// What the offer is ranked by.
            merit: Merit,
        } = "offers", "it fits, for {price} a period with a merit of {merit}";
        /// It takes a race, at this price.
        Takes {
            /// For one period.
            price: Amount,
        } = "takes", "it fits, for {price} a period";
        /// Its offer is the best that nobody leads with.
        LeadsAsBest = "leads_as_best", "no better offer is in sight";
        /// Its offer is better than the leader, and those whose offers are better still have not led.
        LeadsForLack {
            /// How many are better.
            better: usize,
        } = "leads_for_lack", "{better} better offers have not taken the lead";
        /// It won.
        Awards = "awards", "its offer leads and the window has settled";
        /// Its offer did not win.
        Withdraws = "withdraws", "the window has settled without it";
        /// Pay is due.
        Claims {
            /// For how many periods.
            periods: Count,
            /// How much.
            pay: Amount,
        } = "claims", "{pay} for {periods} periods are due";
        /// The lease and its grace are over.
        Completes = "completes", "the lease and its grace are over";
        /// A settlement is to go into the record.
        Reports {
            /// The price of the periods kept.
            kept: Amount,
            /// The price of the periods broken.
            broken: Amount,
        } = "reports", "the record gains {kept} kept and {broken} broken";
        /// There is money in the purse.
        Collects {
            /// How much beside the reserve.
            amount: Amount,
        } = "collects", "{amount} lie in the purse";
        /// The slot has another owner than the record.
        Rekeys {
            /// Who owns the record.
            owner: KeyHash,
        } = "rekeys", "the record's owner is {owner}";
        /// It was ordered to give the lease up.
        Resigns = "resigns", "giving up the lease was ordered";
        /// It was ordered to declare something else.
        Updates = "updates", "the record differs from what is to be declared";
        /// It was ordered to leave, and nothing holds it.
        Retires = "retires", "leaving was ordered, and all slots are idle";

        /// The grid is not to be trusted, or not there.
        NoGrid {
            /// Why.
            error: ViewError,
        } = "no_grid", "{error}";
        /// There is no record of it in the grid.
        NoRecord {
            /// Its number.
            operator: Count,
        } = "no_record", "there is no operator {operator} in the grid";
        /// It is leaving.
        Leaving = "leaving", "the operator is leaving the grid";
        /// A key that would have to sign is not at hand.
        KeyNotHeld {
            /// Which one.
            key: KeyHash,
        } = "key_not_held", "the key {key} is not at hand";
        /// Such bids are not answered.
        MethodNotWanted {
            /// `race` or `auction`.
            method: &'static str,
        } = "method_not_wanted", "the policy answers no {method}";
        /// The window has not opened.
        NotOpenYet {
            /// When it does.
            opens: Time,
        } = "not_open_yet", "the window opens at {opens}";
        /// The window is closed, or closes within the slot.
        Closed {
            /// When it closed.
            closes: Time,
        } = "closed", "the window closed at {closes}";
        /// Its record lets it into the race only later.
        NotEntered {
            /// When.
            entry: Time,
        } = "not_entered", "its record lets it in at {entry}";
        /// The price that may be named has not risen to its own.
        BelowPrice {
            /// For one period.
            price: Amount,
            /// When it has.
            at: Time,
        } = "below_price", "{price} may be named from {at} on";
        /// The price that may be named does not rise to its own before the window closes.
        NeverItsPrice {
            /// For one period.
            price: Amount,
            /// When the window closes.
            closes: Time,
        } = "never_its_price", "{price} may not be named before the window closes at {closes}";
        /// It answered already.
        Answered {
            /// With which slot.
            slot: SlotName,
        } = "answered", "slot {slot} stands behind an offer on it";
        /// An answer to it failed.
        Avoids {
            /// Until when it is left alone.
            until: Time,
        } = "avoids", "an answer to it failed, and it is left alone until {until}";
        /// The contract would refuse any answer.
        Unanswerable {
            /// Why.
            why: Unanswerable,
        } = "unanswerable", "{why}";
        /// All its slots are busy.
        NoIdleSlot = "no_idle_slot", "no slot is idle";
        /// No cluster has slots for it.
        NoCluster {
            /// An idle slot.
            slot: SlotName,
        } = "no_cluster", "slot {slot} is on no cluster";
        /// The cluster takes nothing new.
        NotScheduled {
            /// Which one.
            cluster: String,
            /// What it does.
            schedule: Schedule,
        } = "not_scheduled", "cluster {cluster} is {schedule}";
        /// Leases are not extended.
        NoExtensions = "no_extensions", "the policy extends no leases";
        /// The cluster is too full.
        NoRoom {
            /// Which one.
            cluster: String,
            /// Of which resource there is too little.
            resource: ResourceName,
            /// What is left.
            free: Quantity,
            /// What is required.
            required: Quantity,
        } = "no_room", "cluster {cluster} has {free} of {resource} left, {required} are required";
        /// The pricing policy names no price.
        Declined {
            /// Why.
            why: Declined,
        } = "declined", "{why}";
        /// It asks for more than the bid allows.
        AboveCeiling {
            /// What it asks for one period.
            price: Amount,
            /// What the bid allows.
            ceiling: Amount,
        } = "above_ceiling", "{price} a period is above the ceiling of {ceiling}";
        /// It cannot pay the bond.
        BondTooHigh {
            /// The bond.
            bond: Amount,
            /// What it has left.
            purse: Amount,
        } = "bond_too_high", "the bond is {bond}, and {purse} are left in the wallet";
        /// Offers are still made.
        AwaitsClose {
            /// Until when.
            closes: Time,
        } = "awaits_close", "offers are made until {closes}";
        /// Its offer leads.
        Leads {
            /// When it can be awarded.
            settles: Time,
        } = "leads", "its offer leads until {settles}";
        /// A better offer is there, whose maker has time to lead.
        BetterOffer {
            /// Until when it is left to it.
            until: Time,
        } = "better_offer", "a better offer may take the lead until {until}";
        /// A better offer leads.
        Beaten {
            /// When its own can be withdrawn.
            until: Time,
        } = "beaten", "a better offer leads; its own is bound until {until}";
        /// Its bid is not there any more.
        BidGone {
            /// When the offer can be withdrawn.
            until: Time,
        } = "bid_gone", "the bid is gone; the offer is bound until {until}";
        /// A lease runs and no pay is worth claiming.
        Serves {
            /// When that changes.
            until: Time,
        } = "serves", "the lease runs, and nothing is due before {until}";
        /// Its record was updated a short time ago.
        Rests {
            /// Until when.
            until: Time,
        } = "rests", "the record can be updated from {until} on";
        /// A slot keeps it from leaving.
        SlotBusy {
            /// Which one.
            slot: SlotName,
            /// What it does; nothing, where it is inside a bid that it leads.
            stage: Option<StageKind>,
        } = "slot_busy", "slot {slot} is not idle: {stage:?}";
        /// The pool is not on this ledger.
        NoPool = "no_pool", "the grid's pool is not on this ledger";
        /// A time or an amount of the state is out of range.
        OutOfRange {
            /// What was computed.
            what: &'static str,
        } = "out_of_range", "{what} is out of range";
    }
}

impl Reason {
    /// When time alone makes this reason obsolete, if it does.
    pub const fn until(&self) -> Option<Time> {
        match self {
            Self::NotOpenYet { opens: until }
            | Self::NotEntered { entry: until }
            | Self::BelowPrice { at: until, .. }
            | Self::AwaitsClose { closes: until }
            | Self::Leads { settles: until }
            | Self::BetterOffer { until }
            | Self::Beaten { until }
            | Self::BidGone { until }
            | Self::Serves { until }
            | Self::Rests { until }
            | Self::Avoids { until }
            | Self::Declined { why: Declined::Unavailable { again: until, .. } } => Some(*until),
            _ => None,
        }
    }
}
