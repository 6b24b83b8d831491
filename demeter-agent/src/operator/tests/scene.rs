//! A grid with one operator, made of states.

use demeter_core::limits::{BID_RESERVE, GRID_RESERVE, OPERATOR_RESERVE, POOL_RESERVE, SLOT_RESERVE};
use demeter_core::{
    Address, Amount, Asset, Bid, BidName, Count, Grid, GridDraft, GridId, KeyHash, Label, Leader, Leased,
    Merit, Method, Need, Offered, Operator as Record, OutputReference, PlutusData as _, Pool, Ppm,
    PriceRange, Quantity, Reputation, Request, Resource, Resources, ScriptHash, Scripts, Settled, Slot, Span,
    Stage, State, Term, Terms, TermsDraft, Time, TransactionId, Value, Window, WorkloadHash,
};
use demeter_tx::market::Contract;
use demeter_tx::view::GridView;
use demeter_tx::{Data, Network, OutputDraft, UtxoSet};

use crate::Decision;
use crate::operator::{Inventory, Operator};
use crate::pricing::{Fixed, Rate, Rates};

pub(super) const HOT: KeyHash = KeyHash::from_bytes([7; 28]);
pub(super) const COLD: KeyHash = KeyHash::from_bytes([8; 28]);
const GRID: GridId = GridId::from_bytes([1; 28]);

pub(super) fn amount(units: u64) -> Amount {
    Amount::from_units(units).unwrap()
}

pub(super) fn count(number: u64) -> Count {
    Count::from_number(number).unwrap()
}

pub(super) fn quantity(units: u64) -> Quantity {
    Quantity::from_units(units).unwrap()
}

/// A time in seconds.
pub(super) fn at(seconds: u64) -> Time {
    Time::from_milliseconds(seconds * 1_000).unwrap()
}

pub(super) fn span(seconds: u64) -> Span {
    Span::from_seconds(seconds).unwrap()
}

pub(super) fn resources(amounts: &[(&str, u64)]) -> Resources {
    amounts
        .iter()
        .map(|(name, amount)| Resource { name: (*name).into(), amount: quantity(*amount) })
        .collect()
}

/// What there is, and when. At first: operator 0 with one idle slot that may carry 4,000 millicores, on one cluster of
/// as many; 300 units for a thousand millicores an hour; an auction for 1,000 of them, better 2,000, from second 1,000
/// to 1,600, settling at 2,200, with a floor of 100 and a ceiling of 1,000 units an hour.
pub(super) struct Scene {
    pub(super) now: Time,
    pub(super) grid: bool,
    pub(super) pool: bool,
    pub(super) record: Option<Record>,
    pub(super) slots: Vec<(Slot, u64)>,
    pub(super) bids: Vec<Bid>,
    /// In lovelace.
    pub(super) wallet: u64,
    pub(super) operator: Operator,
}

impl Scene {
    pub(super) fn new() -> Self {
        let rate = Rate { price: amount(300), per: quantity(1_000) };
        let pricing = Fixed::new(Rates::new().with("cpu", rate));
        let inventory = Inventory::single("here", resources(&[("cpu", 4_000)]));
        let mut scene = Self {
            now: at(1_000),
            grid: true,
            pool: true,
            record: Some(Record {
                grid: GRID,
                number: count(0),
                owner: HOT,
                endpoint: "https://here.example".into(),
                capacity: resources(&[("cpu", 4_000)]),
                labels: [Label::new("region", "eu")].into_iter().collect(),
                endorsed: Default::default(),
                reputation: Reputation::default(),
                slots: count(1),
                updated: Time::ZERO,
            }),
            slots: Vec::new(),
            bids: vec![Bid::open(Terms::new(terms()).unwrap())],
            wallet: 50_000_000,
            operator: Operator::new(count(0), Address::of_key(HOT), [HOT], inventory, pricing),
        };
        scene.slot(Stage::Idle);
        scene
    }

    /// With one more slot of the operator, with nothing in its purse.
    pub(super) fn slot(&mut self, stage: Stage) {
        let index = count(self.slots.len() as u64);
        self.slots.push((Slot { grid: GRID, operator: count(0), index, owner: HOT, stage }, 0));
    }

    /// The first slot in another stage.
    pub(super) fn stage(&mut self, stage: Stage) {
        self.slots[0].0.stage = stage;
    }

    /// The terms of the first bid changed.
    pub(super) fn terms(&mut self, change: impl FnOnce(&mut TermsDraft)) {
        let mut draft = self.bids[0].terms.clone().into_draft();
        change(&mut draft);
        self.bids[0].terms = Terms::new(draft).unwrap();
    }

    pub(super) fn bid(&self) -> BidName {
        self.bids[0].name()
    }

    /// An offer on the first bid, of this merit.
    pub(super) fn offered(&self, merit: u64) -> Stage {
        Stage::Offered(Offered {
            bid: self.bid(),
            price: amount(300),
            resources: vec![quantity(1_000)],
            merit: Merit::from_points(merit).unwrap(),
            until: at(2_200),
        })
    }

