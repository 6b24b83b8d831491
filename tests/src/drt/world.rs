//! Worlds: a grid, its pool, an operator with its slots and a rival, an application with its bids.
//!
//! Mostly they are small and ordinary; now and then one goes to a limit of what may stand.

use demeter_core::limits::{
    BID_RESERVE, GRID_RESERVE, MAX_ENTITIES, MAX_NEEDS, MAX_SLOTS, MAX_TERM, MIN_PERIOD, MIN_SETTLING,
    OPERATOR_RESERVE, POOL_RESERVE, SLOT_RESERVE,
};
use demeter_core::rule::appraise;
use demeter_core::transition::Held;
use demeter_core::{
    Address, Amount, Asset, Bid, Credential, Grid, GridDraft, GridId, KeyHash, Label, Labels, Leader, Leased,
    Method, Need, Offered, Operator, OutputReference, Pool, PriceRange, Quantity, Reputation, Request,
    Resource, ResourceName, Resources, Script, ScriptHash, Scripts, Settled, Slot, Stage, State, Term, Terms,
    TermsDraft, TermsError, Time, Token, TransactionId, Value, Window, WorkloadHash,
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
    /// Another operator of the grid.
    pub rival: Operator,
    /// The terms of the bid.
    pub terms: Terms,
    /// How many outputs have been named.
    outputs: u8,
}

/// The key of the application.
pub(super) const APPLICATION: KeyHash = key(0xa0);
/// The key of the operator.
pub(super) const OWNER: KeyHash = key(0x21);
/// The key of the other operator.
pub(super) const RIVAL: KeyHash = key(0x23);
/// The key of nobody.
pub(super) const STRANGER: KeyHash = key(0xef);

impl World {
    /// A world of these dice; the method of its bid is a race or an auction.
    pub fn new(scripts: Scripts, dice: &mut Dice, race: bool) -> Self {
        let grid = grid(scripts, dice);
        let operator = operator(&grid, dice);
        let mut rival = self::operator(&grid, dice);
        rival.owner = RIVAL;
        rival.number = count(operator.number.to_number() + dice.between(1, 9));
        let terms = terms(scripts, &grid, &operator, dice, race);
        Self { scripts, grid, operator, rival, terms, outputs: 0 }
    }

    /// The same, on another grid under the same policy.
    pub fn elsewhere(&self) -> Self {
        let id = crate::make::grid_id(0x42);
        let mut other = self.clone();
        let mut grid = other.grid.into_draft();
        grid.id = id;
        other.grid = Grid::new(grid).unwrap();
        (other.operator.grid, other.rival.grid) = (id, id);
        let mut terms = other.terms.into_draft();
        terms.grid = id;
        other.terms = Terms::new(terms).unwrap();
        other
    }

    /// The same with other terms.
    pub fn with_other_terms(&self, dice: &mut Dice, race: bool) -> Self {
        Self { terms: terms(self.scripts, &self.grid, &self.operator, dice, race), ..self.clone() }
    }

    /// The same as the rival sees it.
    pub fn of_the_rival(&self) -> Self {
        Self { operator: self.rival.clone(), rival: self.operator.clone(), ..self.clone() }
    }

