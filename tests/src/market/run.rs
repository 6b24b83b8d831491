//! Running a market until nothing is left to do.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use demeter_agent::KeyRing;
use demeter_agent::cosign::{Desk, DeskOptions, Exchange};
use demeter_agent::driver::{Driver, DriverOptions};
use demeter_agent::entity::{Charter, LeaseName};
use demeter_agent::sandbox::{Sandbox, SandboxOptions};
use demeter_core::{Span, Time};
use demeter_tx::head::Head;
use demeter_tx::market::Ruling;
use demeter_tx::view::SlotName;
use futures_executor::block_on;

use super::clerk::Clerk;
use super::drawn::{self, Customer, OperatorSettings, ada, key, key_hash, wallet};
use super::findings::Findings;
use super::seat::{At, Done, Kind, Seat};
use super::street::{PhaseOf, Street};
use super::turns::{Ended, Stop, Turn, take_turns};
use crate::drt::Dice;
use crate::history::books::{Account, Standing};
use crate::history::cast::{Cast, Member, Role};
use crate::make::{amount, count, span, time};

/// How many entities govern; more than half of them decide.
const ENTITIES: usize = 3;
/// How long after the last order is over all must be resolved: a lease's longest grace, reports and rulings.
const LONGEST: u64 = 6 * 3_600;
/// When an operator leaves for good, after the beginning.
const VANISHES: u64 = 4_800;
/// How long an operator must have been silent before its leases are ruled on.
const SILENCE: u64 = 600;
/// The most outputs that a head may hold.
const MOST_OUTPUTS: usize = 4_095;

/// Who is somebody in a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Operator(usize),
    Application(usize),
    Entity(usize),
    Treasurer,
}

/// Somebody in a market.
struct Agent {
    who: Who,
    phase: PhaseOf,
    /// Where it works, unless it is down.
    seat: Option<Box<dyn Seat>>,
    /// Whether it has worked before.
    started: bool,
    /// When it looks again.
    looks: Time,
    /// From when until when it was down.
    down: Vec<(Time, Time)>,
    /// Why it did nothing or took a bid back, last.
    reason: Option<&'static str>,
}

/// A market: who is in it, and what they work on.
pub struct Market {
    seed: u64,
    dice: Dice,
    sandbox: Sandbox,
    exchange: Exchange,
    clerk: Arc<Mutex<Clerk>>,
    operators: Arc<Vec<OperatorSettings>>,
    customers: Arc<Vec<Customer>>,
    agents: Vec<Agent>,
    start: Time,
    /// Who left for good, when, and how many leases it left behind.
    vanished: Option<(usize, Time, u64)>,
    findings: Findings,
}

impl Market {
    /// Draws a market of so many operators and applications.
    ///
    /// # Panics
    /// There are more than 64 operators.
    pub fn draw(operators: usize, applications: usize, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let who: Vec<Who> = (0..operators)
            .map(Who::Operator)
            .chain((0..applications).map(Who::Application))
            .chain((0..ENTITIES).map(Who::Entity))
            .chain([Who::Treasurer])
            .collect();
        let mut options = SandboxOptions::default().treasury(wallet("treasury", 0));
        for one in &who {
            let (role, number) = one.role();
            options = options.purse(key_hash(role, number), ada(500));
        }
        options = (0..ENTITIES).fold(options, |options, number| options.entity(key_hash("entity", number)));
        let tokens = (options.operators.to_number(), options.operators.to_number() * 16);
        let sandbox = block_on(Sandbox::open(options)).unwrap();
        let clerk = Clerk::open(&sandbox, Arc::new(cast(&who)), tokens);

        let operators: Vec<_> =
            (0..operators).map(|number| OperatorSettings::draw(number, &mut dice)).collect();
        for one in &operators {
            let OperatorSettings { number, capacity, labels, slots, .. } = one;
            let (owner, entity) = (key("operator", *number), key("entity", 0));
            let joins = sandbox.admit(&owner, Some(&entity), capacity.clone(), labels.clone(), count(*slots));
            block_on(joins).unwrap();
        }
        let start = block_on(sandbox.now()).unwrap();
        let customers = (0..applications).map(|number| Customer::draw(number, start, &mut dice)).collect();
        let agents = who.into_iter().map(|who| Agent {
            who,
            phase: PhaseOf::default(),
            seat: None,
            started: false,
            looks: later(start, dice.between(0, 60)),
            down: Vec::new(),
            reason: None,
        });
        let agents = agents.collect();
        let market = Self {
            seed,
            dice,
            sandbox,
            exchange: Exchange::default(),
            clerk: Arc::new(Mutex::new(clerk)),
            operators: Arc::new(operators),
            customers: Arc::new(customers),
            agents,
            start,
            vanished: None,
            findings: Findings::default(),
        };
        market.clerk().catch_up();
        market
    }

