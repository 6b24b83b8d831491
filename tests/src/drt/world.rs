//! Worlds: a grid, its pool, an operator with its slots, an application with its bid.

use demeter_core::limits::{BID_RESERVE, GRID_RESERVE, OPERATOR_RESERVE, POOL_RESERVE, SLOT_RESERVE};
use demeter_core::rule::appraise;
use demeter_core::transition::Held;
use demeter_core::{
    Address, Amount, Asset, Bid, Credential, Grid, GridDraft, GridId, KeyHash, Label, Labels, Leader, Leased,
    Method, Offered, Operator, OutputReference, Pool, PriceRange, Quantity, Reputation, Request, Resource,
    ResourceName, Resources, ScriptHash, Scripts, Settled, Slot, Stage, State, Term, Terms, TermsDraft, Time,
    Token, TransactionId, Value, Window, WorkloadHash,
};

use super::Dice;
use crate::make::{amount, count, key, need, ppm, quantity, span, time};

/// When worlds are: some day in milliseconds.
const NOW: u64 = 1_800_000_000_000;

/// A grid with one operator that matters and one application.
#[derive(Clone, Debug)]
pub struct World {
    /// The two scripts.
    pub scripts: Scripts,
    /// The grid.
    pub grid: Grid,
    /// The operator.
    pub operator: Operator,
    /// The terms of the bid.
    pub terms: Terms,
    /// How many outputs have been named.
    outputs: u8,
}

/// The key of the application.
pub(super) const APPLICATION: KeyHash = key(0xa0);
/// The key of the operator.
pub(super) const OWNER: KeyHash = key(0x21);
/// The key of nobody.
pub(super) const STRANGER: KeyHash = key(0xef);

impl World {
    /// A world of these dice; the method of its bid is a race or an auction.
    pub fn new(scripts: Scripts, dice: &mut Dice, race: bool) -> Self {
        let grid = grid(scripts, dice);
        let operator = operator(&grid, dice);
        let terms = terms(&grid, &operator, dice, race);
        Self { scripts, grid, operator, terms, outputs: 0 }
    }

    /// The name of an output that there is not yet; where it stands among others is left to chance.
    pub fn fresh(&mut self, dice: &mut Dice) -> OutputReference {
        self.outputs += 1;
        let mut id = [self.outputs; 32];
        id[0] = u8::try_from(dice.between(1, 254)).unwrap();
        OutputReference { transaction: TransactionId::from_bytes(id), index: dice.between(0, 3) }
    }

    fn held(&mut self, dice: &mut Dice, value: Value, state: impl Into<State>) -> Held<State> {
        Held { reference: self.fresh(dice), value, state: state.into() }
    }

    /// So much ada, so much of the settlement asset, and one token.
    pub fn value(&self, reserve: Amount, settlement: Amount, token: Option<Token>) -> Value {
        let value = Value::of_lovelace(reserve).plus(&self.grid.asset, settlement).unwrap();
        match token {
            Some(token) => value.plus(&self.scripts.token(token, &self.grid.id), amount(1)).unwrap(),
            None => value,
        }
    }

    /// The grid in its output.
    pub fn held_grid(&mut self, dice: &mut Dice) -> Held<State> {
        let value = self.value(GRID_RESERVE, amount(0), Some(Token::Grid));
        let grid = self.grid.clone();
        self.held(dice, value, grid)
    }

    /// The operator in its output.
    pub fn held_operator(&mut self, dice: &mut Dice) -> Held<State> {
        let value = self.value(OPERATOR_RESERVE, amount(0), Some(Token::Operator));
        let operator = self.operator.clone();
        self.held(dice, value, operator)
    }

    /// The pool in its output, with so many idle tokens.
    pub fn held_pool(&mut self, dice: &mut Dice, operators: u64, slots: u64) -> Held<State> {
        let id = self.grid.id;
        let value = self
            .value(POOL_RESERVE, amount(0), Some(Token::Pool))
            .plus(&self.scripts.token(Token::Operator, &id), amount(operators))
            .unwrap()
            .plus(&self.scripts.token(Token::Slot, &id), amount(slots))
            .unwrap();
        let next = count(self.operator.number.to_number() + 1);
        self.held(dice, value, Pool { grid: id, next })
    }

