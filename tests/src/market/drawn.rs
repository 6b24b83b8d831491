//! Who is in a market and what they want, drawn from a seed.

use demeter_agent::application::{Application, Order, Prices, Renewal, Wish};
use demeter_agent::entity::{Charter, Entity, Treasurer};
use demeter_agent::operator::{Inventory, Operator, Policy, RacePrice};
use demeter_agent::pricing::{CostPlus, Fixed, Markup, Rate, Rates};
use demeter_core::{Address, Amount, KeyHash, Labels, Method, Ppm, Resource, Resources, Time};
use demeter_kube::Workload;
use demeter_tx::keys::{PaymentKey, Signer as _};
use pallas_crypto::hash::Hasher;

use crate::drt::Dice;
use crate::make::{amount, count, labels, ppm, quantity, resources, span};

const GIBIBYTE: u64 = 1 << 30;
const REGIONS: [&str; 3] = ["eu", "us", "ap"];
/// What an hour of a thousand millicores, and of a gibibyte, costs about.
const RATES: (u64, u64) = (400_000, 40_000);
/// In seconds, how long new orders arrive.
const ARRIVALS: u64 = 5_400;

/// The key of somebody.
pub(super) fn key(role: &str, number: usize) -> PaymentKey {
    let mut hasher = Hasher::<256>::new();
    hasher.input(b"demeter market");
    hasher.input(role.as_bytes());
    hasher.input(&number.to_be_bytes());
    PaymentKey::from_seed(&hasher.finalize())
}

/// The hash of the key of somebody.
pub(super) fn key_hash(role: &str, number: usize) -> KeyHash {
    key(role, number).key_hash()
}

/// The wallet of somebody.
pub(super) fn wallet(role: &str, number: usize) -> Address {
    Address::of_key(key_hash(role, number))
}

/// An operator's settings: all that it starts with.
#[derive(Clone, Debug)]
pub(super) struct OperatorSettings {
    pub(super) number: usize,
    /// The most that one slot may carry.
    pub(super) capacity: Resources,
    pub(super) labels: Labels,
    pub(super) slots: u64,
    /// How much its cluster carries, in capacities.
    size: u64,
    rates: Rates,
    markup: Option<Markup>,
    highest: bool,
}

impl OperatorSettings {
    pub(super) fn draw(number: usize, dice: &mut Dice) -> Self {
        let (cpu, memory) = (dice.between(2, 8) * 1_000, dice.between(4, 16) * GIBIBYTE);
        let percent = dice.between(50, 150);
        let rate = |price: u64, per| Rate { price: amount(price * percent / 100), per: quantity(per) };
        let rates = Rates::new().with("cpu", rate(RATES.0, 1_000)).with("memory", rate(RATES.1, GIBIBYTE));
        let markup =
            dice.once_in(3).then(|| Markup { empty: Ppm::ZERO, full: ppm(dice.between(100_000, 500_000)) });
        Self {
            number,
            capacity: resources(&[("cpu", cpu), ("memory", memory)]),
            labels: labels(&[("region", dice.of(&REGIONS))]),
            slots: dice.between(4, 12),
            size: dice.between(2, 6),
            rates,
            markup,
            highest: dice.once_in(3),
        }
    }

    /// The operator as it starts, on an empty disk.
    pub(super) fn start(&self) -> Operator {
        let all = self
            .capacity
            .iter()
            .map(|one| Resource { amount: quantity(one.amount.to_units() * self.size), ..one.clone() });
        let inventory = Inventory::single("here", all.collect());
        let (number, wallet, keys) =
            (count(self.number as u64), wallet("operator", self.number), [key_hash("operator", self.number)]);
        let rates = self.rates.clone();
        let operator = match self.markup {
            Some(markup) => Operator::new(number, wallet, keys, inventory, CostPlus::new(rates, markup)),
            None => Operator::new(number, wallet, keys, inventory, Fixed::new(rates)),
        };
        let mut policy = Policy::default();
        if self.highest {
            policy.race_price = RacePrice::Highest;
        }
        operator.with_policy(policy)
    }
}

