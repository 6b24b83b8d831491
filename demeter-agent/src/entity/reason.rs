//! Why an entity acts, or does not.

use demeter_core::{Amount, Count, KeyHash, Label, Labels, Refusal, Time};
use demeter_tx::view::{SlotName, ViewError};

use super::LeaseName;
use crate::reason::reasons;

reasons! {
    /// Why an entity acts or agrees, or does not; and why a candidate or a treasurer does.
    Reason {
        /// A bid's parties left its award lying.
        Awards {
            /// When its window settled.
            settled: Time,
            /// What the treasury gets.
            fee: Amount,
        } = "awards", "the window settled at {settled}, nobody has awarded, and a fee of {fee} is due";
        /// An operator left a settlement unreported.
        Reports {
            /// What goes into its record as kept.
            kept: Amount,
            /// What goes into its record as broken.
            broken: Amount,
        } = "reports", "the operator has not reported {kept} kept and {broken} broken";
        /// The charter allows the candidate.
        Admits {
            /// Who owns its record.
            owner: KeyHash,
        } = "admits", "the charter allows the key {owner}";
        /// The charter vouches for other labels than the record.
        Endorses {
            /// Which operator.
            operator: Count,
            /// The labels of the charter.
            labels: Labels,
        } = "endorses", "the charter vouches for this of operator {operator}: {labels}";
        /// The charter wants the grid otherwise.
        Rotates = "rotates", "the charter wants the grid otherwise than it is";
        /// The charter rules on the lease.
        Arbitrates {
            /// Which lease.
            lease: LeaseName,
        } = "arbitrates", "the charter rules on the lease of slot {lease}";
        /// The charter wants the operator to leave.
        Expels {
            /// Which operator.
            operator: Count,
        } = "expels", "the charter wants operator {operator} to leave, and its slots are idle";
        /// It wants to join.
        Applies = "applies", "there is no operator of this key";

        /// The view shows no grid.
        NoGrid {
            /// Why.
            why: ViewError,
        } = "no_grid", "{why}";
        /// The key is none of the grid's entities'.
        NotAnEntity {
            /// The key.
            key: KeyHash,
        } = "not_an_entity", "the key {key} is not among the grid's entities";
        /// It is another's turn to propose what is wanted.
        AwaitsTurn {
            /// Whose.
            whose: KeyHash,
            /// When the turn ends.
            until: Time,
        } = "awaits_turn", "it is the turn of {whose} to propose it, until {until}";
        /// So little is left of the turn that the next is waited for.
        TurnEnds {
            /// When.
            until: Time,
        } = "turn_ends", "the turn ends at {until}, too soon for others to sign";
        /// It is to be signed by others as well: it is proposed at a desk.
        Proposes {
            /// How many signatures it takes.
            signatures: usize,
        } = "proposes", "it takes {signatures} signatures, and is proposed at the desk";
        /// The parties have time to award.
        AwaitsParties {
            /// Until when.
            until: Time,
        } = "awaits_parties", "its parties have until {until} to do it themselves";
        /// The charter rules on a lease that is not there.
        NoLease {
            /// Which lease.
            lease: LeaseName,
        } = "no_lease", "there is no lease of slot {lease}: it is over, or in a bid";
        /// The contract would refuse the ruling.
        RulingRefused {
            /// Why.
            why: Box<Refusal>,
        } = "ruling_refused", "{why}";
        /// There is no operator of this number.
        NoOperator {
            /// Which one.
            operator: Count,
        } = "no_operator", "there is no operator {operator} in the grid";
        /// Something binds a slot of an operator that should leave.
        SlotBusy {
            /// Which one.
            slot: SlotName,
        } = "slot_busy", "slot {slot} is not idle";
        /// A slot of an operator that should leave is in a bid that it leads.
        SlotLeads {
            /// Which operator.
            operator: Count,
        } = "slot_leads", "a slot of operator {operator} leads a bid";
        /// The pool is not on this ledger.
        NoPool = "no_pool", "the grid's pool is not on this ledger";
        /// The candidate is an operator.
        Admitted {
            /// Its number.
            operator: Count,
        } = "admitted", "operator {operator} has this key";

        /// The charter is silent about it, or says otherwise.
        NotInCharter {
            /// The transition.
            transition: &'static str,
        } = "not_in_charter", "the charter asks for no such {transition}";
        /// The candidate is not on the list.
        NotListed {
            /// Its key.
            owner: KeyHash,
        } = "not_listed", "the charter does not list the key {owner}";
        /// It asks for more slots than it may have.
        TooManySlots {
            /// What it asks for.
            asked: Count,
            /// What the charter allows.
            most: Count,
        } = "too_many_slots", "{asked} slots are asked for, the charter allows {most}";
        /// It says something of itself that the charter does not allow.
        LabelNotAllowed {
            /// What.
            label: Label,
        } = "label_not_allowed", "the charter does not allow the label {label}";
        /// It has a record already; another would shed what is bad in it.
        HasRecord {
            /// Its number.
            operator: Count,
        } = "has_record", "operator {operator} has this key already";
        /// The treasury is another address.
        OtherTreasury = "other_treasury", "the grid's treasury is another address";
        /// The treasury is a script's.
        TreasuryOfScript = "treasury_of_script", "the treasury is at a script, which no key can spend";
    }
}

impl Reason {
    /// When time alone makes this reason obsolete, if it does.
    pub const fn until(&self) -> Option<Time> {
        match self {
            Self::AwaitsTurn { until, .. } | Self::TurnEnds { until } | Self::AwaitsParties { until } => {
                Some(*until)
            }
            _ => None,
        }
    }
}
