//! The fixed world of the mutants: one grid, one operator, one application, and round numbers.

use demeter_core::limits::{BID_RESERVE, GRID_RESERVE, OPERATOR_RESERVE, POOL_RESERVE, SLOT_RESERVE};
use demeter_core::rule::appraise;
use demeter_core::transition::{Held, Outcome, Range, Step, TransactionView, apply};
use demeter_core::{
    Address, Amount, Asset, Bid, Credential, Grid, GridDraft, KeyHash, Leader, Leased, MarketRedeemer,
    Method, Offered, Operator, OutputReference, PlutusData, Pool, PriceRange, Redeemer, Reputation, Request,
    Scripts, Settled, Slot, Stage, State, Term, Terms, TermsDraft, Token, Transition, Value, Window,
};

use crate::drt::{input, outputs, plain};
use crate::make::{
    amount, count, grid_id, key, labels, need, ppm, quantities, reference, resources, script, span, time,
    token, workload,
};

/// When bids open, in milliseconds.
pub(super) const OPENS: u64 = 1_800_000_000_000;
/// When they close: so soon that the longest validity range stands on both bounds.
pub(super) const CLOSES: u64 = OPENS + 300_000;
/// When they settle, likewise.
pub(super) const SETTLES: u64 = CLOSES + 300_000;
/// When the lease begins: at the upper bound of its award.
pub(super) const START: u64 = SETTLES + 300_000;
/// An hour.
pub(super) const PERIOD: u64 = 3_600_000;
/// How many hours a lease lasts.
pub(super) const PERIODS: u64 = 10;
/// Two hours.
pub(super) const GRACE: u64 = 7_200_000;
/// The end of a lease and its grace.
pub(super) const END: u64 = START + PERIOD * PERIODS + GRACE;
/// How many hours have been claimed.
pub(super) const CLAIMED: u64 = 2;
/// The lowest price of an hour.
pub(super) const FLOOR: u64 = 100_000;
/// The highest price of an hour.
pub(super) const CEILING: u64 = 400_000;
/// The price that the operator names.
pub(super) const PRICE: u64 = 200_000;
/// What the operator has at stake.
pub(super) const BOND: u64 = 1_000_000;
/// The fee, in millionths: a hundredth.
pub(super) const FEE: u64 = 10_000;

/// The operator's key.
pub(super) const OWNER: KeyHash = key(0x21);
/// Another key of the same operator.
pub(super) const NEW_OWNER: KeyHash = key(0x22);
/// The application's key.
pub(super) const APPLICATION: KeyHash = key(0xa0);
/// The keys of the entities; two of them decide.
pub(super) const ENTITIES: [KeyHash; 3] = [key(1), key(2), key(3)];
/// The thief's key.
pub(super) const THIEF: KeyHash = key(0xef);

/// Before everything else in the order of inputs.
pub(super) const EARLY: OutputReference = reference(0x05, 0);
/// Where the grid stands.
pub(super) const GRID: OutputReference = reference(0x10, 0);
/// Where the pool stands.
pub(super) const POOL: OutputReference = reference(0x20, 0);
/// Where the operator stands.
pub(super) const OPERATOR: OutputReference = reference(0x30, 0);
/// Where the bid stands.
pub(super) const BID: OutputReference = reference(0x40, 0);
/// Where the slot stands.
pub(super) const SLOT: OutputReference = reference(0x50, 0);
/// Where another slot stands.
pub(super) const SECOND_SLOT: OutputReference = reference(0x60, 0);
/// The wallet of whoever submits.
pub(super) const WALLET: OutputReference = reference(0x70, 0);
/// After everything else in the order of inputs.
pub(super) const LATE: OutputReference = reference(0xe0, 0);

/// A grid with its operator, its application and their bid.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The two scripts.
    pub scripts: Scripts,
    /// The grid.
    pub grid: Grid,
    /// The operator.
    pub operator: Operator,
    /// The terms of the bid.
    pub terms: Terms,
}

/// A transaction that does what it should.
#[derive(Clone, Debug)]
pub(super) struct Healthy {
    /// The transaction.
    pub transaction: TransactionView,
    /// What the mirror yields.
    pub outcome: Outcome,
}

/// The settlement asset where it is no ada.
pub(super) fn dollar() -> Asset {
    token(0x01, b"USDM")
}

/// A token that has nothing to do with the grid.
pub(super) fn foreign() -> Asset {
    token(0x80, b"foreign")
}

impl Scene {
    /// The scene of a contract, in which this asset settles.
    pub fn new(scripts: Scripts, asset: Asset) -> Self {
        let grid = Grid::new(grid_draft(scripts, asset.clone())).unwrap();
        let operator = Operator {
            grid: grid.id,
            number: count(3),
            owner: OWNER,
            endpoint: "https://operator.example".into(),
            capacity: resources(&[("cpu", 8_000), ("memory", 16_000)]),
            labels: labels(&[("region", "eu"), ("tier", "gold")]),
            endorsed: labels(&[("tier", "gold")]),
            reputation: Reputation {
                fulfilled: amount(3_000_000),
                breached: amount(500_000),
                as_of: time(OPENS - 2 * 86_400_000),
            },
            slots: count(2),
            updated: time(OPENS - 600_000),
        };
        let terms = Terms::new(terms_draft(&grid, asset)).unwrap();
        Self { scripts, grid, operator, terms }
    }

