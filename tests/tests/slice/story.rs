//! The story of the slice, in chapters: from Genesis to empty purses.
//!
//! Three operators answer a bid with eight needs. Ana asks least but has only what is required; bo asks a little more
//! and has all that is preferred, which makes its offer the best; cy asks most. Ana leads first and is ousted by bo,
//! who gets the lease. Two other bids are cancelled: one before it opens, one that nobody answers once it settles.

use std::rc::Rc;

use demeter_core::codec::grid_id;
use demeter_core::{
    Amount, Asset, Genesis, Grid, GridDraft, GridId, Label, Leader, Quantity, Script, ScriptHash, Slot,
    Stage, State, Terms, Time, Token,
};
use demeter_tx::market::{Candidate, GenesisPlan, Plan};

use crate::fixture::{
    Cast, Ledger, Party, amount, capacity, count, labels, ppm, preferred, required, seconds, terms,
};

/// How many operators and slots the pool can give.
const IN_POOL: (u64, u64) = (4, 8);
/// How many slots each operator gets.
pub(crate) const SLOTS: u64 = 2;
/// The numbers of the operators.
pub(crate) const ANA: usize = 0;
pub(crate) const BO: usize = 1;
pub(crate) const CY: usize = 2;

/// A ledger, how far the story has come on it, and what it is about.
pub(crate) struct Story {
    pub(crate) ledger: Ledger,
    /// The bid that is answered.
    pub(crate) bid: Terms,
    /// The bid that is cancelled before it opens.
    pub(crate) early: Terms,
    /// The bid that nobody answers.
    pub(crate) late: Terms,
    /// The offers as they were made.
    pub(crate) offers: Vec<Leader>,
    /// When the lease began.
    pub(crate) start: Time,
}

impl Story {
    fn cast(&self) -> Rc<Cast> {
        Rc::clone(&self.ledger.cast)
    }

    /// The whole story.
    pub(crate) fn whole(asset: Asset) -> Self {
        let mut story = Self::place(asset);
        story.cancel_early();
        story.open();
        story.offer();
        story.lead();
        story.award();
        story.part();
        story.claim();
        story.complete();
        story.report();
        story.collect();
        story
    }

    /// Genesis, the scripts, the operators, and three bids.
    pub(crate) fn place(asset: Asset) -> Self {
        let mut ledger = Ledger::open(&asset);
        let grid = found(&mut ledger, &asset);
        publish(&mut ledger);
        // A head is opened after the deadline of its grid; crossing into it is a transition that comes later.
        ledger.wait_until(ledger.now().after(seconds(7_200)).unwrap());
        for number in [ANA, BO, CY] {
            admit(&mut ledger, number);
        }
        let bid = terms(&ledger, grid, &asset, 0, &[Label::new("arch", "amd64")]);
        let early = terms(&ledger, grid, &asset, 1, &[]);
        let late = terms(&ledger, grid, &asset, 2, &[Label::new("region", "eu")]);
        let cast = Rc::clone(&ledger.cast);
        let application = &cast.application;
        for placed in [&bid, &early, &late] {
            let transaction = ledger.composer.place(placed, &ledger.funds(application)).unwrap();
            ledger.submit("place", transaction, &[application]);
        }
        let start = ledger.now();
        Self { ledger, bid, early, late, offers: Vec::new(), start }
    }

    /// The application thinks better of one bid.
    pub(crate) fn cancel_early(&mut self) {
        let cast = self.cast();
        let plan = Plan::cancel(self.ledger.bid(&self.early));
        self.ledger.act("cancel", plan, &cast.application, &[]);
    }

    /// The bids open.
    pub(crate) fn open(&self) {
        self.ledger.wait_until(self.bid.window.opens);
    }

    /// All operators answer.
    pub(crate) fn offer(&mut self) {
        for number in [ANA, BO, CY] {
            let (price, resources) = answer(number);
            let plan = self.offer_plan(&self.bid, number, price, resources);
            self.ledger.act("offer", plan, &self.cast().operators[number], &[]);
            self.offers.push(leader(&self.ledger.slot(number).state));
        }
    }

    /// Ana leads, and is ousted by bo.
    pub(crate) fn lead(&mut self) {
        self.ledger.wait_until(self.bid.window.closes);
        for (kind, number) in [("lead", ANA), ("lead_taking_over", BO)] {
            let plan = Plan::lead(self.ledger.bid(&self.bid), self.ledger.slot(number).reference);
            self.ledger.act(kind, plan, &self.cast().operators[number], &[]);
        }
    }

    /// The leader gets the lease; it is the application that sees to it.
    pub(crate) fn award(&mut self) {
        self.ledger.wait_until(self.bid.window.settles);
        let plan = Plan::award(self.ledger.bid(&self.bid), self.ledger.grid());
        self.start = self.ledger.composer.settings().clock.time_of(self.ledger.range().before).unwrap();
        self.ledger.act("award", plan, &self.cast().application, &[]);
    }

    /// Those who got nothing take theirs back.
    pub(crate) fn part(&mut self) {
        let cast = self.cast();
        let withdraw = Plan::withdraw(self.ledger.slot(CY).reference);
        self.ledger.act("withdraw", withdraw, &cast.operators[CY], &[]);
        let cancel = Plan::cancel(self.ledger.bid(&self.late));
        self.ledger.act("cancel", cancel, &cast.application, &[]);
    }