    /// Goes on naming outputs where another world of the same case stopped.
    pub const fn after(mut self, other: &Self) -> Self {
        self.outputs = other.outputs;
        self
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
        let value = Value::of_lovelace(reserve).plus(&self.terms.asset, settlement).unwrap();
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

    /// A price and resources, now and then just outside of what may be answered.
    pub fn answer(&self, dice: &mut Dice) -> (Amount, Vec<Quantity>) {
        let (mut price, mut resources) = (self.price(dice), self.resources(dice));
        let PriceRange { floor, ceiling } = self.terms.price;
        match dice.position(24) {
            0 => price = amount(floor.to_units().saturating_sub(1)),
            1 => price = amount(ceiling.to_units() + 1),
            2 => drop(resources.pop()),
            3 => resources.push(quantity(0)),
            way @ (4 | 5) => {
                for (need, amount) in self.terms.request.needs.iter().zip(&mut resources) {
                    let capacity = self.operator.capacity.amount_of(&need.name).to_units();
                    let outside = [need.required.to_units().saturating_sub(1), capacity + 1][way - 4];
                    *amount = quantity(outside);
                }
            }
            _ => {}
        }
        (price, resources)
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
        let sum = |dice: &mut Dice| amount(dice.of(&[0, 1, 1000, 5_000_000_000, LARGEST]));
        let half_life = self.grid.half_life.to_milliseconds();
        let as_of = self.operator.reputation.as_of.to_milliseconds();
        let near = as_of.saturating_add(half_life.saturating_mul(dice.between(0, 3))).min(LARGEST);
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
    let entities = if dice.once_in(12) { MAX_ENTITIES as u64 } else { dice.between(0, 5) };
    let entities: Vec<_> = (1..=entities).map(|byte| key(u8::try_from(byte).unwrap())).collect();
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
        prior: amount(dice.of(&[1, 1_000_000, LARGEST])),
        penalty: count(dice.of(&[0, 3, LARGEST])),
        half_life: span(dice.of(&[3_600_000, 86_400_001, LARGEST])),
    }
}

/// Ada, or a token whose policy is before or after ours in the ledger's order.
fn asset(dice: &mut Dice) -> Asset {
    let policy = dice.of(&[0x01, 0xfe]);
    if dice.once_in(2) { Asset::Lovelace } else { crate::make::token(policy, b"USDM") }
}

/// The largest integer of a state.
const LARGEST: u64 = u64::MAX >> 1;

const NAMES: [&str; MAX_NEEDS] = [
    "cpu",
    "memory",
    "requests.storage",
    "nvidia.com/gpu",
    "a",
    "b",
    "c",
    "d",
    "e",
    "f",
    "g",
    "h",
    "i",
    "j",
    "k",
    "l",
];

fn operator(grid: &Grid, dice: &mut Dice) -> Operator {
    let names = if dice.once_in(10) { &NAMES } else { &NAMES[..dice.position(5)] };
    // Of two amounts of one name the first counts.
    let again = if dice.once_in(4) { &names[..names.len().min(4)] } else { &[] };
    let capacity: Resources = names
        .iter()
        .chain(again)
        .map(|name| Resource {
            name: ResourceName::from(*name),
            amount: quantity(dice.of(&[0, 8, 64_000, 1 << 40, LARGEST - 5])),
        })
        .collect();
    let sum = |dice: &mut Dice| amount(dice.of(&[0, 7, 1_000_000, 123_456_789_012, LARGEST]));
    let most_slots = if dice.once_in(10) { MAX_SLOTS } else { 5 };
    Operator {
        grid: grid.id,
        number: count(dice.of(&[0, 3, 255, 100_000])),
        owner: OWNER,
        endpoint: "https://operator.example".into(),
        capacity,
        labels: some_labels(dice),
        endorsed: some_labels(dice),
        reputation: Reputation {
            fulfilled: sum(dice),
            breached: sum(dice),
            as_of: time(dice.of(&[0, NOW - 86_400_000, NOW, NOW + 1_000_000])),
        },
        slots: count(dice.between(1, most_slots)),
        updated: time(dice.of(&[0, NOW])),
    }
}

const LABELS: [(&str, &str); 3] = [("region", "eu"), ("tier", "gold"), ("nvidia.com/gpu.product", "A100")];

/// Some of a few labels, or a long list of short ones.
fn some_labels(dice: &mut Dice) -> Labels {
    if dice.once_in(12) {
        return NAMES.iter().map(|name| Label::new(name, "x")).collect();
    }
    LABELS.iter().filter(|_| dice.once_in(2)).map(|(key, value)| Label::new(key, value)).collect()
}

/// Some of the labels that the operator has; now and then one that it does not have.
fn wanted(dice: &mut Dice, labels: &Labels) -> Labels {
    let (all, missing) = (dice.once_in(4), dice.once_in(25).then(|| Label::new("rare", "x")));
    labels.iter().filter(|_| all || dice.once_in(2)).cloned().chain(missing).collect()
}

/// Some of what the operator has, each name once.
fn needs(operator: &Operator, dice: &mut Dice) -> Vec<Need> {
    let all = dice.once_in(4);
    let mut needs: Vec<Need> = Vec::new();
    for Resource { name, .. } in operator.capacity.iter() {
        let new = needs.iter().all(|need| need.name != *name);
        if new && (all || dice.once_in(2)) {
            let most = operator.capacity.amount_of(name).to_units();
            let required = dice.between(0, most);
            let preferred = dice.between(0, most + 5);
            let (required, preferred) = (quantity(required), quantity(preferred));
            needs.push(Need { name: name.clone(), required, preferred });
        }
    }
    if needs.len() < MAX_NEEDS && dice.once_in(4) {
        // What the operator does not have counts 0, which is enough where nothing is required.
        needs.push(need("example.com/rare", 0, dice.between(0, 3)));
    }
    needs
}

/// Prices and periods: small ones, or such as go to the limit of a lease's length or of what a value can hold.
fn price_and_term(dice: &mut Dice, fee_ppm: u64) -> (PriceRange, Term) {
    let grace = dice.of(&[0, 1, 7_200_000]);
    let (period, periods) = match dice.position(12) {
        0 => (MIN_PERIOD.to_milliseconds(), (MAX_TERM.to_milliseconds() - grace) / 60_000),
        1 => (MAX_TERM.to_milliseconds() - grace, 1),
        _ => (dice.of(&[60_000, 90_000, 3_600_000]), dice.between(1, 12)),
    };
    let (floor, ceiling) = if dice.once_in(12) {
        // A led bid holds the pay, the fee and a bond of as much, and ada of its own.
        let most = (LARGEST - 1_000_000_000) / periods / (1_000_000 + 2 * fee_ppm) * 1_000_000;
        (dice.of(&[0, most - 1, most]), most)
    } else {
        let floor = dice.of(&[0, 1, 100_000]);
        (floor, floor + dice.of(&[0, 1, 7, 400_000]))
    };
    let price = PriceRange { floor: amount(floor), ceiling: amount(ceiling) };
    (price, Term { period: span(period), periods: count(periods), grace: span(grace) })
}

fn terms(scripts: Scripts, grid: &Grid, operator: &Operator, dice: &mut Dice, race: bool) -> Terms {
    let least = grid.fee_ppm.to_millionths();
    let fee_ppm = [least, least, least + 500, least.saturating_sub(1)][dice.of(&[0, 0, 0, 1, 1, 2, 2, 2, 3])];
    let (price, term) = price_and_term(dice, fee_ppm);
    let most = price.ceiling.checked_mul(term.periods.to_number()).unwrap();
    let least = demeter_core::fee(most, ppm(fee_ppm)).unwrap().to_units();
    let opens = NOW + dice.of(&[0, 1, 999]);
    let closes = opens + dice.between(60_000, 900_000);
    let settles = closes + dice.between(MIN_SETTLING.to_milliseconds(), 900_000);
    // Nothing but an answer asks where the refund goes.
    let refund = if dice.once_in(60) { scripts.address(Script::Market) } else { address(dice, 0xa1) };
    let mut draft = TermsDraft {
        grid: grid.id,
        nonce: count(dice.between(0, 3)),
        application: APPLICATION,
        refund,
        asset: if dice.once_in(25) { asset(dice) } else { grid.asset.clone() },
        fee_ppm: ppm(fee_ppm),
        request: Request {
            needs: needs(operator, dice),
            labels: wanted(dice, &operator.labels),
            endorsed: wanted(dice, &operator.endorsed),
        },
        price,
        term,
        bond: amount(least + dice.of(&[0, 1, 1_000_000])),
        window: Window { opens: time(opens), closes: time(closes), settles: time(settles) },
        method: method(dice, race),
        workload: WorkloadHash::from_bytes([0xcc; 32]),
    };
    loop {
        match Terms::new(draft.clone()) {
            Ok(terms) => return terms,
            Err(TermsError::Size { .. }) => drop(draft.request.needs.pop()),
            Err(error) => panic!("{error}"),
        }
    }
}

fn method(dice: &mut Dice, race: bool) -> Method {
    if race {
        let (head_start, ramp) = (dice.of(&[0, 1000, 60_000]), dice.of(&[0, 1, 30_000, LARGEST]));
        Method::reputation(span(head_start), span(ramp))
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
