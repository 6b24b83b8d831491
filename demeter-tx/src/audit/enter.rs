//! What a transaction means for offers, bids and money.

use std::collections::BTreeSet;

use demeter_core::transition::Held;
use demeter_core::{
    Amount, Bid, BidName, Leader, MarketTransition, Merit, Method, Slot, Stage, State, Terms, Time,
};

use super::account::{Account, Movement};
use super::contest::{Contest, Entry, Line};
use super::finding::{Fault, Finding, Weight};
use super::race::entrants;
use super::report::Recorded;
use super::step::Step;
use super::{Allocation, AllocationKind, Auditor, Contradiction, Judgement, Unjudged};
use crate::view::SlotName;

impl Auditor {
    /// Enters a transaction in the books, while the states are still those before it.
    pub(super) fn enter(&mut self, step: &Step, recorded: &mut Recorded) {
        for held in &step.made {
            if let State::Bid(bid) = &held.state
                && bid.leader.is_none()
            {
                self.contest(&bid.terms).bids += 1;
                self.open_account(held);
            }
        }
        self.enter_offers(step);
        let mut entered = BTreeSet::new();
        for held in &step.consumed {
            let next = match &held.state {
                State::Bid(bid) => self.enter_bid(step, held, bid, &entered, recorded),
                State::Slot(slot) if matches!(slot.stage, Stage::Leased(_)) => {
                    let next = made_slot(step, &SlotName::of(slot));
                    self.enter_movement(step, held, next, recorded);
                    next
                }
                _ => None,
            };
            entered.extend(next.map(|next| next.reference));
        }
        for held in step.made.iter().filter(|held| !entered.contains(&held.reference)) {
            self.enter_unexplained(step, held, recorded);
        }
    }

    /// The bids of these terms.
    pub(super) fn contest(&mut self, terms: &Terms) -> &mut Contest {
        let name = terms.name();
        self.contests.entry(name).or_insert_with(|| Contest::new(name, terms))
    }

    /// Begins to count the money of a bid or lease.
    pub(super) fn open_account(&mut self, held: &Held<State>) -> Line {
        self.lines += 1;
        if let Some(account) = Account::found(held) {
            self.accounts.insert(held.reference, (self.lines, account));
        }
        self.lines
    }

    /// Offers that are made, and taken back.
    fn enter_offers(&mut self, step: &Step) {
        for held in &step.made {
            let State::Slot(slot @ Slot { stage: Stage::Offered(offered), .. }) = &held.state else {
                continue;
            };
            let stood = consumed_slot(step, &SlotName::of(slot));
            if stood.is_some_and(|stood| matches!(&stood.stage, Stage::Offered(old) if old == offered)) {
                continue;
            }
            let Some(contest) = self.contests.get_mut(&offered.bid) else { continue };
            if step.unexplained {
                contest.blur(Unjudged::Unexplained);
            }
            let expected = match step.first_expected() {
                Some(State::Slot(Slot { stage: Stage::Offered(expected), .. })) => Some(expected),
                _ => None,
            };
            let same = |one: &demeter_core::Offered| {
                (one.bid, one.price, &one.resources) == (offered.bid, offered.price, &offered.resources)
            };
            let expected = expected.filter(|expected| same(expected));
            let void = match (&step.refusal, expected) {
                (Some(refusal), None) if !step.unexplained => Some(refusal.code()),
                _ => None,
            };
            let merit = expected.map_or(offered.merit, |expected| expected.merit);
            contest.enter(SlotName::of(slot), Entry::new(Leader::of(slot, offered), merit, void));
        }
        if step.consumed.iter().any(|held| matches!(held.state, State::Bid(_))) {
            return;
        }
        for held in &step.consumed {
            let State::Slot(slot @ Slot { stage: Stage::Offered(offered), .. }) = &held.state else {
                continue;
            };
            let name = SlotName::of(slot);
            let idle = made_slot(step, &name)
                .is_some_and(|next| matches!(&next.state, State::Slot(next) if next.stage == Stage::Idle));
            if let Some(contest) = self.contests.get_mut(&offered.bid).filter(|_| idle) {
                contest.withdraw(&name);
            }
        }
    }