    /// The same with other terms.
    pub(super) fn with_terms(&self, change: impl FnOnce(&mut TermsDraft)) -> Self {
        let mut draft = self.terms.clone().into_draft();
        change(&mut draft);
        Self { terms: Terms::new(draft).unwrap(), ..self.clone() }
    }

    /// The same, its bid a race in which the operator enters half a minute after the opening.
    pub(super) fn racing(&self) -> Self {
        let mut scene =
            self.with_terms(|terms| terms.method = Method::reputation(span(60_000), span(150_000)));
        scene.operator.reputation = Reputation::default();
        scene
    }

    /// So much ada, so much of the settlement asset, and one token.
    pub(super) fn value(&self, reserve: Amount, settlement: u64, token: Option<Token>) -> Value {
        let value = Value::of_lovelace(reserve).plus(&self.grid.asset, amount(settlement)).unwrap();
        match token {
            Some(token) => value.plus(&self.token(token), amount(1)).unwrap(),
            None => value,
        }
    }

    /// A token of the grid.
    pub(super) fn token(&self, token: Token) -> Asset {
        self.scripts.token(token, &self.grid.id)
    }

    /// The same token of another grid.
    pub(super) fn rogue_token(&self, token: Token) -> Asset {
        self.scripts.token(token, &grid_id(0x42))
    }

    /// The grid in its output.
    pub(super) fn held_grid(&self) -> Held<State> {
        held(GRID, self.value(GRID_RESERVE, 0, Some(Token::Grid)), self.grid.clone())
    }

    /// The pool in its output, with five OPER and nine SLOT tokens.
    pub(super) fn held_pool(&self) -> Held<State> {
        let value = self
            .value(POOL_RESERVE, 0, Some(Token::Pool))
            .plus(&self.token(Token::Operator), amount(5))
            .unwrap()
            .plus(&self.token(Token::Slot), amount(9))
            .unwrap();
        held(POOL, value, Pool { grid: self.grid.id, next: count(4) })
    }

    /// The operator in its output.
    pub(super) fn held_operator(&self) -> Held<State> {
        held(OPERATOR, self.value(OPERATOR_RESERVE, 0, Some(Token::Operator)), self.operator.clone())
    }

    /// One of the operator's slots in its output, holding so much of the settlement asset.
    pub(super) fn held_slot(&self, stage: Stage, holding: u64) -> Held<State> {
        held(SLOT, self.value(SLOT_RESERVE, holding, Some(Token::Slot)), self.slot(0, stage))
    }

    /// One of the operator's slots.
    pub(super) fn slot(&self, index: u64, stage: Stage) -> Slot {
        let Operator { grid, number, owner, .. } = self.operator;
        Slot { grid, operator: number, index: count(index), owner, stage }
    }

    /// The bid in its output, open.
    pub(super) fn open_bid(&self) -> Held<State> {
        let escrow = self.terms.escrow().unwrap().to_units();
        held(BID, self.value(BID_RESERVE, escrow, None), Bid::open(self.terms.clone()))
    }

    /// The bid in its output, led.
    pub(super) fn led_bid(&self, leader: Leader) -> Held<State> {
        let reserve = BID_RESERVE.checked_add(SLOT_RESERVE).unwrap();
        let escrow = self.terms.escrow().unwrap().to_units() + self.terms.bond.to_units();
        let bid = Bid { terms: self.terms.clone(), leader: Some(leader) };
        held(BID, self.value(reserve, escrow, Some(Token::Slot)), bid)
    }

    /// The operator's offer on the bid.
    pub(super) fn offered(&self) -> Offered {
        let (price, resources) = (amount(PRICE), quantities(&[3_000, 4_000]));
        let reputation = &self.operator.reputation;
        let merit = appraise(&self.terms, &self.grid, reputation, price, &resources).unwrap().merit;
        Offered { bid: self.terms.name(), price, resources, merit, until: self.terms.window.settles }
    }

    /// The operator's offer as it is ranked.
    pub(super) fn leader(&self) -> Leader {
        let Offered { price, resources, merit, .. } = self.offered();
        let Operator { number, owner, .. } = self.operator;
        Leader { operator: number, index: count(0), owner, price, resources, merit }
    }

    /// The lease, two hours of it claimed.
    pub(super) fn leased(&self) -> Leased {
        Leased {
            bid: self.terms.name(),
            application: APPLICATION,
            refund: self.terms.refund,
            asset: self.grid.asset.clone(),
            fee_ppm: ppm(FEE),
            price: amount(PRICE),
            period: span(PERIOD),
            grace: span(GRACE),
            bond: amount(BOND),
            workload: self.terms.workload,
            resources: resources(&[("cpu", 3_000), ("memory", 4_000)]),
            start: time(START),
            periods: count(PERIODS),
            claimed: count(CLAIMED),
        }
    }

