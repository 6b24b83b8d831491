//! The auditor: it reads events in order, and says what each brings to light.

use std::collections::{BTreeMap, VecDeque};

use demeter_core::{BidName, GridId, Leader, OutputReference, Scripts, Stage, State};

use super::account::Account;
use super::contest::{Contest, Entry, Line};
use super::finding::{Fault, Finding, Place, Weight};
use super::report::{Audit, Figures, Recorded, Report};
use super::states::{States, told_of};
use super::{Fate, Unjudged};
use crate::head::{Event, Lagged, NumberedEvent, SnapshotNumber};
use crate::view::{SlotName, Subject};
use crate::{Slot, SlotClock, UtxoSet};

/// How many stretches of missing snapshots are remembered, to tell what comes late from what comes twice.
const REMEMBERED: usize = 256;

/// Audits the history of one grid, event by event.
///
/// It keeps the states that stand, the offers on bids that stand, and figures: not what it has said. So it can follow a
/// head for ever.
#[derive(Clone, Debug)]
pub struct Auditor {
    pub(super) states: States,
    pub(super) clock: SlotClock,
    /// Whether signatures are verified.
    pub(super) verifies: bool,
    pub(super) contests: BTreeMap<BidName, Contest>,
    /// By where the money is.
    pub(super) accounts: BTreeMap<OutputReference, (Line, Account)>,
    pub(super) lines: Line,
    /// The latest slot from which on a transaction was valid.
    pub(super) reached: Slot,
    /// Whether it is known that nothing was missed so far.
    pub(super) whole: bool,
    pub(super) figures: Figures,
    given: Vec<Subject>,
    missing: VecDeque<(SnapshotNumber, SnapshotNumber)>,
}

impl Auditor {
    /// An auditor of a grid that knows what there was in the beginning, be that before the grid was founded.
    ///
    /// What is there already is taken as it is: how it came to be is for an audit that begins earlier.
    pub fn new(scripts: Scripts, grid: GridId, clock: SlotClock, beginning: &UtxoSet) -> Self {
        let mut this = Self {
            states: States::new(scripts, grid),
            clock,
            verifies: true,
            contests: BTreeMap::new(),
            accounts: BTreeMap::new(),
            lines: 0,
            reached: Slot::default(),
            whole: false,
            figures: Figures::default(),
            given: Vec::new(),
            missing: VecDeque::new(),
        };
        for (reference, output) in beginning {
            this.states.insert_given(*reference, output);
        }
        this.take_as_given();
        this
    }

    /// Says which snapshot the beginning is as of: 0 if it is what the head was opened with. The next one is then the
    /// first that the history must have, and what it does not explain is the head's fault.
    ///
    /// Without this, a history may begin anywhere, and nobody can tell whether it fits its beginning.
    #[must_use]
    pub const fn after(mut self, snapshot: SnapshotNumber) -> Self {
        self.figures.last = Some(snapshot);
        self.whole = true;
        self
    }

    /// Has the auditor believe that whoever a transaction names has signed it. Without this it verifies the signatures of
    /// all keys that a transition needs, which takes most of its time.
    #[must_use]
    pub const fn trusting_signatures(mut self) -> Self {
        self.verifies = false;
        self
    }

    /// Reads the next event.
    pub fn record(&mut self, event: &Event) -> Recorded {
        self.read(event, Place::default())
    }

    /// Reads the next event; what it brings to light is told with its number.
    pub fn record_numbered(&mut self, event: &NumberedEvent) -> Recorded {
        self.read(&event.event, Place { event: Some(event.sequence), ..Place::default() })
    }

    /// The reader of events fell behind. The next snapshot shows what that cost.
    pub fn missed(&mut self, lagged: Lagged) -> Recorded {
        let fault = Fault::Lagged { missed: lagged.missed };
        let mut recorded = Recorded::default();
        recorded.findings.push(Finding { place: Place::default(), weight: Weight::Gap, fault });
        self.figures.count(&recorded);
        recorded
    }

    /// The audit in figures, so far.
    pub fn report(&self) -> Report {
        let open = self.accounts.values().map(|(_, account)| account.clone()).collect();
        self.figures.report(self.states.grid(), self.given.clone(), open)
    }

    /// Reads a history to its end, and keeps all that it brings to light.
    pub fn audit<'e>(mut self, events: impl IntoIterator<Item = &'e NumberedEvent>) -> Audit {
        let mut recorded = Recorded::default();
        for event in events {
            recorded.extend(self.record_numbered(event));
        }
        Audit { report: self.report(), recorded }
    }

    fn read(&mut self, event: &Event, place: Place) -> Recorded {
        let mut recorded = Recorded::default();
        if let Event::SnapshotConfirmed { number, transactions } = event {
            let place = Place { snapshot: Some(*number), ..place };
            if self.takes_up(*number, place, &mut recorded) {
                for transaction in transactions {
                    let place = Place { transaction: Some(transaction.id()), ..place };
                    self.follow(transaction, place, &mut recorded);
                }
            }
        }
        self.figures.count(&recorded);
        recorded
    }

    /// Whether a snapshot is new; says what is missing before it.
    fn takes_up(&mut self, number: SnapshotNumber, place: Place, recorded: &mut Recorded) -> bool {
        let mut tell = |fault| recorded.findings.push(Finding { place, weight: Weight::Gap, fault });
        let next = self.figures.last.map_or(number, SnapshotNumber::next);
        if number < next {
            let late = self.missing.iter().any(|(from, to)| (*from..=*to).contains(&number));
            tell(if late { Fault::OutOfOrder } else { Fault::Repeated });
            return false;
        }
        if number > next {
            let to = SnapshotNumber::from_number(number.to_number().saturating_sub(1));
            tell(Fault::Missed { from: next, to });
            self.missing.push_back((next, to));
            if self.missing.len() > REMEMBERED {
                self.missing.pop_front();
            }
            self.interrupted();
        }
        self.figures.first.get_or_insert(number);
        self.figures.last = Some(number);
        true
    }

    /// Something was missed: nothing that rests on it can be judged.
    pub(super) fn interrupted(&mut self) {
        self.whole = false;
        self.contests.values_mut().for_each(|contest| contest.blur(Unjudged::Missed));
    }

    /// Takes bids, offers and leases as they are in the beginning.
    fn take_as_given(&mut self) {
        let held: Vec<_> = self.states.iter().cloned().collect();
        for held in &held {
            match &held.state {
                State::Bid(bid) => {
                    self.given.push(told_of(&held.state));
                    let contest = self.contest(&bid.terms);
                    contest.bids += 1;
                    if bid.leader.is_some() {
                        contest.blur(Unjudged::BegunBefore);
                    }
                    self.open_account(held);
                }
                State::Slot(slot) if slot.stage != Stage::Idle => {
                    self.given.push(told_of(&held.state));
                    self.open_account(held);
                }
                _ => {}
            }
        }
        for held in &held {
            let State::Slot(slot) = &held.state else { continue };
            let Stage::Offered(offered) = &slot.stage else { continue };
            if let Some(contest) = self.contests.get_mut(&offered.bid) {
                contest.blur(Unjudged::BegunBefore);
                let offer = Leader::of(slot, offered);
                let entry = Entry { fate: Fate::Stands, ..Entry::new(offer, offered.merit, None) };
                contest.enter(SlotName::of(slot), entry);
            }
        }
    }
}
