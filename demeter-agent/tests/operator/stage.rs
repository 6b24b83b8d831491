//! The ground that operators play on.

use std::sync::Arc;

use demeter_agent::Agent;
use demeter_agent::driver::{Driver, DriverOptions, Report, Round};
use demeter_agent::operator::Operator;
use demeter_agent::sandbox::{Sandbox, SandboxOptions};
use demeter_core::transition::Held;
use demeter_core::{
    Address, Asset, Label, Labels, Method, Need, Ppm, PriceRange, Quantity, Request, Slot, Stage, Term,
    Terms, TermsDraft, Time, Window, WorkloadHash,
};
use demeter_tx::head::Head;
use demeter_tx::keys::{PaymentKey, Signer as _};
use demeter_tx::view::{GridView, SlotName};
use futures_executor::block_on;

pub(crate) use super::common::{APPLICATION, ada, amount, count, key, key_hash, resources, seconds};
use super::common::{drive, lovelace_at, operator};

pub(crate) fn address(key: &PaymentKey) -> Address {
    Address::of_key(key.key_hash())
}

/// A sandbox with operators of two slots each, which may carry 4,000 millicores and 8,000 bytes of memory.
pub(crate) struct Ground {
    pub(crate) sandbox: Sandbox,
    pub(crate) application: PaymentKey,
}

impl Ground {
    pub(crate) fn with_operators(operators: u8) -> Self {
        let mut options = SandboxOptions::default();
        for seed in (10..10 + operators).chain([APPLICATION]) {
            options = options.purse(key(seed).key_hash(), ada(500));
        }
        let sandbox = block_on(Sandbox::open(options)).unwrap();
        let ground = Self { sandbox, application: key(APPLICATION) };
        for seed in 10..10 + operators {
            let labels: Labels = [Label::new("region", "eu")].into_iter().collect();
            let (key, capacity) = (key(seed), resources(4_000, 8_000));
            let admitted = block_on(ground.sandbox.admit(&key, None, capacity, labels, count(2)));
            assert_eq!(admitted.unwrap(), count(u64::from(seed - 10)));
        }
        ground
    }

    pub(crate) fn now(&self) -> Time {
        block_on(self.sandbox.now()).unwrap()
    }

    pub(crate) fn after(&self, later: u64) -> Time {
        self.now().after(seconds(later)).unwrap()
    }

    pub(crate) fn wait(&self, span: u64) {
        block_on(self.sandbox.wait_until(self.after(span))).unwrap();
    }

    pub(crate) fn wait_until(&self, time: Time) {
        block_on(self.sandbox.wait_until(time)).unwrap();
    }

    /// Terms of a bid for up to 2,000 millicores, at 100,000 to 1,000,000 for each of four hours. It opens in a minute,
    /// closes ten minutes later and settles after ten more.
    pub(crate) fn terms(&self, nonce: u64, method: Method) -> TermsDraft {
        let opens = self.after(60);
        let closes = opens.after(seconds(600)).unwrap();
        let need = |name: &str, required, preferred| Need {
            name: name.into(),
            required: Quantity::from_units(required).unwrap(),
            preferred: Quantity::from_units(preferred).unwrap(),
        };
        TermsDraft {
            grid: self.sandbox.grid(),
            nonce: count(nonce),
            application: self.application.key_hash(),
            refund: address(&self.application),
            asset: Asset::Lovelace,
            fee_ppm: Ppm::from_millionths(10_000).unwrap(),
            request: Request {
                needs: vec![need("cpu", 1_000, 2_000), need("memory", 4_000, 4_000)],
                labels: [Label::new("region", "eu")].into_iter().collect(),
                endorsed: Labels::default(),
            },
            price: PriceRange { floor: amount(100_000), ceiling: amount(1_000_000) },
            term: Term { period: seconds(3_600), periods: count(4), grace: seconds(900) },
            bond: ada(2),
            window: Window { opens, closes, settles: closes.after(seconds(600)).unwrap() },
            method,
            workload: WorkloadHash::from_bytes([0xab; 32]),
        }
    }

