//! The ground that all parties play on, and what lets time pass.

use demeter_agent::application::{Application, Order, Prices, Wish};
use demeter_agent::cosign::{CoSigner, Desk, DeskOptions, DeskReport, Entry, Exchange, ExchangeMailbox};
use demeter_agent::driver::{Driver, DriverOptions, Report, Round};
use demeter_agent::entity::{Charter, Entity};
use demeter_agent::operator::Operator;
use demeter_agent::sandbox::{Sandbox, SandboxOptions};
use demeter_agent::{Agent, KeyRing};
use demeter_core::{Address, Label, Labels, Leased, Quantity, ResourceName, Stage, Time, WorkloadHash};
use demeter_tx::view::{GridView, SlotName};
use futures_executor::block_on;
use pallas_crypto::hash::Hasher;

pub(crate) use super::common::{APPLICATION, ada, amount, count, key, key_hash as hash, seconds};
use super::common::{drive, lovelace_at, operator, resources};

/// Keys of the entities, of whom two decide.
pub(crate) const ENTITIES: [u8; 3] = [50, 51, 52];

pub(crate) fn address(seed: u8) -> Address {
    Address::of_key(hash(seed))
}

pub(crate) fn slot_name(operator: u64, index: u64) -> SlotName {
    SlotName { operator: count(operator), index: count(index) }
}

/// A sandbox with entities, an application, and operators of two slots each.
pub(crate) struct Ground {
    pub(crate) sandbox: Sandbox,
    pub(crate) start: Time,
}

impl Ground {
    pub(crate) fn with_operators(operators: u8) -> Self {
        Self::governed_by(&ENTITIES, operators)
    }

    /// The same with other entities, more than half of whom decide.
    pub(crate) fn governed_by(entities: &[u8], operators: u8) -> Self {
        let mut options = SandboxOptions::default();
        for seed in (10..10 + operators).chain(entities.iter().copied()).chain([APPLICATION]) {
            options = options.purse(hash(seed), ada(500));
        }
        options = entities.iter().fold(options, |options, seed| options.entity(hash(*seed)));
        let sandbox = block_on(Sandbox::open(options)).unwrap();
        for seed in 10..10 + operators {
            let labels: Labels = [Label::new("region", "eu")].into_iter().collect();
            block_on(sandbox.admit(
                &key(seed),
                Some(&key(entities[0])),
                resources(4_000, 8_000),
                labels,
                count(2),
            ))
            .unwrap();
        }
        let start = block_on(sandbox.now()).unwrap();
        Self { sandbox, start }
    }

    pub(crate) fn now(&self) -> Time {
        block_on(self.sandbox.now()).unwrap()
    }

    /// So many seconds after the start.
    pub(crate) fn at(&self, later: u64) -> Time {
        self.start.after(seconds(later)).unwrap()
    }

    pub(crate) fn wait_until(&self, later: u64) {
        block_on(self.sandbox.wait_until(self.at(later))).unwrap();
    }

    pub(crate) fn view(&self) -> GridView {
        block_on(self.sandbox.view(&[])).unwrap()
    }

    pub(crate) fn purse(&self, seed: u8) -> u64 {
        lovelace_at(&self.sandbox, address(seed))
    }

    /// The leases that run, with their slots.
    pub(crate) fn leases(&self) -> Vec<(SlotName, Leased)> {
        let (view, application) = (self.view(), hash(APPLICATION));
        let leases = view.leases_of(&application).filter_map(|held| match &held.state.stage {
            Stage::Leased(lease) => Some((SlotName::of(&held.state), (**lease).clone())),
            _ => None,
        });
        leases.collect()
    }

    /// An operator that asks so much for a thousand millicores an hour, and nothing for memory.
    pub(crate) fn operator(&self, number: u8, price: u64) -> Operator {
        operator(number, price)
    }