    /// An offer of operator 1 on the first bid, of this merit.
    pub(super) fn rival(&mut self, merit: u64) {
        let slot = Slot { operator: count(1), stage: self.offered(merit), ..self.slots[0].0.clone() };
        self.slots.push((slot, 0));
    }

    /// The first bid led by an operator.
    pub(super) fn led_by(&mut self, operator: u64, merit: u64) {
        self.bids[0].leader = Some(Leader {
            operator: count(operator),
            index: count(0),
            owner: HOT,
            price: amount(300),
            resources: vec![quantity(1_000)],
            merit: Merit::from_points(merit).unwrap(),
        });
    }

    pub(super) fn view(&self) -> GridView {
        let scripts = Contract::embedded().unwrap().scripts();
        let mut states: Vec<(State, u64)> = Vec::new();
        if self.grid {
            states.push((grid(&scripts).into(), GRID_RESERVE.to_units()));
        }
        if self.pool {
            states.push((Pool { grid: GRID, next: count(2) }.into(), POOL_RESERVE.to_units()));
        }
        states.extend(self.record.clone().map(|record| (record.into(), OPERATOR_RESERVE.to_units())));
        let slots = self.slots.iter();
        states.extend(slots.map(|(slot, purse)| (slot.clone().into(), SLOT_RESERVE.to_units() + purse)));
        states.extend(self.bids.iter().map(|bid| {
            let escrow = bid.terms.escrow().unwrap().to_units();
            (bid.clone().into(), BID_RESERVE.to_units() + escrow)
        }));
        let mut utxos = UtxoSet::new();
        for (number, (state, lovelace)) in states.into_iter().enumerate() {
            let mut value = Value::of_lovelace(amount(lovelace));
            let open = matches!(&state, State::Bid(bid) if bid.leader.is_none());
            if !open {
                value = value.plus(&scripts.token(state.kind().token(), &GRID), amount(1)).unwrap();
            }
            let draft = OutputDraft::new(scripts.address(state.script()), value);
            let draft = draft.with_inline_datum(Data::from_cbor(state.encode()).unwrap());
            utxos.insert(reference(number as u64), draft.finish(Network::Testnet));
        }
        let money = OutputDraft::new(Address::of_key(HOT), Value::of_lovelace(amount(self.wallet)));
        utxos.insert(reference(1_000), money.finish(Network::Testnet));
        GridView::new(scripts, GRID).watching(Address::of_key(HOT)).load(&utxos)
    }

    pub(super) fn decisions(&self) -> Vec<Decision> {
        self.operator.decide(&self.view(), self.now)
    }
}

fn reference(index: u64) -> OutputReference {
    OutputReference { transaction: TransactionId::from_bytes([3; 32]), index }
}

fn grid(scripts: &Scripts) -> Grid {
    Grid::new(GridDraft {
        id: GRID,
        market: scripts.market,
        deposit: ScriptHash::from_bytes([9; 28]),
        asset: Asset::Lovelace,
        entities: Vec::new(),
        admission: count(0),
        threshold: count(1),
        fee_ppm: Ppm::ZERO,
        treasury: Address::of_key(COLD),
        prior: amount(1_000),
        penalty: count(4),
        half_life: span(86_400),
    })
    .unwrap()
}

pub(super) fn terms() -> TermsDraft {
    TermsDraft {
        grid: GRID,
        nonce: count(0),
        application: COLD,
        refund: Address::of_key(COLD),
        asset: Asset::Lovelace,
        fee_ppm: Ppm::ZERO,
        request: Request {
            needs: vec![Need { name: "cpu".into(), required: quantity(1_000), preferred: quantity(2_000) }],
            labels: [Label::new("region", "eu")].into_iter().collect(),
            endorsed: Default::default(),
        },
        price: PriceRange { floor: amount(100), ceiling: amount(1_000) },
        term: Term { period: span(3_600), periods: count(10), grace: span(600) },
        bond: amount(2_000_000),
        window: Window { opens: at(1_000), closes: at(1_600), settles: at(2_200) },
        method: Method::auction(Ppm::ONE, Ppm::ZERO, Ppm::ZERO),
        workload: WorkloadHash::from_bytes([2; 32]),
    }
}

/// A lease of ten hours from second 10,000, of which so many were claimed.
pub(super) fn leased(claimed: u64) -> Stage {
    let terms = terms();
    Stage::Leased(Box::new(Leased {
        bid: BidName::from_bytes([5; 32]),
        application: terms.application,
        refund: terms.refund,
        asset: terms.asset,
        fee_ppm: terms.fee_ppm,
        price: amount(300),
        period: terms.term.period,
        grace: terms.term.grace,
        bond: terms.bond,
        workload: terms.workload,
        resources: resources(&[("cpu", 3_500)]),
        start: at(10_000),
        periods: terms.term.periods,
        claimed: count(claimed),
    }))
}

pub(super) fn settled() -> Stage {
    Stage::Settled(Settled { kept: amount(900), broken: amount(300), at: at(900) })
}