    /// Runs it until nothing is left to do, or something is wrong.
    ///
    /// # Panics
    /// The head cannot be asked.
    pub fn run(mut self) -> Findings {
        let over = self.customers.iter().map(|customer| customer.order.until()).max().unwrap_or(self.start);
        let latest = later(over, LONGEST);
        loop {
            let now = self.now();
            self.vanish(now);
            self.take_turns(now);
            if self.clerk().violation.is_some() || now >= over && self.is_quiet() || now >= latest {
                break;
            }
            self.pass(now);
        }
        self.findings()
    }

    fn clerk(&self) -> MutexGuard<'_, Clerk> {
        self.clerk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Time {
        block_on(self.sandbox.now()).unwrap()
    }

    /// Time goes on by the blocks of the main chain, until somebody has something to do.
    fn pass(&mut self, now: Time) {
        let leap = if self.dice.once_in(40) { self.dice.between(60, 150) } else { self.dice.between(10, 30) };
        let block = later(now, leap);
        let looks =
            self.agents.iter().filter(|agent| !self.is_gone(agent.who)).map(|agent| agent.looks).min();
        let next = looks.unwrap_or(block).max(block);
        block_on(self.sandbox.wait_until(next)).unwrap();
    }

    /// After a while, the operator with most leases is seen no more.
    fn vanish(&mut self, now: Time) {
        if self.vanished.is_some() || now < later(self.start, VANISHES) {
            return;
        }
        let leases = |number: usize| {
            let clerk = self.clerk();
            let slots = clerk.books.slots().iter().filter(|((of, _), _)| *of == number as u64);
            slots.filter(|(_, slot)| matches!(slot.standing, Standing::Leased(_))).count() as u64
        };
        let most = (0..self.operators.len()).map(|number| (leases(number), number)).max();
        if let Some((leases, number)) = most.filter(|(leases, _)| *leases > 0) {
            self.vanished = Some((number, now, leases));
            let agent = self.agents.iter_mut().find(|agent| agent.who == Who::Operator(number)).unwrap();
            agent.seat = None;
            agent.down.push((now, Time::MAX));
        }
    }

    fn is_gone(&self, who: Who) -> bool {
        self.vanished.is_some_and(|(number, ..)| who == Who::Operator(number))
    }

    /// How the entities rule on what the operator that vanished has left behind: they give all that is not paid back, and
    /// what it had at stake.
    fn rulings(&self, now: Time) -> Vec<(LeaseName, Ruling)> {
        let Some((number, since, _)) = self.vanished else { return Vec::new() };
        if now < later(since, SILENCE) {
            return Vec::new();
        }
        let clerk = self.clerk();
        let slots = clerk.books.slots().iter().filter(|((of, _), _)| *of == number as u64);
        let units = |units: i128| amount(u64::try_from(units).unwrap());
        let rulings = slots.filter_map(|((operator, index), slot)| {
            let Standing::Leased(lease) = &slot.standing else { return None };
            let slot = SlotName { operator: count(*operator), index: count(*index) };
            let left = lease.price_of(lease.periods - lease.claimed);
            let ruling = Ruling { paid: amount(0), slashed: units(lease.bond), broken: units(left) };
            Some((LeaseName { slot, start: time(lease.start) }, ruling))
        });
        rulings.collect()
    }

    /// Lets all whose time has come look and act, all at once.
    fn take_turns(&mut self, now: Time) {
        let rulings = self.rulings(now);
        let due = |agent: &Agent| agent.looks <= now && !self.is_gone(agent.who);
        let due: Vec<usize> = (0..self.agents.len()).filter(|index| due(&self.agents[*index])).collect();
        let turns = due.into_iter().map(|index| self.turn(index, &rulings)).collect();
        for (index, ended) in take_turns(turns, &mut self.dice) {
            self.findings.turns += 1;
            match ended {
                Ended::Done((seat, done)) => self.note(index, seat, done, now),
                Ended::Stopped(phase) => {
                    self.findings.killed.count(phase);
                    let until = later(now, self.dice.between(20, 900));
                    self.agents[index].down.push((now, until));
                    self.agents[index].looks = until;
                }
            }
        }
    }