    pub(crate) fn drive<A: Agent>(&self, agent: A, seed: u8) -> Driver<A> {
        self.drive_with(agent, seed, self.sandbox.driver_options())
    }

    pub(crate) fn drive_with<A: Agent>(&self, agent: A, seed: u8, options: DriverOptions) -> Driver<A> {
        drive(&self.sandbox, self.sandbox.shared_head(), agent, key(seed), options)
    }

    /// The driver of an operator that asks this price an hour.
    pub(crate) fn run_operator(&self, number: u8, price: u64) -> Driver<Operator> {
        self.drive(self.operator(number, price), 10 + number)
    }

    pub(crate) fn desk(&self, seed: u8, exchange: &Exchange) -> Desk<ExchangeMailbox> {
        let publisher = self.sandbox.driver_options().publisher.unwrap();
        let options = DeskOptions::default().publisher(publisher);
        let (head, contract) = (self.sandbox.shared_head(), self.sandbox.contract());
        let keys = KeyRing::new().with(key(seed));
        block_on(Desk::open(head, contract, keys, address(seed), exchange.mailbox(), options)).unwrap()
    }

    /// An entity with its driver and its desk.
    pub(crate) fn entity(&self, seed: u8, charter: Charter, exchange: &Exchange) -> Seated<Entity> {
        Seated::new(self, Entity::new(hash(seed), address(seed), charter), seed, exchange)
    }

    /// What is wished unless a test says otherwise: 10 minutes a period, an hour at once, for 20,000 to 200,000 each.
    pub(crate) fn wish(&self) -> Wish {
        Wish::new(Prices::between(amount(20_000), amount(200_000)), seconds(600), count(6))
    }

    /// An order for a workload of its own, from the start until so many seconds later.
    pub(crate) fn order(&self, name: &str, wish: Wish, until: u64) -> Order {
        let needs = [("cpu", 1_000), ("memory", 4_000)]
            .map(|(name, needed)| (ResourceName::from(name), Quantity::from_units(needed).unwrap()));
        let workload = WorkloadHash::from_bytes(*Hasher::<256>::hash(name.as_bytes()));
        Order::new(name, workload, needs.into(), wish, self.start, self.at(until)).unwrap()
    }

    pub(crate) fn application(&self, orders: impl IntoIterator<Item = Order>) -> Application {
        Application::new(hash(APPLICATION), address(APPLICATION), ada(100), orders).unwrap()
    }
}

/// Somebody who does what there is to do now.
pub(crate) trait Plays {
    /// Does it. Says what was confirmed, whether there is more at once, and when it wants to look again.
    fn play(&mut self) -> Played;
}

pub(crate) struct Played {
    pub(crate) confirmed: Vec<&'static str>,
    pub(crate) wake: Option<Time>,
    /// Whether others have something to react to.
    pub(crate) moved: bool,
}

impl Played {
    fn of(round: &Round) -> Self {
        let confirmed = round.reports.iter().filter(|report| report.outcome.is_confirmed());
        let confirmed: Vec<_> = confirmed.map(|report: &Report| report.action).collect();
        Self { moved: !confirmed.is_empty(), confirmed, wake: round.next_wake }
    }
}

impl<A: Agent> Plays for Driver<A> {
    fn play(&mut self) -> Played {
        Played::of(&block_on(self.settle(32)).unwrap())
    }
}

/// Somebody with a driver and a desk.
pub(crate) struct Seated<A> {
    pub(crate) driver: Driver<A>,
    pub(crate) desk: Desk<ExchangeMailbox>,
    /// All that happened at the desk.
    pub(crate) entries: Vec<Entry>,
}

impl<A: Agent + CoSigner> Seated<A> {
    pub(crate) fn new(ground: &Ground, agent: A, seed: u8, exchange: &Exchange) -> Self {
        Self { driver: ground.drive(agent, seed), desk: ground.desk(seed, exchange), entries: Vec::new() }
    }