    pub(crate) fn place(&self, draft: TermsDraft) -> Terms {
        let terms = Terms::new(draft).unwrap();
        block_on(self.sandbox.place(&self.application, &terms)).unwrap();
        terms
    }

    pub(crate) fn view(&self) -> GridView {
        block_on(self.sandbox.view(&[])).unwrap()
    }

    pub(crate) fn slot(&self, operator: u64, index: u64) -> Held<Slot> {
        let name = SlotName { operator: count(operator), index: count(index) };
        self.view().slot(name).unwrap().clone()
    }

    pub(crate) fn stages(&self, operator: u64) -> Vec<&'static str> {
        let view = self.view();
        let stages = view.slots_of(count(operator)).map(|slot| match slot.state.stage {
            Stage::Idle => "idle",
            Stage::Offered(_) => "offered",
            Stage::Leased(_) => "leased",
            Stage::Settled(_) => "settled",
        });
        stages.collect()
    }

    /// All the lovelace that somebody has at hand.
    pub(crate) fn purse(&self, key: &PaymentKey) -> u64 {
        lovelace_at(&self.sandbox, address(key))
    }

    /// An operator that asks so much for a thousand millicores an hour, and nothing for memory.
    pub(crate) fn operator(&self, number: u8, price: u64) -> Operator {
        operator(number, price)
    }

    pub(crate) fn drive<A: Agent>(&self, agent: A, key: PaymentKey) -> Driver<A> {
        self.drive_with(agent, key, self.sandbox.driver_options())
    }

    pub(crate) fn drive_with<A: Agent>(
        &self,
        agent: A,
        key: PaymentKey,
        options: DriverOptions,
    ) -> Driver<A> {
        self.drive_on(self.sandbox.shared_head(), agent, key, options)
    }

    /// The same, over a head that is not quite this one.
    pub(crate) fn drive_on<A: Agent>(
        &self,
        head: Arc<dyn Head>,
        agent: A,
        key: PaymentKey,
        options: DriverOptions,
    ) -> Driver<A> {
        drive(&self.sandbox, head, agent, key, options)
    }

    /// The driver of an operator that asks this price.
    pub(crate) fn driver(&self, number: u8, price: u64) -> Driver<Operator> {
        self.drive(self.operator(number, price), key(10 + number))
    }
}

/// Lets a driver do what there is to do now.
pub(crate) fn settle<A: Agent>(driver: &mut Driver<A>) -> Round {
    block_on(driver.settle(32)).unwrap()
}

/// The actions that were tried, and their outcomes.
pub(crate) fn done(round: &Round) -> Vec<(&'static str, &'static str)> {
    round.reports.iter().map(|Report { action, outcome, .. }| (*action, outcome.code())).collect()
}

/// Drives all of them from waking to waking until this time; returns the names of what was confirmed, by driver.
pub(crate) fn drive_until<A: Agent>(
    ground: &Ground,
    drivers: &mut [Driver<A>],
    end: Time,
) -> Vec<Vec<&'static str>> {
    let mut confirmed = vec![Vec::new(); drivers.len()];
    loop {
        let mut wake = end;
        let mut progress = true;
        while progress {
            progress = false;
            wake = end;
            for (driver, confirmed) in drivers.iter_mut().zip(&mut confirmed) {
                let round = settle(driver);
                let names = round.reports.iter().filter(|report| report.outcome.is_confirmed());
                let before = confirmed.len();
                confirmed.extend(names.map(|report| report.action));
                progress |= confirmed.len() > before;
                wake = round.next_wake.map_or(wake, |next| next.min(wake));
            }
        }
        if ground.now() >= end {
            return confirmed;
        }
        // Woken a moment late, as a head that moves by slots wakes one.
        ground.wait_until(wake.after(seconds(1)).unwrap().min(end));
    }
}

/// Numbers that look random: Lehmer's, as a seed gives them.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn from_seed(seed: u64) -> Self {
        Self(seed + 1)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0 * 48_271 % 0x7fff_ffff;
        self.0 % limit
    }
}
