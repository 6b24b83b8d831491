//! What an audit says of an allocation.

use std::fmt;

use demeter_core::transition::Refusal;
use demeter_core::{Amount, BidName, Count, Ineligible, Leader, Merit, Ppm, Standing, Terms, Time};
use serde::{Serialize, Serializer};

use super::Place;
use super::finding::coded;

/// A bid got a leader, or went to an operator: who, who else there was, and whether the rule says the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Allocation {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// What happened.
    pub kind: AllocationKind,
    /// The bid.
    pub bid: BidName,
    /// What it asks for.
    pub terms: Box<Terms>,
    /// Who leads, or got the lease, on these terms.
    pub winner: Leader,
    /// Whether the rule says the same.
    pub judgement: Judgement,
    /// In an auction: all offers that count, in the rule's order, with the merit that the rule gives them.
    pub offers: Vec<Ranked>,
    /// In an auction: the offers that do not count, because the contract does not allow them.
    pub void: Vec<VoidOffer>,
    /// In a race: the operators of the grid, those that could enter first first.
    pub entrants: Vec<Entrant>,
}

/// What happened to a bid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AllocationKind {
    /// An offer took the lead.
    Lead,
    /// The leader got the lease.
    Award,
    /// An operator won the race.
    Take,
}

/// Whether an allocation is the one that the rule makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// It is.
    Confirmed,
    /// It is not.
    Contradicted(Contradiction),
    /// Nobody can tell who did not see all of it.
    Unjudged(Unjudged),
}

/// Why an allocation is not the one that the rule makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Contradiction {
    /// The contract does not allow it at all.
    Refused(#[serde(serialize_with = "coded")] Box<Refusal>),
    /// An offer led that is better by the rule.
    Better(Leader),
    /// Whoever won has made no offer.
    NoOffer,
    /// The offer that won does not count.
    Void,
    /// What the lease says is not what the offer says.
    OtherTerms,
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => write!(f, "{refusal}"),
            Self::Better(offer) => {
                write!(f, "the offer of slot {}/{}, which led, is better", offer.operator, offer.index)
            }
            Self::NoOffer => f.write_str("the winner has made no offer"),
            Self::Void => f.write_str("the offer that won does not count"),
            Self::OtherTerms => f.write_str("the lease is not on the terms of the offer"),
        }
    }
}

/// Why an allocation cannot be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Unjudged {
    /// The bid was led, or offers stood, when the audit began.
    BegunBefore,
    /// Something was missed while the bid stood.
    Missed,
    /// It rests on an output that the history does not hold.
    Unexplained,
}

/// An offer where it stands by the rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ranked {
    /// Its place, and why.
    #[serde(flatten)]
    pub standing: Standing,
    /// Why, in words.
    pub why: String,
    /// The merit that the offer claims, where the rule gives it another.
    pub claimed: Option<Merit>,
    /// What became of it.
    pub fate: Fate,
}

/// What became of an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It stands beside the bid, and has never led.
    Stands,
    /// It leads, or has won.
    Leads,
    /// It led, until a better one did.
    Ousted,
    /// It was taken back when the bid had settled, and has never led.
    Withdrawn,
}

/// An offer that does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VoidOffer {
    /// The offer.
    pub offer: Leader,
    /// Why, by the code of a refusal.
    pub code: &'static str,
}

/// What an operator could have done about a race when it was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entrant {
    /// The number of the operator.
    pub operator: Count,
    /// Its score when the bid opened.
    pub score: Ppm,
    /// From when on it could enter.
    pub entry: Time,
    /// The most it could ask for when the race was taken; none if it could not enter by then.
    pub limit: Option<Amount>,
    /// Whether it had an idle slot then.
    pub idle: bool,
    /// Why it could not answer the bid at all, if it could not.
    #[serde(serialize_with = "ineligible")]
    pub ineligible: Option<Box<Ineligible>>,
}

fn ineligible<S: Serializer>(reason: &Option<Box<Ineligible>>, serializer: S) -> Result<S::Ok, S::Error> {
    let refusal = reason.as_ref().map(|reason| Refusal::Ineligible(Ineligible::clone(reason)));
    match refusal {
        Some(refusal) => coded(&refusal, serializer),
        None => serializer.serialize_none(),
    }
}
