//! A grid with one operator, an application's orders, and what stands besides.

use std::collections::BTreeMap;

use demeter_core::limits::{BID_RESERVE, GRID_RESERVE, OPERATOR_RESERVE, SLOT_RESERVE};
use demeter_core::{
    Address, Amount, Asset, Bid, Count, Grid, GridDraft, GridId, KeyHash, Label, Labels, Leader, Leased,
    Merit, Offered, Operator, OutputReference, PlutusData as _, Ppm, Quantity, Reputation, ResourceName,
    Resources, ScriptHash, Slot, Span, Stage, State, Terms, Time, Token, TransactionId, Value, WorkloadHash,
};
use demeter_tx::market::Contract;
use demeter_tx::view::GridView;
use demeter_tx::{Data, Network, OutputDraft, UtxoSet};

use crate::Decision;
use crate::application::order::Bidder;
use crate::application::rounds::Phase;
use crate::application::{Application, Order, Prices, Wish};

pub(super) const KEY: KeyHash = KeyHash::from_bytes([9; 28]);
pub(super) const OWNER: KeyHash = KeyHash::from_bytes([5; 28]);
pub(super) const GRID: GridId = GridId::from_bytes([7; 28]);
pub(super) const WORKLOAD: WorkloadHash = WorkloadHash::from_bytes([3; 32]);
/// When the order begins, in seconds.
pub(super) const BEGIN: u64 = 1_000_000;

pub(super) fn amount(units: u64) -> Amount {
    Amount::from_units(units).unwrap()
}

pub(super) fn count(number: u64) -> Count {
    Count::from_number(number).unwrap()
}

pub(super) fn seconds(seconds: u64) -> Span {
    Span::from_seconds(seconds).unwrap()
}

/// So many seconds after the order begins.
pub(super) fn at(later: u64) -> Time {
    Time::from_milliseconds((BEGIN + later) * 1000).unwrap()
}

pub(super) fn wish() -> Wish {
    let prices = Prices::rising(amount(1_000), amount(10_000), amount(40_000));
    let wish = Wish::new(prices, seconds(600), count(6));
    Wish { labels: [Label::new("region", "eu")].into_iter().collect(), ..wish }
}

pub(super) fn needs() -> BTreeMap<ResourceName, Quantity> {
    let quantity = |units| Quantity::from_units(units).unwrap();
    [("cpu".into(), quantity(1_000)), ("memory".into(), quantity(4_000))].into()
}

/// An order for a day, which begins at 0.
pub(super) fn order(wish: Wish) -> Order {
    named("web", WORKLOAD, wish)
}

/// As [`order`], by another name or for another workload.
pub(super) fn named(name: &str, workload: WorkloadHash, wish: Wish) -> Order {
    Order::new(name, workload, needs(), wish, at(0), at(86_400)).unwrap()
}

pub(super) fn application(orders: impl IntoIterator<Item = Order>) -> Application {
    Application::new(KEY, Address::of_key(KEY), amount(1_000_000), orders).unwrap()
}

/// A grid with one operator of one slot, and what stands besides.
#[derive(Clone)]
pub(super) struct Scene {
    pub(super) states: Vec<(State, Value)>,
    pub(super) purse: u64,
    pub(super) fee_ppm: Ppm,
    pub(super) labels: Labels,
    pub(super) with_grid: bool,
}

impl Scene {
    pub(super) fn new() -> Self {
        let labels = [Label::new("region", "eu")].into_iter().collect();
        Self { states: Vec::new(), purse: 100_000_000, fee_ppm: Ppm::ZERO, labels, with_grid: true }
    }

    pub(super) fn with(mut self, state: impl Into<State>, lovelace: Amount) -> Self {
        let state = state.into();
        let scripts = Contract::embedded().unwrap().scripts();
        let token = match &state {
            State::Bid(bid) if bid.leader.is_none() => None,
            State::Bid(_) | State::Slot(_) => Some(Token::Slot),
            State::Grid(_) => Some(Token::Grid),
            State::Operator(_) => Some(Token::Operator),
            State::Pool(_) => Some(Token::Pool),
        };
        let value = Value::of_lovelace(lovelace);
        let value = match token {
            Some(token) => value.plus(&scripts.token(token, &GRID), amount(1)).unwrap(),
            None => value,
        };
        self.states.push((state, value));
        self
    }

    /// The bid of the round at this time, for so many periods.
    pub(super) fn bid(self, order: &Order, placed: u64, leader: Option<u64>) -> Self {
        let terms = terms(order, placed);
        let held = BID_RESERVE.checked_add(terms.escrow().unwrap()).unwrap();
        let leader = leader.map(|price| Leader {
            operator: count(0),
            index: count(0),
            owner: OWNER,
            price: amount(price),
            resources: terms.request.needs.iter().map(|need| need.required).collect(),
            merit: merit(&terms, price),
        });
        self.with(Bid { terms, leader }, held)
    }

    /// The same with a lovelace too much, so that nobody can answer it.
    pub(super) fn misfunded(self, order: &Order, placed: u64) -> Self {
        let terms = terms(order, placed);
        let held = BID_RESERVE.checked_add(terms.escrow().unwrap()).unwrap();
        self.with(Bid { terms, leader: None }, held.checked_add(amount(1)).unwrap())
    }