    /// A slot of the operator in its output, holding so much of the settlement asset.
    pub fn held_slot(&mut self, dice: &mut Dice, index: u64, stage: Stage, holding: Amount) -> Held<State> {
        let value = self.value(SLOT_RESERVE, holding, Some(Token::Slot));
        let Operator { grid, number, owner, .. } = self.operator;
        self.held(dice, value, Slot { grid, operator: number, index: count(index), owner, stage })
    }

    /// The bid in its output, open and exactly funded.
    pub fn open_bid(&mut self, dice: &mut Dice) -> Held<State> {
        let value = self.value(BID_RESERVE, self.terms.escrow().unwrap(), None);
        let terms = self.terms.clone();
        self.held(dice, value, Bid::open(terms))
    }

    /// The bid in its output, led.
    pub fn led_bid(&mut self, dice: &mut Dice, leader: Leader) -> Held<State> {
        let reserve = BID_RESERVE.checked_add(SLOT_RESERVE).unwrap();
        let escrow = self.terms.escrow().unwrap().checked_add(self.terms.bond).unwrap();
        let value = self.value(reserve, escrow, Some(Token::Slot));
        let terms = self.terms.clone();
        self.held(dice, value, Bid { terms, leader: Some(leader) })
    }

    /// A price within the bid's range, often one of its ends.
    pub fn price(&self, dice: &mut Dice) -> Amount {
        let PriceRange { floor, ceiling } = self.terms.price;
        let (floor, ceiling) = (floor.to_units(), ceiling.to_units());
        amount([floor, ceiling, dice.between(floor, ceiling)][dice.position(3)])
    }

    /// What the operator offers for the bid's needs: at least what is required, at most what it has.
    pub fn resources(&self, dice: &mut Dice) -> Vec<Quantity> {
        let mut offered = |name, required: Quantity| {
            let most = self.operator.capacity.amount_of(name).to_units();
            quantity(dice.between(required.to_units(), most.max(required.to_units())))
        };
        self.terms.request.needs.iter().map(|need| offered(&need.name, need.required)).collect()
    }

    /// An offer of the operator on the bid.
    pub fn offered(&self, dice: &mut Dice) -> Offered {
        let (price, resources) = (self.price(dice), self.resources(dice));
        let appraisal =
            appraise(&self.terms, &self.grid, &self.operator.reputation, price, &resources).unwrap();
        Offered {
            bid: self.terms.name(),
            price,
            resources,
            merit: appraisal.merit,
            until: self.terms.window.settles,
        }
    }

    /// The operator's offer as it is ranked, from one of its slots.
    pub fn leader(&self, index: u64, offered: Offered) -> Leader {
        let Offered { price, resources, merit, .. } = offered;
        let Operator { number, owner, .. } = self.operator;
        Leader { operator: number, index: count(index), owner, price, resources, merit }
    }

    /// A lease on the bid's terms, some of it claimed, that began after the bid had settled.
    pub fn leased(&self, dice: &mut Dice) -> Leased {
        let Offered { bid, price, resources, .. } = self.offered(dice);
        let Term { period, periods, grace } = self.terms.term;
        let names = self.terms.request.needs.iter().map(|need| need.name.clone());
        Leased {
            bid,
            application: APPLICATION,
            refund: self.terms.refund,
            asset: self.terms.asset.clone(),
            fee_ppm: self.terms.fee_ppm,
            price,
            period,
            grace,
            bond: self.terms.bond,
            workload: self.terms.workload,
            resources: names.zip(resources).collect(),
            start: time(
                self.terms.window.settles.to_milliseconds().div_ceil(1000) * 1000
                    + dice.between(0, 300) * 1000,
            ),
            periods,
            claimed: count(dice.between(0, periods.to_number())),
        }
    }

    /// A slot that carries a lease, holding what it owes.
    pub fn leased_slot(&mut self, dice: &mut Dice, leased: Leased) -> Held<State> {
        let unclaimed = leased.periods.checked_sub(leased.claimed).unwrap().to_number();
        let holding = leased.price.checked_mul(unclaimed).unwrap().checked_add(leased.bond).unwrap();
        let index = dice.between(0, 15);
        self.held_slot(dice, index, Stage::Leased(Box::new(leased)), holding)
    }