    /// Bo draws the pay of the first two periods.
    pub(crate) fn claim(&mut self) {
        self.ledger.wait_until(self.after(2));
        let plan = Plan::claim(self.ledger.slot(BO).reference, count(2));
        self.ledger.act("claim", plan, &self.cast().operators[BO], &[]);
    }

    /// The lease ends.
    pub(crate) fn complete(&mut self) {
        self.ledger.wait_until(self.after(4).after(self.bid.term.grace).unwrap());
        let plan = Plan::complete(self.ledger.slot(BO).reference);
        self.ledger.act("complete", plan, &self.cast().operators[BO], &[]);
    }

    /// Somebody who has no part in it reports it.
    pub(crate) fn report(&mut self) {
        let plan = self.report_plan();
        self.ledger.act("report", plan, &self.cast().stranger, &[]);
    }

    /// All purses are emptied: of pay and bond, of the bond of an ousted offer, of that of a withdrawn one.
    pub(crate) fn collect(&mut self) {
        for number in [BO, ANA, CY] {
            let plan = Plan::collect(self.ledger.slot(number).reference);
            self.ledger.act("collect", plan, &self.cast().operators[number], &[]);
        }
    }

    /// An offer by an operator on a bid.
    pub(crate) fn offer_plan(
        &self,
        bid: &Terms,
        number: usize,
        price: Amount,
        resources: Vec<Quantity>,
    ) -> Plan {
        let ledger = &self.ledger;
        let (slot, record) = (ledger.slot(number).reference, ledger.operator(number));
        Plan::offer(slot, ledger.bid(bid), record, ledger.grid(), price, resources)
    }

    /// The report of bo's lease.
    pub(crate) fn report_plan(&self) -> Plan {
        let ledger = &self.ledger;
        Plan::report(ledger.operator(BO), ledger.slot(BO).reference, ledger.grid())
    }

    /// When so many periods of the lease are over.
    pub(crate) fn after(&self, periods: u64) -> Time {
        self.start.after(self.bid.term.period.checked_mul(periods).unwrap()).unwrap()
    }
}

/// What an operator asks for a period, and offers.
pub(crate) fn answer(operator: usize) -> (Amount, Vec<Quantity>) {
    match operator {
        ANA => (amount(2_000_000), required()),
        BO => (amount(2_400_000), preferred()),
        _ => (amount(4_000_000), required()),
    }
}

/// An offer as it would lead.
fn leader(state: &State) -> Leader {
    let State::Slot(slot @ Slot { stage: Stage::Offered(offered), .. }) = state else {
        panic!("an offered slot is wanted, found {state:?}");
    };
    Leader::of(slot, offered)
}

fn found(ledger: &mut Ledger, asset: &Asset) -> GridId {
    let cast = Rc::clone(&ledger.cast);
    let funds = ledger.funds(&cast.founder);
    let (seed, _) = funds.utxos.first_key_value().unwrap();
    let deadline = ledger.now().after(seconds(3_600)).unwrap();
    let grid = Grid::new(GridDraft {
        id: grid_id(seed, deadline),
        market: ledger.composer.contract().scripts().market,
        deposit: ScriptHash::from_bytes([0xdd; 28]),
        asset: asset.clone(),
        entities: cast.entities.iter().map(Party::hash).collect(),
        admission: count(2),
        threshold: count(2),
        fee_ppm: ppm(10_000),
        treasury: cast.treasury.address(),
        prior: amount(50_000_000),
        penalty: count(4),
        half_life: seconds(30 * 86_400),
    })
    .unwrap();
    let id = grid.id;
    let (operators, slots) = IN_POOL;
    let genesis = Genesis { seed: *seed, deadline, operators: count(operators), slots: count(slots) };
    let plan = GenesisPlan { genesis, grid, range: ledger.range() };
    let transaction = ledger.composer.genesis(&plan, &funds).unwrap();
    assert_eq!(transaction, ledger.composer.genesis(&plan, &funds).unwrap());

    let scripts = ledger.composer.contract().scripts();
    let minted = [(Token::Grid, 1), (Token::Pool, 1), (Token::Operator, operators), (Token::Slot, slots)];
    for (token, minted) in minted {
        ledger.all = ledger.all.clone().plus(&scripts.token(token, &id), amount(minted)).unwrap();
    }
    ledger.submit("genesis", transaction, &[&cast.founder]);
    id
}

fn publish(ledger: &mut Ledger) {
    let cast = Rc::clone(&ledger.cast);
    let founder = &cast.founder;
    for script in [Script::Registry, Script::Market] {
        let transaction = ledger.composer.publish(script, founder.address(), &ledger.funds(founder)).unwrap();
        ledger.submit("publish", transaction, &[founder]);
    }
    ledger.composer = ledger.composer.clone().with_published(&founder.address(), &ledger.utxos());
}

/// Two of the three entities, each apart, and the operator itself sign.
fn admit(ledger: &mut Ledger, number: usize) {
    let cast = Rc::clone(&ledger.cast);
    let operator = &cast.operators[number];
    let candidate = Candidate {
        owner: operator.hash(),
        endpoint: format!("https://{}.example", operator.name).as_str().into(),
        capacity: capacity(number),
        labels: labels(number),
        slots: count(SLOTS),
    };
    let plan = Plan::admit(ledger.pool(), ledger.grid(), candidate);
    let [first, _, third] = &cast.entities;
    ledger.act("admit", plan, operator, &[first, third]);
}