    /// An offer of slot 1 on the bid of the round at this time.
    pub(super) fn offer(self, order: &Order, placed: u64, price: u64) -> Self {
        let terms = terms(order, placed);
        let offered = Offered {
            bid: terms.name(),
            price: amount(price),
            resources: terms.request.needs.iter().map(|need| need.required).collect(),
            merit: merit(&terms, price),
            until: terms.window.settles,
        };
        self.slot(1, Stage::Offered(offered))
    }

    /// A lease in a slot, from a time on, for so many periods.
    pub(super) fn lease(self, order: &Order, slot: u64, from: u64, periods: u64) -> Self {
        self.leased(order, slot, from, periods, |_| {})
    }

    pub(super) fn leased(
        self,
        order: &Order,
        slot: u64,
        from: u64,
        periods: u64,
        change: impl Fn(&mut Leased),
    ) -> Self {
        let mut lease = Leased {
            bid: terms(order, 0).name(),
            application: KEY,
            refund: Address::of_key(KEY),
            asset: Asset::Lovelace,
            fee_ppm: Ppm::ZERO,
            price: amount(5_000),
            period: seconds(600),
            grace: seconds(300),
            bond: amount(0),
            workload: order.workload(),
            resources: resources(),
            start: at(from),
            periods: count(periods),
            claimed: Count::ZERO,
        };
        change(&mut lease);
        self.slot(slot, Stage::Leased(Box::new(lease)))
    }

    pub(super) fn slot(self, index: u64, stage: Stage) -> Self {
        let slot = Slot { grid: GRID, operator: count(0), index: count(index), owner: OWNER, stage };
        self.with(slot, SLOT_RESERVE)
    }

    pub(super) fn view(&self) -> GridView {
        let mut scene = self.clone();
        if self.with_grid {
            let fee_ppm = scene.fee_ppm;
            scene = scene.with(grid(fee_ppm), GRID_RESERVE);
        }
        let operator = Operator {
            grid: GRID,
            number: count(0),
            owner: OWNER,
            endpoint: "https://ana.example".into(),
            capacity: resources(),
            labels: self.labels.clone(),
            endorsed: Labels::default(),
            reputation: Reputation::default(),
            slots: count(3),
            updated: Time::ZERO,
        };
        scene = scene.with(operator, OPERATOR_RESERVE);
        let scripts = Contract::embedded().unwrap().scripts();
        let states = scene.states.into_iter().map(|(state, value)| {
            let datum = Data::from_cbor(state.encode()).unwrap();
            OutputDraft::new(scripts.address(state.script()), value).with_inline_datum(datum)
        });
        let purse = OutputDraft::new(Address::of_key(KEY), Value::of_lovelace(amount(scene.purse)));
        let outputs =
            states.chain((scene.purse > 0).then_some(purse)).map(|draft| draft.finish(Network::Testnet));
        let utxos: UtxoSet = (0..)
            .zip(outputs)
            .map(|(index, output)| {
                (OutputReference { transaction: TransactionId::from_bytes([1; 32]), index }, output)
            })
            .collect();
        GridView::new(scripts, GRID).watching(Address::of_key(KEY)).load(&utxos)
    }
}

pub(super) fn resources() -> Resources {
    let amounts = [("cpu", 1_000), ("memory", 4_000)];
    amounts.map(|(name, units)| (name.into(), Quantity::from_units(units).unwrap())).into_iter().collect()
}

pub(super) fn grid(fee_ppm: Ppm) -> Grid {
    Grid::new(GridDraft {
        id: GRID,
        market: Contract::embedded().unwrap().scripts().market,
        deposit: ScriptHash::from_bytes([3; 28]),
        asset: Asset::Lovelace,
        entities: Vec::new(),
        admission: Count::ZERO,
        threshold: count(1),
        fee_ppm,
        treasury: Address::of_key(KeyHash::from_bytes([4; 28])),
        prior: amount(1),
        penalty: count(4),
        half_life: seconds(86_400),
    })
    .unwrap()
}

pub(super) fn merit(terms: &Terms, price: u64) -> Merit {
    let range = terms.price.ceiling.to_units() - terms.price.floor.to_units();
    Merit::from_points((terms.price.ceiling.to_units() - price) * 1_000_000 / range * 1_000_000).unwrap()
}

/// The terms of the bid of the round at a time.
pub(super) fn terms(order: &Order, placed: u64) -> Terms {
    let Phase::Round(round) = order.wish().phase(order.from(), at(placed)).unwrap() else {
        panic!("no round")
    };
    let bidder = Bidder { application: KEY, refund: Address::of_key(KEY) };
    order.terms(&round, order.periods_from(round.lease), bidder, &grid(Ppm::ZERO)).unwrap()
}

/// What is done, or not, and why, in short.
pub(super) fn said(decisions: &[Decision]) -> Vec<String> {
    let deed = |decision: &Decision| decision.action.as_ref().map_or("-", crate::Action::name);
    decisions.iter().map(|decision| format!("{} {}", deed(decision), decision.reason.code())).collect()
}