/// An application with one order.
#[derive(Clone, Debug)]
pub(super) struct Customer {
    pub(super) number: usize,
    pub(super) order: Order,
}

impl Customer {
    pub(super) fn draw(number: usize, start: Time, dice: &mut Dice) -> Self {
        let (cpu, memory) = (dice.between(1, 8) * 500, dice.between(1, 4));
        let hour = cpu * RATES.0 / 1_000 + memory * RATES.1;
        let period = span(dice.between(5, 15) * 60_000);
        let fair = hour * (period.to_milliseconds() / 1_000) / 3_600;
        let of_fair = |percent: u64| amount(fair * percent / 100);
        let opening = dice.between(60, 130);
        // Some pay so little that nobody serves them.
        let prices = if dice.once_in(25) {
            Prices::between(of_fair(5), of_fair(20))
        } else {
            Prices::rising(of_fair(10), of_fair(opening), of_fair(opening + dice.between(0, 100)))
        };
        let mut wish = Wish::new(prices, period, count(dice.between(3, 10)));
        wish.method = method(dice);
        wish.renewal = match dice.between(0, 3) {
            0 => Renewal::None,
            1 => Renewal::Extend { before: span(2_400_000) },
            _ => Renewal::default(),
        };
        if dice.once_in(3) {
            wish.labels = labels(&[("region", dice.of(&REGIONS))]);
        } else if dice.once_in(30) {
            wish.labels = labels(&[("region", "moon")]);
        }
        if dice.once_in(4) {
            wish.preferred.insert("cpu".into(), quantity(cpu * 2));
        }
        let from = start.after(span(dice.between(60, ARRIVALS) * 1_000)).unwrap();
        let until = from.after(span(dice.between(2_400, 7_200) * 1_000)).unwrap();
        let name = format!("workload-{number}");
        let manifest = format!(
            "{{apiVersion: v1, kind: Pod, metadata: {{name: {name}}}, spec: {{containers: [\
             {{name: server, resources: {{requests: {{cpu: {cpu}m, memory: {memory}Gi}}}}}}]}}}}"
        );
        let order = Workload::parse(manifest.as_bytes()).unwrap().order(name, wish, from, until).unwrap();
        Self { number, order }
    }

    /// The application as it starts, on an empty disk.
    pub(super) fn start(&self) -> Application {
        let (key, wallet) = (key_hash("application", self.number), wallet("application", self.number));
        Application::new(key, wallet, ada(100), [self.order.clone()]).unwrap()
    }
}

/// An entity as it starts: it vouches for the regions of the first operators, and sees to what others leave lying.
pub(super) fn entity(number: usize, operators: &[OperatorSettings]) -> Entity {
    let endorsed = operators.iter().take(3).map(|one| (count(one.number as u64), one.labels.clone()));
    let charter = Charter {
        endorsed: endorsed.collect(),
        award_after: Some(span(900_000)),
        report_after: Some(span(600_000)),
        ..Charter::default()
    };
    Entity::new(key_hash("entity", number), wallet("entity", number), charter)
}

/// The treasury's agent as it starts.
pub(super) fn treasurer() -> Treasurer {
    Treasurer::new(wallet("treasury", 0), span(300_000)).unwrap()
}

pub(super) fn ada(count: u64) -> Amount {
    amount(count * 1_000_000)
}

fn method(dice: &mut Dice) -> Method {
    let weight = |of: bool| if of { Ppm::ONE } else { Ppm::ZERO };
    match dice.between(0, 9) {
        0 | 1 => Method::race(span(dice.between(0, 2) * 30_000)),
        2 | 3 => Method::reputation(span(60_000), span(dice.between(0, 1) * 30_000)),
        one => Method::auction(weight(one < 8), weight(one == 8 || one == 4), weight(one == 9 || one == 5)),
    }
}

/// What a way to choose operators is called.
pub(super) const fn method_name(method: &Method) -> &'static str {
    match method {
        Method::Race { head_start, .. } if head_start.to_milliseconds() == 0 => "race",
        Method::Race { .. } => "reputation",
        Method::Auction { .. } => "auction",
    }
}