    /// How a lease may have ended.
    pub fn settled(&self, dice: &mut Dice) -> Settled {
        let sum = |dice: &mut Dice| amount(dice.of(&[0, 1, 1000, 5_000_000_000, u64::MAX >> 1]));
        let half_life = self.grid.half_life.to_milliseconds();
        let as_of = self.operator.reputation.as_of.to_milliseconds();
        let near = as_of.saturating_add(half_life.saturating_mul(dice.between(0, 3))).min(u64::MAX >> 1);
        let at = dice.of(&[NOW, near, as_of.saturating_sub(half_life), 0]);
        Settled { kept: sum(dice), broken: sum(dice), at: time(at) }
    }

    /// So many entities of the grid.
    pub fn entities(&self, number: u64) -> impl Iterator<Item = KeyHash> {
        self.grid.entities.iter().copied().take(usize::try_from(number).unwrap())
    }
}

/// An address that money may be sent to.
pub(super) fn address(dice: &mut Dice, byte: u8) -> Address {
    let mut credential = |byte| {
        if dice.once_in(3) {
            Credential::Script(ScriptHash::from_bytes([byte; 28]))
        } else {
            Credential::Key(key(byte))
        }
    };
    let (payment, stake) = (credential(byte), credential(byte ^ 0xff));
    Address { payment, stake: dice.once_in(2).then_some(stake) }
}

/// A grid of these dice.
fn grid(scripts: Scripts, dice: &mut Dice) -> Grid {
    let entities: Vec<_> = (0..dice.between(0, 5)).map(|byte| key(u8::try_from(byte).unwrap() + 1)).collect();
    let number = entities.len() as u64;
    let id = if dice.once_in(2) { 0x11 } else { 0x99 };
    Grid::new(draft(scripts, dice, entities, number, id)).unwrap()
}

fn draft(scripts: Scripts, dice: &mut Dice, entities: Vec<KeyHash>, number: u64, id: u8) -> GridDraft {
    GridDraft {
        id: GridId::from_bytes([id; 28]),
        market: scripts.market,
        deposit: ScriptHash::from_bytes([0xdd; 28]),
        asset: asset(dice),
        entities,
        admission: count(dice.between(0, number)),
        threshold: count(dice.between(number / 2 + 1, number.max(1))),
        fee_ppm: ppm(dice.of(&[0, 1, 10_000, 100_000])),
        treasury: address(dice, 0x77),
        prior: amount(dice.of(&[1, 1_000_000, u64::MAX >> 1])),
        penalty: count(dice.of(&[0, 3, u64::MAX >> 1])),
        half_life: span(dice.of(&[3_600_000, 86_400_001, u64::MAX >> 1])),
    }
}

/// Ada, or a token whose policy is before or after ours in the ledger's order.
fn asset(dice: &mut Dice) -> Asset {
    let policy = dice.of(&[0x01, 0xfe]);
    if dice.once_in(2) { Asset::Lovelace } else { crate::make::token(policy, b"USDM") }
}

const NAMES: [&str; 4] = ["cpu", "memory", "requests.storage", "nvidia.com/gpu"];

fn operator(grid: &Grid, dice: &mut Dice) -> Operator {
    let names = &NAMES[..dice.position(NAMES.len() + 1)];
    // Of two amounts of one name the first counts.
    let again = if dice.once_in(4) { names } else { &[] };
    let capacity: Resources = names
        .iter()
        .chain(again)
        .map(|name| Resource {
            name: ResourceName::from(*name),
            amount: quantity(dice.of(&[0, 8, 64_000, 1 << 40])),
        })
        .collect();
    let sum = |dice: &mut Dice| amount(dice.of(&[0, 7, 1_000_000, 123_456_789_012, u64::MAX >> 1]));
    Operator {
        grid: grid.id,
        number: count(dice.of(&[0, 3, 255, 100_000])),
        owner: OWNER,
        endpoint: "https://operator.example".into(),
        capacity,
        labels: some_labels(dice, &LABELS),
        endorsed: some_labels(dice, &LABELS),
        reputation: Reputation {
            fulfilled: sum(dice),
            breached: sum(dice),
            as_of: time(dice.of(&[0, NOW - 86_400_000, NOW, NOW + 1_000_000])),
        },
        slots: count(dice.between(1, 5)),
        updated: time(dice.of(&[0, NOW])),
    }
}