    /// A bid that is consumed: it is led by another offer, becomes a lease, or goes.
    fn enter_bid<'s>(
        &mut self,
        step: &'s Step,
        held: &Held<State>,
        bid: &Bid,
        entered: &BTreeSet<demeter_core::OutputReference>,
        recorded: &mut Recorded,
    ) -> Option<&'s Held<State>> {
        let name = bid.name();
        let next = step.made.iter().find(|next| {
            let follows = match &next.state {
                State::Bid(next) => next.leader.is_some() && next.name() == name,
                State::Slot(slot) => slot.lease().is_some_and(|lease| lease.bid == name),
                _ => false,
            };
            follows && !entered.contains(&next.reference)
        });
        let line = self.enter_movement(step, held, next, recorded);
        if step.unexplained {
            self.contest(&bid.terms).blur(Unjudged::Unexplained);
        }
        match next.map(|next| &next.state) {
            Some(State::Bid(led)) => {
                if let Some(leader) = &led.leader {
                    let ousted = bid.leader.as_ref().map(SlotName::of_leader);
                    self.contest(&bid.terms).lead(SlotName::of_leader(leader), line, ousted);
                    self.tell(step, AllocationKind::Lead, &bid.terms, leader.clone(), line, recorded);
                }
            }
            Some(State::Slot(slot)) => {
                let kind = if bid.leader.is_some() { AllocationKind::Award } else { AllocationKind::Take };
                let winner = winner_of(slot, bid.leader.as_ref());
                self.tell(step, kind, &bid.terms, winner, line, recorded);
                self.forget(&name);
            }
            _ => self.forget(&name),
        }
        next
    }

    /// Money moves from a bid or lease to what comes of it.
    fn enter_movement(
        &mut self,
        step: &Step,
        from: &Held<State>,
        to: Option<&Held<State>>,
        recorded: &mut Recorded,
    ) -> Line {
        let Some((line, mut account)) = self.accounts.remove(&from.reference) else {
            return to.map_or(0, |to| self.open_account(to));
        };
        let (slashed, ends_freely) = match (step.transition(), &from.state) {
            (Some(MarketTransition::Arbitrate { slashed, .. }), _) => (*slashed, false),
            (Some(MarketTransition::Resign), State::Slot(slot)) => {
                (slot.lease().map_or(Amount::ZERO, |lease| lease.bond), false)
            }
            (Some(MarketTransition::Close), _) => (Amount::ZERO, true),
            _ => (Amount::ZERO, false),
        };
        let payments = step.payments();
        account.enter(&Movement { from, to, allowed: step.is_allowed(), payments, slashed, ends_freely });
        if step.refusal.is_none() && !step.unexplained && !account.flows.balances() {
            let (bid, asset, missing) = (account.bid, account.asset.clone(), account.flows.unaccounted);
            let fault = Fault::Unbalanced { bid, asset, missing };
            recorded.findings.push(Finding { place: step.place, weight: Weight::Violation, fault });
        }
        match to {
            Some(to) if account.end.is_none() => {
                self.accounts.insert(to.reference, (line, account));
            }
            _ => recorded.accounts.push(account),
        }
        line
    }

    /// A state that comes of none that was known.
    fn enter_unexplained(&mut self, step: &Step, held: &Held<State>, recorded: &mut Recorded) {
        match &held.state {
            State::Bid(bid) if bid.leader.is_some() => {
                let contest = self.contest(&bid.terms);
                contest.blur(Unjudged::Unexplained);
                contest.bids += 1;
                self.supersede(&bid.name(), recorded);
                let line = self.open_account(held);
                if let Some(leader) = &bid.leader {
                    self.contest(&bid.terms).lead(SlotName::of_leader(leader), line, None);
                    self.tell(step, AllocationKind::Lead, &bid.terms, leader.clone(), line, recorded);
                }
            }
            State::Slot(slot) => {
                let Some(lease) = slot.lease() else { return };
                let terms = self.contests.get(&lease.bid).map(|contest| contest.terms.clone());
                let line = self.open_account(held);
                // A lease that begins with the transaction comes of a bid, whose terms may be known.
                if let Some(terms) = terms.filter(|_| step.upper == Some(lease.start)) {
                    let race = matches!(terms.method, Method::Race { .. });
                    let kind = if race { AllocationKind::Take } else { AllocationKind::Award };
                    self.tell(step, kind, &terms, winner_of(slot, None), line, recorded);
                    self.supersede(&lease.bid, recorded);
                }
            }
            _ => {}
        }
    }

    /// One of the bids of a name was consumed unseen.
    fn supersede(&mut self, name: &BidName, recorded: &mut Recorded) {
        let stale =
            self.states.iter().find(|held| matches!(&held.state, State::Bid(bid) if bid.name() == *name));
        if let Some(stale) = stale.cloned() {
            self.states.remove(&stale.reference);
            self.lose(&stale, recorded);
        }
    }

    /// A state was consumed unseen: what became of its money is not known.
    pub(super) fn lose(&mut self, ghost: &Held<State>, recorded: &mut Recorded) {
        if let Some((_, account)) = self.accounts.remove(&ghost.reference) {
            recorded.accounts.push(account.lost());
        }
        if let State::Bid(bid) = &ghost.state {
            self.forget(&bid.name());
        }
    }

    /// One bid of a name is gone; with the last of them go their offers.
    fn forget(&mut self, name: &BidName) {
        if let Some(contest) = self.contests.get_mut(name) {
            contest.bids = contest.bids.saturating_sub(1);
            if contest.bids == 0 {
                self.contests.remove(name);
            }
        }
    }

    /// Tells of an allocation, and whether the rule makes it too.
    fn tell(
        &self,
        step: &Step,
        kind: AllocationKind,
        terms: &Terms,
        winner: Leader,
        line: Line,
        recorded: &mut Recorded,
    ) {
        let bid = terms.name();
        let contest = self.contests.get(&bid);
        let judgement = judge(step, kind, contest, &winner, line);
        let found = recorded.findings.iter().any(|finding| finding.place == step.place);
        let mut note = |weight, fault| recorded.findings.push(Finding { place: step.place, weight, fault });
        match &judgement {
            Judgement::Contradicted(contradiction) if !found => {
                let contradiction = contradiction.clone();
                note(Weight::Violation, Fault::WrongAllocation { bid, contradiction });
            }
            Judgement::Confirmed if kind == AllocationKind::Award => {
                if let Some(offer) = contest.and_then(|contest| contest.overlooked(&winner)) {
                    note(Weight::Note, Fault::Overlooked { bid, offer, winner: winner.clone() });
                }
            }
            _ => {}
        }
        let race = kind == AllocationKind::Take;
        recorded.allocations.push(Allocation {
            place: step.place,
            kind,
            bid,
            terms: Box::new(terms.clone()),
            winner,
            judgement,
            offers: contest.map(Contest::ranked).unwrap_or_default(),
            void: contest.map(Contest::void).unwrap_or_default(),
            entrants: if race {
                entrants(&self.states, terms, step.lower.unwrap_or(Time::ZERO))
            } else {
                Vec::new()
            },
        });
    }
}

