//! The clerk: hears what the head confirms, enters it in the books, and holds the ledger against them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use demeter_agent::sandbox::Sandbox;
use demeter_core::{BidName, State, Time, Transition, WorkloadHash};
use demeter_tx::audit::{Auditor, Weight};
use demeter_tx::head::{Event, NumberedEvent, NumberedEvents, SnapshotNumber};
use demeter_tx::market::read_state;
use demeter_tx::view::GridView;
use demeter_tx::{SignedTransaction, UtxoSet};
use futures_executor::block_on;
use futures_util::{FutureExt as _, StreamExt as _};
use pallas_crypto::hash::{Hash, Hasher};

use super::reading::act_of;
use crate::history::best::Seen;
use crate::history::books::{Beginning, Books};
use crate::history::cast::Cast;
use crate::history::deed::Deed;
use crate::history::violation::{Promise, Violation};

/// Keeps the books of a head that others work on.
pub struct Clerk {
    cast: Arc<Cast>,
    sandbox: Sandbox,
    events: NumberedEvents,
    /// What there is, as the events have it.
    utxos: UtxoSet,
    /// The books.
    pub books: Books,
    auditor: Auditor,
    /// A name for what happened so far.
    history: Hash<32>,
    /// The offers on bids that have not been awarded, by whoever made them.
    offers: BTreeMap<BidName, Vec<Seen>>,
    /// What was counted.
    pub counted: Counted,
    /// The first promise that was seen broken.
    pub violation: Option<Violation>,
    /// Awards that went to another than the best offer.
    pub overlooked: Vec<Overlooked>,
}

/// What a clerk counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counted {
    /// Transactions by what they did.
    pub transactions: BTreeMap<String, u64>,
    /// Leases by how their operators were chosen.
    pub leases: BTreeMap<String, u64>,
    /// Leases that went to the best of all offers that were made.
    pub best_awarded: u64,
    /// Transactions that more than one party signed.
    pub cosigned: u64,
    /// The most outputs that there were at a time.
    pub most_outputs: usize,
    /// Outputs, purses and states looked at.
    pub checks: u64,
    /// The workloads that were leased at least once.
    #[serde(skip)]
    pub workloads: BTreeSet<WorkloadHash>,
}

/// A lease that did not go to the best offer.
#[derive(Clone, Copy, Debug)]
pub struct Overlooked {
    /// Whose offer was better.
    pub operator: u64,
    /// When the bid closed: from then on the better offer could take the lead.
    pub closes: Time,
    /// When it settled.
    pub settles: Time,
}

impl Clerk {
    /// Opens the books of a sandbox that nobody has joined yet.
    ///
    /// # Panics
    /// There is no grid in it.
    pub fn open(sandbox: &Sandbox, cast: Arc<Cast>, tokens: (u64, u64)) -> Self {
        let utxos = block_on(sandbox.utxos()).unwrap();
        let view: GridView = block_on(sandbox.view(&[])).unwrap();
        let (grid, pool) = (view.grid().unwrap(), view.pool().unwrap().reference);
        let composer = sandbox.composer();
        let head = sandbox.head();
        let clock = composer.settings().clock;
        let auditor = Auditor::new(composer.contract().scripts(), sandbox.grid(), clock, &utxos);
        let beginning = Beginning {
            cast: Arc::clone(&cast),
            composer,
            utxos: &utxos,
            grid: (grid.reference, &grid.state),
            pool,
            tokens,
        };
        Self {
            books: Books::begin(beginning),
            events: head.events_from(head.next_event()).unwrap(),
            auditor: auditor.after(head.last_snapshot()),
            history: Hash::new([0; 32]),
            offers: BTreeMap::new(),
            counted: Counted::default(),
            violation: None,
            overlooked: Vec::new(),
            sandbox: sandbox.clone(),
            utxos,
            cast,
        }
    }

    /// Takes up what the head has told since.
    ///
    /// # Panics
    /// The head keeps fewer events than it told.
    pub fn catch_up(&mut self) {
        while let Some(Some(event)) = self.events.next().now_or_never() {
            let event = event.unwrap();
            if let Err(violation) = self.hear(&event) {
                self.violation.get_or_insert(violation);
            }
        }
    }