    /// What happened at the desk, in short.
    pub(crate) fn said(&self) -> Vec<String> {
        self.entries.iter().map(|entry| said(&entry.report)).collect()
    }
}

pub(crate) fn said(report: &DeskReport) -> String {
    match report {
        DeskReport::Proposed { reason } => format!("proposed {}", reason.code()),
        DeskReport::Signed { reason } => format!("signed {}", reason.code()),
        DeskReport::Confirmed { .. } => "confirmed".to_owned(),
        DeskReport::Refused(objection) => format!("refused {}", objection.code()),
        DeskReport::NotWanted { reason } => format!("not wanted {}", reason.code()),
        other => other.to_string(),
    }
}

impl<A: Agent + CoSigner> Plays for Seated<A> {
    fn play(&mut self) -> Played {
        let mut played = self.driver.play();
        let entries = block_on(self.desk.step(self.driver.view(), self.driver.agent())).unwrap();
        for entry in &entries {
            if matches!(entry.report, DeskReport::Confirmed { .. }) {
                played.confirmed.push("cosigned");
            }
        }
        played.moved |= !entries.is_empty();
        self.entries.extend(entries);
        played
    }
}

/// A slot's owner at a desk alone, beside the driver of its operator.
pub(crate) struct AtDesk<C> {
    pub(crate) party: C,
    pub(crate) view: GridView,
    pub(crate) desk: Desk<ExchangeMailbox>,
    pub(crate) entries: Vec<Entry>,
    sandbox: Sandbox,
    wallet: Address,
}

impl<C: CoSigner> AtDesk<C> {
    pub(crate) fn new(ground: &Ground, party: C, seed: u8, exchange: &Exchange) -> Self {
        Self {
            party,
            view: ground.view(),
            desk: ground.desk(seed, exchange),
            entries: Vec::new(),
            sandbox: ground.sandbox.clone(),
            wallet: address(seed),
        }
    }

    pub(crate) fn said(&self) -> Vec<String> {
        self.entries.iter().map(|entry| said(&entry.report)).collect()
    }
}

impl<C: CoSigner> Plays for AtDesk<C> {
    fn play(&mut self) -> Played {
        let publisher = self.sandbox.driver_options().publisher.unwrap();
        self.view = block_on(self.sandbox.view(&[self.wallet, publisher])).unwrap();
        let entries = block_on(self.desk.step(&self.view, &self.party)).unwrap();
        let confirmed = entries
            .iter()
            .filter(|entry| matches!(entry.report, DeskReport::Confirmed { .. }))
            .map(|_| "cosigned");
        let played = Played { confirmed: confirmed.collect(), wake: None, moved: !entries.is_empty() };
        self.entries.extend(entries);
        played
    }
}

/// Lets all do what there is to do until this many seconds after the start; returns what was confirmed, by party. At least
/// every five minutes everybody looks.
pub(crate) fn play_until(
    ground: &Ground,
    parties: &mut [&mut dyn Plays],
    end: u64,
) -> Vec<Vec<&'static str>> {
    let end = ground.at(end);
    let mut confirmed = vec![Vec::new(); parties.len()];
    loop {
        let mut wake = ground.now().after(seconds(300)).unwrap().min(end);
        for round in 0.. {
            assert!(round < 64, "they never come to rest: {confirmed:?}");
            let mut moved = false;
            for (party, confirmed) in parties.iter_mut().zip(&mut confirmed) {
                let played = party.play();
                moved |= played.moved;
                confirmed.extend(played.confirmed);
                wake = played.wake.map_or(wake, |next| next.min(wake));
            }
            if !moved {
                break;
            }
        }
        if ground.now() >= end {
            return confirmed;
        }
        // Woken a moment late, as a head that moves by slots wakes one.
        let wake = wake.after(seconds(1)).unwrap().min(end);
        block_on(ground.sandbox.wait_until(wake)).unwrap();
    }
}