const LABELS: [(&str, &str); 3] = [("region", "eu"), ("tier", "gold"), ("nvidia.com/gpu.product", "A100")];

fn some_labels(dice: &mut Dice, from: &[(&str, &str)]) -> Labels {
    from.iter().filter(|_| dice.once_in(2)).map(|(key, value)| Label::new(key, value)).collect()
}

fn among(dice: &mut Dice, labels: &Labels) -> Labels {
    labels.iter().filter(|_| dice.once_in(2)).cloned().collect()
}

fn terms(grid: &Grid, operator: &Operator, dice: &mut Dice, race: bool) -> Terms {
    let needs = operator.capacity.iter().filter(|_| dice.once_in(2)).cloned().collect::<Vec<_>>();
    let mut seen = Vec::new();
    let mut needs: Vec<_> = needs
        .into_iter()
        .filter(|resource| {
            let new = !seen.contains(&resource.name);
            seen.push(resource.name.clone());
            new
        })
        .map(|Resource { name, amount }| {
            let amount = operator.capacity.amount_of(&name).min(amount);
            let required = dice.between(0, amount.to_units());
            let name = String::from_utf8_lossy(name.as_bytes()).into_owned();
            need(&name, required, dice.between(0, amount.to_units() + 5))
        })
        .collect();
    if dice.once_in(4) {
        // What the operator does not have counts 0, which is enough where nothing is required.
        needs.push(need("example.com/rare", 0, dice.between(0, 3)));
    }
    let (floor, width) = (dice.of(&[0, 1, 100_000]), dice.of(&[0, 1, 7, 400_000]));
    let period = dice.of(&[60_000, 90_000, 3_600_000]);
    let periods = dice.between(1, 12);
    let fee_ppm = grid.fee_ppm.to_millionths() + if dice.once_in(3) { 500 } else { 0 };
    let least = (floor + width) * periods * fee_ppm / 1_000_000;
    let opens = NOW + dice.of(&[0, 1, 999]);
    let closes = opens + dice.between(60_000, 900_000);
    let settles = closes + dice.between(300_000, 900_000);
    Terms::new(TermsDraft {
        grid: grid.id,
        nonce: count(dice.between(0, 3)),
        application: APPLICATION,
        refund: address(dice, 0xa1),
        asset: grid.asset.clone(),
        fee_ppm: ppm(fee_ppm),
        request: Request {
            needs,
            labels: among(dice, &operator.labels),
            endorsed: among(dice, &operator.endorsed),
        },
        price: PriceRange { floor: amount(floor), ceiling: amount(floor + width) },
        term: Term {
            period: span(period),
            periods: count(periods),
            grace: span(dice.of(&[0, 1, 7_200_000])),
        },
        bond: amount(least + dice.of(&[0, 1, 1_000_000])),
        window: Window { opens: time(opens), closes: time(closes), settles: time(settles) },
        method: method(dice, race),
        workload: WorkloadHash::from_bytes([0xcc; 32]),
    })
    .unwrap()
}

fn method(dice: &mut Dice, race: bool) -> Method {
    if race {
        Method::reputation(span(dice.of(&[0, 1000, 60_000])), span(dice.of(&[0, 1, 30_000])))
    } else {
        let mut weight = || ppm(dice.of(&[0, 1, 333_333, 1_000_000]));
        Method::auction(weight(), weight(), weight())
    }
}

/// The first start of a slot of the ledger's clock that is not before this.
pub(super) fn slot_from(moment: Time) -> u64 {
    moment.to_milliseconds().div_ceil(1000) * 1000
}

/// The last start of a slot of the ledger's clock that is not after this.
pub(super) fn slot_until(moment: Time) -> u64 {
    moment.to_milliseconds() / 1000 * 1000
}