    /// A name for all that happened, in order and with its times.
    pub fn history(&self) -> String {
        hex::encode(self.history)
    }

    /// A name for all that there is.
    pub fn end(&self) -> String {
        let mut hasher = Hasher::<256>::new();
        for (reference, output) in &self.utxos {
            hasher.input(reference.to_string().as_bytes());
            hasher.input(output.as_bytes());
        }
        hex::encode(hasher.finalize())
    }

    /// What the audit of the whole history has against it.
    pub fn audited(&self) -> Vec<String> {
        let report = self.auditor.report();
        if report.is_clean() { Vec::new() } else { vec![format!("{report:?}")] }
    }

    fn hear(&mut self, event: &NumberedEvent) -> Result<(), Violation> {
        let Event::SnapshotConfirmed { number, transactions } = &event.event else { return Ok(()) };
        for transaction in transactions {
            self.enter(transaction, *number, event.time);
        }
        let recorded = self.auditor.record_numbered(event);
        let wrong = recorded.findings.iter().find(|finding| finding.weight != Weight::Note);
        if let Some(finding) = wrong {
            return Err(Violation::new(Promise::Agreement, finding.to_string()));
        }
        self.counted.most_outputs = self.counted.most_outputs.max(self.utxos.len());
        self.counted.checks += self.books.checks(&self.utxos);
        self.books.audit(&self.utxos)
    }

    fn enter(&mut self, transaction: &SignedTransaction, number: SnapshotNumber, time: Time) {
        let mut hasher = Hasher::<256>::new();
        hasher.input(self.history.as_ref());
        hasher.input(&number.to_number().to_be_bytes());
        hasher.input(&time.to_milliseconds().to_be_bytes());
        hasher.input(&transaction.to_cbor());
        self.history = hasher.finalize();
        let composer = self.sandbox.composer();
        let (scripts, clock) = (composer.contract().scripts(), composer.settings().clock);
        let act = act_of(transaction, &self.utxos, &self.cast, &scripts);
        let times = act.step().map_or((0, 0), |step| {
            let at = |slot| clock.time_of(slot).unwrap().to_milliseconds();
            (at(step.range.from), at(step.range.before))
        });
        self.note(&act.deed);
        self.books.enter(&act, transaction.id(), times);
        let effect = transaction.effect().unwrap();
        effect.apply_to(&mut self.utxos);
        for (reference, output) in &effect.made {
            let Ok(held) = read_state(&scripts, *reference, output) else { continue };
            let State::Slot(slot) = &held.state else { continue };
            if let (Some((bid, offer)), "offer") = (Seen::of_slot(slot), act.deed.name()) {
                self.offers.entry(bid).or_default().push(offer);
            }
        }
    }

    /// Counts what is done, as what it is done to still stands.
    fn note(&mut self, deed: &Deed) {
        *self.counted.transactions.entry(deed.name().to_owned()).or_default() += 1;
        let Deed::Transition(step) = deed else { return };
        self.counted.cosigned += u64::from(step.signers.len() > 1);
        let scripts = self.sandbox.composer().contract().scripts();
        let held = read_state(&scripts, step.primary, &self.utxos[&step.primary]).unwrap();
        let (State::Bid(bid), Transition::Market(_)) = (&held.state, &step.transition) else { return };
        let name = step.transition.name();
        if name == "award" || name == "take" {
            let method = super::drawn::method_name(&bid.terms.method);
            *self.counted.leases.entry(method.to_owned()).or_default() += 1;
            self.counted.workloads.insert(bid.terms.workload);
        }
        let (Some(leader), "award") = (&bid.leader, name) else { return };
        let (bid_name, leader) = (bid.name(), Seen::of_leader(leader));
        let offers = self.offers.remove(&bid_name).unwrap_or_default();
        let better: Vec<_> = offers.iter().filter(|offer| offer.better(&leader, &bid_name)).collect();
        self.counted.best_awarded += u64::from(better.is_empty());
        let window = bid.terms.window;
        self.overlooked.extend(better.iter().map(|offer| Overlooked {
            operator: offer.operator,
            closes: window.closes,
            settles: window.settles,
        }));
    }
}