    fn turn(&mut self, index: usize, rulings: &[(LeaseName, Ruling)]) -> Turn<(Box<dyn Seat>, Done)> {
        let stop = self.dice.once_in(20).then(|| Stop::draw(&mut self.dice));
        let agent = &mut self.agents[index];
        let (phase, seat) = (agent.phase.clone(), agent.seat.take());
        self.findings.restarts += u64::from(seat.is_none() && agent.started);
        agent.started = true;
        let place = Place {
            who: agent.who,
            street: Street::new(self.sandbox.head().clone(), Arc::clone(&self.clerk), phase.clone()),
            sandbox: self.sandbox.clone(),
            exchange: self.exchange.clone(),
            operators: Arc::clone(&self.operators),
            customers: Arc::clone(&self.customers),
        };
        let rulings = rulings.to_vec();
        let work = async move {
            let mut seat = match seat {
                Some(seat) => seat,
                None => place.open().await,
            };
            seat.instruct(&|charter: &mut Charter| charter.rulings = rulings.iter().copied().collect());
            let done = seat.work().await;
            (seat, done)
        };
        Turn { who: index, work: Box::pin(work), stop, phase }
    }

    fn note(&mut self, index: usize, seat: Box<dyn Seat>, done: Done, now: Time) {
        let agent = &mut self.agents[index];
        // At the latest it looks again after a while that is a little different each time.
        let rest = match agent.who {
            Who::Operator(_) | Who::Entity(_) => self.dice.between(30, 60),
            Who::Application(_) => self.dice.between(60, 240),
            Who::Treasurer => self.dice.between(200, 300),
        };
        let rest = later(now, rest);
        agent.looks = done.wake.map_or(rest, |wake| wake.min(rest)).max(later(now, 1));
        agent.seat = Some(seat);
        // Why a bid was taken back says more than what was waited for since.
        let known = |code: &&str| code.starts_with("cancels");
        let said = done.reasons.iter().copied().rfind(known).or_else(|| agent.reason.filter(known));
        agent.reason = said.or_else(|| done.reasons.last().copied()).or(agent.reason);
        for (action, outcome) in done.outcomes {
            self.findings.stale += u64::from(outcome == "stale");
            let outcomes = self.findings.outcomes.entry(action.to_owned()).or_default();
            *outcomes.entry(outcome.to_owned()).or_default() += 1;
        }
        let who = agent.who;
        self.findings.faults.extend(done.odd.into_iter().map(|odd| format!("{now}: {who:?}: {odd}")));
    }

    /// Whether no bid stands, and no slot is busy but those that nobody but the one that is gone can free.
    fn is_quiet(&self) -> bool {
        self.unresolved().is_empty()
    }

    fn unresolved(&self) -> Vec<String> {
        let clerk = self.clerk();
        let bids =
            clerk.books.bids().keys().map(|number| format!("{:?} is not resolved", Account::Bid(*number)));
        let slots = clerk.books.slots().iter().filter(|((operator, _), slot)| match &slot.standing {
            Standing::Idle => false,
            Standing::Offered { .. } => !self.is_gone(Who::Operator(usize::try_from(*operator).unwrap())),
            _ => true,
        });
        let slots =
            slots.map(|((operator, index), slot)| format!("slot {operator}/{index} is {:?}", slot.standing));
        bids.chain(slots).collect()
    }

