//! The offers on the bids of one name, and what the rule says of them.

use std::collections::BTreeMap;

use demeter_core::rule::Rank;
use demeter_core::{BidName, Leader, Merit, Terms, explain};

use super::{Contradiction, Fate, Judgement, Ranked, Unjudged, VoidOffer};
use crate::view::SlotName;

/// Which of the bids of one name: it stays while the outputs of a bid come and go.
pub(super) type Line = u64;

/// The bids of one name, and all offers made on them.
#[derive(Clone, Debug)]
pub(super) struct Contest {
    pub(super) terms: Box<Terms>,
    name: BidName,
    offers: BTreeMap<SlotName, Entry>,
    unjudged: Option<Unjudged>,
    /// How many bids of the name stand.
    pub(super) bids: usize,
}

/// An offer.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// As it was made.
    pub(super) offer: Leader,
    /// What the rule gave it then.
    pub(super) merit: Merit,
    /// Why it does not count.
    pub(super) void: Option<&'static str>,
    pub(super) fate: Fate,
    /// Which bid it led.
    pub(super) led: Option<Line>,
}

impl Entry {
    pub(super) const fn new(offer: Leader, merit: Merit, void: Option<&'static str>) -> Self {
        Self { offer, merit, void, fate: Fate::Stands, led: None }
    }

    /// The offer with the merit that the rule gives it.
    fn by_the_rule(&self) -> Leader {
        Leader { merit: self.merit, ..self.offer.clone() }
    }
}

impl Contest {
    pub(super) fn new(name: BidName, terms: &Terms) -> Self {
        Self { terms: Box::new(terms.clone()), name, offers: BTreeMap::new(), unjudged: None, bids: 0 }
    }

    /// Not all that belongs to it was seen. The first reason stays.
    pub(super) fn blur(&mut self, reason: Unjudged) {
        self.unjudged.get_or_insert(reason);
    }

    pub(super) fn enter(&mut self, slot: SlotName, entry: Entry) {
        self.offers.insert(slot, entry);
    }

    /// An offer takes the lead of one of the bids, and the one that led before does so no more.
    pub(super) fn lead(&mut self, slot: SlotName, line: Line, ousted: Option<SlotName>) {
        if let Some(entry) = ousted.and_then(|ousted| self.offers.get_mut(&ousted)) {
            entry.fate = Fate::Ousted;
        }
        if let Some(entry) = self.offers.get_mut(&slot) {
            (entry.fate, entry.led) = (Fate::Leads, Some(line));
        }
    }

    pub(super) fn withdraw(&mut self, slot: &SlotName) {
        if let Some(entry) = self.offers.get_mut(slot) {
            entry.fate = Fate::Withdrawn;
        }
    }

    /// Whether the rule would have the winner lead, or get the lease: of those that led this bid, the best.
    pub(super) fn judge(&self, winner: &Leader, line: Line) -> Judgement {
        if let Some(reason) = self.unjudged {
            return Judgement::Unjudged(reason);
        }
        let slot = SlotName::of_leader(winner);
        let Some(won) = self.offers.get(&slot).filter(|entry| entry.led == Some(line)) else {
            return Judgement::Contradicted(Contradiction::NoOffer);
        };
        if won.void.is_some() {
            return Judgement::Contradicted(Contradiction::Void);
        }
        if (won.offer.price, &won.offer.resources) != (winner.price, &winner.resources) {
            return Judgement::Contradicted(Contradiction::OtherTerms);
        }
        let won = won.by_the_rule();
        let led = self.offers.values().filter(|entry| entry.led == Some(line) && entry.void.is_none());
        match self.best(led) {
            Some(best) if Rank::better(&self.name, &best, &won) => {
                Judgement::Contradicted(Contradiction::Better(best))
            }
            _ => Judgement::Confirmed,
        }
    }

    /// The best offer that never led, if it is better than the winner's.
    pub(super) fn overlooked(&self, winner: &Leader) -> Option<Leader> {
        let slot = SlotName::of_leader(winner);
        let won = self.offers.get(&slot)?.by_the_rule();
        let never_led = self.offers.values().filter(|entry| entry.led.is_none() && entry.void.is_none());
        self.best(never_led).filter(|best| Rank::better(&self.name, best, &won))
    }

    fn best<'e>(&self, entries: impl Iterator<Item = &'e Entry>) -> Option<Leader> {
        let offers = entries.map(Entry::by_the_rule);
        offers.max_by_key(|offer| Rank::new(&self.name, offer))
    }

    /// The offers that count, in the rule's order.
    pub(super) fn ranked(&self) -> Vec<Ranked> {
        let counting: Vec<_> =
            self.offers.values().filter(|entry| entry.void.is_none()).map(Entry::by_the_rule).collect();
        let standings = explain(&self.terms, &counting).unwrap_or_default().into_iter();
        let ranked = standings.filter_map(|standing| {
            let slot = SlotName::of_leader(&standing.offer);
            let entry = self.offers.get(&slot)?;
            Some(Ranked {
                why: standing.verdict.to_string(),
                claimed: (entry.offer.merit != entry.merit).then_some(entry.offer.merit),
                fate: entry.fate,
                standing,
            })
        });
        ranked.collect()
    }

    pub(super) fn void(&self) -> Vec<VoidOffer> {
        let void = self
            .offers
            .values()
            .filter_map(|entry| Some(VoidOffer { offer: entry.offer.clone(), code: entry.void? }));
        void.collect()
    }
}