fn judge(
    step: &Step,
    kind: AllocationKind,
    contest: Option<&Contest>,
    winner: &Leader,
    line: Line,
) -> Judgement {
    if step.unexplained {
        return Judgement::Unjudged(Unjudged::Unexplained);
    }
    if let (None, Some(refusal)) = (&step.demand, &step.refusal) {
        return Judgement::Contradicted(Contradiction::Refused(Box::new(refusal.clone())));
    }
    match (kind, contest) {
        (AllocationKind::Take, _) => match step.first_expected() {
            Some(State::Slot(slot)) if same_terms(&winner_of(slot, None), winner) => Judgement::Confirmed,
            _ => Judgement::Contradicted(Contradiction::OtherTerms),
        },
        (_, Some(contest)) => contest.judge(winner, line),
        (_, None) => Judgement::Contradicted(Contradiction::NoOffer),
    }
}

fn same_terms(one: &Leader, other: &Leader) -> bool {
    (SlotName::of_leader(one), one.price, &one.resources)
        == (SlotName::of_leader(other), other.price, &other.resources)
}

/// Who has a lease, as it would be ranked: with the merit of the offer that led, if it is the same one's.
fn winner_of(slot: &Slot, leader: Option<&Leader>) -> Leader {
    let led = leader.filter(|leader| SlotName::of_leader(leader) == SlotName::of(slot));
    let lease = slot.lease();
    Leader {
        operator: slot.operator,
        index: slot.index,
        owner: slot.owner,
        price: lease.map_or(Amount::ZERO, |lease| lease.price),
        resources: lease
            .map(|lease| lease.resources.iter().map(|resource| resource.amount).collect())
            .unwrap_or_default(),
        merit: led.map_or(Merit::ZERO, |leader| leader.merit),
    }
}

fn made_slot<'s>(step: &'s Step, name: &SlotName) -> Option<&'s Held<State>> {
    let is = |held: &&Held<State>| matches!(&held.state, State::Slot(slot) if SlotName::of(slot) == *name);
    step.made.iter().find(is)
}

fn consumed_slot<'s>(step: &'s Step, name: &SlotName) -> Option<&'s Slot> {
    step.consumed.iter().find_map(|held| match &held.state {
        State::Slot(slot) if SlotName::of(slot) == *name => Some(slot),
        _ => None,
    })
}