    /// The slot in its output, carrying the lease.
    pub(super) fn leased_slot(&self) -> Held<State> {
        self.held_slot(Stage::Leased(Box::new(self.leased())), PRICE * (PERIODS - CLAIMED) + BOND)
    }

    /// How a lease ended: six hours kept, four broken.
    pub(super) fn settled(&self) -> Settled {
        Settled { kept: amount(6 * PRICE), broken: amount(4 * PRICE), at: time(OPENS) }
    }

    /// The transaction of a step, with what the mirror yields, and a wallet that makes up the difference.
    ///
    /// # Panics
    /// The mirror refuses the step.
    pub(super) fn carry_out(&self, mut step: Step) -> Healthy {
        step.references.sort_by_key(|held| held.reference);
        let outcome = apply(&self.scripts, &step).unwrap_or_else(|refusal| panic!("{step:#?}: {refusal}"));
        let act = match &step.transition {
            Transition::Registry(transition) => Redeemer::Act(transition.clone()).encode(),
            Transition::Market(transition) => Redeemer::Act(transition.clone()).encode(),
        };
        let mut inputs: Vec<_> = step
            .inputs
            .iter()
            .enumerate()
            .map(|(position, held)| {
                let redeemer = if position == 0 { act.clone() } else { MarketRedeemer::Follow.encode() };
                input(self.scripts, held, Some(redeemer))
            })
            .collect();
        inputs.push(self.wallet());
        inputs.sort_by_key(|input| input.reference);
        let mut outputs = outputs(self.scripts, &outcome);
        let spent =
            inputs.iter().fold(Value::default(), |sum, input| sum.checked_add(&input.output.value).unwrap());
        let change = outputs.iter().fold(spent, |left, output| left.checked_sub(&output.value).unwrap());
        outputs.push(plain(WALLET, Address::of_key(key(0x66)), change).output);
        let transaction = TransactionView {
            inputs,
            references: step.references.iter().map(|held| input(self.scripts, held, None)).collect(),
            outputs,
            minted: Vec::new(),
            policy_redeemer: None,
            lower: step.range.map(|range| range.lower),
            upper: step.range.map(|range| range.upper),
            signatories: step.signers,
        };
        Healthy { transaction, outcome }
    }

    /// Plenty of everything, and nothing of ours.
    fn wallet(&self) -> demeter_core::transition::InputView {
        let value = Value::of_lovelace(amount(1_000_000_000))
            .plus(&self.grid.asset, amount(1_000_000_000))
            .unwrap()
            .plus(&foreign(), amount(7))
            .unwrap();
        plain(WALLET, Address::of_key(key(0x66)), value)
    }
}

/// A step, nothing read, at no time, and signed by these.
pub(super) fn step(
    transition: impl Into<Transition>,
    inputs: Vec<Held<State>>,
    signers: impl IntoIterator<Item = KeyHash>,
) -> Step {
    Step {
        transition: transition.into(),
        inputs,
        references: Vec::new(),
        range: None,
        signers: signers.into_iter().collect(),
    }
}

/// The longest range from this time on.
pub(super) fn from(lower: u64) -> Option<Range> {
    Some(Range { lower: time(lower), upper: time(lower + 300_000) })
}

/// A state somewhere.
pub(super) fn held(reference: OutputReference, value: Value, state: impl Into<State>) -> Held<State> {
    Held { reference, value, state: state.into() }
}

/// An address with a staking part.
pub(super) fn staked(payment: u8, stake: u8) -> Address {
    Address { payment: Credential::Key(key(payment)), stake: Some(Credential::Key(key(stake))) }
}

pub(super) fn grid_draft(scripts: Scripts, asset: Asset) -> GridDraft {
    GridDraft {
        id: grid_id(0x11),
        market: scripts.market,
        deposit: script(0xdd),
        asset,
        entities: ENTITIES.to_vec(),
        admission: count(2),
        threshold: count(2),
        fee_ppm: ppm(FEE),
        treasury: staked(0x77, 0x78),
        prior: amount(1_000_000),
        penalty: count(3),
        half_life: span(86_400_000),
    }
}

fn terms_draft(grid: &Grid, asset: Asset) -> TermsDraft {
    TermsDraft {
        grid: grid.id,
        nonce: count(7),
        application: APPLICATION,
        refund: staked(0xa1, 0xa2),
        asset,
        fee_ppm: ppm(FEE),
        request: Request {
            needs: vec![need("cpu", 2_000, 4_000), need("memory", 4_000, 4_000)],
            labels: labels(&[("region", "eu")]),
            endorsed: labels(&[("tier", "gold")]),
        },
        price: PriceRange { floor: amount(FLOOR), ceiling: amount(CEILING) },
        term: Term { period: span(PERIOD), periods: count(PERIODS), grace: span(GRACE) },
        bond: amount(BOND),
        window: Window { opens: time(OPENS), closes: time(CLOSES), settles: time(SETTLES) },
        method: Method::auction(ppm(1_000_000), ppm(500_000), ppm(250_000)),
        workload: workload(0xcc),
    }
}