    /// What it came to.
    fn findings(mut self) -> Findings {
        let mut findings = std::mem::take(&mut self.findings);
        let mut faults = self.unresolved();
        let clerk = self.clerk();
        faults.extend(clerk.violation.iter().map(ToString::to_string));
        faults.extend(clerk.audited());
        let counted = clerk.counted.clone();
        let happened = |name: &str| counted.transactions.get(name).copied().unwrap_or_default();
        let (placed, resolved) =
            (happened("place"), happened("award") + happened("take") + happened("cancel"));
        if placed != resolved {
            faults.push(format!("{placed} bids were placed, and {resolved} leased or taken back"));
        }
        if counted.most_outputs > MOST_OUTPUTS {
            faults.push(format!("there were {} outputs at a time", counted.most_outputs));
        }
        for agent in &self.agents {
            let Who::Application(number) = agent.who else { continue };
            if counted.workloads.contains(&self.customers[number].order.workload()) {
                findings.served += 1;
            } else if let Some(reason) = agent.reason {
                *findings.given_up.entry(reason.to_owned()).or_default() += 1;
            } else {
                faults.push(format!("order {number} was not served, and nobody says why"));
            }
        }
        // What its maker leaves lying, others lead with: only where that one and the application were down, none did.
        let was_down = |who: Who, from: Time, to: Time| {
            let agent = self.agents.iter().find(|agent| agent.who == who).unwrap();
            agent.down.iter().any(|(begins, ends)| *begins < to && from < *ends)
        };
        for offer in &clerk.overlooked {
            let maker = Who::Operator(usize::try_from(offer.operator).unwrap());
            if was_down(maker, offer.closes, offer.settles) {
                findings.overlooked += 1;
            } else {
                faults.push(format!("nobody led with a better offer, though its maker was up: {offer:?}"));
            }
        }
        findings.faults.extend(faults);
        (findings.seed, findings.operators, findings.applications) =
            (self.seed, self.operators.len(), self.customers.len());
        findings.seconds = self.now().since(self.start).to_milliseconds() / 1_000;
        findings.vanished = self.vanished.map(|(number, _, leases)| (number as u64, leases));
        (findings.history, findings.end) = (clerk.history(), clerk.end());
        findings.counted = counted;
        findings.judge();
        findings
    }
}

/// What somebody needs to start.
struct Place {
    who: Who,
    street: Street,
    sandbox: Sandbox,
    exchange: Exchange,
    operators: Arc<Vec<OperatorSettings>>,
    customers: Arc<Vec<Customer>>,
}

impl Place {
    async fn open(self) -> Box<dyn Seat> {
        match self.who {
            Who::Operator(number) => self.seated(self.operators[number].start()).await,
            Who::Application(number) => self.seated(self.customers[number].start()).await,
            Who::Entity(number) => self.seated(drawn::entity(number, &self.operators)).await,
            Who::Treasurer => self.seated(drawn::treasurer()).await,
        }
    }

    async fn seated<A: Kind + 'static>(&self, agent: A) -> Box<dyn Seat> {
        let (role, number) = self.who.role();
        let ring = || KeyRing::new().with(key(role, number));
        let head: Arc<dyn Head> = Arc::new(self.street.clone());
        let (contract, grid) = (self.sandbox.contract(), self.sandbox.grid());
        let mut options: DriverOptions = self.sandbox.driver_options();
        // The machine's time plays no part.
        options.patience = Duration::MAX;
        let desk = if agent.signs().is_some() {
            let mut desk = DeskOptions::default();
            (desk.publisher, desk.patience) = (options.publisher, Duration::MAX);
            let (head, mailbox) = (Arc::clone(&head), self.exchange.mailbox());
            Some(
                Desk::open(head, contract.clone(), ring(), wallet(role, number), mailbox, desk)
                    .await
                    .unwrap(),
            )
        } else {
            None
        };
        let driver = Driver::open(head, contract, grid, agent, ring(), options).await.unwrap();
        Box::new(At { driver, desk })
    }
}

impl Who {
    const fn role(self) -> (&'static str, usize) {
        match self {
            Self::Operator(number) => ("operator", number),
            Self::Application(number) => ("application", number),
            Self::Entity(number) => ("entity", number),
            Self::Treasurer => ("treasury", 0),
        }
    }
}

fn cast(who: &[Who]) -> Cast {
    let members = who.iter().map(|one| {
        let (name, number) = one.role();
        let role = match one {
            Who::Operator(_) => Role::Operator,
            Who::Application(_) => Role::Application,
            Who::Entity(_) => Role::Entity,
            Who::Treasurer => Role::Treasury,
        };
        Member::new(format!("{name} {number}"), role, vec![key(name, number)], 500)
    });
    Cast::new(members)
}

fn later(from: Time, seconds: u64) -> Time {
    let span: Span = span(seconds * 1_000);
    from.after(span).unwrap()
}
